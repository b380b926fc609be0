using System.CommandLine;
using SituationMap.Store;
using SituationMap.Store.Database;
using SituationMap.Store.Exports;
using SituationMap.Store.Files;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Commands;

/// <summary>The verb <c>export</c>: writes a collection or a ledger to a file.</summary>
internal static class ExportCommand
{
    /// <param name="invoke">Gives what the verb is run with.</param>
    public static Command Create(Func<ParseResult, Invocation> invoke)
    {
        var what = new Argument<string>("what") { Description = "What to export." };
        what.AcceptOnlyFromAmong([.. ExportCollection.All.Select(one => one.Name)]);
        var file = new Argument<FileInfo>("file") { Description = "Where to; its ending says how: .csv, .geojson, .xlsx or .gpkg." };
        var verb = new Command(
            "export",
            "Write grids, buildings, households, persons, checkpoints, zones, or a ledger (returnees, contacts, readings) to a file."
        )
        {
            what,
            file,
        };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(file) is { } target && !Exporter.MediaTypes.ContainsKey(target.Extension.TrimStart('.')))
                result.AddError("The file ends in .csv, .geojson, .xlsx or .gpkg.");
        });
        verb.SetAction(
            (parsed, cancellationToken) =>
                CommandLine.GuardAsync(() =>
                    RunAsync(
                        invoke(parsed),
                        ExportCollection.All.First(one => one.Name == parsed.GetValue(what)),
                        parsed.GetValue(file)!,
                        cancellationToken
                    )
                )
        );
        return verb;
    }

    private static async Task<int> RunAsync(
        Invocation invocation,
        ExportCollection collection,
        FileInfo file,
        CancellationToken cancellationToken
    )
    {
        var configuration = invocation.CreateBuilder().Configuration;
        var options = SituationMapOptions.Read(configuration);
        await using var store = await ConsoleProgress.WhileAsync(progress =>
            PostgisStore.OpenAsync(configuration, options, invocation.MayInstall, progress, cancellationToken)
        );
        try
        {
            await using var target = file.Create();
            await new Exporter(store.DataSource).WriteAsync(
                collection.Within(grids: null),
                file.Extension.TrimStart('.'),
                withMark: true,
                target,
                cancellationToken
            );
        }
        catch (ImportRefusedException refused)
        {
            throw new StartupException($"Refused: {refused.Message}", refused);
        }
        Console.WriteLine($"{collection.Name} are in {file.FullName}.");
        return 0;
    }
}
