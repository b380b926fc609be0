using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using NetTopologySuite.Geometries;
using Shouldly;
using SituationMap.Core;
using SituationMap.Geo.Outlines;
using SituationMap.Store.Zones;
using SituationMap.Store.Zones.Impact;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Server.Tests.Zones;

/// <summary>What a preview says, against what the map shows once it is published.</summary>
public sealed class PreviewTests(PostgisCluster cluster) : IAsyncLifetime
{
    private DemoServer _demo = null!;

    public async ValueTask InitializeAsync() => _demo = await DemoServer.StartAsync(cluster);

    public ValueTask DisposeAsync() => _demo.DisposeAsync();

    [Fact]
    public async Task Says_to_the_household_what_the_map_shows_after_publication()
    {
        await _demo.WaitUntilSettledAsync();
        var impact = _demo.Server.Services.GetRequiredService<StatusImpact>();
        var zones = _demo.Server.Services.GetRequiredService<ZoneStore>();
        var random = new Random(7);
        var changed = 0;
        for (var time = 0; time < 25; time++)
        {
            var outline = Around(random, 0.0005 + (random.NextDouble() * 0.003));
            var code = $"Z-{1 + random.Next(4)}";
            var level = random.Next(3) switch
            {
                0 => "low",
                1 => "medium",
                _ => "high",
            };
            var before = await StatusesAsync();
            await using var connection = await _demo.Database.DataSource.OpenConnectionAsync();
            var zone = await ZoneRecords.ReadAsync(connection, code, DateTimeOffset.UtcNow, CancellationToken.None);
            var found = await impact.WorkOutAsync(
                connection,
                _demo.Snapshot.City,
                zone,
                zone is null ? [] : [zone.Id],
                new DraftContent("试验", level, outline, null, null, "试验"),
                DateTimeOffset.UtcNow,
                CancellationToken.None
            );

            await zones.PublishAsync(
                new ZoneVersionDraft(code, "试验", level, outline, DateTimeOffset.UtcNow, null, "test", "test"),
                CancellationToken.None
            );
            await _demo.WaitUntilSettledAsync();

            var after = await StatusesAsync();
            var expected = new Dictionary<int, Status>(before);
            foreach (var household in found.Households)
            {
                var (was, becomes, _) = household.Statuses!.Value;
                before.GetValueOrDefault(household.Id).ShouldBe(was);
                expected[household.Id] = becomes;
                changed += was == becomes ? 0 : 1;
            }
            after.Where(household => expected.GetValueOrDefault(household.Key) != household.Value).ShouldBeEmpty();
        }
        changed.ShouldBeGreaterThan(100);
    }

