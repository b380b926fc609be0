using System.CommandLine;
using System.Globalization;
using SituationMap.Server.Http;
using SituationMap.Store.Backups;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Commands;

/// <summary>The verbs <c>backup</c> and <c>restore</c>.</summary>
internal static class BackupCommand
{
    /// <summary>More differences than anybody reads.</summary>
    private const int MaxListed = 20;

    /// <param name="invoke">Gives what the verb is run with.</param>
    public static IEnumerable<Command> Create(Func<ParseResult, Invocation> invoke)
    {
        var file = new Argument<string>("file") { Description = "The backup." };
        var target = new Option<string?>("--keys")
        {
            Description = "Copy the keys too, into this file, which only its owner can read. Keep it apart from the backup.",
        };
        var backup = new Command("backup", "Copy the whole store into one file, beside running servers; the keys are not in it.")
        {
            file,
            target,
        };
        backup.SetAction(
            (parsed, cancellation) =>
                CommandLine.GuardAsync(() => BackUpAsync(invoke(parsed), parsed.GetValue(file)!, parsed.GetValue(target), cancellation))
        );
        yield return backup;

        var source = new Option<string?>("--keys")
        {
            Description =
                "The copy of the keys that belongs to it; they are put in place. Without it those in place have to be the right ones.",
        };
        var restore = new Command("restore", "Make a store of a backup, in an empty database or data folder, and compare the two.")
        {
            file,
            source,
        };
        restore.SetAction(
            (parsed, cancellation) =>
                CommandLine.GuardAsync(() => RestoreAsync(invoke(parsed), parsed.GetValue(file)!, parsed.GetValue(source), cancellation))
        );
        yield return restore;
    }

    private static async Task<int> BackUpAsync(Invocation invocation, string file, string? keys, CancellationToken cancellation)
    {
        var configuration = invocation.CreateBuilder().Configuration;
        var options = SituationMapOptions.Read(configuration);
        try
        {
            var manifest = await ConsoleProgress.WhileAsync(async progress =>
            {
                await using var store = await PostgisStore.OpenAsync(configuration, options, invocation.MayInstall, progress, cancellation);
                return await new StoreBackup(store.DataSource, store.OwnerConnectionString, options, ProductVersion.Text).MakeAsync(
                    file,
                    keys,
                    progress,
                    cancellation
                );
            });
            Console.WriteLine($"{file} has the store as of {Describe(manifest)}.");
            Console.WriteLine(
                keys is null
                    ? "The keys are not in it: keep deployment.key and persons.keys elsewhere, or name a file for them with --keys."
                    : $"The keys are in {keys}: keep it elsewhere."
            );
            return 0;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Console.WriteLine("Stopped. Nothing of the backup is left.");
            return 130;
        }
    }

    private static async Task<int> RestoreAsync(Invocation invocation, string file, string? keys, CancellationToken cancellation)
    {
        var configuration = invocation.CreateBuilder().Configuration;
        var options = SituationMapOptions.Read(configuration);
        var protocols = ProtocolCatalog.Load(ProtocolCatalog.DataFolder, options);
        try
        {
            var report = await ConsoleProgress.WhileAsync(async progress =>
            {
                using var backup = await BackupFile.OpenAsync(file, Migration.Newest, cancellation);
                var copy = keys is null ? KeyCopy.Of(options) : KeyCopy.Read(keys);
                backup.Manifest.Keys.Check(copy, options, keys);
                progress.Report("Checking the file");
                await backup.CheckAsync(cancellation);
                await using var location = await StoreLocation.FindAsync(
                    configuration,
                    options,
                    invocation.MayInstall,
                    mayJoin: false,
                    progress,
                    cancellation
                );
                return await new StoreRestore(backup, location, options).RunAsync(copy, protocols, progress, cancellation);
            });
            Tell(file, report);
            return report.IsSame ? 0 : 1;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Console.WriteLine(
                "Stopped. The store was restored whole or not at all; where it is there, look at it: recompute, audit verify."
            );
            return 130;
        }
    }

    private static void Tell(string file, RestoreReport report)
    {
        foreach (var difference in report.Differences.Take(MaxListed))
            Console.Error.WriteLine(difference);
        if (report.Differences.Count > MaxListed)
            Console.Error.WriteLine($"and {report.Differences.Count - MaxListed} more differences");
        foreach (var fault in report.Audit?.Faults.Take(MaxListed) ?? [])
            Console.Error.WriteLine(fault);
        if (report.Statuses.Different.Count > 0)
            Console.Error.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{report.Statuses.Different.Count:N0} statuses come out otherwise than they are stored: "
                ) + "by other protocols or another plan, or they were spoilt. recompute sets them right."
            );
        if (report.Statuses.SetAside.Count > 0)
            Console.Error.WriteLine(
                $"The statuses of {report.Statuses.SetAside.Count} households cannot be worked out from what is stored of them, and "
                    + $"were not compared: those with the ids {string.Join(", ", report.Statuses.SetAside.Take(MaxListed))}"
                    + (report.Statuses.SetAside.Count > MaxListed ? " and others." : ".")
            );
        Console.WriteLine($"{file} is restored as of {Describe(report.Manifest)}.");
        var (content, audit) = (report.Manifest.Content, report.Audit?.Rows ?? 0);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Compared: {content.Objects.Count:N0} definitions, {content.Rows.Count:N0} tables, {report.Statuses.Looked:N0} statuses, "
            )
                + string.Create(CultureInfo.InvariantCulture, $"{audit:N0} rows of the audit record: ")
                + (report.IsSame ? "all is as it was." : "not all is as it was.")
        );
        if (report.Audit is not null)
            Console.WriteLine(
                report.IsSame
                    ? "The audit record is taken as it is from here on, and says so."
                    : "The audit record is not accepted yet: audit accept, once all this is explained."
            );
    }

    private static string Describe(BackupManifest manifest) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{manifest.MadeAt:yyyy-MM-dd HH:mm:ss}Z, sequence {manifest.Sequence}, {manifest.Content.Rows.Values.Sum():N0} rows"
        );
}
