using SituationMap.Server.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Settings;
using Spectre.Console;

namespace SituationMap.Server.Commands;

/// <summary>Tells what this machine has and lacks, and the command that mends it. Changes nothing.</summary>
internal static class Doctor
{
    /// <summary>Looks at everything and gives 0 where the server can start, else 1.</summary>
    public static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var configuration = invocation.CreateBuilder().Configuration;
        var options = SituationMapOptions.Read(configuration);
        var connectionString = configuration.GetConnectionString(Databases.ConnectionName);

        var worst = Verdict.Good;
        await foreach (var finding in LookAsync(configuration, options, connectionString, cancellationToken))
        {
            Tell(finding);
            worst = finding.Verdict > worst ? finding.Verdict : worst;
        }

        Console.WriteLine(worst == Verdict.Missing ? "Something is missing: the server would not start." : "The server can start.");
        return worst == Verdict.Missing ? 1 : 0;
    }

    private static async IAsyncEnumerable<Finding> LookAsync(
        ConfigurationManager configuration,
        SituationMapOptions options,
        string? connectionString,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var isRunning = false;
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            await foreach (var finding in EmbeddedCheck.LookAsync(options, cancellationToken))
                yield return finding;
            isRunning = await EmbeddedCheck.IsInUseAsync(options, cancellationToken);
        }
        else
        {
            yield return await MachineCheck.DatabaseAsync(connectionString, cancellationToken);
        }

        yield return MachineCheck.Address(configuration["urls"] ?? LocalMode.DefaultAddress, isRunning);
        yield return await MachineCheck.NodeAsync(cancellationToken);
        yield return await MachineCheck.GdalAsync(cancellationToken);
    }

    private static void Tell(Finding finding)
    {
        var (word, colour) = finding.Verdict switch
        {
            Verdict.Good => ("ok     ", "green"),
            Verdict.Note => ("note   ", "yellow"),
            _ => ("missing", "red"),
        };
        if (Console.IsOutputRedirected)
            Console.Write(word);
        else
            AnsiConsole.Markup($"[{colour}]{word}[/]");
        // unlike AnsiConsole, the console does not break a long line: a command must be copied whole
        Console.WriteLine("  " + finding.What);
        foreach (var line in finding.Mend?.Split('\n') ?? [])
            Console.WriteLine("         " + line.TrimEnd());
    }
}
