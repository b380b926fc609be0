using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Tiles;
using SituationMap.Testing;

namespace SituationMap.Benchmarks;

/// <summary>Tiles of all zooms drawn by lot: each decoded strictly, compared with its neighbours along their edges, and read by
/// GDAL.</summary>
internal sealed class TileSampleBenchmark(BenchmarkCity city, CancellationToken cancellation)
{
    private const int FirstZoom = 8;

    public async Task RunAsync(int count)
    {
        var layers = new LayerCatalog(Path.Combine(AppContext.BaseDirectory, "tiles"));
        var encoder = new TileEncoder(layers, new GridLevels(layers), city.Protocols);
        var snapshot = await new SnapshotLoader(city.Database, new StructureReader(city.Database)).LoadAsync(cancellation);
        var tiles = Draw(snapshot.City, count);
        var (malformed, seams, unread, features) = (0, 0, 0, 0);
        Parallel.ForEach(tiles, new ParallelOptions { CancellationToken = cancellation }, tile =>
        {
            try
            {
                var here = Decode(tile);
                Interlocked.Add(ref features, here.Sum(layer => layer.Features.Count));
                foreach (var (neighbour, east) in new[] { (tile with { X = tile.X + 1 }, true), (tile with { Y = tile.Y + 1 }, false) })
                {
                    foreach (var seam in TileSeams.Between(here, Decode(neighbour), east))
                    {
                        Interlocked.Increment(ref seams);
                        Console.Error.WriteLine($"{tile}: {seam}");
                    }
                }
            }
            catch (InvalidDataException wrong)
            {
                Interlocked.Increment(ref malformed);
                Console.Error.WriteLine($"{tile}: {wrong.Message}");
            }
        });
        Console.WriteLine(
            $"{tiles.Length:N0} tiles of zooms {FirstZoom} to {TileId.MaxZoom} with {features:N0} features: {malformed} "
                + $"malformed, {seams} features with a seam (0 allowed)"
        );

        var folder = Directory.CreateTempSubdirectory("situationmap-sample-").FullName;
        try
        {
            await Parallel.ForEachAsync(tiles, cancellation, async (tile, cancel) =>
            {
                var file = Path.Combine(folder, $"{tile.Z}-{tile.X}-{tile.Y}.mvt");
                await File.WriteAllBytesAsync(file, encoder.Encode(snapshot, tile, layers.All), cancel);
                var output = await Programs.RunAsync("ogrinfo", "-ro", "-al", "-so", file);
                if (
                    output.Contains("ERROR", StringComparison.Ordinal)
                    || output.Contains("Warning", StringComparison.Ordinal)
                    || !output.Contains("Feature Count", StringComparison.Ordinal)
                )
                {
                    Interlocked.Increment(ref unread);
                    Console.Error.WriteLine($"{tile}: {output}");
                }
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        Console.WriteLine($"GDAL: {unread} of them not read without a word (0 allowed)");

        IReadOnlyList<VectorTileLayer> Decode(TileId tile) => VectorTile.Decode(encoder.Encode(snapshot, tile, layers.All));
    }

    /// <summary>Under buildings, the same number of each zoom as far as there are as many.</summary>
    private static TileId[] Draw(City city, int count)
    {
        var random = new Random(3);
        var zooms = TileId.MaxZoom - FirstZoom + 1;
        var drawn = new HashSet<TileId>();
        for (var time = 0; drawn.Count < count && time < count * 50; time++)
        {
            var zoom = FirstZoom + (time % zooms);
            var box = city.Buildings[random.Next(city.Buildings.Length)].Shape.Box;
            drawn.Add(new TileId(zoom, box.MinX >> (World.Bits - zoom), box.MinY >> (World.Bits - zoom)));
        }
        return [.. drawn];
    }
}