    [Fact]
    public async Task Says_what_becomes_of_whom_when_a_split_zone_is_drawn_anew()
    {
        var planner = new Planner(_demo.Server);
        var middle = _demo.Snapshot.City.Buildings[0].Outline.Centroid;
        var (west, south, east, north) = (middle.X - 0.003, middle.Y - 0.002, middle.X + 0.003, middle.Y + 0.002);
        var whole = Planner.Feature(west, south, east, north, "medium", "Z-20");
        // at whose door nobody has been
        await _demo.Database.ExecuteAsync(
            "INSERT INTO household (grid, code, building, floor, unit, room) SELECT grid, 'H-UNSEEN', id, 1, 1, 90 FROM building "
                + "WHERE code = $1",
            _demo.Snapshot.City.Buildings[0].Code
        );
        await _demo.WaitUntilSettledAsync();
        await planner.PublishAsync(whole);
        var zone = (await planner.SendAsync(HttpMethod.Get, "api/zones/Z-20")).Body;
        var parts = new JsonArray(
            Planner.Feature(west, south, middle.X, north)["geometry"]!.DeepClone(),
            Planner.Feature(middle.X, south, east, north)["geometry"]!.DeepClone()
        );
        await planner.DoAsync(
            HttpMethod.Post,
            "api/zones/Z-20/split",
            new JsonObject { ["reason"] = "分片管理", ["parts"] = parts },
            zone.GetProperty("etag").GetString()
        );
        await _demo.WaitUntilSettledAsync();
        var redrawn = Planner.Feature(west, south, middle.X + 0.001, north, "low", "Z-20");

        var impact = (await planner.SendAsync(HttpMethod.Post, "api/zones/preview", redrawn)).Body;

        var before = await CountsAsync();
        CountsOf("before").ShouldBe(before);
        await planner.PublishAsync(redrawn);
        await _demo.WaitUntilSettledAsync();
        var after = await CountsAsync();
        CountsOf("after").ShouldBe(after);
        after[^1].ShouldBeGreaterThan(0);
        after.ShouldNotBe(before);

        long[] CountsOf(string side) =>
            [
                .. new[] { "healthy", "out", "observed", "quarantined", "healthyUnsurveyed" }.Select(status =>
                    impact.GetProperty(side).GetProperty(status).GetInt64()
                ),
            ];

        Task<long[]> CountsAsync() =>
            _demo.Database.ReadAsync<long[]>(
                """
                SELECT array_agg((SELECT count(*) FROM household h JOIN building b ON b.id = h.building LEFT
                  JOIN household_status s ON s.household = h.id
                                  WHERE ST_Covers($1, b.point) AND COALESCE(s.status, 'healthy') = e.status) ORDER BY e.status)
                  || (SELECT count(*) FROM household h JOIN building b ON b.id = h.building LEFT
                      JOIN household_status s ON s.household = h.id
                      WHERE ST_Covers($1, b.point) AND COALESCE(s.status, 'healthy') = 'healthy' AND NOT COALESCE(s.surveyed, false))
                FROM unnest(enum_range(NULL::status)) e (status)
                """,
                Read(whole)
            );
    }

    [Fact]
    public async Task Knows_of_what_was_reported_since_the_corner_before()
    {
        await _demo.WaitUntilSettledAsync();
        var impact = _demo.Server.Services.GetRequiredService<StatusImpact>();
        var index = Enumerable.Range(0, _demo.Snapshot.States.Length).First(index => _demo.Snapshot.States[index].Status == Status.Healthy);
        var household = _demo.Snapshot.City.Households[index];
        var around = (Polygon)_demo.Snapshot.City.Buildings[household.Building].Outline.Buffer(0.0002);
        var plan = new DraftContent("试验", "low", new MultiPolygon([around]) { SRID = 4326 }, null, null, "试验");
        (await NowAsync()).ShouldBe(Status.Healthy);

        using var posted = await _demo.PostFactsAsync(DemoServer.Returned(household.Code).ToJsonString());
        posted.EnsureSuccessStatusCode();

        (await NowAsync()).ShouldBe(Status.Observed);

        async Task<Status> NowAsync()
        {
            await using var connection = await _demo.Database.DataSource.OpenConnectionAsync();
            var found = await impact.WorkOutAsync(
                connection,
                _demo.Snapshot.City,
                null,
                [],
                plan,
                DateTimeOffset.UtcNow,
                CancellationToken.None
            );
            return found.Households.Single(one => one.Id == household.Id).Statuses!.Value.Before;
        }
    }

