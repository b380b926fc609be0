using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;

namespace SituationMap.Server.Tests.Facts;

/// <summary>Reports that come at the same time share transactions, and nobody is to notice.</summary>
public sealed class ReportsAtOnceTests(PostgisCluster cluster) : IAsyncLifetime
{
    private DemoServer _demo = null!;

    public async ValueTask InitializeAsync() => _demo = await DemoServer.StartAsync(cluster);

    public ValueTask DisposeAsync() => _demo.DisposeAsync();

    [Fact]
    public async Task Eight_clients_that_send_the_same_thousand_facts_in_random_orders_never_deadlock_and_each_fact_is_new_once()
    {
        var facts = Enumerable.Range(0, 1_000).Select(i => DemoServer.Returned($"H-01-{1 + (i % 200):0000}")).ToArray();
        var random = new Random(7);
        var sent = Enumerable
            .Range(0, 8)
            .Select(client => Shuffled(facts, random).Chunk(client % 2 == 0 ? 1 : 150).Select(ToBody).ToArray())
            .ToArray();

        var answers = await Task.WhenAll(sent.Select(SendAsync));

        var outcomes = answers.SelectMany(answer => answer).ToArray();
        outcomes.Length.ShouldBe(8_000);
        outcomes.Count(outcome => outcome == "accepted").ShouldBe(1_000);
        outcomes.Count(outcome => outcome == "duplicate").ShouldBe(7_000);
        (await _demo.Database.ReadAsync<long>("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")).ShouldBe(0);
        await _demo.WaitUntilSettledAsync();
    }

    [Fact]
    public async Task Each_of_many_requests_at_once_has_its_own_outcomes_and_its_own_row_of_the_record()
    {
        var taken = DemoServer.Returned("H-01-0001");
        (await SendAsync([ToBody([taken])])).ShouldBe(["accepted"]);
        var before = await RecordedAsync();
        var conflicting = taken.DeepClone().AsObject();
        conflicting["household"] = "H-01-0002";
        var unknown = DemoServer.Returned("H-99-9999");

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 60)
                .Select(i =>
                    SendAsync([
                        ToBody([
                            (i % 4) switch
                            {
                                0 => taken.DeepClone().AsObject(),
                                1 => conflicting.DeepClone().AsObject(),
                                2 => unknown.DeepClone().AsObject(),
                                _ => DemoServer.Returned($"H-01-{3 + i:0000}"),
                            },
                        ]),
                    ])
                )
        );

        answers
            .Select(answer => answer.ShouldHaveSingleItem())
            .ShouldBe(
                Enumerable.Range(0, 60).Select(i => ((string[])["duplicate", "id-conflict", "household-unknown", "accepted"])[i % 4])
            );
        (await RecordedAsync() - before).ShouldBe(60);
    }

    [Fact]
    public async Task Whoever_reports_of_a_household_that_an_import_holds_does_not_keep_the_others_waiting()
    {
        await using var import = await _demo.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await import.BeginTransactionAsync();
        await using (var take = import.CreateCommand())
        {
            take.CommandText = "SELECT FROM household WHERE code = 'H-01-0005' FOR UPDATE";
            await take.ExecuteNonQueryAsync();
        }

        var held = SendAsync([ToBody([DemoServer.Returned("H-01-0005")])]);
        for (var i = 0; i < 20; i++)
            (await SendAsync([ToBody([DemoServer.Returned($"H-01-{10 + i:0000}")])])).ShouldBe(["accepted"]);

        held.IsCompleted.ShouldBeFalse();
        await transaction.CommitAsync();
        (await held).ShouldBe(["accepted"]);
    }

    [Fact]
    public async Task What_is_malformed_is_refused_without_asking_the_store_and_noted()
    {
        var before = await RecordedAsync();

        (await _demo.PostFactsAsync("""{"id":7}""")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);

        await DemoServer.WaitAsync(async () =>
            await _demo.Database.ReadAsync<long>("SELECT count(*) FROM audit WHERE action = 'refused' AND subject = 'POST /api/facts'") == 1
        );
        (await RecordedAsync()).ShouldBe(before);
    }

    private Task<long> RecordedAsync() => _demo.Database.ReadAsync<long>("SELECT count(*) FROM audit WHERE action = 'POST /api/facts'");

    /// <summary>One after the other; gives the outcomes, or why an item was rejected.</summary>
    private async Task<List<string>> SendAsync(string[] bodies)
    {
        var outcomes = new List<string>();
        foreach (var body in bodies)
        {
            using var answer = await _demo.PostFactsAsync(body);
            var json = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
            outcomes.AddRange(
                json.GetProperty("items")
                    .EnumerateArray()
                    .Select(item =>
                        item.GetProperty("outcome").GetString() is var outcome && outcome != "rejected"
                            ? outcome!
                            : item.GetProperty("code").GetString()!
                    )
            );
        }
        return outcomes;
    }

    private static JsonObject[] Shuffled(JsonObject[] facts, Random random)
    {
        var shuffled = facts.ToArray();
        random.Shuffle(shuffled);
        return shuffled;
    }

    private static string ToBody(JsonObject[] facts) =>
        facts is [var one] ? one.ToJsonString() : new JsonArray([.. facts.Select(fact => fact.DeepClone())]).ToJsonString();
}
