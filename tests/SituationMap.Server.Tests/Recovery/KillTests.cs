using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Npgsql;
using Shouldly;
using SituationMap.Core;
using SituationMap.Core.Statuses;
using SituationMap.Store.Protocols;
using SituationMap.Store.Settings;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Tests.Recovery;

public sealed class KillTests
{
    [Fact]
    public async Task What_was_acknowledged_survives_killing_the_server_and_then_PostgreSQL()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();
        var acknowledged = new ConcurrentBag<Guid>();

        await ReportUntilAsync(server, acknowledged, enough: 300, then: server.KillAsync);
        await server.StartAsync();
        await ShouldHoldAsync(server, acknowledged);

        var before = acknowledged.Count;
        await ReportUntilAsync(server, acknowledged, enough: before + 300, then: () =>
        {
            server.KillPostmaster();
            return Task.CompletedTask;
        });
        await DemoServer.WaitAsync(() => server.AnswersAsync("api/jobs"), seconds: 120); // which asks PostgreSQL
        await ShouldHoldAsync(server, acknowledged);
    }

    [Fact]
    public async Task While_PostgreSQL_is_away_tiles_and_counts_are_still_answered()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();
        var area = await server.Client.GetStringAsync(server.At("api/place"));

        server.KillPostmaster();

        (await server.AnswersAsync("tiles/situation/14/13837/6175.mvt")).ShouldBeTrue();
        (await server.AnswersAsync("api/grids")).ShouldBeTrue();
        area.ShouldContain("\"live\":true");
        await DemoServer.WaitAsync(() => server.AnswersAsync("api/jobs"), seconds: 120); // PostgreSQL is up again
    }

    /// <summary>Reports a thousand facts from ten sides at once until enough of them are acknowledged, then does the deed while others are
    /// under way.</summary>
    private static async Task ReportUntilAsync(ServerProcess server, ConcurrentBag<Guid> acknowledged, int enough, Func<Task> then)
    {
        var done = new TaskCompletionSource();
        var numbers = new ConcurrentQueue<int>(Enumerable.Range(0, 1_000));
        var reporters = Enumerable
            .Range(0, 10)
            .Select(_ =>
                Task.Run(async () =>
                {
                    while (numbers.TryDequeue(out var number))
                    {
                        var fact = DemoServer.Returned($"H-01-{1 + (number % 500):0000}");
                        try
                        {
                            using var content = new StringContent(fact.ToJsonString(), Encoding.UTF8, "application/json");
                            using var response = await server.Client.PostAsync(server.At("api/facts"), content);
                            if (response.StatusCode == HttpStatusCode.Accepted)
                                acknowledged.Add((Guid)fact["id"]!);
                            else
                                return; // PostgreSQL is gone
                        }
                        catch (HttpRequestException)
                        {
                            return; // the server is gone
                        }
                        if (acknowledged.Count >= enough)
                            done.TrySetResult();
                    }
                    done.TrySetResult();
                })
            )
            .ToArray();
        await done.Task;
        numbers.IsEmpty.ShouldBeFalse("nothing was under way any more");
        await then();
        await Task.WhenAll(reporters);
    }

    private static async Task ShouldHoldAsync(ServerProcess server, IReadOnlyCollection<Guid> acknowledged)
    {
        await using var store = await server.OpenStoreAsync();
        await DemoServer.WaitAsync(async () => await ReadAsync<long>(store, "SELECT count(*) FROM dirty_household") == 0);
        var ids = acknowledged.ToArray();
        (await ReadAsync<long>(store, "SELECT count(*) FROM fact WHERE id = ANY ($1)", ids)).ShouldBe(ids.Length);
        (await ReadAsync<long>(store, "SELECT count(*) - count(DISTINCT id) FROM fact")).ShouldBe(0);
        (await ReadAsync<long>(store, "SELECT max(sequence) - count(*) FROM feed")).ShouldBe(0, "sequences without a gap");

        // every status is the one worked out from scratch
        var plan = ProtocolCatalog.Load(Path.Combine(AppContext.BaseDirectory, "data"), new SituationMapOptions()).Plan;
        await using var connection = await store.OpenConnectionAsync();
        var households = await ReadAsync<int[]>(store, "SELECT array_agg(id ORDER BY id) FROM household");
        foreach (var input in await StatusBatch.LoadAsync(connection, plan, households, DateTimeOffset.MaxValue, CancellationToken.None))
        {
            var found = StoredStatus.Of(StatusRules.Evaluate(input.Facts, input.Zones, plan.ForGrid(input.Grid), DateTimeOffset.UtcNow));
            (input.Stored ?? found with { Status = Status.Healthy }).ShouldBe(found, $"household {input.Household}");
        }
    }

    private static async Task<T> ReadAsync<T>(NpgsqlDataSource store, string sql, params object[] values)
    {
        await using var command = store.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
