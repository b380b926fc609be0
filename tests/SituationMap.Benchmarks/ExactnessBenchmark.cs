using System.Net.Http.Json;
using NetTopologySuite.Geometries;
using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;
using SituationMap.Server.Live;
using SituationMap.Store.Database;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Tiles;
using SituationMap.Store.Zones;

namespace SituationMap.Benchmarks;

/// <summary>
/// Changes the city at random, one thing after the other, and compares the tiles that a server would say have changed with those whose
/// bytes really differ: none may be missing, and few may be told in vain.
/// </summary>
internal sealed class ExactnessBenchmark(BenchmarkCity city, CancellationToken cancellation)
{
    private readonly ZoneStore _zones = new(city.Database, city.Protocols, TimeProvider.System);
    private readonly SnapshotLoader _loader = new(city.Database, new StructureReader(city.Database));
    private readonly LayerCatalog _layers = new(Path.Combine(AppContext.BaseDirectory, "tiles"));
    private readonly Random _random = new(11);
    private Box _extent;
    private int _announced;
    private int _differ;
    private int _missing;

    public async Task RunAsync(int changes)
    {
        var gridLevels = new GridLevels(_layers);
        var touched = new TouchedTiles(_layers, gridLevels, new CityDifference(_layers, gridLevels));
        var encoder = new TileEncoder(_layers, gridLevels, city.Protocols);
        await using var server = await ServerProcess.StartAsync(city.ConnectionString, [], cancellation);
        await city.SettleAsync(cancellation);
        var snapshot = await _loader.LoadAsync(cancellation);
        _extent = snapshot.City.Grids.Select(grid => grid.Shape.Box).Aggregate(Box.Around);
        Console.Error.WriteLine($"{changes} changes, one after the other …");
        var without = 0;
        for (var change = 1; change <= changes; change++)
        {
            await ChangeAsync(server, snapshot.City);
            await SettledAsync();
            var before = snapshot;
            var rows = new List<FeedRow>();
            for (
                var page = (After: snapshot, Rows: Array.Empty<FeedRow>());
                (page = await _loader.FollowAsync(snapshot, cancellation)).Rows.Length > 0;
                snapshot = page.After
            )
                rows.AddRange(page.Rows);
            if (rows.Count == 0)
                without++;
            else
                Compare(before, snapshot, SnapshotChange.Describe(rows, before, snapshot, touched)!.Tiles, rows, encoder);
            if (change % 100 == 0)
                Console.Error.WriteLine($"  {change}: {_announced:N0} told, {_differ:N0} differ, {_missing} not told");
        }
        Console.WriteLine(
            $"{changes} changes ({without} of them changed nothing): {_differ:N0} layers of tiles differ, {_announced:N0} were told: "
                + $"{_announced / (double)_differ:0.000} (at most 1.2); {_missing} that differ were not told (0 allowed)"
        );
    }

    /// <summary>Half of them reports, the rest zones, and what any program may edit.</summary>
    private async Task ChangeAsync(ServerProcess server, City now)
    {
        var building = now.Buildings[_random.Next(now.Buildings.Length)];
        var (dx, dy) = ((_random.NextDouble() - 0.5) * 0.002, (_random.NextDouble() - 0.5) * 0.002);
        switch (_random.Next(16))
        {
            case 0 or 1 or 2:
                var around = (Polygon)building.Outline.Centroid.Buffer(0.0005 + (_random.NextDouble() * 0.003));
                await _zones.PublishAsync(
                    new ZoneVersionDraft(
                        $"Z-EXACT-{_random.Next(6)}",
                        "benchmark",
                        new[] { "high", "medium", "low", null }[_random.Next(4)],
                        new MultiPolygon([around]) { SRID = 4326 },
                        DateTimeOffset.UtcNow,
                        null,
                        "benchmark",
                        "benchmark"
                    ),
                    cancellation
                );
                break;
            case 3:
                await city.ExecuteAsync(
                    "UPDATE building SET outline = ST_Translate(outline, $2, $3) WHERE id = $1",
                    cancellation,
                    building.Id,
                    dx,
                    dy
                );
                break;
            case 4:
                await city.ExecuteAsync("UPDATE building SET address = address || '+' WHERE id = $1", cancellation, building.Id);
                break;
            case 5:
                await city.ExecuteAsync(
                    "UPDATE checkpoint SET location = ST_Translate(location, $2, $3) WHERE id = (SELECT id FROM checkpoint "
                        + "ORDER BY md5(id || $1::text) LIMIT 1)",
                    cancellation,
                    building.Id,
                    dx,
                    dy
                );
                break;
            case 6:
                await city.ExecuteAsync(
                    "UPDATE road SET name = name || '+' WHERE id = (SELECT id FROM road ORDER BY md5(id || $1::text) LIMIT 1)",
                    cancellation,
                    building.Id
                );
                break;
            case 7:
                await city.ExecuteAsync(
                    "UPDATE grid SET outline = ST_Multi(ST_Buffer(outline, 0.00002)) WHERE path = $1::text::ltree",
                    cancellation,
                    now.Grids[building.Grid].Path
                );
                break;
            default:
                var household = now.Households[_random.Next(now.Households.Length)].Code;
                (string Kind, object Data) reported = _random.Next(5) switch
                {
                    0 => ("survey", new { members = 2 }),
                    1 => ("departed", new { to = "210200" }),
                    2 => ("returned", new { from = "420100", risk = "high" }),
                    3 => (
                        "passage",
                        new
                        {
                            checkpoint = now.Checkpoints[_random.Next(now.Checkpoints.Length)].Code,
                            direction = _random.Next(2) == 0 ? "in" : "out",
                        }
                    ),
                    _ => ("returned", new { from = "330100", risk = "low" }),
                };
                using (
                    var answer = await server.Client.PostAsJsonAsync(
                        new Uri(server.Address, "api/facts"),
                        new
                        {
                            id = Guid.NewGuid(),
                            kind = reported.Kind,
                            household,
                            at = DateTimeOffset.UtcNow,
                            source = "system:benchmark",
                            data = reported.Data,
                        },
                        cancellation
                    )
                )
                {
                    answer.EnsureSuccessStatusCode();
                }
                break;
        }
    }

