using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace SituationMap.Server.Tiles.Basemaps;

/// <summary>An MBTiles archive (specification 1.3): an SQLite file, its rows counted from the south.</summary>
internal sealed class MbTiles : Basemap
{
    private readonly string _connection;

    /// <exception cref="InvalidDataException">It is not such an archive; the message says what is wrong.</exception>
    public MbTiles(string file) : base(file)
    {
        if (!System.IO.File.Exists(file))
            throw new FileNotFoundException("there is no such file");
        _connection = new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = true }.ConnectionString;
        try
        {
            Description = Describe();
        }
        catch (Exception wrong) when (wrong is SqliteException or JsonException or FormatException)
        {
            throw new InvalidDataException("expected an MBTiles archive of version 1.3", wrong);
        }
    }

    public override BasemapDescription Description { get; }

    public override BasemapTile? Read(TileId tile)
    {
        using var connection = new SqliteConnection(_connection);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT tile_data FROM tiles WHERE zoom_level = $z AND tile_column = $x AND tile_row = $row";
        command.Parameters.AddWithValue("$z", tile.Z);
        command.Parameters.AddWithValue("$x", tile.X);
        command.Parameters.AddWithValue("$row", (1 << tile.Z) - 1 - tile.Y);
        return command.ExecuteScalar() is byte[] bytes ? new BasemapTile(bytes, bytes is [0x1F, 0x8B, ..] ? "gzip" : null) : null;
    }

    public override void Dispose()
    {
        using var connection = new SqliteConnection(_connection);
        SqliteConnection.ClearPool(connection);
    }

    private BasemapDescription Describe()
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        using var connection = new SqliteConnection(_connection);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name, value FROM metadata";
        using (var rows = command.ExecuteReader())
        {
            while (rows.Read())
                metadata[rows.GetString(0)] = rows.GetString(1);
        }
        var mediaType = metadata.GetValueOrDefault("format") switch
        {
            "pbf" => BasemapDescription.VectorTile,
            "png" => "image/png",
            "jpg" or "jpeg" => "image/jpeg",
            "webp" => "image/webp",
            var other => throw new InvalidDataException($"its tiles are in the format \"{other}\"; this server knows pbf, png, jpg and webp"),
        };
        // what the archive does not say of its zooms, its tiles do
        command.CommandText = "SELECT coalesce(min(zoom_level), 0), coalesce(max(zoom_level), 0) FROM tiles";
        using var zooms = command.ExecuteReader();
        zooms.Read();
        using var json = JsonDocument.Parse(metadata.GetValueOrDefault("json", "{}"));
        return new BasemapDescription(
            metadata.GetValueOrDefault("name", ""), mediaType,
            metadata.TryGetValue("minzoom", out var min) ? int.Parse(min, CultureInfo.InvariantCulture) : zooms.GetInt32(0),
            metadata.TryGetValue("maxzoom", out var max) ? int.Parse(max, CultureInfo.InvariantCulture) : zooms.GetInt32(1),
            metadata.TryGetValue("bounds", out var bounds) ? [.. bounds.Split(',').Select(edge => double.Parse(edge, CultureInfo.InvariantCulture))] : [-180, -85.0511, 180, 85.0511],
            metadata.GetValueOrDefault("attribution", ""), PmTiles.VectorLayers(json.RootElement));
    }
}
