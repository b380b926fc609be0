using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using NetTopologySuite.Geometries;
using Shouldly;
using SituationMap.Core;
using SituationMap.Geo.Outlines;
using SituationMap.Server.Tests.Statuses;
using SituationMap.Store.Access;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses.Recompute;
using SituationMap.Store.Zones;
using SituationMap.Store.Zones.Impact;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Server.Tests.Zones;

/// <summary>Buildings that a zone cuts without covering their point, under an edition that counts them, at every place that matches
/// households with zones.</summary>
public sealed class TouchedBuildingsTests(PostgisCluster cluster)
{
    private const string Statuses =
        "SELECT COALESCE(array_agg(concat_ws(' ', household, status, since, until, edition, next_due) ORDER BY household), "
        + "'{}') FROM household_status";

    [Fact]
    public async Task Are_in_the_zone_from_its_preview_to_its_end()
    {
        using var folder = new TouchingFolder(overlaid: null, ("touching", TouchingFolder.LongAgo));
        await using var demo = await StartAsync(folder);
        var planner = new Planner(demo.Server);
        var (building, address, household) = await LivedInAsync(demo);
        var feature = await CuttingAsync(demo, building);

        var preview = (await planner.SendAsync(HttpMethod.Post, "api/zones/preview", feature)).Body;
        preview
            .GetProperty("buildingsCut")
            .EnumerateArray()
            .Single(cut => cut.GetProperty("code").GetString() == building)
            .GetProperty("isInside")
            .GetBoolean()
            .ShouldBeTrue();
        await planner.PublishAsync(feature);
        await demo.WaitUntilSettledAsync();

        var found = await demo.GetJsonAsync($"api/households/{household}/status");
        found.GetProperty("status").GetString().ShouldBe("quarantined");
        found
            .GetProperty("because")
            .EnumerateArray()
            .Select(reason => reason.GetProperty("zone").ToString())
            .ShouldContain(zone => zone.Contains("T-1", StringComparison.Ordinal));
        (await WithinAsync(demo)).ShouldContain(household);
        (await demo.Client.GetStringAsync(new Uri("api/zones/T-1/notice", UriKind.Relative))).ShouldContain(WebUtility.HtmlEncode(address));

        // a case there starts the zone's clock anew
        var report = new JsonObject
        {
            ["id"] = Guid.NewGuid(),
            ["kind"] = "case",
            ["household"] = household,
            ["at"] = DateTimeOffset.UtcNow,
            ["source"] = "grid:210682-004-01",
            ["data"] = new JsonObject
            {
                ["confirmed"] = true,
                ["isolated"] = false,
                ["spread"] = "possible",
            },
        };
        (await demo.PostFactsAsync(report.ToJsonString())).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var due = (await demo.GetJsonAsync("api/zones/due"))
            .GetProperty("zones")
            .EnumerateArray()
            .Single(zone => zone.GetProperty("code").GetString() == "T-1");
        due.GetProperty("evidence").GetProperty("household").GetString().ShouldBe(household);

        await demo.WaitUntilSettledAsync();
        var kept = await demo.Database.ReadAsync<string[]>(Statuses);
        await new FullRecompute(
            demo.Database.DataSource,
            demo.Server.Services.GetRequiredService<ProtocolCatalog>(),
            TimeProvider.System
        ).RunAsync(1, 64, done: null, CancellationToken.None);
        (await demo.Database.ReadAsync<string[]>(Statuses)).ShouldBe(kept);
    }

