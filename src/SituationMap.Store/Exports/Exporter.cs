using System.Data;
using System.Globalization;
using System.Text;
using System.Text.Json;
using NetTopologySuite.Geometries;
using NetTopologySuite.IO;
using Npgsql;
using SituationMap.Geo.Features;
using SituationMap.Store.Database;
using SituationMap.Store.Files;

namespace SituationMap.Store.Exports;

/// <summary>Writes what a query gives as CSV or GeoJSON row by row as it comes, or as XLSX or GeoPackage by way of GDAL.</summary>
public sealed class Exporter(NpgsqlDataSource database)
{
    /// <summary>The formats, with their media types and endings.</summary>
    public static readonly IReadOnlyDictionary<string, string> MediaTypes = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["csv"] = "text/csv; charset=utf-8",
        ["geojson"] = "application/geo+json",
        ["xlsx"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ["gpkg"] = "application/geopackage+sqlite3",
    };

    /// <summary>What a text begins with that a spreadsheet takes for a formula.</summary>
    public const string Formulas = "=+-@\t\r";

    private const int FlushEvery = 500;

    /// <summary>Rows that are fetched at once.</summary>
    private const int Fetched = 2_000;

    /// <param name="format">One of <see cref="MediaTypes"/>.</param>
    /// <param name="withMark">CSV: whether it begins with the mark by which Excel knows UTF-8.</param>
    /// <exception cref="ImportRefusedException">GDAL is needed and not here.</exception>
    public async Task WriteAsync(ExportQuery query, string format, bool withMark, Stream target, CancellationToken cancellation)
    {
        switch (format)
        {
            case "csv":
                await WriteCsvAsync(query, withMark, isForPeople: true, target, cancellation);
                break;
            case "geojson":
                await WriteGeoJsonAsync(query, target, cancellation);
                break;
            default:
                await ByGdalAsync(query, format, target, cancellation);
                break;
        }
    }

    /// <summary>A text that a spreadsheet would run as a formula gets an apostrophe before it; our import takes it away again.</summary>
    public static string Guard(string text) => text.Length > 0 && Formulas.Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;

    private async Task WriteCsvAsync(ExportQuery query, bool withMark, bool isForPeople, Stream target, CancellationToken cancellation)
    {
        await using var writer = new StreamWriter(target, new UTF8Encoding(withMark), 1 << 16, leaveOpen: true) { NewLine = "\r\n" };
        var wkt = new WKTWriter { OutputOrdinates = Ordinates.XY };
        await ReadAsync(
            query,
            async columns => await writer.WriteLineAsync(string.Join(',', columns.Select(Quote))),
            async (row, number) =>
            {
                for (var i = 0; i < row.FieldCount; i++)
                {
                    if (i > 0)
                        await writer.WriteAsync(',');
                    var text = row.IsDBNull(i)
                        ? ""
                        : row.GetValue(i) switch
                        {
                            Geometry geometry => wkt.Write(geometry),
                            string said => isForPeople ? Guard(said) : said,
                            var value => Text(value),
                        };
                    await writer.WriteAsync(Quote(text));
                }
                await writer.WriteLineAsync();
                if (number % FlushEvery == 0)
                    await writer.FlushAsync(cancellation);
            },
            cancellation
        );
    }

