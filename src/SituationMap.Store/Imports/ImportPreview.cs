using System.Text.Json;
using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Geo.Features;
using SituationMap.Store.Database;

namespace SituationMap.Store.Imports;

/// <summary>Draws what is about to be imported: where it lies, and some of its rows as GeoJSON with what would become of each.</summary>
public sealed class ImportPreview(NpgsqlConnection connection, CancellationToken cancellation)
{
    private const int MaxRows = 2_000;

    /// <summary>A city's administrative borders have 150,000; so many are some 10 MB for the browser, before they are packed.</summary>
    private const int MaxCorners = 400_000;

    /// <summary>Looks at the rows after they were compared with the store and before those that do not fit are dropped.</summary>
    public async Task<(double[]? Bounds, byte[]? Picture)> DrawAsync(ImportCollection collection, StagingSql sql, int rows) =>
        collection.Geometry == GeometryKind.None
            ? (await BoundsAsync($"SELECT ST_Extent(touched) AS box FROM ({sql.Feed}) t"), null)
            : (
                await BoundsAsync("SELECT ST_Extent(shape) AS box FROM import_row"),
                await PictureAsync(Math.Max(1, (rows + MaxRows - 1) / MaxRows))
            );

    private async Task<double[]?> BoundsAsync(string box)
    {
        await using var command = connection.Command(
            $"SELECT ARRAY[ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)] FROM ({box}) b WHERE box IS NOT NULL"
        );
        return (double[]?)await command.ExecuteScalarAsync(cancellation);
    }

    /// <summary>Every so many rows one, until it would be too large.</summary>
    private async Task<byte[]> PictureAsync(int every)
    {
        using var picture = new MemoryStream();
        await using (var json = new Utf8JsonWriter(picture))
        {
            json.WriteStartObject();
            json.WriteString("type", "FeatureCollection");
            json.WriteStartArray("features");
            await using var command = connection.Command(
                """
                SELECT row, r.code, CASE WHEN t.fault IS NULL THEN t.change ELSE 'rejected' END, r.shape
                FROM import_row r JOIN import_target t USING (row) WHERE row % $1 = 0 ORDER BY row
                """,
                every
            );
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            var corners = 0;
            while (await reader.ReadAsync(cancellation))
            {
                var shape = await reader.GetFieldValueAsync<Geometry>(3, cancellation);
                if ((corners += shape.NumPoints) > MaxCorners)
                    continue;
                json.WriteStartObject();
                json.WriteString("type", "Feature");
                json.WritePropertyName("geometry");
                GeoJson.Write(json, shape);
                json.WriteStartObject("properties");
                json.WriteNumber("row", reader.GetInt32(0));
                json.WriteString("code", reader.GetString(1));
                json.WriteString("change", reader.GetString(2));
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return picture.ToArray();
    }
}
