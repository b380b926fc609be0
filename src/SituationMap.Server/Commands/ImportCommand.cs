using System.CommandLine;
using SituationMap.Core;
using SituationMap.Server.Lookups;
using SituationMap.Store;
using SituationMap.Store.Database;
using SituationMap.Store.Files;
using SituationMap.Store.Imports;
using SituationMap.Store.Persons;
using SituationMap.Store.Protocols;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Commands;

/// <summary>The verb <c>import</c>: brings a file into the store.</summary>
internal static class ImportCommand
{
    private const int MaxListed = 20;

    /// <param name="invoke">Gives what the verb is run with.</param>
    public static Command Create(Func<ParseResult, Invocation> invoke)
    {
        var file = new Argument<FileInfo>("file") { Description = "GeoJSON, CSV, Shapefile (also zipped), GeoPackage, DXF or XLSX." };
        var collection = new Option<string>("--as") { Description = "What it has.", Required = true };
        collection.AcceptOnlyFromAmong([.. ImportCollection.All.Select(one => one.Name)]);
        var crs = new Option<string?>("--crs")
        {
            Description = "The coordinate system it is in, such as EPSG:4547 or GCJ02; else what the file says, else WGS 84 (lon, lat).",
        };
        var layer = new Option<string?>("--layer") { Description = "The layer, of a file that has several." };
        var map = new Option<string[]>("--map")
        {
            Description = "Which column is which field, over what is guessed: field=column, or field:=text with {row} and {column} in it.",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only tell what would happen." };
        var swap = new Option<bool>("--swap-axes") { Description = "The file has latitude, or northing, first." };
        var trust = new Option<bool>("--trust-crs") { Description = "The coordinate system is right, though it looks like a shifted one." };
        var skip = new Option<bool>("--skip-rejected")
        {
            Description = "Import the rows that are right though others are not; otherwise it is all or nothing.",
        };
        var verb = new Command("import", "Bring a file into the store; what is there under the same codes is brought up to date.")
        {
            file,
            collection,
            crs,
            layer,
            map,
            dryRun,
            swap,
            trust,
            skip,
        };
        verb.SetAction(
            (parsed, cancellationToken) =>
                CommandLine.GuardAsync(() =>
                    RunAsync(
                        invoke(parsed),
                        parsed.GetValue(file)!,
                        new ImportOrder(
                            ImportCollection.Find(parsed.GetValue(collection))!,
                            parsed.GetValue(crs),
                            parsed.GetValue(layer),
                            parsed.GetValue(map) ?? [],
                            parsed.GetValue(dryRun),
                            parsed.GetValue(swap),
                            parsed.GetValue(trust),
                            parsed.GetValue(skip),
                            "local"
                        ),
                        cancellationToken
                    )
                )
        );
        return verb;
    }

    private static async Task<int> RunAsync(Invocation invocation, FileInfo file, ImportOrder order, CancellationToken cancellationToken)
    {
        var configuration = invocation.CreateBuilder().Configuration;
        var options = SituationMapOptions.Read(configuration);
        var protocols = ProtocolCatalog.Load(ProtocolCatalog.DataFolder, options);
        try
        {
            using var folder = new ImportFolder();
            await folder.AddAsync(file, cancellationToken);
            await using var store = await ConsoleProgress.WhileAsync(progress =>
                PostgisStore.OpenAsync(configuration, options, invocation.MayInstall, progress, cancellationToken)
            );
            var importer = new Importer(
                store.DataSource,
                PositionReader.LoadSystems(),
                new ZoneImport(protocols, TimeProvider.System),
                await PersonVault.OpenAsync(store, options, cancellationToken)
            );
            var report = await ConsoleProgress.WithBarAsync($"Importing {order.As.Name}", done =>
                importer.RunAsync(folder, order, new ImmediateProgress<ImportProgress>(now => done.Report(now.Share)), cancellationToken)
            );
            Tell(report);
            return report.Outcome == "refused" ? 1 : 0;
        }
        catch (ImportRefusedException refused)
        {
            throw new StartupException($"Refused: {refused.Message}", refused);
        }
    }

    private static void Tell(ImportReport report)
    {
        var invariant = System.Globalization.CultureInfo.InvariantCulture;
        foreach (var field in report.Mapping)
            Console.WriteLine(
                $"  {field.Field} "
                    + $"{(field.Column is null ? $":= {field.Text}" : $"= {field.Column}")}{(field.IsGuessed ? " (guessed)" : "")}"
            );
        if (report.Unused.Count > 0)
            Console.WriteLine($"  not used: {string.Join(", ", report.Unused)}");
        foreach (var finding in report.Findings)
            Console.WriteLine($"{(finding.Refuses ? "Refused: " : "Note: ")}{finding.Words}");
        foreach (var row in report.Mended.Take(MaxListed))
            Console.WriteLine($"  row {row.Row} ({row.Code}): mended: {row.What}");
        foreach (var row in report.Rejections.Take(MaxListed))
            Console.WriteLine($"  row {row.Row}{(row.Code is null ? "" : $" ({row.Code})")}: {row.Field}: expected {row.Expected}");
        if (report.Rejected > MaxListed)
            Console.WriteLine($"  … and {report.Rejected - MaxListed} more");
        Console.WriteLine(
            string.Create(
                invariant,
                $"{report.Rows:N0} rows of {report.File}: {report.Added:N0} new, {report.Changed:N0} changed, "
                    + $"{report.Unchanged:N0} as they were, {report.Rejected:N0} rejected."
            )
        );
        Console.WriteLine(
            report.Outcome switch
            {
                "imported" => "Imported.",
                "ready" => "A dry run: nothing was written.",
                _ when report.Rejected > 0 => "Nothing was written. Mend the rejected rows, or leave them out with --skip-rejected.",
                _ => "Nothing was written.",
            }
        );
    }
}
