using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;

namespace SituationMap.Server.Tests.Tiles;

/// <summary>Tiles of what is to be done: GET /tiles/work/{z}/{x}/{y}.mvt.</summary>
public sealed class WorkTileTests(SharedDemo shared) : IClassFixture<SharedDemo>
{
    private const string Grid = "210682-004-02";

    private readonly DemoServer _demo = shared.Demo;

    [Theory]
    [InlineData(14, null)]
    [InlineData(15, 0.0)]
    [InlineData(16, 50.0)]
    public async Task They_hold_what_is_listed_building_by_building(int zoom, double? hoursAgo)
    {
        await _demo.WaitUntilSettledAsync();
        // of the present as well an instant, so that the list is of the same
        var at = Uri.EscapeDataString($"{DateTimeOffset.UtcNow.AddHours(-hoursAgo ?? 0):O}");
        var query = hoursAgo is null ? "" : $"?at={at}";

        var drawn = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var tile in Tiles(zoom))
            drawn.UnionWith((await FeaturesAsync(_demo.Client, $"tiles/work/{tile}.mvt{query}")).Select(Said));

        drawn.Count.ShouldBeGreaterThan(20);
        drawn.ShouldBe((await ListedAsync(_demo.Client, $"&at={at}")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task They_hold_the_grids_of_whoever_asks_and_nothing_of_homes_or_persons()
    {
        await _demo.WaitUntilSettledAsync();
        using var viewer = await _demo.Server.WithKeyAsync($"tiles-{Guid.NewGuid():N}", "viewer", Grid);
        var city = _demo.Snapshot.City;

        var features = new List<VectorTileFeature>();
        foreach (var tile in Tiles(15))
            features.AddRange(await FeaturesAsync(viewer, $"tiles/work/{tile}.mvt"));

        features.ShouldNotBeEmpty();
        features.ShouldAllBe(feature =>
            feature.Attributes.Keys.Order().SequenceEqual(new[] { "building", "critical", "due", "late", "state" })
        );
        features
            .Select(feature => city.Grids[city.Buildings[city.BuildingByCode[(string)feature.Attributes["building"]]].Grid].Code)
            .Distinct()
            .ShouldBe([Grid]);
    }

    [Fact]
    public async Task One_that_is_as_it_was_is_not_sent_again_and_one_that_is_not_is()
    {
        await _demo.WaitUntilSettledAsync();
        var household = await _demo.Database.ReadAsync<string>(
            $"""
            SELECT code FROM household h WHERE grid = text2ltree('{Grid.Replace('-', '.')}')
              AND NOT EXISTS (SELECT FROM fact WHERE household = h.id) ORDER BY code LIMIT 1
            """
        );
        var city = _demo.Snapshot.City;
        var building = city.Buildings[city.Households.Single(one => one.Code == household).Building];
        var path = $"tiles/work/{TileOf(building.Shape.Box, 16)}.mvt";
        using var first = await _demo.Client.GetAsync(new Uri(path, UriKind.Relative));
        var etag = first.Headers.ETag!.ToString();
        (await AskAgainAsync()).ShouldBe(HttpStatusCode.NotModified);

        var alone = DemoServer.Returned(household);
        (alone["kind"], alone["data"]) = ("circumstance", JsonNode.Parse("""{"what":"livesAlone"}"""));
        using var answer = await _demo.PostFactsAsync(alone.ToJsonString());
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);

        // no status changes by it, and nothing has to follow
        (await AskAgainAsync()).ShouldBe(HttpStatusCode.OK);

        async Task<HttpStatusCode> AskAgainAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("If-None-Match", etag);
            using var again = await _demo.Client.SendAsync(request);
            return again.StatusCode;
        }
    }

    [Theory]
    [InlineData("tiles/work/13/6918/3087.mvt", HttpStatusCode.NoContent)]
    [InlineData("tiles/work/17/110700/49404.mvt", HttpStatusCode.NoContent)]
    [InlineData("tiles/work/19/0/0.mvt", HttpStatusCode.BadRequest)]
    [InlineData("tiles/work/14/x/0.mvt", HttpStatusCode.BadRequest)]
    [InlineData("tiles/work/14/0/0.mvt?at=2999-01-01T00:00:00Z", HttpStatusCode.BadRequest)]
    [InlineData("tiles/work/14/0/0.mvt?datum=wgs72", HttpStatusCode.BadRequest)]
    public async Task Zooms_and_faults_are_told_as_of_other_tiles(string path, HttpStatusCode status)
    {
        using var answer = await _demo.Client.GetAsync(new Uri(path, UriKind.Relative));

        answer.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task Their_description_says_where_they_are_and_what_they_hold()
    {
        var described = await _demo.GetJsonAsync("tiles/work.json?datum=gcj02");

        described.GetProperty("tiles")[0].GetString()!.ShouldEndWith("/tiles/work/{z}/{x}/{y}.mvt?datum=gcj02");
        (described.GetProperty("minzoom").GetInt32(), described.GetProperty("maxzoom").GetInt32()).ShouldBe((14, 16));
        described.GetProperty("vector_layers")[0].GetProperty("id").GetString().ShouldBe("work");
    }

    private static async Task<List<string>> ListedAsync(HttpClient client, string query)
    {
        var listed = new Dictionary<string, (int Due, int Late, int Critical)>();
        string? next = $"api/work?limit=1000{query}";
        while (next is not null)
        {
            var page = JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync(new Uri(next.TrimStart('/'), UriKind.Relative)));
            foreach (var building in page.GetProperty("buildings").EnumerateArray())
            {
                var states = building
                    .GetProperty("households")
                    .EnumerateArray()
                    .SelectMany(household => household.GetProperty("items").EnumerateArray())
                    .Select(item => item.GetProperty("state").GetString())
                    .ToList();
                var (due, late, critical) = listed.GetValueOrDefault(building.GetProperty("building").GetString()!);
                listed[building.GetProperty("building").GetString()!] = (
                    due + states.Count(state => state == "due"),
                    late + states.Count(state => state == "late"),
                    critical + states.Count(state => state == "critical")
                );
            }
            next = page.GetProperty("next").GetString();
        }
        return
        [
            .. listed.Select(one =>
                $"{one.Key} {one.Value.Due} {one.Value.Late} {one.Value.Critical} "
                + (
                    one.Value.Critical > 0 ? "critical"
                    : one.Value.Late > 0 ? "late"
                    : "due"
                )
            ),
        ];
    }

    private static string Said(VectorTileFeature feature) =>
        string.Join(' ', ((string[])["building", "due", "late", "critical", "state"]).Select(name => feature.Attributes[name]));

    private static async Task<IReadOnlyList<VectorTileFeature>> FeaturesAsync(HttpClient client, string path)
    {
        var layers = VectorTile.Decode(await client.GetByteArrayAsync(new Uri(path, UriKind.Relative)));
        return layers.SingleOrDefault(layer => layer.Name == "work")?.Features ?? [];
    }

    /// <summary>Those under buildings.</summary>
    private TileId[] Tiles(int zoom) => [.. _demo.Snapshot.City.Buildings.Select(building => TileOf(building.Shape.Box, zoom)).Distinct()];

    private static TileId TileOf(Box box, int zoom) => new(zoom, box.MinX >> (World.Bits - zoom), box.MinY >> (World.Bits - zoom));
}