    [Fact]
    public async Task Leave_and_enter_the_zone_with_their_outline_though_their_point_stays()
    {
        // powers of two, so that the middle is the same to the last bit
        const double wide = 1 / 2048.0;
        const double narrow = 1 / 4096.0;
        using var folder = new TouchingFolder(overlaid: null, ("touching", TouchingFolder.LongAgo));
        await using var demo = await StartAsync(folder);
        var (building, _, household) = await LivedInAsync(demo);
        await DrawAsync(wide);
        await new Planner(demo.Server).PublishAsync(Planner.Feature(124.0629, 40.43, 124.08, 40.44, "high", "T-1"));
        await demo.WaitUntilSettledAsync();
        (await StatusAsync()).ShouldBe("quarantined");
        var point = await PointAsync();

        await DrawAsync(narrow);
        await demo.WaitUntilSettledAsync();
        (await PointAsync()).ShouldBe(point, "the very point");
        (await StatusAsync()).ShouldNotBe("quarantined");
        await DrawAsync(wide);
        await demo.WaitUntilSettledAsync();
        (await StatusAsync()).ShouldBe("quarantined");

        Task DrawAsync(double degrees) =>
            demo.Database.ExecuteAsync(
                "UPDATE building SET outline = ST_Multi(ST_Expand(ST_SetSRID(ST_MakePoint(124.0625, 40.4375), 4326), $2)) WHERE code = $1",
                building,
                degrees
            );

        Task<string> PointAsync() => demo.Database.ReadAsync<string>("SELECT point::text FROM building WHERE code = $1", building);

        Task<string> StatusAsync() =>
            demo.Database.ReadAsync<string>(
                "SELECT COALESCE((SELECT status::text FROM household_status s WHERE s.household = h.id), 'healthy') FROM "
                    + "household h WHERE code = $1",
                household
            );
    }

    [Fact]
    public async Task Are_previewed_to_the_household_as_the_map_shows_them_after_publication()
    {
        using var folder = new TouchingFolder(overlaid: null, ("touching", TouchingFolder.LongAgo));
        await using var demo = await StartAsync(folder);
        var impact = demo.Server.Services.GetRequiredService<StatusImpact>();
        var zones = demo.Server.Services.GetRequiredService<ZoneStore>();
        var random = new Random(11);
        var touched = 0;
        for (var time = 0; time < 12; time++)
        {
            var middle = demo.Snapshot.City.Buildings[random.Next(demo.Snapshot.City.Buildings.Length)].Outline.Centroid;
            var outline = OutlineCheck.Wound(OutlineCheck.Rounded((Polygon)middle.Buffer(0.0005 + (random.NextDouble() * 0.002))));
            var (code, level) = ($"Z-{1 + random.Next(3)}", random.Next(2) == 0 ? "medium" : "high");
            var before = await AllAsync(demo);
            await using var connection = await demo.Database.DataSource.OpenConnectionAsync();
            var zone = await ZoneRecords.ReadAsync(connection, code, DateTimeOffset.UtcNow, CancellationToken.None);
            var found = await impact.WorkOutAsync(
                connection,
                demo.Snapshot.City,
                zone,
                zone is null ? [] : [zone.Id],
                new DraftContent("试验", level, outline, null, null, "试验"),
                DateTimeOffset.UtcNow,
                CancellationToken.None
            );
            touched +=
                found.Households.Count(household => household.IsInside)
                - (int)
                    await demo.Database.ReadAsync<long>(
                        "SELECT count(*) FROM household h JOIN building b ON b.id = h.building WHERE ST_Covers($1, b.point)",
                        outline
                    );

            await zones.PublishAsync(
                new ZoneVersionDraft(code, "试验", level, outline, DateTimeOffset.UtcNow, null, "test", "test"),
                CancellationToken.None
            );
            await demo.WaitUntilSettledAsync();

            foreach (var household in found.Households)
                before[household.Id] = household.Statuses!.Value.After;
            (await AllAsync(demo)).Where(household => before[household.Key] != household.Value).ShouldBeEmpty();
        }
        touched.ShouldBeGreaterThan(50);
    }

