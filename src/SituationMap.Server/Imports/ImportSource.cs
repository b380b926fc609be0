using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CsvHelper;
using CsvHelper.Configuration;

namespace SituationMap.Server.Imports;

/// <summary>One row of a file.</summary>
/// <param name="Number">Its place, from 1; a heading does not count.</param>
/// <param name="Values">In the order of <see cref="ImportSource.Fields"/>.</param>
internal readonly record struct SourceRow(int Number, string[] Values);

/// <summary>
/// A file as a table: GDAL turns every format into one with the geometry as WKT, coordinates untouched; tables are read as they are.
/// </summary>
/// <param name="Fields">The columns.</param>
/// <param name="Crs">The coordinate system that the file declares, such as <c>EPSG:4547</c>; null: none.</param>
/// <param name="Layers">The file's layers where it has several.</param>
/// <param name="Layer">The one of them that is read; null: none is chosen, and there is nothing to read.</param>
internal sealed partial record ImportSource(
    string Path, Encoding Encoding, string Delimiter, string[] Fields, string? Crs, IReadOnlyList<string> Layers, string? Layer, IReadOnlyList<Finding> Findings)
{
    /// <summary>As many rows as one import may have.</summary>
    public const int MostRows = 5_000_000;

    /// <summary>What GDAL calls the column of the geometry.</summary>
    private const string Geometry = "WKT";

    private static readonly string[] Delimiters = [",", ";", "\t", "|"];

    private const string Readable = "a table with a heading";

    public static async Task<ImportSource> OpenAsync(ImportFolder folder, string? layer, CancellationToken cancellation)
    {
        var main = folder.Main;
        if (!ImportFolder.Drivers.TryGetValue(System.IO.Path.GetExtension(main), out var driver))
        {
            var encoding = TextEncodings.OfTable(main);
            var findings = Encoding.UTF8.Equals(encoding) ? [] : (Finding[])[new Finding("text-gbk", "The file's text is GBK (GB 18030), and was read as that.")];
            return Table(main, encoding, null, [], null, findings);
        }

        WholeFile.Check(folder);
        var reader = await folder.LendAsync(cancellation);
        var encodings = new List<Finding>();
        List<string> options = [];
        if (driver == "ESRI Shapefile" && folder.Companion(".dbf") is { } dbf && TextEncodings.OfDbf(dbf) is { } real)
        {
            options.AddRange(["-oo", $"ENCODING={real}"]);
            if (real == "CP936" && !SaysChinese(folder.Companion(".cpg"), dbf))
                encodings.Add(new Finding("text-gbk", "The .dbf's text is GBK, which the file does not say, and was read as that."));
        }
        if (driver == "GeoJSON")
            options.AddRange(["-oo", "ARRAY_AS_STRING=YES", "-oo", "DATE_AS_STRING=YES"]);
        var told = await Gdal.RunAsync("ogrinfo", ["-ro", "-so", "-al", "-nomd", "-wkt_format", "WKT1", .. options, main], [driver], cancellation, reader);
        var layers = LayerName().Matches(told).Select(name => name.Groups["name"].Value.Trim()).ToList();
        var chosen = layer ?? (layers.Count == 1 ? layers[0] : null);
        if (chosen is null || !layers.Contains(chosen))
        {
            return new ImportSource(main, Encoding.UTF8, "", [], null, layers, null,
                [new Finding("layer-unknown", $"The file has several layers: {string.Join(", ", layers)}. Say which one.", Refuses: true)]);
        }
        var table = folder.MadeOf("table.csv");
        await Gdal.RunAsync("ogr2ogr",
            ["-f", "CSV", "-dim", "XY", "-nlt", "CONVERT_TO_LINEAR", "-lco", "GEOMETRY=AS_WKT", "-lco", "LINEFORMAT=LF", "-lco", "STRING_QUOTING=IF_NEEDED", .. options, table, main, chosen],
            [driver, "CSV"], cancellation, reader);
        var described = told[told.IndexOf($"Layer name: {chosen}", StringComparison.Ordinal)..];
        var next = described.IndexOf("\nLayer name: ", StringComparison.Ordinal);
        return Table(table, Encoding.UTF8, CrsNames.OfWkt(next < 0 ? described : described[..next]), layers.Count > 1 ? layers : [], layers.Count > 1 ? chosen : null, encodings);
    }

    /// <summary>All rows, in the file's order. May be asked for more than once.</summary>
    public IEnumerable<SourceRow> Rows()
    {
        using var reader = new StreamReader(Path, Encoding);
        using var parser = new CsvParser(reader, Configure(Delimiter));
        parser.Read();
        for (var number = 1; Next(parser); number++)
        {
            if (number > MostRows)
                throw new ImportRefusedException("rows-too-many", "file", $"at most {MostRows:N0} rows");
            var record = parser.Record!;
            // a short line has the columns that it has
            if (record.Length != Fields.Length)
                Array.Resize(ref record, Fields.Length);
            yield return new SourceRow(number, record);
        }
    }

    private static bool Next(CsvParser parser)
    {
        try
        {
            return parser.Read();
        }
        catch (CsvHelperException)
        {
            throw new ImportRefusedException("file-unreadable", "file", Readable);
        }
    }

    private static ImportSource Table(string path, Encoding encoding, string? crs, IReadOnlyList<string> layers, string? layer, IReadOnlyList<Finding> findings)
    {
        string? heading;
        using (var reader = new StreamReader(path, encoding))
            heading = reader.ReadLine();
        if (string.IsNullOrWhiteSpace(heading))
            throw new ImportRefusedException("file-empty", "file", Readable);
        var delimiter = Delimiters.MaxBy(mark => heading.Split(mark).Length)!;
        using var again = new StreamReader(path, encoding);
        using var parser = new CsvParser(again, Configure(delimiter));
        parser.Read();
        var fields = parser.Record!.Select(name => name.Trim()).ToArray();
        if (path.EndsWith("table.csv", StringComparison.Ordinal) && fields[0] == Geometry)
            fields[0] = GeometryField;
        return new ImportSource(path, encoding, delimiter, fields, crs, layers, layer, findings);
    }

    /// <summary>What the column is called in which the geometry of a map's file stands.</summary>
    public const string GeometryField = "(geometry)";

    private static CsvConfiguration Configure(string delimiter) => new(CultureInfo.InvariantCulture)
    {
        Delimiter = delimiter, BadDataFound = null, MaxFieldSize = 64 << 20, IgnoreBlankLines = true,
    };

    private static bool SaysChinese(string? cpg, string dbf)
    {
        if (cpg is not null)
            return File.ReadAllText(cpg).Trim().ToUpperInvariant() is "GBK" or "GB2312" or "GB18030" or "CP936" or "936" or "ANSI 936";
        using var file = File.OpenRead(dbf);
        file.Position = 29;
        return file.ReadByte() is 0x4D or 0x7A; // its code page: 936
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
internal sealed record Finding(string Code, string Words, bool Refuses = false, string? Crs = null, string? Field = null);
