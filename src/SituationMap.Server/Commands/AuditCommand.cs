using System.CommandLine;
using System.Globalization;
using SituationMap.Store.Access;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Commands;

/// <summary>The verb <c>audit</c>: the check of the audit record.</summary>
internal static class AuditCommand
{
    /// <param name="invoke">Gives what the verb is run with.</param>
    public static Command Create(Func<ParseResult, Invocation> invoke)
    {
        var verify = new Command(
            "verify",
            "Find every row of the audit record that was edited, removed or put in another order, a record that was rolled back, "
                + "and accounts, grants and keys that are not what it says."
        );
        verify.SetAction((parsed, cancellation) => CommandLine.GuardAsync(() => VerifyAsync(invoke(parsed), cancellation)));
        var accept = new Command("accept", "Take the end of the record as it is, after a restore from a backup; the record says so.");
        accept.SetAction((parsed, cancellation) => CommandLine.GuardAsync(() => AcceptAsync(invoke(parsed), cancellation)));
        return new Command("audit", "The record of who changed what, and who looked at personal data.") { verify, accept };
    }

    private static Task<int> VerifyAsync(Invocation invocation, CancellationToken cancellation) =>
        WithAsync(
            invocation,
            async (sealer, anchor) =>
            {
                var (rows, faults) = await anchor.VerifyAsync(sealer, cancellation);
                foreach (var fault in faults)
                    await Console.Error.WriteLineAsync(fault);
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{rows:N0} rows; {(faults.Count == 0 ? "all are as they were written" : $"{faults.Count:N0} faults")}."
                    )
                );
                return faults.Count == 0 ? 0 : 1;
            },
            cancellation
        );

    private static Task<int> AcceptAsync(Invocation invocation, CancellationToken cancellation) =>
        WithAsync(
            invocation,
            async (sealer, anchor) =>
            {
                await anchor.AcceptAsync(sealer, AuditEntry.OfConsole("accept record", "audit"), cancellation);
                Console.WriteLine("The record is taken as it is from here on.");
                return 0;
            },
            cancellation
        );

    private static async Task<int> WithAsync(
        Invocation invocation,
        Func<AuditSealer, AuditAnchor, Task<int>> run,
        CancellationToken cancellation
    )
    {
        var options = SituationMapOptions.Read(invocation.CreateBuilder().Configuration);
        await using var store = await UsersCommand.OpenAsync(invocation, cancellation);
        var key = await DeploymentKey.OpenAsync(store.DataSource, options, mayMake: false, cancellation);
        return await run(new AuditSealer(store.DataSource, key), new AuditAnchor(store.DataSource, options));
    }
}
