using System.Text.Json;
using Shouldly;
using SituationMap.Core.Facts;
using SituationMap.Server.Demo.City;

namespace SituationMap.Server.Tests.Demo;

public sealed class CityTests(PostgisCluster cluster)
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 10, 30, 0, TimeSpan.FromHours(8));

    [Fact]
    public async Task Has_what_was_asked_for_and_no_status()
    {
        await using var city = await LoadAsync(5_000);

        foreach (
            var (table, count) in new (string, long)[]
            {
                ("household", 5_000),
                ("person", 15_000),
                ("building", 300),
                ("fact", 1_500),
                ("checkpoint", 2),
                ("zone", 3),
                ("household_status", 0),
                ("dirty_household", 0),
                ("feed WHERE kind <> 'passage'", 0),
            }
        )
            (await city.ReadAsync<long>($"SELECT count(*) FROM {table}")).ShouldBe(count, table);
        (await city.ReadAsync<long>("SELECT count(DISTINCT kind) FROM fact")).ShouldBeGreaterThanOrEqualTo(10);
        (
            await city.ReadAsync<bool>("SELECT min(at) > $1 - interval '121 days' AND max(received_at) <= $1 FROM fact", Now.UtcDateTime)
        ).ShouldBeTrue();
        (await city.ReadAsync<bool>("SELECT bool_and(ST_NPoints(outline) = 25) FROM zone_version")).ShouldBeTrue();
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_city_and_another_one_another()
    {
        await using var one = await LoadAsync(1_000);
        await using var same = await LoadAsync(1_000);
        await using var other = await LoadAsync(1_000, seed: 2);

        foreach (var table in new[] { "grid", "building", "household", "person", "checkpoint", "road", "zone_version", "fact" })
        {
            var sql = $"SELECT md5(string_agg(r::text, E'\\n' ORDER BY r::text)) FROM {table} r";
            var expected = await one.ReadAsync<string>(sql);
            (await same.ReadAsync<string>(sql)).ShouldBe(expected, table);
            if (table != "grid")
                (await other.ReadAsync<string>(sql)).ShouldNotBe(expected, table);
        }
    }

    [Fact]
    public async Task Grids_tile_their_parents_and_hold_their_buildings()
    {
        await using var city = await LoadAsync(30_000);

        // every border is drawn from the same points on both sides
        (
            await city.ReadAsync<long>(
                """
                SELECT count(*) FROM grid p
                WHERE level <> 'grid' AND NOT ST_Equals(p.outline, (SELECT ST_Union(c.outline) FROM grid c WHERE c.parent = p.path))
                """
            )
        ).ShouldBe(0, "parents that are not their children");
        (
            await city.ReadAsync<long>(
                "SELECT count(*) FROM grid a JOIN grid b ON a.path < b.path AND a.level = b.level AND ST_Overlaps(a.outline, b.outline)"
            )
        ).ShouldBe(0, "overlaps");
        (
            await city.ReadAsync<long>(
                "SELECT count(*) FROM building b JOIN grid g ON g.path = b.grid WHERE NOT ST_Covers(g.outline, b.outline)"
            )
        ).ShouldBe(0, "buildings that reach out");
        (
            await city.ReadAsync<long>(
                "SELECT count(*) FROM building a JOIN building b ON a.id < b.id AND ST_Intersects(a.outline, b.outline)"
            )
        ).ShouldBe(0, "buildings on each other");
        (await city.ReadAsync<string>("SELECT string_agg(DISTINCT level, ',' ORDER BY level) FROM grid")).ShouldBe(
            "city,community,district,grid,street"
        );
    }

    [Fast]
    [Fact]
    public void Its_reports_are_such_as_the_server_takes()
    {
        var plan = new CityPlan(3_000, Seed: 1, Now);
        var ground = new CityGround(plan);
        var buildings = new CityBuildings(plan, ground, new CityGrids(ground)).Build();

        foreach (var fact in CityFacts.Report(plan, new CityHouseholds(plan, buildings)))
        {
            using var data = JsonDocument.Parse(fact.Data);
            FactSchema.Check(fact.Kind, data.RootElement, Now).ShouldBeNull(fact.Data);
        }
    }

    private async Task<TestDatabase> LoadAsync(int households, int seed = 1)
    {
        var database = await cluster.CreateDatabaseAsync();
        await CityLoader.LoadAsync(database.DataSource, new CityPlan(households, seed, Now), progress: null, CancellationToken.None);
        return database;
    }
}