    [Fact]
    public async Task Keep_out_whoever_may_not_plan_for_their_grid()
    {
        using var folder = new TouchingFolder(overlaid: null, ("touching", TouchingFolder.LongAgo));
        await using var demo = await DemoServer.StartAsync(cluster);
        var grids = await demo.Database.ReadAsync<string[]>(
            "SELECT array_agg(code) FROM (SELECT code FROM grid g WHERE EXISTS (SELECT FROM building b WHERE b.grid = g.path) "
                + "ORDER BY path LIMIT 2) g"
        );
        const string first = "(SELECT id FROM building WHERE replace(ltree2text(grid), '.', '-') = $1 ORDER BY id LIMIT 1)";
        var point = await demo.Database.ReadAsync<Point>($"SELECT point FROM building WHERE id = {first}", grids[0]);
        // a building of the other grid that reaches as far as that
        await demo.Database.ExecuteAsync(
            $"UPDATE building SET outline = ST_Multi(ST_Buffer(ST_MakeLine(point, $2), 0.00002)) WHERE id = {first}",
            grids[1],
            point
        );
        await demo.WaitUntilSettledAsync();
        var outline = OutlineCheck
            .Read(
                JsonSerializer.SerializeToElement(
                    Planner.Feature(point.X - 5e-5, point.Y - 5e-5, point.X + 5e-5, point.Y + 5e-5)["geometry"]
                ),
                "geometry"
            )
            .Outline!.Surface;
        var (planner, holder) = (new ZoneActor("x", Scope.Of([grids[0]])), demo.Server.Services.GetRequiredService<SnapshotHolder>());

        planner.Check(holder, StatusStore.Demo.Plan, outline, "geometry").ShouldBeNull();
        planner.Check(holder, folder.Load().Plan, outline, "geometry")!.Code.ShouldBe("outside-scope");
    }

    private async Task<DemoServer> StartAsync(TouchingFolder folder)
    {
        var demo = await DemoServer.StartAsync(cluster, ("SituationMap:Protocols", folder.Path));
        // the demo community was worked out by other rules
        await DemoServer.WaitAsync(() =>
            demo.Database.ReadAsync<bool>("SELECT EXISTS (SELECT FROM recompute_run WHERE finished_at IS NOT NULL)")
        );
        await demo.WaitUntilSettledAsync();
        return demo;
    }

    /// <summary>A building with people in it, none of whom is restricted; and one of its households.</summary>
    private static async Task<(string Building, string Address, string Household)> LivedInAsync(DemoServer demo) =>
        (
            await demo.Database.ReadRowsAsync(
                """
                SELECT b.code, b.address, min(h.code) FROM building b JOIN household h ON h.building = b.id LEFT
                  JOIN household_status s ON s.household = h.id
                GROUP BY b.id, b.code, b.address HAVING bool_and(COALESCE(s.status, 'healthy') = 'healthy') ORDER BY b.id LIMIT 1
                """,
                row => (row.GetString(0), row.GetString(1), row.GetString(2))
            )
        ).Single();

    /// <summary>A high-risk zone over the eastern tenth of a building, and 200 m on.</summary>
    private static async Task<JsonObject> CuttingAsync(DemoServer demo, string building)
    {
        var box = await demo.Database.ReadAsync<double[]>(
            "SELECT ARRAY[ST_XMin(outline), ST_YMin(outline), ST_XMax(outline), ST_YMax(outline)] FROM building WHERE code = $1",
            building
        );
        var feature = Planner.Feature(box[2] - ((box[2] - box[0]) / 10), box[1] - 0.0005, box[2] + 0.002, box[3] + 0.0005, "high", "T-1");
        (
            await demo.Database.ReadAsync<bool>(
                "SELECT ST_Intersects(z, outline) AND NOT ST_Covers(z, point) FROM building, "
                    + "ST_SetSRID(ST_GeomFromGeoJSON($2), 4326) z WHERE code = $1",
                building,
                feature["geometry"]!.ToJsonString()
            )
        ).ShouldBeTrue();
        return feature;
    }

    private static async Task<List<string>> WithinAsync(DemoServer demo)
    {
        var found = new List<string>();
        string? next = "api/within?of=households&zone=T-1&limit=1000";
        while (next is not null)
        {
            var page = await demo.GetJsonAsync(next.TrimStart('/'));
            found.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("code").GetString()!));
            next = page.TryGetProperty("next", out var more) && more.ValueKind == JsonValueKind.String ? more.GetString() : null;
        }
        return found;
    }

    /// <summary>The status of every household.</summary>
    private static async Task<Dictionary<int, Status>> AllAsync(DemoServer demo) =>
        (
            await demo.Database.ReadRowsAsync(
                "SELECT h.id, COALESCE(s.status, 'healthy') FROM household h LEFT JOIN household_status s ON s.household = h.id",
                row => (row.GetInt32(0), row.GetFieldValue<Status>(1))
            )
        ).ToDictionary();
}
