using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SituationMap.Geo.VectorTiles;

namespace SituationMap.Geo.Archives;

/// <summary>An MBTiles archive (specification 1.3): an SQLite file, its rows counted from the south.</summary>
public sealed class MbTiles : TileArchive
{
    private readonly string _connection;

    /// <exception cref="InvalidDataException">It is not such an archive; the message says what is wrong.</exception>
    public MbTiles(string file)
        : base(file)
    {
        if (!System.IO.File.Exists(file))
            throw new FileNotFoundException("there is no such file");
        _connection = new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = true,
        }.ConnectionString;
        try
        {
            Description = Describe();
        }
        catch (Exception wrong) when (wrong is SqliteException or JsonException or InvalidCastException)
        {
            Dispose();
            throw new InvalidDataException("expected an MBTiles archive of version 1.3", wrong);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override ArchiveDescription Description { get; }

    /// <inheritdoc/>
    public override ArchivedTile? Read(TileId tile)
    {
        using var connection = new SqliteConnection(_connection);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT tile_data FROM tiles WHERE zoom_level = $z AND tile_column = $x AND tile_row = $row";
        command.Parameters.AddWithValue("$z", tile.Z);
        command.Parameters.AddWithValue("$x", tile.X);
        command.Parameters.AddWithValue("$row", (1 << tile.Z) - 1 - tile.Y);
        return command.ExecuteScalar() is byte[] bytes ? Tile(bytes) : null;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        using var connection = new SqliteConnection(_connection);
        SqliteConnection.ClearPool(connection);
    }

    /// <summary>By its first bytes: of the packings only zlib's is none that the specification names, and is met all the same.</summary>
    private static ArchivedTile Tile(byte[] bytes) =>
        new(
            bytes,
            bytes switch
            {
                [0x1F, 0x8B, ..] => "gzip",
                [0x78, 0x01 or 0x5E or 0x9C or 0xDA, ..] => "deflate",
                _ => null,
            }
        );

    private ArchiveDescription Describe()
    {
        // programs write its names and values with some licence; what can only mean one thing is read
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        using var connection = new SqliteConnection(_connection);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name, CAST(value AS text) FROM metadata WHERE name IS NOT NULL AND value IS NOT NULL";
        using (var rows = command.ExecuteReader())
        {
            while (rows.Read())
                metadata[rows.GetString(0)] = rows.GetString(1);
        }
        // what the archive does not say of its tiles, they say themselves
        command.CommandText = "SELECT min(zoom_level), max(zoom_level) FROM tiles";
        var (first, last) = (0, 0);
        using (var zooms = command.ExecuteReader())
        {
            if (zooms.Read() && !zooms.IsDBNull(0))
                (first, last) = (zooms.GetInt32(0), zooms.GetInt32(1));
        }
        command.CommandText = "SELECT tile_data FROM tiles WHERE length(tile_data) > 0 LIMIT 1";
        var tile = command.ExecuteScalar() is byte[] bytes ? Tile(bytes) : (ArchivedTile?)null;
        var mediaType = MediaType(metadata.GetValueOrDefault("format"), tile);
        using var json = JsonDocument.Parse(
            metadata.GetValueOrDefault("json") is { } text && !string.IsNullOrWhiteSpace(text) ? text : "{}"
        );
        return new ArchiveDescription(
            metadata.GetValueOrDefault("name", ""),
            mediaType,
            Zoom(metadata.GetValueOrDefault("minzoom")) ?? first,
            Math.Min(Zoom(metadata.GetValueOrDefault("maxzoom")) ?? last, TileId.MaxZoom),
            Bounds(metadata.GetValueOrDefault("bounds")) ?? [-180, -85.0511, 180, 85.0511],
            metadata.GetValueOrDefault("attribution", ""),
            PmTiles.VectorLayers(json.RootElement)
        );
    }

    /// <summary>What the tiles are, by their bytes where these tell, else by what the archive calls them.</summary>
    private static string MediaType(string? format, ArchivedTile? tile)
    {
        if (tile?.Image is { } image)
            return image;
        var named = format?.Trim().TrimStart('.').ToUpperInvariant() switch
        {
            "PBF" or "MVT" or "APPLICATION/X-PROTOBUF" or "APPLICATION/VND.MAPBOX-VECTOR-TILE" => ArchiveDescription.VectorTile,
            "PNG" or "IMAGE/PNG" => "image/png",
            "JPG" or "JPEG" or "IMAGE/JPEG" or "IMAGE/JPG" => "image/jpeg",
            "WEBP" or "IMAGE/WEBP" => "image/webp",
            null or "" when tile?.Encoding is not null => ArchiveDescription.VectorTile, // images are not packed once more
            _ => throw new InvalidDataException($"its tiles are in the format \"{format}\"; this server knows pbf, png, jpg and webp"),
        };
        return named == ArchiveDescription.VectorTile || tile is null
            ? named
            : throw new InvalidDataException($"its tiles are no {format}, as it says they are");
    }

    /// <summary>Some write 14.0; null: it is none.</summary>
    private static int? Zoom(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var zoom)
        && zoom is >= 0 and <= 30
        && zoom == Math.Floor(zoom)
            ? (int)zoom
            : null;

    private static double[]? Bounds(string? text)
    {
        var edges = text
            ?.Split(',')
            .Select(edge => double.TryParse(edge, NumberStyles.Float, CultureInfo.InvariantCulture, out var degrees) ? degrees : double.NaN)
            .ToArray();
        return edges is [>= -180 and <= 180, >= -90 and <= 90, >= -180 and <= 180, >= -90 and <= 90] && edges[1] < edges[3] ? edges : null;
    }
}
