using System.Net;
using System.Text.Json;
using Shouldly;
using SituationMap.Core.Projections;
using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Tests.Tiles;

public sealed class DatumTests(SharedDemo shared) : IClassFixture<SharedDemo>
{
    private readonly DemoServer _demo = shared.Demo;

    [Theory]
    [InlineData("gcj02")]
    [InlineData("bd09")]
    public async Task Everything_is_where_a_base_map_of_that_datum_has_it(string datum)
    {
        var buildings = _demo.Snapshot.City.Buildings.ToDictionary(building => (ulong)building.Id);
        var (tile, compared) = (TileOf(_demo.Snapshot.City.Buildings[0], datum, 16), 0);

        foreach (var feature in await FeaturesAsync("buildings", tile, datum))
        {
            var expected = buildings[feature.Id]
                .Outline.Coordinates.Select(corner => InTile(Moved(datum, corner.X, corner.Y), tile))
                .ToArray();
            if (expected.Any(corner => corner.X is < 0 or > TileId.Extent || corner.Y is < 0 or > TileId.Extent))
                continue; // cut off at the border
            foreach (var (x, y) in feature.Parts.SelectMany(part => part))
                expected.ShouldContain(
                    corner => Math.Abs(corner.X - x) <= 1 && Math.Abs(corner.Y - y) <= 1,
                    $"building {feature.Id} at {x}, {y}"
                );
            compared++;
        }

        compared.ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task A_moved_tile_has_a_new_version_when_what_it_shows_changed_and_only_then()
    {
        var city = _demo.Snapshot.City;
        var (first, last) = (
            city.Buildings[city.Households.First(household => household.Code == "H-01-0001").Building],
            city.Buildings[^1]
        );
        var (here, there) = (TileOf(first, "gcj02", 18), TileOf(last, "gcj02", 18));
        var before = (await ETagAsync(here), await ETagAsync(there));

        (await _demo.PostFactsAsync(DemoServer.Returned("H-01-0001").ToJsonString())).IsSuccessStatusCode.ShouldBeTrue();
        await _demo.WaitUntilSettledAsync();

        var after = (await ETagAsync(here), await ETagAsync(there));
        after.Item1.ShouldNotBe(before.Item1);
        after.Item2.ShouldBe(before.Item2);
        (await FeaturesAsync("buildings", here, "gcj02"))
            .Single(feature => feature.Id == (ulong)first.Id)
            .Attributes["observed"]
            .ShouldBe(1L);
    }

    [Fact]
    public async Task The_description_leads_to_the_moved_tiles()
    {
        var plain = await _demo.GetJsonAsync("tiles/situation.json");
        var moved = await _demo.GetJsonAsync("tiles/situation.json?datum=bd09");

        moved.GetProperty("tiles")[0].GetString().ShouldBe(plain.GetProperty("tiles")[0].GetString() + "?datum=bd09");
        var (was, now) = (Bounds(plain), Bounds(moved));
        // some 1.2 km east and 700 m north of there
        (now[0] - was[0]).ShouldBeInRange(0.005, 0.02);
        (now[1] - was[1]).ShouldBeInRange(0.002, 0.02);

        static double[] Bounds(JsonElement description) =>
            [.. description.GetProperty("bounds").EnumerateArray().Select(side => side.GetDouble())];
    }

    [Fact]
    public async Task A_style_in_a_datum_draws_its_tiles()
    {
        var plain = await _demo.GetJsonAsync("styles/situation.json");
        var moved = await _demo.GetJsonAsync("styles/situation.json?datum=gcj02");

        TilesOf(moved).ShouldBe(TilesOf(plain) + "?datum=gcj02");

        static string TilesOf(JsonElement style) =>
            style.GetProperty("sources").GetProperty("situation").GetProperty("tiles")[0].GetString()!;
    }

    [Theory]
    [InlineData("tiles/situation/14/1/1.mvt?datum=wgs72")]
    [InlineData("tiles/situation.json?datum=GCJ")]
    [InlineData("styles/situation.json?datum=gcj-02")]
    public async Task Another_datum_is_refused(string path)
    {
        using var answer = await _demo.Client.GetAsync(new Uri(path, UriKind.Relative));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        problem.GetProperty("field").GetString().ShouldBe("datum");
        problem.GetProperty("expected").GetString()!.ShouldContain("gcj02, bd09");
    }

    private static (double Longitude, double Latitude) Moved(string datum, double longitude, double latitude) =>
        datum == "gcj02" ? ChineseOffsets.ToGcj02(longitude, latitude) : ChineseOffsets.ToBd09(longitude, latitude);

    /// <summary>The tile with the middle of a building, where the datum has it.</summary>
    private static TileId TileOf(Building building, string datum, int zoom)
    {
        var (longitude, latitude) = Moved(datum, building.Outline.Centroid.X, building.Outline.Centroid.Y);
        return new TileId(zoom, World.X(longitude) >> (World.Bits - zoom), World.Y(latitude) >> (World.Bits - zoom));
    }

    private static (double X, double Y) InTile((double Longitude, double Latitude) position, TileId tile)
    {
        var scale = TileId.Extent * Math.Pow(2, tile.Z);
        return (
            (WebMercator.X(position.Longitude) * scale) - (tile.X * (double)TileId.Extent),
            (WebMercator.Y(position.Latitude) * scale) - (tile.Y * (double)TileId.Extent)
        );
    }

    private async Task<IReadOnlyList<VectorTileFeature>> FeaturesAsync(string layer, TileId tile, string datum) =>
        VectorTile
            .Decode(await _demo.Client.GetByteArrayAsync(new Uri($"tiles/{layer}/{tile}.mvt?datum={datum}", UriKind.Relative)))
            .Single(found => found.Name == layer)
            .Features;

    private async Task<string> ETagAsync(TileId tile)
    {
        using var answer = await _demo.Client.GetAsync(new Uri($"tiles/situation/{tile}.mvt?datum=gcj02", UriKind.Relative));
        return answer.Headers.ETag!.Tag;
    }
}