    private async Task WriteGeoJsonAsync(ExportQuery query, Stream target, CancellationToken cancellation)
    {
        await using var json = new Utf8JsonWriter(
            target,
            new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
        string[] names = [];
        json.WriteStartObject();
        json.WriteString("type", "FeatureCollection");
        json.WriteString("name", query.Name);
        json.WriteStartArray("features");
        await ReadAsync(
            query,
            columns =>
            {
                names = columns;
                return Task.CompletedTask;
            },
            async (row, number) =>
            {
                json.WriteStartObject();
                json.WriteString("type", "Feature");
                json.WritePropertyName("geometry");
                if (query.HasGeometry)
                    GeoJson.Write(json, row.GetFieldValue<Geometry>(row.FieldCount - 1));
                else
                    json.WriteNullValue();
                json.WriteStartObject("properties");
                for (var i = 0; i < row.FieldCount - (query.HasGeometry ? 1 : 0); i++)
                {
                    json.WritePropertyName(names[i]);
                    switch (row.IsDBNull(i) ? null : row.GetValue(i))
                    {
                        case null:
                            json.WriteNullValue();
                            break;
                        case bool flag:
                            json.WriteBooleanValue(flag);
                            break;
                        case short or int:
                            json.WriteNumberValue(Convert.ToInt32(row.GetValue(i), CultureInfo.InvariantCulture));
                            break;
                        case double number2:
                            json.WriteNumberValue(number2);
                            break;
                        case var value:
                            json.WriteStringValue(Text(value));
                            break;
                    }
                }
                json.WriteEndObject();
                json.WriteEndObject();
                if (number % FlushEvery == 0)
                    await json.FlushAsync(cancellation);
            },
            cancellation
        );
        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(cancellation);
    }

    private async Task ByGdalAsync(ExportQuery query, string format, Stream target, CancellationToken cancellation)
    {
        using var folder = new ImportFolder();
        var (table, made) = (folder.PathOf($"{query.Name}.csv"), folder.PathOf($"made.{format}"));
        await using (var file = File.Create(table))
            await WriteCsvAsync(query, withMark: false, isForPeople: format == "xlsx", file, cancellation);
        // codes of digits are text, whatever they look like
        await File.WriteAllTextAsync(Path.ChangeExtension(table, ".csvt"), await TypesAsync(query, cancellation), cancellation);
        string[] geometryOptions =
            query.HasGeometry && format == "gpkg"
                ? ["-oo", "GEOM_POSSIBLE_NAMES=wkt", "-oo", "KEEP_GEOM_COLUMNS=NO", "-a_srs", "EPSG:4326"]
                : [];
        await Gdal.RunAsync(
            "ogr2ogr",
            ["-f", format == "xlsx" ? "XLSX" : "GPKG", .. geometryOptions, made, table],
            ["CSV", format == "xlsx" ? "XLSX" : "GPKG"],
            cancellation
        );
        await using var result = File.OpenRead(made);
        await result.CopyToAsync(target, cancellation);
    }

    /// <summary>The types of the columns, as GDAL reads them from beside a CSV.</summary>
    private async Task<string> TypesAsync(ExportQuery query, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = connection.Command(query.Sql, query.Values());
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SchemaOnly, cancellation);
        return string.Join(
            ',',
            Enumerable
                .Range(0, reader.FieldCount)
                .Select(i =>
                    reader.GetFieldType(i) switch
                    {
                        var type when type == typeof(short) || type == typeof(int) => "Integer",
                        var type when type == typeof(double) => "Real",
                        _ => "String",
                    }
                )
        );
    }

    /// <summary>Reads by a cursor, for which PostgreSQL looks for the plan that has the first rows soonest: a file of millions begins at
    /// once.</summary>
    private async Task ReadAsync(
        ExportQuery query,
        Func<string[], Task> begin,
        Func<NpgsqlDataReader, int, Task> write,
        CancellationToken cancellation
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // a cursor lives as long as its transaction
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var declare = connection.Command($"DECLARE {query.Name} NO SCROLL CURSOR FOR {query.Sql}", query.Values()))
            // a large file is no reason to break off
            await declare.Unlimited().ExecuteNonQueryAsync(cancellation);
        // connections keep statements prepared, and what they give has to stay the same: a name for each collection
        await using var fetch = new NpgsqlCommand($"FETCH {Fetched} FROM {query.Name}", connection) { CommandTimeout = 0 };
        var number = 0;
        while (number % Fetched == 0)
        {
            var before = number;
            await using var reader = await fetch.ExecuteReaderAsync(cancellation);
            if (number == 0)
                await begin([
                    .. Enumerable
                        .Range(0, reader.FieldCount)
                        .Select(i => query.HasGeometry && i == reader.FieldCount - 1 ? "wkt" : reader.GetName(i)),
                ]);
            while (await reader.ReadAsync(cancellation))
                await write(reader, ++number);
            if (number == before)
                break;
        }
    }

    private static string Text(object value) =>
        value switch
        {
            DateTime instant => instant.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture),
            bool flag => flag ? "true" : "false",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };

    private static string Quote(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
