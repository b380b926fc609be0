using SituationMap.Geo.VectorTiles;

namespace SituationMap.Geo.Archives;

/// <summary>A tile as the file holds it.</summary>
/// <param name="Encoding">The HTTP content coding its bytes are in: gzip, br or deflate; null: none.</param>
public readonly record struct ArchivedTile(byte[] Bytes, string? Encoding)
{
    /// <summary>The media type that the bytes begin like; null: none that is known.</summary>
    public string? Image =>
        Bytes switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "image/png",
            [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
            _ => null,
        };
}

/// <summary>What an archive says of itself.</summary>
/// <param name="MediaType">Of its tiles: application/vnd.mapbox-vector-tile, or an image's.</param>
/// <param name="Bounds">West, south, east, north in degrees (WGS 84).</param>
/// <param name="Attribution">Whom to name on the map; HTML, as TileJSON has it. Empty: nobody.</param>
/// <param name="VectorLayers">The layers of its vector tiles; empty for images.</param>
public sealed record ArchiveDescription(
    string Name,
    string MediaType,
    int MinZoom,
    int MaxZoom,
    double[] Bounds,
    string Attribution,
    IReadOnlyList<string> VectorLayers
)
{
    /// <summary>The media type of vector tiles.</summary>
    public const string VectorTile = "application/vnd.mapbox-vector-tile";

    /// <summary>Whether its tiles are vector tiles; images otherwise.</summary>
    public bool IsVector => MediaType == VectorTile;
}

/// <summary>A file of map tiles (WebMercatorQuad), mostly of somebody else. Safe for any number of callers at once.</summary>
public abstract class TileArchive : IDisposable
{
    /// <summary>The endings of the files that are known.</summary>
    public static readonly string[] Extensions = [".pmtiles", ".mbtiles"];

    /// <exception cref="IOException">There is no such file.</exception>
    protected TileArchive(string file)
    {
        File = file;
        var written = new FileInfo(file);
        Version = $"{written.LastWriteTimeUtc.Ticks:x}-{written.Length:x}";
    }

    /// <summary>Its path.</summary>
    public string File { get; }

    /// <summary>Another one when the file is another one.</summary>
    public string Version { get; }

    /// <summary>What it says of itself.</summary>
    public abstract ArchiveDescription Description { get; }

    /// <summary>The tile, or null where the archive has none.</summary>
    public abstract ArchivedTile? Read(TileId tile);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Opens a PMTiles or MBTiles file.</summary>
    /// <exception cref="InvalidDataException">It is none, or is damaged; the message says how, without naming the file's place.</exception>
    public static TileArchive Open(string file)
    {
        try
        {
            return Path.GetExtension(file).ToUpperInvariant() switch
            {
                ".PMTILES" => new PmTiles(file),
                ".MBTILES" => new MbTiles(file),
                _ => throw new InvalidDataException($"expected one of {string.Join(", ", Extensions)}"),
            };
        }
        catch (Exception unreadable) when (unreadable is not (OutOfMemoryException or InvalidDataException))
        {
            // somebody else made it: whatever fails, it is the file's
            var reason = unreadable switch
            {
                FileNotFoundException or DirectoryNotFoundException => "there is no such file",
                UnauthorizedAccessException => "it may not be read",
                _ => "it is damaged",
            };
            throw new InvalidDataException(reason, unreadable);
        }
    }
}
