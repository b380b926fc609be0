using System.Globalization;
using System.Net;
using NetTopologySuite.Geometries;
using Shouldly;
using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;
using SituationMap.Store.Tiles;

namespace SituationMap.Server.Tests.Tiles;

/// <summary>Our tiles against PostGIS's own ST_AsMVT of the same tiles: the same features, ids, attributes and shapes.</summary>
public sealed class TileContentTests(SharedDemo shared) : IClassFixture<SharedDemo>, IAsyncLifetime
{
    private readonly DemoServer _demo = shared.Demo;
    private PostgisTiles _postgis = null!;

    public async ValueTask InitializeAsync() => _postgis = await PostgisTiles.OfAsync(_demo.Database);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(18)]
    public async Task Every_tile_holds_what_PostGIS_would_put_in(int zoom)
    {
        var compared = 0;
        foreach (var tile in Tiles(zoom, most: 25))
        {
            var ours = VectorTile.Decode(await GetAsync($"tiles/situation/{tile}.mvt")).ToDictionary(layer => layer.Name);
            foreach (var (name, sql) in PostgisTiles.ByHand)
            {
                var theirs = await _postgis.AskAsync(name, sql, tile);
                compared += Compare($"{name} {tile}", theirs, ours.GetValueOrDefault(name)?.Features ?? []);
            }
        }
        compared.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task Households_are_drawn_in_the_cells_of_their_building()
    {
        var snapshot = _demo.Snapshot;
        var compared = 0;
        foreach (var tile in Tiles(18, most: 40))
        {
            var ours = VectorTile.Decode(await GetAsync($"tiles/households/{tile}.mvt")).SingleOrDefault()?.Features ?? [];
            // a household has no geometry in the store: PostGIS gets the cells that we draw
            var cells = snapshot
                .City.Buildings.SelectMany(building =>
                    HouseholdCells
                        .Geometries(building.Outline, snapshot.City.HouseholdsOf(building))
                        .Select(cell => (building, household: snapshot.City.HouseholdsOf(building)[cell.Index], cell.Cell))
                )
                .ToArray();
            var theirs = await _postgis.AskAsync(
                "households",
                """
                SELECT c.id, c.building, COALESCE(s.status, 'healthy')::text AS status, COALESCE(s.surveyed, false) AS surveyed, c.label,
                       cut(c.geom, $1, $2, $3) AS geom
                FROM unnest($4::int[], $5::int[], $6::text[], $7::geometry[]) AS c (id, building, label, geom)
                LEFT JOIN household_status s ON s.household = c.id
                """,
                tile,
                cells.Select(cell => cell.household.Id).ToArray(),
                cells.Select(cell => cell.building.Id).ToArray(),
                cells.Select(cell => cell.household.Label(cell.building)).ToArray(),
                cells.Select(cell => cell.Cell).ToArray()
            );
            compared += Compare($"households {tile}", theirs, ours);
        }
        compared.ShouldBeGreaterThan(200);
    }

    [Fact]
    public async Task Low_zooms_show_the_grids_of_their_level_with_their_counts()
    {
        var city = VectorTile.Decode(await GetAsync($"tiles/situation/{Tiles(8, 1).Single()}.mvt")).Single(layer => layer.Name == "grids");
        var counts = _demo.Snapshot.GridCounts[0];
        var grid = city.Features.Single();
        grid.Attributes["level"].ShouldBe("city");
        grid.Attributes["households"].ShouldBe((long)counts.Households);
        grid.Attributes["quarantined"].ShouldBe((long)counts.Quarantined);
        grid.Attributes["persons"].ShouldBe(3_812L);

        VectorTile
            .Decode(await GetAsync($"tiles/grids/{Tiles(12, 1).Single()}.mvt"))
            .Single()
            .Features.Select(f => f.Attributes["level"])
            .ShouldAllBe(level => (string)level == "community");
        VectorTile
            .Decode(await GetAsync($"tiles/grids/{Tiles(13, 1).Single()}.mvt"))
            .Single()
            .Features.Select(f => f.Attributes["level"])
            .ShouldAllBe(level => (string)level == "grid");
    }

    [Fact]
    public async Task What_is_too_small_for_a_tile_is_counted_in_its_metadata()
    {
        var leftOut = 0;
        for (var zoom = 0; zoom <= 12; zoom++)
        {
            var (shown, counted) = (new HashSet<ulong>(), 0);
            foreach (var tile in Tiles(zoom, most: int.MaxValue))
            {
                var layers = VectorTile.Decode(await GetAsync($"tiles/situation/{tile}.mvt"));
                shown.UnionWith(layers.SingleOrDefault(layer => layer.Name == "zones")?.Features.Select(feature => feature.Id) ?? []);
                counted += layers
                    .SingleOrDefault(layer => layer.Name == "metadata")
                    ?.Features.Where(feature => (string)feature.Attributes["layer"] == "zones")
                    .Sum(feature => Convert.ToInt32(feature.Attributes["left_out"], CultureInfo.InvariantCulture))
                    ?? 0;
            }
            (shown.Count + counted).ShouldBe(_demo.Snapshot.Zones.Count, $"zoom {zoom}");
            leftOut += counted;
        }
        leftOut.ShouldBeGreaterThan(0);
        (await _demo.GetJsonAsync("tiles/grids.json"))
            .GetProperty("vector_layers")
            .EnumerateArray()
            .Select(layer => layer.GetProperty("id").GetString())
            .ShouldBe(["grids", "metadata"]);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(9)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(16)]
    [InlineData(18)]
    public async Task Neighbouring_tiles_show_the_same_along_their_edge(int zoom)
    {
        var compared = 0;
        foreach (var tile in Tiles(zoom, most: 30))
        {
            var here = VectorTile.Decode(await GetAsync($"tiles/situation/{tile}.mvt"));
            foreach (var east in (bool[])[true, false])
            {
                var neighbour = VectorTile.Decode(
                    await GetAsync($"tiles/situation/{(east ? tile with { X = tile.X + 1 } : tile with { Y = tile.Y + 1 })}.mvt")
                );
                TileSeams.Between(here, neighbour, east).ShouldBeEmpty($"{tile} and its neighbour");
                compared++;
            }
        }
        compared.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Ids_stay_the_same_when_a_status_changes()
    {
        var tile = Tiles(15, 1).Single();
        var before = await FeaturesAsync();
        await _demo.PostFactsAsync(DemoServer.Returned((string)"H-02-0001").ToJsonString());
        await _demo.WaitUntilSettledAsync();

        (await FeaturesAsync()).ShouldBe(before);

        async Task<(string, ulong, object?)[]> FeaturesAsync() =>
            [
                .. VectorTile
                    .Decode(await GetAsync($"tiles/situation/{tile}.mvt"))
                    .SelectMany(layer =>
                        layer.Features.Select(feature => (layer.Name, feature.Id, feature.Attributes.GetValueOrDefault("code")))
                    ),
            ];
    }

    [Fact]
    public async Task GDAL_reads_every_layer()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.mvt");
        var tile = Tiles(18, 40).First(candidate => GetAsync($"tiles/households/{candidate}.mvt").Result.Length > 0);
        await File.WriteAllBytesAsync(file, await GetAsync($"tiles/situation/{tile}.mvt"));
        try
        {
            await Programs.EnsureAsync("ogrinfo", "gdal-bin");
            var output = await Programs.RunAsync("ogrinfo", "-ro", "-al", "-so", file);

            output.ShouldContain("Layer name: buildings");
            output.ShouldContain("Layer name: households");
            output.ShouldNotContain("ERROR");
            output.ShouldNotContain("Warning");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("tiles/situation/19/0/0.mvt", HttpStatusCode.BadRequest)]
    [InlineData("tiles/situation/1/2/0.mvt", HttpStatusCode.BadRequest)]
    [InlineData("tiles/situation/-1/0/0.mvt", HttpStatusCode.BadRequest)]
    [InlineData("tiles/situation/1/0x1/0.mvt", HttpStatusCode.BadRequest)]
    [InlineData("tiles/situation/99999999999/0/0.mvt", HttpStatusCode.BadRequest)]
    [InlineData("tiles/secrets/1/0/0.mvt", HttpStatusCode.NotFound)]
    [InlineData("tiles/secrets.json", HttpStatusCode.NotFound)]
    [InlineData("tiles/situation/0/0/0.mvt", HttpStatusCode.OK)]
    [InlineData("tiles/situation/18/0/0.mvt", HttpStatusCode.NoContent)]
    public async Task Each_outcome_has_its_own_status(string path, HttpStatusCode expected) =>
        (await _demo.Client.GetAsync(new Uri(path, UriKind.Relative))).StatusCode.ShouldBe(expected);

    /// <summary>Gives the number of features compared.</summary>
    private static int Compare(string where, IReadOnlyList<VectorTileFeature> theirs, IReadOnlyList<VectorTileFeature> ours)
    {
        var byId = ours.ToDictionary(feature => feature.Id);
        foreach (var expected in theirs)
        {
            var shape = TileSeams.ShapeOf(expected);
            if (!byId.Remove(expected.Id, out var feature))
            {
                // what covers less than a unit may be dropped by either
                shape.Area.ShouldBeLessThan(2, $"{where}: feature {expected.Id} is missing");
                continue;
            }
            feature.Type.ShouldBe(expected.Type, where);
            Attributes(feature).ShouldBe(Attributes(expected), where);
            var mine = TileSeams.ShapeOf(feature);
            // both round to the grid of the tile, in different orders: a unit, and along the diagonal
            Distance(mine, shape).ShouldBeLessThanOrEqualTo(1.5, $"{where}: feature {expected.Id}\n{mine}\n{shape}");
        }
        foreach (var left in byId.Values)
            TileSeams.ShapeOf(left).Area.ShouldBeLessThan(2, $"{where}: feature {left.Id} is ours alone");
        return theirs.Count;
    }

    private static double Distance(Geometry a, Geometry b) =>
        NetTopologySuite.Algorithm.Distance.DiscreteHausdorffDistance.Distance(a, b, 0.25);

    private static string[] Attributes(VectorTileFeature feature) =>
        [
            .. feature
                .Attributes.OrderBy(a => a.Key, StringComparer.Ordinal)
                .Select(a => string.Create(CultureInfo.InvariantCulture, $"{a.Key}={a.Value}")),
        ];

    private IEnumerable<TileId> Tiles(int zoom, int most)
    {
        // those under buildings, so that there is something in them, spread evenly
        var tiles = _demo
            .Snapshot.City.Buildings.Select(building => building.Shape.Box)
            .Select(box => new TileId(zoom, box.MinX >> (World.Bits - zoom), box.MinY >> (World.Bits - zoom)))
            .Distinct()
            .ToArray();
        return tiles.Where((_, i) => i % Math.Max(1, tiles.Length / most) == 0).Take(most);
    }

    private async Task<byte[]> GetAsync(string path) => await _demo.Client.GetByteArrayAsync(new Uri(path, UriKind.Relative));
}