    [Fact]
    public async Task Tells_who_lives_there_what_is_cut_and_where_checkpoints_are_needed()
    {
        var middle = _demo.Snapshot.City.Buildings[0].Outline.Centroid;
        var feature = Planner.Feature(middle.X - 0.002, middle.Y - 0.0015, middle.X + 0.002, middle.Y + 0.0015);
        var (response, answer) = await new Planner(_demo.Server).SendAsync(HttpMethod.Post, "api/zones/preview", feature);

        response.StatusCode.ShouldBe(HttpStatusCode.OK, answer.ToString());
        var outline = Read(feature);
        var inside = answer.GetProperty("inside");
        inside
            .GetProperty("households")
            .GetInt32()
            .ShouldBe(
                (int)
                    await _demo.Database.ReadAsync<long>(
                        "SELECT count(*) FROM household h JOIN building b ON b.id = h.building WHERE ST_Covers($1, b.point)",
                        outline
                    )
            );
        inside
            .GetProperty("over65")
            .GetInt32()
            .ShouldBe(
                (int)
                    await _demo.Database.ReadAsync<long>(
                        "SELECT count(*) FROM person p JOIN household h ON h.id = p.household JOIN building b ON b.id = "
                            + "h.building WHERE ST_Covers($1, b.point) AND $2 - p.born > 65",
                        outline,
                        DateTime.UtcNow.Year
                    )
            );
        answer
            .GetProperty("buildingsCut")
            .GetArrayLength()
            .ShouldBe((int)await _demo.Database.ReadAsync<long>("SELECT count(*) FROM building WHERE ST_Overlaps(outline, $1)", outline));
        answer.GetProperty("crossings").GetArrayLength().ShouldBeGreaterThan(0);
        answer.GetProperty("delivery").GetProperty("households").GetInt32().ShouldBe(inside.GetProperty("households").GetInt32());
        answer.GetProperty("grids").GetArrayLength().ShouldBeGreaterThan(0);
        (await _demo.Database.ReadAsync<long>("SELECT count(*) FROM zone_draft")).ShouldBe(0);
    }

    [Fact]
    public async Task Mends_an_outline_that_crosses_itself_and_says_so_and_refuses_one_of_nothing()
    {
        var planner = new Planner(_demo.Server);
        var feature = Planner.Feature(124, 40, 124.01, 40.01);
        feature["geometry"]!["coordinates"] = JsonSerializer.SerializeToNode<double[][][]>([
            [
                [124, 40],
                [124.01, 40.01],
                [124.01, 40],
                [124, 40.01],
                [124, 40],
            ],
        ]);
        var (_, answer) = await planner.SendAsync(HttpMethod.Post, "api/zones/preview", feature);
        answer.GetProperty("mended")[0].GetProperty("code").GetString().ShouldBe("self-intersection");
        answer.GetProperty("mended")[0].GetProperty("lon").GetDouble().ShouldBe(124.005, 1e-6);
        answer.GetProperty("outline").GetProperty("type").GetString().ShouldBe("MultiPolygon");

        feature["geometry"]!["coordinates"] = JsonSerializer.SerializeToNode<double[][][]>([
            [
                [124, 40],
                [124.01, 40],
                [124.02, 40],
                [124, 40],
            ],
        ]);
        await planner.RefusedAsync(HttpStatusCode.BadRequest, "outline-invalid", HttpMethod.Post, "api/zones/preview", feature);
        await planner.RefusedAsync(
            HttpStatusCode.BadRequest,
            "area-too-small",
            HttpMethod.Post,
            "api/zones/preview",
            Planner.Feature(124, 40, 124.00001, 40.00001)
        );
        await planner.RefusedAsync(
            HttpStatusCode.BadRequest,
            "axes-swapped",
            HttpMethod.Post,
            "api/zones/preview",
            Planner.Feature(40, 124, 40.01, 124.01)
        );
        await planner.RefusedAsync(
            HttpStatusCode.BadRequest,
            "level-unknown",
            HttpMethod.Post,
            "api/zones/preview",
            Planner.Feature(124, 40, 124.01, 40.01, "purple")
        );
    }

    private MultiPolygon Around(Random random, double degrees)
    {
        var buildings = _demo.Snapshot.City.Buildings;
        var around = (Polygon)buildings[random.Next(buildings.Length)].Outline.Centroid.Buffer(degrees);
        return OutlineCheck.Wound(OutlineCheck.Rounded(around));
    }

    private static MultiPolygon Read(JsonNode feature) =>
        OutlineCheck.Read(JsonSerializer.Deserialize<JsonElement>(feature["geometry"]!.ToJsonString()), "geometry").Outline!.Surface;

    private async Task<Dictionary<int, Status>> StatusesAsync() =>
        (
            await _demo.Database.ReadRowsAsync("SELECT household, status FROM household_status", row =>
                (row.GetInt32(0), row.GetFieldValue<Status>(1))
            )
        ).ToDictionary();
}
