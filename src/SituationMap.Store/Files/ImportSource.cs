using System.Text.RegularExpressions;
using SituationMap.Core;
using SituationMap.Core.Projections;

namespace SituationMap.Store.Files;

/// <summary>One row of a file.</summary>
/// <param name="Number">Its place, from 1; a heading and what stands above it do not count, blank rows do.</param>
/// <param name="Values">In the order of <see cref="ImportSource.Fields"/>.</param>
/// <param name="Fault">Why its values cannot be told apart; null: they can.</param>
/// <param name="IsShort">Whether it ends before the last column.</param>
/// <param name="Failed">As of <see cref="TableLine"/>.</param>
public readonly record struct SourceRow(int Number, string[] Values, Fault? Fault = null, bool IsShort = false, string[]? Failed = null)
{
    public bool IsBlank => Fault is null && Failed is null && Array.TrueForAll(Values, string.IsNullOrWhiteSpace);
}

/// <summary>
/// A file as a table: GDAL turns every format of maps into one with the geometry as WKT, coordinates untouched; tables are read as they
/// are.
/// </summary>
/// <param name="Fields">The columns.</param>
/// <param name="Crs">The coordinate system that the file declares; null: none.</param>
/// <param name="Layers">The file's layers where it has several.</param>
/// <param name="Layer">The one of them that is read; null: none is chosen, and there is nothing to read.</param>
/// <param name="Unit">Of a drawing's coordinates, where it says one.</param>
public sealed partial record ImportSource(
    Heading? Heading,
    string[] Fields,
    FileCrs? Crs,
    IReadOnlyList<string> Layers,
    string? Layer,
    IReadOnlyList<Finding> Findings,
    DrawingUnit? Unit = null
)
{
    /// <summary>As many rows as one import may have.</summary>
    public const int MaxRows = 5_000_000;

    /// <summary>What the column is called in which the geometry of a map's file stands.</summary>
    public const string GeometryField = "(geometry)";

    /// <summary>Which columns are numbers of eight bytes.</summary>
    private HashSet<int> Reals { get; init; } = [];

    /// <param name="known">Names of columns that are expected, by which a heading is known.</param>
    public static async Task<ImportSource> OpenAsync(
        ImportFolder folder,
        string? layer,
        IReadOnlySet<string> known,
        CoordinateSystems systems,
        CancellationToken cancellation
    )
    {
        var main = folder.Main;
        var extension = Path.GetExtension(main);
        var whole = WholeFile.Check(folder);
        if (!ImportFolder.Drivers.TryGetValue(extension, out var driver))
        {
            var (encoding, isChinese) = TextEncodings.OfTable(main);
            return OfHeading(Heading.OfText(main, encoding, known), [], null, isChinese ? [Chinese("The file's text")] : []);
        }
        if (driver == "XLSX")
        {
            var sheets = Workbook.Sheets(main);
            return Choose(sheets, layer) is { } sheet
                ? OfHeading(Heading.Of(new Workbook(main, sheet), known), sheets, sheet, [])
                : Unchosen(sheets);
        }

        List<Finding> findings = [.. whole];
        List<string> options = [];
        if (
            driver == "ESRI Shapefile"
            && folder.Companion(".dbf") is { } dbf
            && TextEncodings.OfDbf(dbf, Declared(folder.Companion(".cpg"), dbf)) is { } real
        )
        {
            options.AddRange(["-oo", $"ENCODING={real}"]);
            if (real == "CP936" && !SaysChinese(folder.Companion(".cpg"), dbf))
                findings.Add(Chinese("The .dbf's text"));
        }
        if (driver == "GeoJSON")
        {
            options.AddRange(["-oo", "ARRAY_AS_STRING=YES", "-oo", "DATE_AS_STRING=YES"]);
            main = folder.PathOf("numbers.geojson");
            await GeoJsonNumbers.QuoteAsync(folder.Main, main, cancellation);
        }
        if (driver == "GPKG" && folder.Companion(ImportFolder.Log) is { } log)
        {
            // to read the two together takes a third file beside them
            var together = folder.MadeOf(Path.GetFileName(main));
            File.Copy(log, folder.MadeOf(Path.GetFileName(log)));
            File.Copy(main, together);
            main = together;
        }
        var reader = await folder.LendAsync(cancellation);
        var output = await Gdal.RunAsync("ogrinfo", ["-ro", "-so", "-al", "-nomd", .. options, main], [driver], cancellation, reader);
        var layers = LayerName().Matches(output).Select(name => name.Groups["name"].Value.TrimEnd('\r')).ToList();
        if (Choose(layers, layer) is not { } chosen)
            return Unchosen(layers);
        var table = folder.MadeOf("table.csv");
        await Gdal.RunAsync(
            "ogr2ogr",
            // beside the table it writes the types of the columns and the coordinate system of this layer
            [
                "-f",
                "CSV",
                "-dim",
                "XY",
                "-nlt",
                "CONVERT_TO_LINEAR",
                "-lco",
                "GEOMETRY=AS_WKT",
                "-lco",
                "LINEFORMAT=LF",
                "-lco",
                "STRING_QUOTING=IF_NEEDED",
                "-lco",
                "CREATE_CSVT=YES",
                .. options,
                table,
                main,
                chosen,
            ],
            [driver, "CSV"],
            cancellation,
            reader
        );
        var text = new TextTable(table, TextEncodings.Utf8, ",");
        var heading = new Heading(text, 1, [.. text.Lines().First().Cells.Select(name => name.Trim())], "");
        if (TypesOf(folder) is ["WKT", ..])
            heading.Fields[0] = GeometryField;
        var described = folder.MadeOf("table.prj");
        return new ImportSource(
            heading,
            heading.Fields,
            File.Exists(described) ? FileCrs.Of(await File.ReadAllTextAsync(described, cancellation), systems) : null,
            layers.Count > 1 ? layers : [],
            layers.Count > 1 ? chosen : null,
            findings,
            driver == "DXF" ? DrawingUnit.Of(folder.Main) : null
        )
        {
            Reals =
            [
                .. TypesOf(folder).Index().Where(type => type.Item.StartsWith("Real", StringComparison.Ordinal)).Select(type => type.Index),
            ],
        };
    }

    /// <summary>All rows, in the file's order. May be asked for more than once.</summary>
    public IEnumerable<SourceRow> Rows()
    {
        var number = 0;
        foreach (var line in Heading!.Table.Lines().Skip(Heading.Above))
        {
            if (++number > MaxRows)
                throw new ImportRefusedException("rows-too-many", "file", $"at most {MaxRows:N0} rows");
            var cells = line.Cells;
            var fault = line.Fault;
            if (fault is null && cells.Skip(Fields.Length).Any(cell => !string.IsNullOrWhiteSpace(cell)))
            {
                fault = new Fault(
                    "columns-too-many",
                    "file",
                    $"as many values as the heading has, {Fields.Length}; this row has {cells.Length}. A value with the "
                        + "separator in it stands in quotes"
                );
            }
            var isShort = cells.Length < Fields.Length;
            if (cells.Length != Fields.Length)
                Array.Resize(ref cells, Fields.Length);
            foreach (var real in Reals)
                cells[real] = Numbers.TextOf(cells[real] ?? "");
            yield return new SourceRow(number, cells, fault, isShort, line.Failed);
        }
    }

    private static ImportSource OfHeading(Heading heading, IReadOnlyList<string> layers, string? layer, Finding[] findings)
    {
        if (heading.Passed.Length > 0)
            findings =
            [
                .. findings,
                new Finding("lines-above", $"Above the heading stood, and was passed over: {heading.Passed}", Details: heading.Passed),
            ];
        return new ImportSource(heading, heading.Fields, null, layers.Count > 1 ? layers : [], layers.Count > 1 ? layer : null, findings);
    }

    private static string? Choose(IReadOnlyList<string> layers, string? said) =>
        layers.Count == 0 && said is null ? throw new ImportRefusedException("file-empty", "file", "a table with a heading")
        : said is null
            ? layers.Count == 1 ? layers[0]
                : null
        : layers.Contains(said) ? said
        : null;

    private static ImportSource Unchosen(IReadOnlyList<string> layers) =>
        new(
            null,
            [],
            null,
            layers,
            null,
            [new Finding("layer-unknown", $"The file has several layers: {string.Join(", ", layers)}. Say which one.", Refuses: true)]
        );

    private static string[] TypesOf(ImportFolder folder) =>
        folder.MadeOf("table.csvt") is var types && File.Exists(types) ? File.ReadAllText(types).Trim().Split(',') : [];

    private static Finding Chinese(string text) =>
        new("text-gbk", $"{text} is GBK (GB 18030), which the file does not say, and was read as that.");

    private static bool SaysChinese(string? cpg, string dbf) =>
        Declared(cpg, dbf) is "GBK" or "GB2312" or "GB18030" or "CP936" or "936" or "ANSI 936";

    /// <summary>The code page that a .dbf is said to be in: by the file beside it, else by its own byte; null: none.</summary>
    private static string? Declared(string? cpg, string dbf)
    {
        if (cpg is not null)
            return File.ReadAllText(cpg).Trim().ToUpperInvariant();
        using var file = File.OpenRead(dbf);
        file.Position = Math.Min(29, file.Length);
        // 0: not said; 0x57: whatever the machine had
        return file.ReadByte() switch
        {
            <= 0 or 0x57 => null,
            0x4D or 0x7A => "936",
            var page => page.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
    }

    [GeneratedRegex("^Layer name: (?<name>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex LayerName();
}

/// <summary>Something about a file as a whole that whoever sent it should know.</summary>
/// <param name="Code">Stable, such as <c>axes-swapped</c>.</param>
/// <param name="Words">In English; interfaces translate by the code.</param>
/// <param name="Refuses">Whether nothing is imported because of it.</param>
/// <param name="Crs">The coordinate system that would be right.</param>
/// <param name="Field">The field that it is about.</param>
/// <param name="Details">The rows, columns or cells that it is about, in no language.</param>
public sealed record Finding(
    string Code,
    string Words,
    bool Refuses = false,
    string? Crs = null,
    string? Field = null,
    string? Details = null
);
