using SituationMap.Geo.Archives;
using SituationMap.Store.Settings;

namespace SituationMap.Store.Basemaps;

/// <summary>The ground below our own layers: an archive of tiles that somebody else made.</summary>
public static class BasemapFile
{
    /// <summary>
    /// Opens the base map: the file that the settings name, else the one in <c>tiles/basemap</c> below the current folder or beside
    /// the program; null where there is none.
    /// </summary>
    /// <exception cref="StartupException">The file cannot be read as PMTiles or MBTiles, or several lie there; the message says what to
    /// do.</exception>
    public static TileArchive? Find(string? configured)
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
                .Where(file => TileArchive.Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal)
                .ToList();
            if (found.Count > 1)
            {
                throw new StartupException(
                    $"tiles/basemap holds {found.Count} base maps ({string.Join(", ", found.Select(Path.GetFileName))}). "
                        + $"Leave one, or name it with {SituationMapOptions.Section}:Basemap."
                );
            }
            if (found.Count == 1)
                return Open(found[0]);
        }
        return null;
    }

    /// <inheritdoc cref="Find"/>
    public static TileArchive Open(string file)
    {
        try
        {
            return TileArchive.Open(file);
        }
        catch (InvalidDataException unreadable)
        {
            // whoever opens the map is told why, but not where the file lies
            throw new StartupException($"The base map {Path.GetFileName(file)} cannot be used: {unreadable.Message}", unreadable);
        }
    }
}
