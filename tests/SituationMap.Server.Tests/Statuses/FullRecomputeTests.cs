using NetTopologySuite.Geometries;
using Shouldly;
using SituationMap.Server.Tests.Demo;
using SituationMap.Store;
using SituationMap.Store.Statuses.Recompute;
using SituationMap.Store.Zones;

namespace SituationMap.Server.Tests.Statuses;

public sealed class FullRecomputeTests(PostgisCluster cluster)
{
    [Fact]
    public async Task Finds_what_the_workers_find_for_the_demo_community()
    {
        await using var store = new StatusStore(await DemoStore.LoadAsync(cluster), DemoStore.Now);
        await store.ForgetAsync();
        await store.RunIncrementallyAsync();
        var incremental = await store.StatusesAsync();

        await store.ForgetAsync();
        await store.RecomputeAsync();

        await store.StatusesShouldBeAsync(incremental);
        incremental.ShouldContain(row => row.Contains("quarantined"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Finds_what_the_workers_find_for_a_city(int seed)
    {
        await using var store = await StatusStore.WithCityAsync(cluster, seed);
        await store.RunIncrementallyAsync();
        var incremental = await store.StatusesAsync();
        await store.FeedShouldBeSoundAsync();

        await store.ForgetAsync();
        await store.RecomputeAsync();

        await store.StatusesShouldBeAsync(incremental);
        foreach (var status in new[] { "healthy", "out", "observed", "quarantined" })
            incremental.ShouldContain(row => row.Contains($" {status} "));
    }

    [Theory]
    [InlineData("'0044-03-15 BC'", """'{"members":1}'""")]
    [InlineData("now() - interval '1 day'", """('{"members":1,"deep":' || repeat('[', 100) || repeat(']', 100) || '}')::jsonb""")]
    public async Task Sets_the_households_aside_that_cannot_be_read_or_worked_out_and_does_all_others(string at, string data)
    {
        await using var store = await StatusStore.WithCityAsync(cluster);
        await store.RunIncrementallyAsync();
        var incremental = await store.StatusesAsync();
        var poisoned = await store.Database.ReadAsync<int[]>(
            "SELECT ARRAY(SELECT household FROM household_status ORDER BY household LIMIT 3 OFFSET 100)"
        );
        await store.Database.ExecuteAsync(
            $"""
            INSERT INTO fact (id, grid, household, kind, at, received_at, source, data)
            SELECT gen_random_uuid(), grid, id, 'survey', {at}, now(), 'a poison', {data} FROM household WHERE id = ANY ($1)
            """,
            poisoned
        );

        await store.ForgetAsync();
        var result = await store.RecomputeAsync();

        await store.StatusesShouldBeAsync([
            .. incremental.Where(row => !poisoned.Any(id => row.StartsWith($"{id} ", StringComparison.Ordinal))),
        ]);
        (await store.Database.ReadAsync<int[]>("SELECT array_agg(household ORDER BY household) FROM dirty_household")).ShouldBe(poisoned);
        result.Progress.SetAside.ShouldBe(poisoned.Length);
        result.SetAside.ShouldBe(poisoned);
    }

    [Fact]
    public async Task Leaves_a_part_that_cannot_be_written_to_the_workers_who_set_only_the_household_at_fault_aside()
    {
        await using var store = await StatusStore.WithCityAsync(cluster);
        await store.RunIncrementallyAsync();
        var incremental = await store.StatusesAsync();
        var refused = await store.Database.ReadAsync<int>("SELECT household FROM household_status ORDER BY household LIMIT 1 OFFSET 100");
        await store.ForgetAsync();
        await store.Database.ExecuteAsync($"ALTER TABLE household_status ADD CHECK (household <> {refused})");

        await store.RecomputeAsync();
        using (var worker = store.Worker())
            await StatusStore.DrainAsync(worker);

        await store.StatusesShouldBeAsync([.. incremental.Where(row => !row.StartsWith($"{refused} ", StringComparison.Ordinal))]);
        (await store.Database.ReadAsync<int[]>("SELECT array_agg(DISTINCT household) FROM dirty_household")).ShouldBe([refused]);
    }

    [Fact]
    public async Task Once_more_writes_no_row_and_tells_no_one()
    {
        await using var store = await StatusStore.WithCityAsync(cluster);
        (await store.RecomputeAsync()).Progress.Changes.ShouldBeGreaterThan(100);
        // where each row lies and who wrote it changes with every write, even of the same values
        const string rows = "SELECT string_agg(concat_ws(' ', ctid, xmin, household), E'\\n' ORDER BY household) FROM household_status";
        var (before, end) = (await store.Database.ReadAsync<string>(rows), await store.FeedEndAsync());

        var result = await store.RecomputeAsync();

        (await store.Database.ReadAsync<string>(rows)).ShouldBe(before);
        (await store.FeedEndAsync()).ShouldBe(end);
        (result.Progress.Changes, result.Progress.Done).ShouldBe((0, result.Progress.Parts));
        await store.FeedShouldBeSoundAsync();
    }

    [Fact]
    public async Task Repairs_what_was_spoilt()
    {
        await using var store = await StatusStore.WithCityAsync(cluster);
        await store.RecomputeAsync();
        var right = await store.StatusesAsync();
        await store.Database.ExecuteAsync(
            "UPDATE household_status SET status = 'quarantined', surveyed = NOT surveyed WHERE household % 3 = 0"
        );
        await store.Database.ExecuteAsync("DELETE FROM household_status WHERE household % 3 = 1");
        await store.Database.ExecuteAsync(
            "INSERT INTO household_status (grid, household, status, surveyed, edition, sequence) SELECT grid, id, 'out', "
                + "false, 'x', 0 FROM household h WHERE NOT EXISTS (SELECT FROM fact WHERE household = h.id) AND NOT EXISTS (SELECT "
                + "FROM household_status WHERE household = h.id) LIMIT 20"
        );

        await store.RecomputeAsync();

        // those that nothing is known about are healthy again; they keep their rows
        (await store.Database.ReadAsync<long>("SELECT count(*) FROM household_status WHERE status = 'out' AND since IS NULL")).ShouldBe(0);
        await RemoveInitialAsync(store);
        await store.StatusesShouldBeAsync(right);
    }

    [Fact]
    public async Task Leaves_no_stale_status_while_reports_and_zones_come_in()
    {
        await using var store = await StatusStore.WithCityAsync(cluster);
        using var worker = store.Worker();
        await worker.StartAsync(CancellationToken.None);
        var random = new Random(7);
        var zones = new ZoneStore(store.Database.DataSource, StatusStore.Demo, store.Clock);
        using var enough = new CancellationTokenSource();
        var recomputing = Task.Run(async () =>
        {
            // the same rules all the time: what differs between two runs is what came in
            while (!enough.IsCancellationRequested)
                await store.RecomputeAsync();
        });
        for (var i = 0; i < 150; i++)
        {
            await ReportAsync(store, random);
            if (i % 10 == 0)
                await zones.PublishAsync(await DrawAsync(store, random, $"Z-{1 + i / 10 % 3}"), CancellationToken.None);
        }
        await enough.CancelAsync();
        await recomputing;
        await DemoServer.WaitAsync(() => store.Database.ReadAsync<bool>("SELECT NOT EXISTS (SELECT FROM dirty_household)"));
        await worker.StopAsync(CancellationToken.None);
        await store.FeedShouldBeSoundAsync();
        await RemoveInitialAsync(store);
        var afterwards = await store.StatusesAsync();

        await store.ForgetAsync();
        await store.RecomputeAsync();

        await store.StatusesShouldBeAsync(afterwards);
    }

    [Fact]
    public async Task Refuses_to_join_a_run_by_other_rules_and_starts_anew_after_one_that_was_left()
    {
        await using var store = await StatusStore.WithCityAsync(cluster, households: 500);
        await using (
            var theirs = await RecomputeRun.JoinOrBeginAsync(
                store.Database.DataSource,
                StatusStore.China.Fingerprint,
                64,
                store.Clock.GetUtcNow(),
                CancellationToken.None
            )
        )
        {
            (await Should.ThrowAsync<StartupException>(() => store.RecomputeAsync())).Message.ShouldContain("china");
        }

        var result = await store.RecomputeAsync();

        result.IsJoined.ShouldBeFalse();
        result.Progress.Done.ShouldBe(result.Progress.Parts);
        (await store.Database.ReadAsync<long>("SELECT count(*) FROM recompute_run")).ShouldBe(1);
    }

    [Fact]
    public async Task Works_over_an_empty_store()
    {
        await using var database = await cluster.CreateDatabaseAsync();
        var store = new StatusStore(database, StatusStore.CityNow);

        (await store.RecomputeAsync()).Progress.ShouldBe(new RecomputeProgress(0, 0, 0, 0, 0));
    }

    private static async Task ReportAsync(StatusStore store, Random random)
    {
        var kinds = new[]
        {
            ("returned", """{"risk":"high"}"""),
            ("returned", """{"risk":"low"}"""),
            ("survey", """{"members":3}"""),
            ("order", """{"measure":"observation","days":14}"""),
        };
        var (kind, data) = kinds[random.Next(kinds.Length)];
        await store.Database.ExecuteAsync(
            """
            WITH reported AS (
              INSERT INTO fact (id, grid, household, kind, at, received_at, source, data)
              SELECT gen_random_uuid(), grid, id, $2::fact_kind, $4 - make_interval(hours => id % 400), $4, 'system:test', $3::jsonb
                FROM household WHERE id = ANY ($1)
              RETURNING household
            )
            SELECT mark_dirty(array_agg(household), $4) FROM reported
            """,
            Enumerable.Range(0, 5).Select(_ => random.Next(1, 2_001)).ToArray(),
            kind,
            data,
            store.Clock.GetUtcNow().UtcDateTime
        );
    }

    /// <summary>A zone of some hundred metres around some building; one in four is the end of the zone.</summary>
    private static async Task<ZoneVersionDraft> DrawAsync(StatusStore store, Random random, string code)
    {
        var outline = await store.Database.ReadAsync<Geometry>(
            "SELECT ST_Multi(ST_Buffer(point::geography, $2)::geometry) FROM building ORDER BY id OFFSET $1 LIMIT 1",
            random.Next(120),
            random.Next(50, 600)
        );
        var level = random.Next(4) switch
        {
            0 => null,
            1 => "medium",
            _ => "high",
        };
        return new ZoneVersionDraft(code, "试验", level, (MultiPolygon)outline, store.Clock.GetUtcNow(), null, "test", "test");
    }

    /// <summary>Removes the rows that say what all begin with, which are as good as none.</summary>
    private static Task RemoveInitialAsync(StatusStore store) =>
        store.Database.ExecuteAsync(
            "DELETE FROM household_status WHERE status = 'healthy' AND NOT surveyed AND since IS NULL AND until IS NULL AND "
                + "next_due IS NULL"
        );
}
