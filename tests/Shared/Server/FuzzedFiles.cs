using System.Globalization;
using System.IO.Compression;
using System.Text;
using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;
using SituationMap.Server.Tiles;
using SituationMap.Store;
using SituationMap.Store.Basemaps;

namespace SituationMap.Testing;

/// <summary>
/// Makes files of every format that is read from others, each with some bytes, numbers or words in them changed, cut or repeated. The same
/// seed makes the same files.
/// </summary>
/// <param name="folder">Where they are written; each over the one before of its format.</param>
internal sealed class FuzzedFiles(string folder, int seed)
{
    private const string Grid = "210682-004-01";
    private const int FirstZoom = 10;
    private const int LastZoom = 14;

    private static readonly string[] Nasty =
    [
        "NaN",
        "-Infinity",
        "1e999",
        "1e300",
        "-1",
        "0",
        "99999999999999999999",
        "",
        "\"",
        ",",
        "(",
        "((((((((((((((((((((",
        "EMPTY",
        "\0",
        "é",
        "路",
        "\r\n",
        "null",
        "{",
        "[[[",
    ];

    private readonly Random _random = new(seed);
    private readonly Dictionary<string, byte[]> _shapefile = [];
    private readonly Dictionary<string, byte[]> _wholes = [];

    /// <summary>The formats that GDAL's programs read, which takes them some tenths of a second.</summary>
    public static IReadOnlyList<string> Slow { get; } = [".geojson", ".zip", ".gpkg", ".dxf", ".xlsx"];

    public static IReadOnlyList<string> Quick { get; } = [".csv", ".wkt", ".wkb", ".pmtiles", ".mbtiles"];

    /// <summary>Makes the files that are whole.</summary>
    public async Task MakeAsync()
    {
        await Programs.EnsureAsync("ogr2ogr", "gdal-bin");
        var rows = new StringBuilder("code,grid,address,floors,wkt\n");
        for (var i = 0; i < 12; i++)
        {
            var (x, y) = (124.01 + (0.0004 * i), 40.01);
            rows.Append(
                CultureInfo.InvariantCulture,
                $"F-{i},{Grid},江城路{i}号,{i + 1},\"POLYGON (({x:0.0000} {y}, {x + 0.0002:0.0000} {y}, {x + 0.0002:0.0000} "
                    + $"{y + 0.0002:0.0000}, {x:0.0000} {y + 0.0002:0.0000}, {x:0.0000} {y}))\"\n"
            );
        }
        var csv = Path.Combine(folder, "whole.csv");
        await File.WriteAllTextAsync(csv, rows.ToString());
        _wholes[".csv"] = await File.ReadAllBytesAsync(csv);
        foreach (
            var (extension, how) in ((string, string[])[])
                [
                    (".geojson", ["-oo", "KEEP_GEOM_COLUMNS=NO"]),
                    (".shp", ["-oo", "KEEP_GEOM_COLUMNS=NO", "-a_srs", "EPSG:4326", "-lco", "ENCODING=UTF-8"]),
                    (".gpkg", ["-oo", "KEEP_GEOM_COLUMNS=NO", "-a_srs", "EPSG:4326"]),
                    (".dxf", ["-oo", "KEEP_GEOM_COLUMNS=NO", "-select", "", "-nlt", "LINESTRING"]),
                    (".xlsx", ["-oo", "KEEP_GEOM_COLUMNS=YES"]),
                    (
                        ".mbtiles",
                        [
                            "-oo",
                            "KEEP_GEOM_COLUMNS=NO",
                            "-a_srs",
                            "EPSG:4326",
                            "-f",
                            "MVT",
                            "-dsco",
                            $"MINZOOM={FirstZoom}",
                            "-dsco",
                            $"MAXZOOM={LastZoom}",
                        ]
                    ),
                ]
        )
        {
            var made = Path.Combine(folder, "whole" + extension);
            await Programs.RunAsync("ogr2ogr", ["-oo", "GEOM_POSSIBLE_NAMES=wkt", .. how, made, csv]);
            _wholes[extension] = await File.ReadAllBytesAsync(made);
        }
        foreach (var part in (string[])[".shp", ".shx", ".dbf", ".prj"])
            _shapefile[part] = await File.ReadAllBytesAsync(Path.Combine(folder, "whole" + part));
        var tiles = new Dictionary<TileId, byte[]>();
        using (var map = BasemapFile.Open(Path.Combine(folder, "whole.mbtiles")))
        {
            for (var z = FirstZoom; z <= LastZoom; z++)
            {
                if (map.Read(At(z)) is { } tile)
                    tiles.Add(At(z), tile.Bytes);
            }
        }
        var pmtiles = Path.Combine(folder, "whole.pmtiles");
        PmTilesWriter.Write(pmtiles, tiles, """{ "name": "x", "vector_layers": [ { "id": "whole", "fields": {} } ] }""", leafSize: 2);
        _wholes[".pmtiles"] = await File.ReadAllBytesAsync(pmtiles);
        _wholes[".wkt"] = Encoding.ASCII.GetBytes(
            "SRID=4326;MULTIPOLYGON Z (((124.01 40.01 1, 124.02 40.01 1, 124.02 40.02 1, 124.01 40.01 1), "
                + "(124.013 40.011 1, 124.018 40.011 1, 124.018 40.015 1, 124.013 40.011 1)), "
                + "((124.03 40.01 2, 124.04 40.01 2, 124.04 40.02 2, 124.03 40.01 2)))"
        );
        _wholes[".wkb"] = "01060000000100000001030000000100000004000000000000000000F03F"u8.ToArray();
    }

