using System.CommandLine;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Persons;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Commands;

/// <summary>The verb <c>secrets</c>: the keys that are kept outside the database.</summary>
internal static class SecretsCommand
{
    /// <param name="invoke">Gives what the verb is run with.</param>
    public static Command Create(Func<ParseResult, Invocation> invoke)
    {
        var make = new Command(
            "make",
            "Make the deployment's key and that of persons where there are none: once for each database, before its first "
                + "server. Back them up apart from the database."
        );
        var lost = new Option<bool>("--lost")
        {
            Description = "The deployment's key is lost for good: make another. What was sealed with it cannot be checked any more.",
        };
        make.Add(lost);
        make.SetAction(
            (parsed, cancellationToken) =>
                CommandLine.GuardAsync(() =>
                    parsed.GetValue(lost) ? MakeAfterLossAsync(invoke(parsed), cancellationToken) : Task.FromResult(Make(invoke(parsed)))
                )
        );
        var deployment = new Option<bool>("--deployment")
        {
            Description =
                "The deployment's key instead: from then on the audit record is sealed with a new one. Those before stay in the file.",
        };
        var rotate = new Command(
            "rotate",
            "Encrypt what is known of persons with a new key, beside running servers; broken off, the next run goes on. "
                + "Backups from before need the file of keys from before."
        )
        {
            deployment,
        };
        rotate.SetAction(
            (parsed, cancellationToken) =>
                CommandLine.GuardAsync(() =>
                    parsed.GetValue(deployment)
                        ? RotateDeploymentAsync(invoke(parsed), cancellationToken)
                        : RotateAsync(invoke(parsed), cancellationToken)
                )
        );
        return new Command("secrets", "The keys that are kept outside the database.") { make, rotate };
    }

    private static int Make(Invocation invocation)
    {
        Make(SituationMapOptions.Read(invocation.CreateBuilder().Configuration));
        return 0;
    }

    /// <summary>Makes those that are missing.</summary>
    public static void Make(SituationMapOptions options)
    {
        DeploymentKey.Open(options, mayMake: true);
        var keys = PersonKeys.Read(PersonKeys.PathOf(options));
        if (keys.Current == 0)
            keys.WithNext();
        Console.WriteLine(
            $"The keys are in {DeploymentKey.PathOf(options)} and {keys.Path}. Back them up apart from the database: without "
                + "them the audit record cannot be checked, and nothing of persons can be read."
        );
    }

    private static async Task<int> MakeAfterLossAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var configuration = invocation.CreateBuilder().Configuration;
        var options = SituationMapOptions.Read(configuration);
        await using var store = await ConsoleProgress.WhileAsync(progress =>
            PostgisStore.OpenAsync(configuration, options, invocation.MayInstall, progress, cancellationToken)
        );
        await DeploymentKey.MakeAfterLossAsync(store.DataSource, options, cancellationToken);
        Console.WriteLine($"There is a new key in {DeploymentKey.PathOf(options)}: back it up. Webhooks have to be subscribed to anew.");
        return 0;
    }

    private static async Task<int> RotateDeploymentAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var configuration = invocation.CreateBuilder().Configuration;
        var options = SituationMapOptions.Read(configuration);
        await using var store = await ConsoleProgress.WhileAsync(progress =>
            PostgisStore.OpenAsync(configuration, options, invocation.MayInstall, progress, cancellationToken)
        );
        var key = await DeploymentKey.OpenAsync(store.DataSource, options, mayMake: false, cancellationToken);
        var (generation, subscriptions) = await key.RotateAsync(store.DataSource, cancellationToken);
        // the first seals with it: what came before cannot be changed unseen by whoever has a key from before
        await new AuditSealer(store.DataSource, key).SealAsync(cancellationToken);
        Console.WriteLine(
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"The audit record is sealed with key {generation} from now on; back up {DeploymentKey.PathOf(options)}."
            )
        );
        if (subscriptions > 0)
            Console.WriteLine(
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"{subscriptions:N0} subscriptions are signed with a key from before, for their receivers know no other: "
                ) + "delete and make them anew."
            );
        return 0;
    }

    private static async Task<int> RotateAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var configuration = invocation.CreateBuilder().Configuration;
        var options = SituationMapOptions.Read(configuration);
        await using var store = await ConsoleProgress.WhileAsync(progress =>
            PostgisStore.OpenAsync(configuration, options, invocation.MayInstall, progress, cancellationToken)
        );
        var (generation, rows) = await new PersonKeyRotation(store.DataSource, PersonKeys.PathOf(options)).RunAsync(
            progress: null,
            cancellationToken
        );
        Console.WriteLine(
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{rows:N0} rows are encrypted with key {generation}; those before are gone from the file."
            )
        );
        return 0;
    }
}
