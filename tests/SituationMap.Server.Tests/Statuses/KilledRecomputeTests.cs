using System.Diagnostics;
using Npgsql;
using Shouldly;
using SituationMap.Store.Database;

namespace SituationMap.Server.Tests.Statuses;

/// <summary>Whatever happens to those who work on a full recompute: nothing is lost, nothing is done twice.</summary>
public sealed class KilledRecomputeTests(PostgisCluster cluster)
{
    // the test's own sessions wait for nothing and hold no lock of the kind
    private const string OthersSql =
        "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE a.datname = current_database() AND "
        + "l.locktype = 'advisory'";
    private const string SessionsSql =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'killed'";

    [Fact]
    public async Task Sessions_broken_off_at_50_random_moments_leave_what_a_clean_run_leaves()
    {
        await using var store = await StatusStore.WithCityAsync(cluster);
        await store.RecomputeAsync();
        var right = await store.StatusesAsync();
        var random = new Random(20);
        var longest = await TimeAsync(() => store.RecomputeAsync(StatusStore.China));

        var broken = 0;
        for (var kill = 0; kill < 50; kill++)
        {
            // by turns by other rules, so that every run has much to change
            var protocols = kill % 2 == 0 ? StatusStore.Demo : StatusStore.China;
            await using var source = Databases.Open(
                new NpgsqlConnectionStringBuilder(store.Database.ConnectionString)
                {
                    ApplicationName = "killed",
                    Pooling = false,
                }.ConnectionString
            );
            var run = Task.Run(() => store.Full(protocols, source).RunAsync(2, StatusStore.PartSize, done: null, CancellationToken.None));
            // a random moment is the point here
            await Task.WhenAny(run, Task.Delay(longest * random.NextDouble()));
            await store.Database.ExecuteAsync(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'killed'"
            );
            broken += await FailedAsync(run) ? 1 : 0;
            await DemoServer.WaitAsync(async () => await store.Database.ReadAsync<long>(SessionsSql) == 0);
            await store.FeedShouldBeSoundAsync();
        }
        broken.ShouldBeGreaterThan(25, "runs that were broken off before their end");

        await store.RecomputeAsync();

        await store.StatusesShouldBeAsync(right);
        await store.FeedShouldBeSoundAsync();
    }

    [Fact]
    public async Task Processes_killed_in_mid_part_leave_what_a_clean_run_leaves()
    {
        await using var store = await StatusStore.WithCityAsync(cluster, at: DateTimeOffset.UtcNow);
        await store.RecomputeAsync();
        var right = await store.StatusesAsync();
        await store.RecomputeAsync(StatusStore.China);

        foreach (var part in new[] { 0, 9, 20, 30 })
        {
            using var process = new RecomputeProcess(store);
            await using (
                await HoldAsync(
                    store,
                    "SELECT FROM household_status WHERE household > $1 ORDER BY household LIMIT 1 FOR UPDATE",
                    part * StatusStore.PartSize
                )
            )
            {
                await DemoServer.WaitAsync(async () => await WaitersAsync(store) == 1);
                await process.KillAsync();
                (await store.Database.ReadAsync<long>("SELECT count(done_at) FROM recompute_part")).ShouldBe(part);
            }
            // its sessions end when they find nobody at the other end
            await DemoServer.WaitAsync(async () => await store.Database.ReadAsync<long>(OthersSql) == 0);
            await store.FeedShouldBeSoundAsync();
        }
        await store.RecomputeAsync();

        await store.StatusesShouldBeAsync(right);
        await store.FeedShouldBeSoundAsync();
    }

    [Fact]
    public async Task Stopping_one_keeps_the_parts_that_are_done()
    {
        await using var store = await StatusStore.WithCityAsync(cluster, at: DateTimeOffset.UtcNow);
        await store.RecomputeAsync(StatusStore.China);
        var before = await store.FeedEndAsync();
        using var process = new RecomputeProcess(store);
        await using (
            await HoldAsync(
                store,
                "SELECT FROM household_status WHERE household > $1 ORDER BY household LIMIT 1 FOR UPDATE",
                12 * StatusStore.PartSize
            )
        )
        {
            await DemoServer.WaitAsync(async () => await WaitersAsync(store) == 1);
            var (exitCode, output) = await process.InterruptAsync();
            exitCode.ShouldBe(130);
            output.ShouldContain("Stopped");
        }

        (await store.Database.ReadAsync<long>("SELECT count(done_at) FROM recompute_part")).ShouldBe(12);
        (await store.FeedEndAsync()).ShouldBeGreaterThan(before);
        await store.FeedShouldBeSoundAsync();
    }

    [Fact]
    public async Task Two_processes_share_the_parts_of_one_run()
    {
        await using var store = await StatusStore.WithCityAsync(cluster, at: DateTimeOffset.UtcNow);
        await store.RecomputeAsync();
        var right = await store.StatusesAsync();
        await store.RecomputeAsync(StatusStore.China);
        var runs = await store.Database.ReadAsync<long>("SELECT count(*) FROM recompute_run");

        string output;
        var held = await HoldAsync(store, "SELECT FROM feed_counter WHERE $1 = 0 FOR UPDATE", 0);
        await using (held)
        {
            using var one = new RecomputeProcess(store);
            await DemoServer.WaitAsync(async () => await WaitersAsync(store) == 1);
            using var other = new RecomputeProcess(store);
            await DemoServer.WaitAsync(async () => await WaitersAsync(store) == 2);
            // each has claimed a part: the one waits for the next sequence, the other for the one
            await held.DisposeAsync();
            output = await one.FinishAsync() + await other.FinishAsync();
        }

        (await store.Database.ReadAsync<long>("SELECT count(*) FROM recompute_run")).ShouldBe(runs + 1);
        (await store.Database.ReadAsync<bool>("SELECT bool_and(done_at IS NOT NULL) FROM recompute_part")).ShouldBeTrue();
        output.ShouldContain("Others had begun this run");
        await store.StatusesShouldBeAsync(right);
        await store.FeedShouldBeSoundAsync();
    }

    /// <summary>Locks rows until it is disposed, so that a worker that comes to them waits.</summary>
    private static async Task<NpgsqlConnection> HoldAsync(StatusStore store, string sql, int value)
    {
        // a connection of its own, whose end is the end of its transaction
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(store.Database.ConnectionString)
            {
                SearchPath = "situation,public",
                ApplicationName = "holder",
                Pooling = false,
            }.ConnectionString
        );
        await connection.OpenAsync();
        await using var begin = new NpgsqlCommand("BEGIN", connection);
        await begin.ExecuteNonQueryAsync();
        await using var hold = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = value } } };
        await hold.ExecuteNonQueryAsync();
        return connection;
    }

    private static Task<long> WaitersAsync(StatusStore store) =>
        store.Database.ReadAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        );

    private static async Task<TimeSpan> TimeAsync(Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        return watch.Elapsed;
    }

    private static async Task<bool> FailedAsync(Task run)
    {
        try
        {
            await run;
            return false;
        }
        catch (NpgsqlException)
        {
            return true;
        }
    }
}