    /// <summary>Writes the next file of a format.</summary>
    /// <returns>Its path.</returns>
    public async Task<string> NextAsync(string format)
    {
        var file = Path.Combine(folder, "fuzzed" + format);
        if (format != ".zip")
        {
            await File.WriteAllBytesAsync(file, Mutate(_wholes[format]));
            return file;
        }
        var changed = _shapefile.Keys.ElementAt(_random.Next(_shapefile.Count));
        File.Delete(file);
        await using var zip = await ZipFile.OpenAsync(file, ZipArchiveMode.Create);
        foreach (var (part, bytes) in _shapefile)
        {
            await using var entry = await zip.CreateEntry("whole" + part, CompressionLevel.NoCompression).OpenAsync();
            await entry.WriteAsync(part == changed ? Mutate(bytes) : bytes);
        }
        return file;
    }

    /// <summary>What went wrong with a file that is read within the process: a geometry as text, or a base map. Null: it was read, or
    /// refused as it should be.</summary>
    public static string? Read(string file)
    {
        try
        {
            if (Path.GetExtension(file) is ".wkt" or ".wkb")
                return WellKnownText.Read(Encoding.UTF8.GetString(File.ReadAllBytes(file))) is ({ } shape, _) && !shape.IsFinite()
                    ? "a geometry that is not finite"
                    : null;
            using var map = BasemapFile.Open(file);
            for (var z = FirstZoom; z <= LastZoom; z++)
            {
                try
                {
                    _ = map.Read(At(z));
                }
                catch (Exception damaged) when (BasemapEndpoints.IsDamage(damaged))
                {
                    // answered as missing
                }
            }
            return null;
        }
        catch (StartupException)
        {
            return null;
        }
        catch (Exception failure)
        {
            return failure.ToString();
        }
    }

    private static TileId At(int z) =>
        new(z, (int)((124.01 + 180) / 360 * (1 << z)), (int)(Core.Projections.WebMercator.Y(40.01) * (1 << z)));

    private byte[] Mutate(byte[] whole)
    {
        var bytes = new List<byte>(whole);
        for (var times = 1 + _random.Next(4); times > 0 && bytes.Count > 0; times--)
        {
            var (at, length) = (_random.Next(bytes.Count), Math.Min(bytes.Count, 1 + _random.Next(64)));
            switch (_random.Next(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << _random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3:
                    bytes.RemoveRange(Math.Min(at, bytes.Count - length), length);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(_random.Next(bytes.Count - length + 1), length));
                    break;
                case 5:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Nasty[_random.Next(Nasty.Length)]));
                    break;
                default:
                    ReplaceNumber(bytes, at);
                    break;
            }
        }
        return [.. bytes];
    }

    /// <summary>The digits from there on become something else.</summary>
    private void ReplaceNumber(List<byte> bytes, int at)
    {
        var start = bytes.FindIndex(at, one => char.IsAsciiDigit((char)one));
        if (start < 0)
            return;
        var end = start;
        while (end < bytes.Count && (char.IsAsciiDigit((char)bytes[end]) || bytes[end] == '.'))
            end++;
        bytes.RemoveRange(start, end - start);
        bytes.InsertRange(start, Encoding.UTF8.GetBytes(Nasty[_random.Next(Nasty.Length)]));
    }
}