    /// <summary>A change and its marks are one transaction, so when no mark is left all that comes of it is in the feed.</summary>
    private async Task SettledAsync()
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (await city.ReadAsync<bool>("SELECT EXISTS (SELECT FROM dirty_household)", cancellation))
            await pause.WaitForNextTickAsync(cancellation);
    }

    private void Compare(
        Snapshot before,
        Snapshot after,
        IReadOnlyDictionary<TileId, int> announced,
        IReadOnlyList<FeedRow> rows,
        TileEncoder encoder
    )
    {
        var differ = TilesNear(Where(before, after, rows))
            .Union(announced.Keys)
            .AsParallel()
            .WithCancellation(cancellation)
            .SelectMany(tile =>
                _layers
                    .All.Where(layer => !encoder.Encode(before, tile, [layer]).AsSpan().SequenceEqual(encoder.Encode(after, tile, [layer])))
                    .Select(layer => (tile, layer.Id))
            )
            .ToHashSet();
        var announcedLayers = announced
            .SelectMany(tile => _layers.All.Where(layer => (tile.Value & _layers.Bit(layer)) != 0).Select(layer => (tile.Key, layer.Id)))
            .ToHashSet();
        _missing += differ.Except(announcedLayers).Count();
        _announced += announcedLayers.Count;
        _differ += differ.Count;
    }

    /// <summary>Where rows say that something is or was, by themselves: not from what is tested.</summary>
    private static List<Box> Where(Snapshot before, Snapshot after, IEnumerable<FeedRow> rows) =>
        [
            .. rows.SelectMany(row =>
                    row.Kind == FeedKind.Status
                        ? new[] { before.City, after.City }
                            .Select(city => (city, index: city.IndexOfHousehold(row.Subject)))
                            .Where(found => found.index >= 0)
                            .Select(found => found.city.Buildings[found.city.Households[found.index].Building].Shape.Box)
                    : row.Touched is { IsEmpty: false } touched
                        ? Enumerable.Range(0, touched.NumGeometries).Select(part => Box.Of(touched.GetGeometryN(part).EnvelopeInternal))
                    : []
                )
                .Distinct(),
        ];

    /// <summary>At zooms with counts of grids every tile of the city, at others those around a place, with a tile more on every
    /// side.</summary>
    private HashSet<TileId> TilesNear(IReadOnlyList<Box> boxes)
    {
        var tiles = new HashSet<TileId>();
        for (var zoom = 0; zoom <= TileId.MaxZoom; zoom++)
        {
            foreach (var box in zoom <= _layers.Grids.LastZoomWithCounts ? [_extent] : boxes)
            {
                var (shift, last) = (World.Bits - zoom, (1 << zoom) - 1);
                for (var x = Math.Max((box.MinX >> shift) - 1, 0); x <= Math.Min((box.MaxX >> shift) + 1, last); x++)
                {
                    for (var y = Math.Max((box.MinY >> shift) - 1, 0); y <= Math.Min((box.MaxY >> shift) + 1, last); y++)
                        tiles.Add(new TileId(zoom, x, y));
                }
            }
        }
        return tiles;
    }
}
