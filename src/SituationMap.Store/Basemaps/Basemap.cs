using SituationMap.Geo.VectorTiles;
using SituationMap.Store.Settings;

namespace SituationMap.Store.Basemaps;

/// <summary>A tile as the file holds it.</summary>
/// <param name="Encoding">The HTTP content coding its bytes are in: gzip, br or deflate; null: none.</param>
public readonly record struct BasemapTile(byte[] Bytes, string? Encoding)
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

/// <summary>What a base map's file says of itself.</summary>
/// <param name="MediaType">Of its tiles: application/vnd.mapbox-vector-tile, or an image's.</param>
/// <param name="Bounds">West, south, east, north in degrees (WGS 84).</param>
/// <param name="Attribution">Whom to name on the map; HTML, as TileJSON has it. Empty: nobody.</param>
/// <param name="VectorLayers">The layers of its vector tiles; empty for images.</param>
public sealed record BasemapDescription(
    string Name,
    string MediaType,
    int MinZoom,
    int MaxZoom,
    double[] Bounds,
    string Attribution,
    IReadOnlyList<string> VectorLayers
)
{
    public const string VectorTile = "application/vnd.mapbox-vector-tile";

    public bool IsVector => MediaType == VectorTile;
}

/// <summary>The ground below our own layers: an archive of tiles (WebMercatorQuad) that somebody else made.</summary>
public abstract class Basemap : IDisposable
{
    public static readonly string[] Extensions = [".pmtiles", ".mbtiles"];

    protected Basemap(string file)
    {
        File = file;
        var written = new FileInfo(file);
        Version = $"{written.LastWriteTimeUtc.Ticks:x}-{written.Length:x}";
    }

    public string File { get; }

    /// <summary>Another one when the file is another one.</summary>
    public string Version { get; }

    public abstract BasemapDescription Description { get; }

    /// <summary>The tile, or null where the archive has none. Safe for any number of callers at once.</summary>
    public abstract BasemapTile? Read(TileId tile);

    public abstract void Dispose();

    /// <summary>
    /// Opens the base map: the file that the settings name, else the one in <c>tiles/basemap</c> below the current folder or beside
    /// the program; null where there is none.
    /// </summary>
    /// <exception cref="StartupException">The file cannot be read as PMTiles or MBTiles, or several lie there; the message says what to
    /// do.</exception>
    public static Basemap? Find(string? configured)
    {
        if (configured is not null)
            return Open(configured);
        foreach (var root in new[] { Environment.CurrentDirectory, AppContext.BaseDirectory })
        {
            var folder = Path.Combine(root, "tiles", "basemap");
            if (!Directory.Exists(folder))
                continue;
            var found = Directory
                .EnumerateFiles(folder)
                .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal)
                .ToList();
            if (found.Count > 1)
            {
                throw new StartupException(
                    $"tiles/basemap holds {found.Count} base maps ({string.Join(", ", found.Select(Path.GetFileName))}). Leave one, or name it with {SituationMapOptions.Section}:Basemap."
                );
            }
            if (found.Count == 1)
                return Open(found[0]);
        }
        return null;
    }

    /// <inheritdoc cref="Find"/>
    public static Basemap Open(string file)
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
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            // somebody else made it: whatever fails, it is the file's; and whoever opens the map is told why, but not where it lies
            var reason = unreadable switch
            {
                InvalidDataException => unreadable.Message,
                FileNotFoundException or DirectoryNotFoundException => "there is no such file",
                UnauthorizedAccessException => "it may not be read",
                _ => "it is damaged",
            };
            throw new StartupException($"The base map {Path.GetFileName(file)} cannot be used: {reason}", unreadable);
        }
    }
}
