using System.CommandLine;
using System.Diagnostics;
using Npgsql;
using SituationMap.Store;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;
using SituationMap.Store.Settings;
using SituationMap.Store.Statuses.Recompute;

namespace SituationMap.Server.Commands;

/// <summary>The verb <c>recompute</c>: works out the status of every household anew.</summary>
internal static class RecomputeCommand
{
    public static Command Create(Func<ParseResult, Invocation> invoke)
    {
        var workers = new Option<int>("--workers")
        {
            Description = "How many parts this process works on at a time.",
            DefaultValueFactory = _ => Math.Max(2, Environment.ProcessorCount),
        };
        workers.Validators.Add(result => AtLeastOne(result, workers));
        var partSize = new Option<int>("--part-size")
        {
            Description = "How many households a part has. Reports about them wait while it is worked on.",
            DefaultValueFactory = _ => FullRecompute.DefaultPartSize,
        };
        partSize.Validators.Add(result => AtLeastOne(result, partSize));
        var verb = new Command(
            "recompute",
            "Work out the status of every household anew; several at once, also on several machines, share the work."
        )
        {
            workers,
            partSize,
        };
        verb.SetAction(
            (parsed, cancellationToken) =>
                CommandLine.GuardAsync(() =>
                    RunAsync(invoke(parsed), parsed.GetValue(workers), parsed.GetValue(partSize), cancellationToken)
                )
        );
        return verb;
    }

    private static void AtLeastOne(System.CommandLine.Parsing.OptionResult result, Option<int> option)
    {
        if (result.GetValue(option) < 1)
            result.AddError($"{option.Name} takes a number from 1.");
    }

    private static async Task<int> RunAsync(Invocation invocation, int workers, int partSize, CancellationToken cancellationToken)
    {
        var configuration = invocation.CreateBuilder().Configuration;
        var options = SituationMapOptions.Read(configuration);
        var protocols = ProtocolCatalog.Load(ProtocolCatalog.DataFolder, options);
        await using var store = await ConsoleProgress.WhileAsync(progress =>
            PostgisStore.OpenAsync(configuration, options, invocation.MayInstall, progress, cancellationToken)
        );
        try
        {
            var result = await ConsoleProgress.WithBarAsync("Working out statuses", done =>
                new FullRecompute(store.DataSource, protocols, TimeProvider.System).RunAsync(workers, partSize, done, cancellationToken)
            );
            Console.WriteLine(
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"{result.Progress.Households:N0} households with anything to go by were looked at, "
                        + $"{result.Progress.Changes:N0} changed; {result.Took.TotalSeconds:0.0} s, at most "
                        + $"{Process.GetCurrentProcess().PeakWorkingSet64 / 1048576:N0} MiB of memory."
                )
            );
            if (result.Progress.SetAside > 0)
                Console.WriteLine($"{result.SetAsideInWords}. The server's log says why.");
            if (result.IsJoined)
                Console.WriteLine("Others had begun this run; the figures are of all who shared it.");
            return 0;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Console.WriteLine("Stopped. The parts that were finished stay, no other was begun; recompute again to do them all.");
            return 130;
        }
        catch (NpgsqlException failure)
            when (failure is not PostgresException { SqlState: not (PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown) })
        {
            throw new StartupException(
                $"The database went away: {failure.Message}. The parts that were finished stay; recompute again when it is back.",
                failure
            );
        }
    }
}
