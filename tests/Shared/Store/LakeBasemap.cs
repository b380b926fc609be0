using SituationMap.Core.Projections;
using SituationMap.Geo.Archives;
using SituationMap.Geo.VectorTiles;

namespace SituationMap.Testing;

/// <summary>A base map with one lake near Dandong as MBTiles, made by GDAL, and as PMTiles of the same tiles, zooms 6 to 14; in a folder of
/// its own.</summary>
public sealed class LakeBasemap : IAsyncLifetime
{
    private const string Metadata =
        """{ "name": "lake", "attribution": "© the lake's surveyors", "vector_layers": [ { "id": "water", "fields": {} } ] }""";

    private readonly string _folder = Directory.CreateTempSubdirectory("situationmap-basemap-").FullName;
    private readonly Dictionary<TileId, byte[]> _tiles = [];

    public string Mb => PathOf("lake.mbtiles");

    public string Pm => PathOf("lake.pmtiles");

    /// <summary>Packed with gzip.</summary>
    public IReadOnlyDictionary<TileId, byte[]> Tiles => _tiles;

    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Writes an archive that ends within its header; gives its path.</summary>
    public async Task<string> CutAsync()
    {
        await File.WriteAllBytesAsync(PathOf("cut.pmtiles"), (await File.ReadAllBytesAsync(Pm))[..140]);
        return PathOf("cut.pmtiles");
    }

    public async ValueTask InitializeAsync()
    {
        await Programs.EnsureAsync("ogr2ogr", "gdal-bin");
        var source = PathOf("water.geojson");
        await File.WriteAllTextAsync(
            source,
            """
            { "type": "FeatureCollection", "features": [ { "type": "Feature", "properties": { "kind": "lake" }, "geometry":
              { "type": "Polygon", "coordinates": [[[124.0,40.4],[124.1,40.4],[124.1,40.5],[124.0,40.5],[124.0,40.4]]] } } ] }
            """
        );
        await Programs.RunAsync("ogr2ogr", "-f", "MVT", Mb, source, "-nln", "water", "-dsco", "MINZOOM=6", "-dsco", "MAXZOOM=14");
        using var made = new MbTiles(Mb);
        for (var z = 6; z <= 14; z++)
        {
            var (left, top) = At(z, 123.9, 40.6);
            var (right, bottom) = At(z, 124.2, 40.3);
            for (var x = left; x <= right; x++)
            {
                for (var y = top; y <= bottom; y++)
                {
                    if (made.Read(new TileId(z, x, y)) is { } tile)
                        _tiles.Add(new TileId(z, x, y), tile.Bytes);
                }
            }
        }
        PmTilesWriter.Write(Pm, _tiles, Metadata, leafSize: 7);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static (int X, int Y) At(int z, double longitude, double latitude) =>
        ((int)(WebMercator.X(longitude) * (1 << z)), (int)(WebMercator.Y(latitude) * (1 << z)));
}
