using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using NetTopologySuite.Geometries;
using Shouldly;
using SituationMap.Server.Snapshots;
using SituationMap.Server.Zones;

namespace SituationMap.Server.Tests.Snapshots;

public sealed class FollowingTests(PostgisCluster cluster)
{
    [Fact]
    public async Task After_five_thousand_random_changes_the_followed_snapshot_equals_a_freshly_loaded_one()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var random = new Random(7);
        var zones = demo.Server.Services.GetRequiredService<ZoneStore>();
        var first = demo.Snapshot.Sequence;
        for (var round = 0; round < 50; round++)
        {
            var facts = Enumerable.Range(0, 100).Select(_ => RandomFact(demo.Snapshot, random));
            var posting = demo.PostFactsAsync(new JsonArray([.. facts]).ToJsonString());
            if (round % 5 == 0)
                await zones.PublishAsync(RandomZone(demo.Snapshot, random), CancellationToken.None);
            (await posting).IsSuccessStatusCode.ShouldBeTrue();
        }
        await demo.WaitUntilSettledAsync();

        var followed = demo.Snapshot;
        var fresh = await demo.Server.Services.GetRequiredService<SnapshotLoader>().LoadAsync(CancellationToken.None);

        (followed.Sequence - first).ShouldBeGreaterThan(1_000);
        ShouldBeEqual(followed, fresh);
    }

    [Fact]
    public async Task A_building_that_is_added_is_taken_in()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await demo.Database.ExecuteAsync(
            """
            WITH added AS (
              INSERT INTO building (grid, code, address, kind, floors, units, outline)
              SELECT grid, 'B-9999', 'New 1', kind, floors, units, ST_Translate(outline, 0.01, 0) FROM building WHERE code = 'B-0001'
              RETURNING id, grid, outline
            )
            INSERT INTO feed (sequence, recorded_at, kind, grid, subject, touched)
            SELECT draw_sequences(1), now(), 'building', grid, id, outline FROM added
            """);
        await demo.Database.ExecuteAsync("SELECT pg_notify('situation_feed', '')");

        await demo.WaitUntilSettledAsync();

        demo.Snapshot.City.BuildingByCode.Keys.ShouldContain("B-9999");
        ShouldBeEqual(demo.Snapshot, await demo.Server.Services.GetRequiredService<SnapshotLoader>().LoadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_zone_that_starts_and_ends_by_itself_is_announced_and_colours_its_households()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var now = DateTimeOffset.UtcNow;
        var zone = RandomZone(demo.Snapshot, new Random(3)) with { Code = "Z-77", Level = "high", From = now.AddSeconds(2), To = now.AddSeconds(5) };
        await demo.Server.Services.GetRequiredService<ZoneStore>().PublishAsync(zone, CancellationToken.None);
        await demo.WaitUntilSettledAsync();
        demo.Snapshot.Zones.ShouldNotContain(z => z.Code == "Z-77");
        var before = demo.Snapshot.GridCounts[0];

        await DemoServer.WaitAsync(() => Task.FromResult(demo.Snapshot.Zones.Any(z => z.Code == "Z-77") && demo.Snapshot.GridCounts[0].Quarantined > before.Quarantined));
        DateTimeOffset.UtcNow.ShouldBeGreaterThanOrEqualTo(zone.From);
        await DemoServer.WaitAsync(() => Task.FromResult(demo.Snapshot.Zones.All(z => z.Code != "Z-77") && demo.Snapshot.GridCounts[0] == before));

        DateTimeOffset.UtcNow.ShouldBeGreaterThanOrEqualTo(zone.To!.Value);
    }

    internal static void ShouldBeEqual(Snapshot followed, Snapshot fresh)
    {
        followed.Sequence.ShouldBe(fresh.Sequence);
        followed.City.Grids.Select(g => (g.Id, g.Code, g.Path, g.Parent, g.Level, g.Name, g.Outline.AsText()))
            .ShouldBe(fresh.City.Grids.Select(g => (g.Id, g.Code, g.Path, g.Parent, g.Level, g.Name, g.Outline.AsText())));
        followed.City.Buildings.Select(b => (b.Id, b.Code, b.Address, b.Kind, b.Floors, b.Units, b.Grid, b.FirstHousehold, b.HouseholdCount, b.Outline.AsText()))
            .ShouldBe(fresh.City.Buildings.Select(b => (b.Id, b.Code, b.Address, b.Kind, b.Floors, b.Units, b.Grid, b.FirstHousehold, b.HouseholdCount, b.Outline.AsText())));
        followed.City.Households.ShouldBe(fresh.City.Households);
        followed.City.Persons.ShouldBe(fresh.City.Persons);
        followed.City.Checkpoints.Select(c => (c.Id, c.Code, c.Name, c.Manned, c.Location.AsText()))
            .ShouldBe(fresh.City.Checkpoints.Select(c => (c.Id, c.Code, c.Name, c.Manned, c.Location.AsText())));
        followed.Zones.Select(z => (z.Id, z.Code, z.Version, z.Name, z.Level, z.From, z.Outline.AsText()))
            .ShouldBe(fresh.Zones.Select(z => (z.Id, z.Code, z.Version, z.Name, z.Level, z.From, z.Outline.AsText())));
        All(followed.States).ShouldBe(All(fresh.States));
        All(followed.BuildingCounts).ShouldBe(All(fresh.BuildingCounts));
        All(followed.GridCounts).ShouldBe(All(fresh.GridCounts));

        static T[] All<T>(PagedArray<T> items) => [.. Enumerable.Range(0, items.Length).Select(i => items[i])];
    }

    internal static JsonObject RandomFact(Snapshot snapshot, Random random)
    {
        var fact = DemoServer.Returned(snapshot.City.Households[random.Next(snapshot.City.Households.Length)].Code);
        fact["at"] = DateTimeOffset.UtcNow.AddMinutes(-1 - random.Next(40_000));
        (fact["kind"], fact["data"]) = random.Next(5) switch
        {
            0 => ("survey", JsonNode.Parse("""{"members":2}""")),
            1 => ("departed", JsonNode.Parse("""{"to":"210200"}""")),
            2 => ("order", JsonNode.Parse("""{"measure":"quarantine","days":20}""")),
            3 => ("returned", JsonNode.Parse("""{"from":"420100","risk":"high"}""")),
            _ => ("returned", JsonNode.Parse("""{"from":"330100","risk":"low"}""")),
        };
        return fact;
    }

    internal static ZoneVersionDraft RandomZone(Snapshot snapshot, Random random)
    {
        var centre = snapshot.City.Buildings[random.Next(snapshot.City.Buildings.Length)].Outline.Centroid;
        var around = (Polygon)centre.Buffer(0.0005 + (random.NextDouble() * 0.003));
        around.SRID = 4326;
        var outline = new MultiPolygon([around]) { SRID = 4326 };
        var level = random.Next(6) switch { 0 => null, 1 => "low", 2 or 3 => "medium", _ => "high" };
        return new ZoneVersionDraft($"Z-{10 + random.Next(4)}", "围起来的地方", level, outline, DateTimeOffset.UtcNow, null, "planner", "a test");
    }
}
