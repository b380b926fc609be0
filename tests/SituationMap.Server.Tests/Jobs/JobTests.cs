using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Shouldly;
using SituationMap.Store.Database;

namespace SituationMap.Server.Tests.Jobs;

/// <summary>Jobs that an operator starts, follows and cancels.</summary>
public sealed class JobTests(PostgisCluster cluster)
{
    [Fact]
    public async Task A_recompute_that_is_started_runs_and_repairs_what_was_lost()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await demo.WaitUntilSettledAsync();
        var before = await demo.Database.ReadAsync<long>("SELECT count(*) FROM household_status");
        await demo.Database.ExecuteAsync("TRUNCATE household_status, dirty_household");

        (await PostAsync(demo.Client, "recompute/run")).ShouldBe(HttpStatusCode.Accepted);

        var last = await EndedAsync(demo, "recompute");
        last.GetProperty("succeeded").GetBoolean().ShouldBeTrue();
        last.GetProperty("summary").GetString()!.ShouldContain("were looked at");
        (await demo.Database.ReadAsync<long>("SELECT count(*) FROM household_status")).ShouldBe(before);
    }

    [Fact]
    public async Task A_recompute_says_how_many_households_it_could_not_work_out_and_which()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await demo.WaitUntilSettledAsync();
        var poisoned = await demo.Database.ReadAsync<int>(
            """
            INSERT INTO fact (id, grid, household, kind, at, received_at, source, data)
            SELECT gen_random_uuid(), grid, id, 'survey', '0044-03-15 BC', now(), 'a poison', '{"members":1}'
            FROM household WHERE code = 'H-01-0002' RETURNING household
            """
        );

        (await PostAsync(demo.Client, "recompute/run")).ShouldBe(HttpStatusCode.Accepted);

        var last = await EndedAsync(demo, "recompute");
        last.GetProperty("succeeded").GetBoolean().ShouldBeFalse();
        last.GetProperty("summary")
            .GetString()!
            .ShouldEndWith($"1 could not be worked out and were set aside: the households with the ids {poisoned}");
        (await demo.Client.GetStringAsync(new Uri("metrics", UriKind.Relative))).ShouldMatch(@"situationmap_recompute_set_aside\S* 1\n");
    }

    [Fact]
    public async Task A_recompute_is_shared_by_two_servers_and_cancelled_in_both()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var one = await TestServer.StartAsync(database);
        await using var other = await TestServer.StartAsync(database);
        await DemoServer.WaitAsync(async () =>
            await database.ReadAsync<long>("SELECT count(*) FROM hangfire.server WHERE data::text LIKE '%\"long\"%'") == 2
        );
        // somebody else is at the first households, and a recompute waits for him
        await using var held = await HoldAsync(database, $"SELECT pg_advisory_lock_shared({LockKeys.Statuses}, 0)");

        (await PostAsync(one.Client, "recompute/run")).ShouldBe(HttpStatusCode.Accepted);

        await DemoServer.WaitAsync(async () => await WorkersAsync() == 2);
        (await PostAsync(other.Client, "recompute/run")).ShouldBe(HttpStatusCode.Conflict, "it runs already");
        (await GetJobAsync(other.Client, "recompute")).GetProperty("running").ValueKind.ShouldBe(JsonValueKind.Object);
        (await PostAsync(other.Client, "recompute/cancel")).ShouldBe(HttpStatusCode.Accepted);
        await DemoServer.WaitAsync(async () => await WorkersAsync() == 0);
        JsonElement job = default;
        await DemoServer.WaitAsync(async () =>
            (job = await GetJobAsync(one.Client, "recompute")).GetProperty("running").ValueKind == JsonValueKind.Null
        );
        job.GetProperty("last").GetProperty("summary").GetString().ShouldBe("cancelled");
        job.GetProperty("last").GetProperty("succeeded").GetBoolean().ShouldBeFalse();
        (await PostAsync(other.Client, "recompute/cancel")).ShouldBe(HttpStatusCode.Conflict, "nothing is left to cancel");

        Task<long> WorkersAsync() =>
            database.ReadAsync<long>(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = $1::int::oid AND "
                    + "database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                LockKeys.RecomputeRun
            );
    }

    [Fact]
    public async Task What_is_no_job_is_not_found()
    {
        await using var server = await TestServer.StartAsync(cluster);

        (await PostAsync(server.Client, "sheep/run")).ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync(server.Client, "sheep/cancel")).ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync(server.Client, "record/cancel")).ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_job_that_keeps_failing_is_named_by_readiness_and_tried_again_soon_and_nothing_of_its_failure_is_shown()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var server = await TestServer.StartAsync(database, ("SituationMap:Retention:Persons", "30"));
        await database.ExecuteAsync("ALTER TABLE person_detail RENAME TO person_detail_away");

        for (var tries = 1; tries <= 3; tries++)
        {
            (await PostAsync(server.Client, "retention/run")).ShouldBe(HttpStatusCode.Accepted);
            await DemoServer.WaitAsync(async () =>
                await database.ReadAsync<long>("SELECT count(*) FROM job_run WHERE job = 'retention' AND NOT succeeded") == tries
            );
        }

        using var ready = await server.Client.GetAsync(new Uri("healthz/ready", UriKind.Relative));
        ready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await ready.Content.ReadAsStringAsync()).ShouldContain("erasing what is known of persons once its time is over keeps failing");
        await DemoServer.WaitAsync(async () =>
            await database.ReadAsync<long>("SELECT count(*) FROM hangfire.job WHERE statename = 'Scheduled'") == 3
        );
        (
            await database.ReadAsync<double>(
                "SELECT max(score) - extract(epoch FROM clock_timestamp())::float8 FROM hangfire.set WHERE key = 'schedule'"
            )
        ).ShouldBeLessThan(61);
        (await database.ReadAsync<long>("SELECT count(*) FROM hangfire.state WHERE data::text LIKE '%person_detail%'")).ShouldBe(0);
        (await GetJobAsync(server.Client, "retention")).GetProperty("last").GetProperty("summary").GetString()!.ShouldNotContain("person_");
    }

    [Fact]
    public async Task Jobs_that_ended_long_ago_and_locks_of_a_server_that_died_are_removed()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using (await TestServer.StartAsync(database)) { }
        await database.ExecuteAsync(
            """
            INSERT INTO hangfire.job (statename, invocationdata, arguments, createdat, expireat)
            SELECT 'Succeeded', '{}', '[]', now() - interval '2 days', now() - interval '1 day' FROM generate_series(1, 5000);
            INSERT INTO hangfire.lock (resource, acquired) VALUES ('hangfire:recurring-jobs:lock', clock_timestamp())
            ON CONFLICT (resource) DO UPDATE SET acquired = excluded.acquired;
            """
        );
        var died = await database.ReadAsync<DateTime>("SELECT max(acquired) FROM hangfire.lock");

        await using var server = await TestServer.StartAsync(database);

        await DemoServer.WaitAsync(async () =>
            await database.ReadAsync<long>("SELECT count(*) FROM hangfire.job WHERE expireat < now() - interval '1 hour'") == 0
        );
        // the lock keeps the schedule, and half a minute later no more
        await DemoServer.WaitAsync(async () =>
            await database.ReadAsync<long>("SELECT count(*) FROM hangfire.lock WHERE acquired = $1", died) == 0
        );
        var before = await database.ReadAsync<long>("SELECT coalesce(max(id), 0) FROM job_run");
        await DemoServer.WaitAsync(
            async () => await database.ReadAsync<long>("SELECT count(*) FROM job_run WHERE job = 'sweep' AND id > $1", before) > 0,
            seconds: 75
        );
    }

    [Fact]
    public async Task After_the_database_was_away_the_sweep_goes_on_within_75_seconds()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var server = await TestServer.StartAsync(database);
        await DemoServer.WaitAsync(async () => await database.ReadAsync<long>("SELECT count(*) FROM job_run WHERE succeeded") > 0);
        await using (await database.ShutAsync())
            await DemoServer.WaitAsync(async () =>
            {
                using var ready = await server.Client.GetAsync(new Uri("healthz/ready", UriKind.Relative));
                return ready.StatusCode == HttpStatusCode.ServiceUnavailable;
            });
        var back = DateTimeOffset.UtcNow;

        await DemoServer.WaitAsync(
            async () =>
            {
                using var answer = await server.Client.GetAsync(new Uri("api/jobs", UriKind.Relative));
                return answer.IsSuccessStatusCode
                    && (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("jobs")[0].GetProperty("last") is var last
                    && last.GetProperty("succeeded").GetBoolean()
                    && last.GetProperty("at").GetDateTimeOffset() > back;
            },
            seconds: 75
        );
    }

    /// <summary>Runs a statement that takes a lock for as long as what this gives is not disposed.</summary>
    internal static async Task<IAsyncDisposable> HoldAsync(TestDatabase database, string sql)
    {
        var holding = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString
        );
        await holding.OpenAsync();
        await using var take = new NpgsqlCommand(sql, holding);
        await take.ExecuteNonQueryAsync();
        return holding;
    }

    internal static async Task<JsonElement> GetJobAsync(HttpClient client, string name) =>
        (await client.GetFromJsonAsync<JsonElement>(new Uri("api/jobs", UriKind.Relative)))
            .GetProperty("jobs")
            .EnumerateArray()
            .Single(job => job.GetProperty("name").GetString() == name);

    internal static async Task<HttpStatusCode> PostAsync(HttpClient client, string what)
    {
        using var answer = await client.PostAsync(new Uri($"api/jobs/{what}", UriKind.Relative), content: null);
        return answer.StatusCode;
    }

    private static async Task<JsonElement> EndedAsync(DemoServer demo, string name)
    {
        JsonElement last = default;
        await DemoServer.WaitAsync(async () =>
            (last = (await GetJobAsync(demo.Client, name)).GetProperty("last")).ValueKind == JsonValueKind.Object
        );
        return last;
    }
}
