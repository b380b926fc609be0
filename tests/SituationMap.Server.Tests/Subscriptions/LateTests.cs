using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using SituationMap.Server.Tests.Recovery;
using SituationMap.Store.Access;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses;
using SituationMap.Store.Subscriptions;

namespace SituationMap.Server.Tests.Subscriptions;

/// <summary>A passage that was received long before its transaction is committed reaches everything all the same.</summary>
public sealed class LateTests(PostgisCluster cluster)
{
    private const string Passage = """
        WITH late AS (
          INSERT INTO fact (id, grid, household, kind, at, received_at, source, data)
          SELECT gen_random_uuid(), grid, id, 'passage', now() - interval '6 minutes', now() - make_interval(mins => $2), 'a test',
                 jsonb_build_object('checkpoint', (SELECT min(code) FROM checkpoint), 'direction', 'in', 'celsius', 38.5)
          FROM household WHERE code = $1 RETURNING household, received_at
        ) SELECT mark_dirty(array_agg(household), min(received_at)) FROM late
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Events_wait_for_whoever_still_stores_passages(bool byOwner)
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var server = await TestServer.StartAsync(database, ("SituationMap:Webhooks:AllowedHosts:0", "127.0.0.1"));
        using var made = await server.Client.PostAsJsonAsync(
            "api/subscriptions",
            new { url = "http://127.0.0.1:9/hook", kinds = (string[])["passage"] }
        );
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var subscription = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        var own = server.Services.GetRequiredService<NpgsqlDataSource>();
        // in place of the server's own sender, as another process would
        await DemoServer.WaitAsync(() =>
            database.ReadAsync<bool>(
                """
                WITH taken AS (UPDATE subscription SET leased_until = now() + interval '1 day' WHERE id = $1
                  AND leased_until IS NULL RETURNING id)
                SELECT EXISTS (SELECT FROM taken)
                """,
                subscription
            )
        );
        var clock = new LaterClock();
        var events = new EventMaker(
            own,
            server.Services.GetRequiredService<OverdueHouseholds>(),
            server.Services.GetRequiredService<SnapshotHolder>(),
            clock
        );
        await using var storing = byOwner ? await Database(database) : await own.OpenConnectionAsync();

        await using (var transaction = await storing.BeginTransactionAsync())
        {
            await StoreAsync(storing, "H-01-0007", minutes: 0);
            // five minutes pass, in which events are made of what others store
            clock.Ahead = TimeSpan.FromMinutes(5);
            await events.FollowAsync(subscription, Scope.WholeCity, default);
            (await database.ReadAsync<long>("SELECT count(*) FROM delivery")).ShouldBe(0);
            await transaction.CommitAsync();
        }
        await events.FollowAsync(subscription, Scope.WholeCity, default);
        (await database.ReadAsync<string>("SELECT lane FROM delivery")).ShouldBe("H-01-0007");
        (await database.ReadAsync<bool>("SELECT fact_cursor > now() + interval '4 minutes' FROM subscription")).ShouldBeTrue(
            "nobody is waited for any more"
        );
    }

    [Fact]
    public async Task Statuses_the_feed_lookups_and_subscriptions_have_it()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var server = await TestServer.StartAsync(database, ("SituationMap:Webhooks:AllowedHosts:0", "127.0.0.1"));
        await using var receiver = new Receiver(ServerProcess.FreePort());
        await receiver.StartAsync();
        using var made = await server.Client.PostAsJsonAsync("api/subscriptions", new { url = receiver.Url, kinds = (string[])["status"] });
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var household = await database.ReadAsync<string>(
            "SELECT code FROM household h WHERE NOT EXISTS (SELECT FROM household_status s WHERE s.household = h.id AND "
                + "s.status <> 'healthy') ORDER BY id LIMIT 1"
        );
        var holder = server.Services.GetRequiredService<SnapshotHolder>();

        await using (var storing = await server.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync())
        await using (var transaction = await storing.BeginTransactionAsync())
        {
            await StoreAsync(storing, household, minutes: 3);
            await transaction.CommitAsync();
        }

        await DemoServer.WaitAsync(() =>
            Task.FromResult(receiver.Taken.Any(one => one.Json.GetProperty("household").GetString() == household))
        );
        var message = receiver.Taken.First(one => one.Json.GetProperty("household").GetString() == household).Json;
        message.GetProperty("status").GetString().ShouldBe("observed");
        var sequence = message.GetProperty("sequence").GetInt64();
        (await database.ReadAsync<string>("SELECT status::text FROM feed WHERE sequence = $1", sequence)).ShouldBe("observed");
        await DemoServer.WaitAsync(() => Task.FromResult(holder.Current.Sequence >= sequence));
        var (lon, lat) = await database.ReadRowAsync(
            "SELECT ST_X(b.point), ST_Y(b.point) FROM household h JOIN building b ON b.id = h.building WHERE h.code = $1",
            row => (row.GetDouble(0), row.GetDouble(1)),
            household
        );
        var near = await server.Client.GetFromJsonAsync<JsonElement>(
            FormattableString.Invariant($"api/nearest?of=households&lon={lon:R}&lat={lat:R}&limit=100")
        );
        near.GetProperty("items")
            .EnumerateArray()
            .Single(item => item.GetProperty("code").GetString() == household)
            .GetProperty("status")
            .GetString()
            .ShouldBe("observed");
    }

    private static async Task<NpgsqlConnection> Database(TestDatabase database)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(database.ConnectionString)
            {
                SearchPath = "situation,public",
                Pooling = false,
            }.ConnectionString
        );
        await connection.OpenAsync();
        return connection;
    }

    private static async Task StoreAsync(NpgsqlConnection connection, string household, int minutes)
    {
        await using var insert = new NpgsqlCommand(Passage, connection)
        {
            Parameters =
            {
                new() { Value = household },
                new() { Value = minutes },
            },
        };
        await insert.ExecuteNonQueryAsync();
    }

    private sealed class LaterClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
    }
}
