using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using NetTopologySuite.Geometries;
using Shouldly;
using SituationMap.Geo.Indexes;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Zones;

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
            INSERT INTO building (grid, code, address, kind, floors, units, outline)
            SELECT grid, 'B-9999', 'New 1', kind, floors, units, ST_Translate(outline, 0.01, 0) FROM building WHERE code = 'B-0001'
            """
        );

        await demo.WaitUntilSettledAsync();

        demo.Snapshot.City.BuildingByCode.Keys.ShouldContain("B-9999");
        ShouldBeEqual(demo.Snapshot, await demo.Server.Services.GetRequiredService<SnapshotLoader>().LoadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task After_random_edits_among_random_facts_the_followed_snapshot_equals_a_freshly_loaded_one()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var random = new Random(19);
        var first = demo.Snapshot.Sequence;
        for (var round = 0; round < 100; round++)
        {
            var posting = demo.PostFactsAsync(
                new JsonArray([.. Enumerable.Range(0, 10).Select(_ => RandomFact(demo.Snapshot, random))]).ToJsonString()
            );
            await EditAsync(demo, random);
            (await posting).IsSuccessStatusCode.ShouldBeTrue();
        }
        await demo.WaitUntilSettledAsync();

        (demo.Snapshot.Sequence - first).ShouldBeGreaterThan(200);
        ShouldBeEqual(demo.Snapshot, await demo.Server.Services.GetRequiredService<SnapshotLoader>().LoadAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(300)]
    public async Task Buildings_that_move_are_taken_in_without_a_new_city_and_found_where_they_are(int count)
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var before = demo.Snapshot;
        await demo.Database.ExecuteAsync(
            "UPDATE building SET outline = ST_Translate(outline, 0.004, 0.002) WHERE id IN (SELECT id FROM building ORDER BY "
                + "md5(id::text) LIMIT $1)",
            count
        );

        await demo.WaitUntilSettledAsync();

        demo.Snapshot.City.SharesIndexesWith(before.City).ShouldBeTrue();
        demo.Snapshot.City.Buildings.Zip(before.City.Buildings).Count(pair => !pair.First.Shape.Equals(pair.Second.Shape)).ShouldBe(count);
        ShouldBeEqual(demo.Snapshot, await demo.Server.Services.GetRequiredService<SnapshotLoader>().LoadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_building_that_is_moved_into_a_zone_takes_its_households_along()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var zone = RandomZone(demo.Snapshot, new Random(3)) with { Level = "high" };
        await demo.Server.Services.GetRequiredService<ZoneStore>().PublishAsync(zone, CancellationToken.None);
        await demo.WaitUntilSettledAsync();
        var (household, _) = await demo.Database.ReadRowAsync(
            """
            SELECT h.code, b.id FROM household h JOIN building b ON b.id = h.building JOIN household_status s ON s.household = h.id
            WHERE s.status = 'healthy' AND NOT ST_Intersects(b.point, $1) ORDER BY h.code LIMIT 1
            """,
            row => (row.GetString(0), row.GetInt32(1)),
            zone.Outline
        );

        await demo.Database.ExecuteAsync(
            """
            UPDATE building b SET outline = ST_Translate(outline, ST_X(ST_PointOnSurface($2)) - ST_X(b.point),
              ST_Y(ST_PointOnSurface($2)) - ST_Y(b.point))
            FROM household h WHERE h.code = $1 AND b.id = h.building
            """,
            household,
            zone.Outline
        );

        await DemoServer.WaitAsync(async () =>
            (await demo.GetJsonAsync($"api/households/{household}/status")).GetProperty("status").GetString() == "quarantined"
        );
    }

    [Fact]
    public async Task A_zone_that_starts_and_ends_by_itself_is_announced_and_colours_its_households()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var now = DateTimeOffset.UtcNow;
        var zone = RandomZone(demo.Snapshot, new Random(3)) with
        {
            Code = "Z-77",
            Level = "high",
            From = now.AddSeconds(2),
            To = now.AddSeconds(5),
        };
        await demo.Server.Services.GetRequiredService<ZoneStore>().PublishAsync(zone, CancellationToken.None);
        await demo.WaitUntilSettledAsync();
        demo.Snapshot.Zones.ShouldNotContain(z => z.Code == "Z-77");
        var before = demo.Snapshot.GridCounts[0];

        await DemoServer.WaitAsync(() =>
            Task.FromResult(demo.Snapshot.Zones.Any(z => z.Code == "Z-77") && demo.Snapshot.GridCounts[0].Quarantined > before.Quarantined)
        );
        DateTimeOffset.UtcNow.ShouldBeGreaterThanOrEqualTo(zone.From);
        await DemoServer.WaitAsync(() =>
            Task.FromResult(demo.Snapshot.Zones.All(z => z.Code != "Z-77") && demo.Snapshot.GridCounts[0] == before)
        );

        DateTimeOffset.UtcNow.ShouldBeGreaterThanOrEqualTo(zone.To!.Value);
    }

    internal static void ShouldBeEqual(Snapshot followed, Snapshot fresh)
    {
        followed.Sequence.ShouldBe(fresh.Sequence);
        followed
            .City.Grids.Select(g => (g.Id, g.Code, g.Path, g.Parent, g.Level, g.Name, g.Outline.AsText()))
            .ShouldBe(fresh.City.Grids.Select(g => (g.Id, g.Code, g.Path, g.Parent, g.Level, g.Name, g.Outline.AsText())));
        followed
            .City.Buildings.Select(b =>
                (b.Id, b.Code, b.Address, b.Kind, b.Floors, b.Units, b.Grid, b.FirstHousehold, b.HouseholdCount, b.Outline.AsText())
            )
            .ShouldBe(
                fresh.City.Buildings.Select(b =>
                    (b.Id, b.Code, b.Address, b.Kind, b.Floors, b.Units, b.Grid, b.FirstHousehold, b.HouseholdCount, b.Outline.AsText())
                )
            );
        followed.City.Households.ShouldBe(fresh.City.Households);
        followed.City.Persons.ShouldBe(fresh.City.Persons);
        followed
            .City.Checkpoints.Select(c => (c.Id, c.Code, c.Name, c.Manned, c.Location.AsText()))
            .ShouldBe(fresh.City.Checkpoints.Select(c => (c.Id, c.Code, c.Name, c.Manned, c.Location.AsText())));
        followed.City.Checkpoints.Select(followed.IsManned).ShouldBe(fresh.City.Checkpoints.Select(fresh.IsManned));
        followed.LastPassages.OrderBy(p => p.Key).ShouldBe(fresh.LastPassages.OrderBy(p => p.Key));
        followed
            .Zones.Select(z => (z.Id, z.Code, z.Version, z.Name, z.Level, z.From, z.Outline.AsText()))
            .ShouldBe(fresh.Zones.Select(z => (z.Id, z.Code, z.Version, z.Name, z.Level, z.From, z.Outline.AsText())));
        All(followed.States).ShouldBe(All(fresh.States));
        All(followed.BuildingCounts).ShouldBe(All(fresh.BuildingCounts));
        All(followed.GridCounts).ShouldBe(All(fresh.GridCounts));
        IndexesShouldBeEqual(followed.City, fresh.City);

        static T[] All<T>(PagedArray<T> items) => [.. Enumerable.Range(0, items.Length).Select(i => items[i])];
    }

    private static void IndexesShouldBeEqual(City followed, City fresh)
    {
        foreach (var building in fresh.Buildings.Where((_, index) => index % 7 == 0))
        {
            var (at, box) = (building.Outline.InteriorPoint, building.Shape.Box.Widened(2_000));
            Found(found => followed.BuildingIndex.Find(box, found)).ShouldBe(Found(found => fresh.BuildingIndex.Find(box, found)));
            Found(found => followed.HouseholdIndex.Find(box, found)).ShouldBe(Found(found => fresh.HouseholdIndex.Find(box, found)));
            Found(found => followed.LookupIndex.Buildings.Find(at.X, at.Y, found))
                .ShouldBe(Found(found => fresh.LookupIndex.Buildings.Find(at.X, at.Y, found)));
            Found(found => followed.LookupIndex.Buildings.Meet(building.Outline.EnvelopeInternal, found))
                .ShouldBe(Found(found => fresh.LookupIndex.Buildings.Meet(building.Outline.EnvelopeInternal, found)));
            Found(found => followed.LookupIndex.NearBuildings.Within(at.X, at.Y, 100, found))
                .ShouldBe(Found(found => fresh.LookupIndex.NearBuildings.Within(at.X, at.Y, 100, found)));
            var (near, freshNear) = (new List<Near>(), new List<Near>());
            followed.LookupIndex.NearBuildings.Find(at.X, at.Y, 5, near);
            fresh.LookupIndex.NearBuildings.Find(at.X, at.Y, 5, freshNear);
            near.ShouldBe(freshNear);
        }

        static List<int> Found(Action<List<int>> find)
        {
            var found = new List<int>();
            find(found);
            found.Sort();
            return found;
        }
    }

    internal static JsonObject RandomFact(Snapshot snapshot, Random random)
    {
        var fact = DemoServer.Returned(snapshot.City.Households[random.Next(snapshot.City.Households.Length)].Code);
        fact["at"] = DateTimeOffset.UtcNow.AddMinutes(-1 - random.Next(40_000));
        (fact["kind"], fact["data"]) = random.Next(6) switch
        {
            5 => (
                "passage",
                new JsonObject { ["checkpoint"] = snapshot.City.Checkpoints[0].Code, ["direction"] = random.Next(2) == 0 ? "in" : "out" }
            ),
            0 => ("survey", JsonNode.Parse("""{"members":2}""")),
            1 => ("departed", JsonNode.Parse("""{"to":"210200"}""")),
            2 => ("order", JsonNode.Parse("""{"measure":"quarantine","days":20}""")),
            3 => ("returned", JsonNode.Parse("""{"from":"420100","risk":"high"}""")),
            _ => ("returned", JsonNode.Parse("""{"from":"330100","risk":"low"}""")),
        };
        return fact;
    }

    /// <summary>Puts up, changes or takes down something as any program may that writes to the tables.</summary>
    internal static Task EditAsync(DemoServer demo, Random random)
    {
        var building = demo.Snapshot.City.Buildings[random.Next(demo.Snapshot.City.Buildings.Length)].Id;
        var (dx, dy) = ((random.NextDouble() - 0.5) * 0.004, (random.NextDouble() - 0.5) * 0.004);
        var (sql, values) = random.Next(10) switch
        {
            0 => ("UPDATE building SET outline = ST_Translate(outline, $2, $3) WHERE id = $1", new object[] { building, dx, dy }),
            1 => ("UPDATE building SET address = address || ' A' WHERE id = $1", [building]),
            2 => ("UPDATE checkpoint SET location = ST_Translate(location, $1, $2) WHERE id = (SELECT min(id) FROM checkpoint)", [dx, dy]),
            3 => ("UPDATE checkpoint SET manned = NOT manned WHERE id = (SELECT max(id) FROM checkpoint)", []),
            4 => (
                "INSERT INTO checkpoint (grid, code, name, manned, location) SELECT grid, 'C-N' || id || '-' || $2, 'new', "
                    + "true, point FROM building WHERE id = $1",
                [building, random.Next()]
            ),
            5 => ("DELETE FROM checkpoint WHERE id = (SELECT max(id) FROM checkpoint WHERE code LIKE 'C-N%')", []),
            6 => (
                "UPDATE road SET name = name || '+' WHERE id = (SELECT id FROM road ORDER BY md5(id || $1) LIMIT 1)",
                [random.Next().ToString()]
            ),
            7 => (
                "UPDATE grid SET outline = ST_Multi(ST_Buffer(outline, 0.0001)) WHERE id = (SELECT grid.id FROM grid JOIN "
                    + "building b ON b.grid = grid.path WHERE b.id = $1)",
                [building]
            ),
            8 => (
                "INSERT INTO household (grid, code, building, floor, unit, room) SELECT grid, 'H-N' || id || '-' || $2, id, 2, "
                    + "3, 1 + $2 % 100 FROM building WHERE id = $1 ON CONFLICT DO NOTHING",
                [building, random.Next()]
            ),
            _ => (
                "INSERT INTO person (grid, code, household) SELECT grid, 'P-N' || $2, id FROM household WHERE building = $1 "
                    + "ORDER BY id LIMIT 1",
                new object[] { building, random.Next() }
            ),
        };
        return demo.Database.ExecuteAsync(sql, values);
    }

    internal static ZoneVersionDraft RandomZone(Snapshot snapshot, Random random)
    {
        var centre = snapshot.City.Buildings[random.Next(snapshot.City.Buildings.Length)].Outline.Centroid;
        var around = (Polygon)centre.Buffer(0.0005 + (random.NextDouble() * 0.003));
        around.SRID = 4326;
        var outline = new MultiPolygon([around]) { SRID = 4326 };
        var level = random.Next(6) switch
        {
            0 => null,
            1 => "low",
            2 or 3 => "medium",
            _ => "high",
        };
        return new ZoneVersionDraft(
            $"Z-{10 + random.Next(4)}",
            "围起来的地方",
            level,
            outline,
            DateTimeOffset.UtcNow,
            null,
            "planner",
            "a test"
        );
    }
}
