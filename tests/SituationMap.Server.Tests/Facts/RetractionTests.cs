using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Shouldly;
using SituationMap.Core.Facts;

namespace SituationMap.Server.Tests.Facts;

/// <summary>Which facts count: one rule, whether it is asked in memory or in SQL, for statuses, ledgers or checkpoints.</summary>
public sealed class RetractionTests(PostgisCluster cluster)
{
    private const int Cases = 600;
    private const string Household = "H-02-0001";

    /// <summary>How an id may be written, and what is none.</summary>
    private static readonly Func<Guid, string>[] Spellings =
    [
        id => id.ToString(),
        id => id.ToString().ToUpperInvariant(),
        id => id.ToString("B"),
        id => id.ToString("N"),
        id => $" {id}",
        _ => "mistyped",
    ];

    [Fact]
    public async Task A_status_the_ledger_and_a_checkpoint_agree_on_every_link_of_a_chain_of_retractions_written_in_capitals()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var checkpoint = demo.Snapshot.City.Checkpoints.First(checkpoint => !checkpoint.Manned); // nobody has passed it
        await ReportAsync("passage", new JsonObject { ["checkpoint"] = checkpoint.Code, ["direction"] = "out" }, minutesAgo: 30);
        var returned = await ReportAsync("returned", new JsonObject { ["from"] = "420100", ["risk"] = "high" }, minutesAgo: 20);
        var inward = await ReportAsync(
            "passage",
            new JsonObject { ["checkpoint"] = checkpoint.Code, ["direction"] = "in" },
            minutesAgo: 20
        );
        var (last, lastInward) = (returned, inward);

        for (var retractions = 0; retractions <= 5; retractions++)
        {
            var counts = retractions % 2 == 0;
            (await StatusAsync()).ShouldBe(counts ? "quarantined" : "healthy", $"{retractions} retractions");
            (await LedgerAsync()).Contains(returned.ToString(), StringComparison.Ordinal).ShouldBe(counts, $"{retractions} retractions");
            demo.Snapshot.LastPassages[checkpoint.Id].ShouldBe(counts ? "in" : "out", $"{retractions} retractions");
            last = await RetractAsync(last);
            lastInward = await RetractAsync(lastInward);
        }

        async Task<string> StatusAsync() =>
            (await demo.GetJsonAsync($"api/households/{Household}/status")).GetProperty("status").GetString()!;

        Task<string> LedgerAsync() => demo.Client.GetStringAsync(new Uri("api/exports/returnees?purpose=supplies", UriKind.Relative));

        Task<Guid> RetractAsync(Guid fact) =>
            ReportAsync(
                "retraction",
                new JsonObject { ["fact"] = fact.ToString().ToUpperInvariant(), ["reason"] = "mistyped" },
                minutesAgo: 1
            );

        async Task<Guid> ReportAsync(string kind, JsonObject data, int minutesAgo)
        {
            var fact = DemoServer.Returned(Household);
            (fact["kind"], fact["data"], fact["at"]) = (kind, data, DateTimeOffset.UtcNow.AddMinutes(-minutesAgo));
            (await demo.PostFactsAsync(fact.ToJsonString())).IsSuccessStatusCode.ShouldBeTrue();
            await demo.WaitUntilSettledAsync();
            return (Guid)fact["id"]!;
        }
    }

    [Theory]
    [InlineData("one request after the other", true)]
    [InlineData("all in one request", true)]
    [InlineData("each before the one that it retracts", false)]
    public async Task A_chain_of_retractions_is_taken_up_to_its_longest_and_no_further(string how, bool isForward)
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var first = DemoServer.Returned(Household);
        var chain = new List<JsonObject> { first };
        for (var link = 0; link < RetractionChains.Longest + 1; link++)
        {
            var fact = DemoServer.Returned(Household);
            (fact["kind"], fact["data"]) = ("retraction", new JsonObject { ["fact"] = (Guid)chain[^1]["id"]!, ["reason"] = "mistyped" });
            chain.Add(fact);
        }
        if (!isForward)
            chain.Reverse();

        var outcomes = new List<JsonElement>();
        foreach (
            var part in how == "all in one request"
                ?
                [
                    [.. chain],
                ]
                : chain.Select(fact => new[] { fact })
        )
        {
            using var answer = await demo.PostFactsAsync($"[{string.Join(',', part.Select(fact => fact.ToJsonString()))}]");
            outcomes.AddRange((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items").EnumerateArray());
        }

        outcomes.Count(item => item.GetProperty("outcome").GetString() == "accepted").ShouldBe(RetractionChains.Longest + 1);
        var refused = outcomes.Single(item => item.GetProperty("outcome").GetString() != "accepted");
        (refused.GetProperty("code").GetString(), refused.GetProperty("field").GetString()).ShouldBe(("chain-too-long", "data.fact"));
        refused.GetProperty("expected").GetString()!.ShouldContain("16");
        // a repeat of what is there is one still
        using var repeated = await demo.PostFactsAsync($"[{string.Join(',', chain.Take(2).Select(fact => fact.ToJsonString()))}]");
        (await repeated.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("rejected").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task Two_that_come_at_the_same_instant_do_not_make_a_chain_longer_than_it_may_be()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var one = await TestServer.StartAsync(database);
        await using var other = await TestServer.StartAsync(database);
        var last = DemoServer.Returned(Household);
        var chain = new JsonArray(last.DeepClone());
        for (var link = 1; link < RetractionChains.Longest; link++)
            chain.Add((last = Retract(last)).DeepClone());
        (await OutcomeAsync(one, chain.ToJsonString())).ShouldBe("accepted");
        // the second hangs on the first, which is on its way: neither is in the store yet
        var first = Retract(last);
        var second = Retract(first);
        // whoever stores waits at his insert, and has read by then what there is
        await using var holder = await database.DataSource.OpenConnectionAsync();
        await using var held = await holder.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("LOCK TABLE fact IN SHARE MODE", holder))
            await hold.ExecuteNonQueryAsync();

        var outcomes = new[] { OutcomeAsync(one, $"[{first.ToJsonString()}]"), OutcomeAsync(other, $"[{second.ToJsonString()}]") };
        await DemoServer.WaitAsync(async () =>
            await database.ReadAsync<long>(
                "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND (relation = 'fact'::regclass OR locktype = 'advisory')"
            ) >= 2
        );
        await held.CommitAsync();

        (await Task.WhenAll(outcomes)).Order().ShouldBe(["accepted", "rejected"]);

        static JsonObject Retract(JsonObject target)
        {
            var fact = DemoServer.Returned(Household);
            (fact["kind"], fact["data"]) = ("retraction", new JsonObject { ["fact"] = (Guid)target["id"]!, ["reason"] = "mistyped" });
            return fact;
        }

        static async Task<string?> OutcomeAsync(TestServer server, string facts)
        {
            using var answer = await server.Client.PostAsync(
                new Uri("api/facts", UriKind.Relative),
                new StringContent(facts, System.Text.Encoding.UTF8, "application/json")
            );
            var items = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items");
            return items[items.GetArrayLength() - 1].GetProperty("outcome").GetString();
        }
    }

    [Fact]
    public async Task SQL_and_Core_take_the_same_facts_as_retracted_whatever_chains_and_circles_there_are()
    {
        await using var demo = new Homes(await cluster.CreateDemoDatabaseAsync());
        var random = new Random(20200205);
        var homes = Enumerable.Range(0, Cases).Select(_ => Generate(random)).ToArray();
        await demo.ReportAsync(homes);

        var counting = await demo.CountingAsync();
        var retracted = 0;
        foreach (var facts in homes)
        {
            var wrong = Retractions.Of(facts) ?? new HashSet<Guid>();
            var events = facts.Where(fact => fact.Kind != FactKind.Retraction).ToArray();
            var expected = events.Where(fact => wrong.Contains(fact.Id)).Select(fact => fact.Id).Order().ToArray();
            retracted += expected.Length;

            (await demo.RetractedAsync([.. facts.Select(fact => fact.Id)])).ShouldBe(expected, Json(facts));
            events.Where(fact => !counting.Contains(fact.Id)).Select(fact => fact.Id).Order().ToArray().ShouldBe(expected, Json(facts));
            facts.ShouldAllBe(fact => fact.Kind != FactKind.Retraction || !counting.Contains(fact.Id));
        }
        retracted.ShouldBeGreaterThan(Cases / 2);
    }

    [Theory]
    [InlineData("release", """{"order":"$"}""")]
    [InlineData("override", """{"status":"healthy","reason":"r","confirms":"$"}""")]
    [InlineData("override", """{"status":"healthy","reason":"r"}""")]
    [InlineData("retraction", """{"fact":"$","reason":"r"}""")]
    [InlineData("order", """{"measure":"quarantine","days":7,"order":"$"}""")]
    public async Task The_store_keeps_the_reference_that_the_report_makes(string kind, string form)
    {
        await using var demo = new Homes(await cluster.CreateDemoDatabaseAsync());
        var target = new Guid("0B6F0000-0000-4000-8000-00000000ABCD");
        var data = JsonSerializer.Deserialize<JsonElement>(
            form.Replace("$", target.ToString().ToUpperInvariant(), StringComparison.Ordinal)
        );
        var fact = Make(Enum.Parse<FactKind>(kind, ignoreCase: true), data, Guid.NewGuid());

        await demo.ReportAsync([
            [fact],
        ]);

        var kept = await demo.Database.ReadRowsAsync(
            "SELECT refers_to FROM fact WHERE id = $1",
            row => row.IsDBNull(0) ? (Guid?)null : row.GetGuid(0),
            fact.Id
        );
        kept.ShouldBe([FactSchema.Reference(fact.Kind, data)?.Fact]);
    }

    /// <summary>
    /// A few facts of one household, chains of one to five retractions, and retractions of anything, themselves and one another included.
    /// </summary>
    private static Fact[] Generate(Random random)
    {
        var facts = Enumerable
            .Range(0, random.Next(1, 5))
            .Select(_ => Make(FactKind.Temperature, JsonSerializer.SerializeToElement(new { celsius = 36.5 }), Id()))
            .ToList();
        for (var chain = random.Next(3); chain > 0; chain--)
        {
            var target = facts[random.Next(facts.Count)].Id;
            for (var link = random.Next(1, 6); link > 0; link--)
            {
                facts.Add(Retraction(Id(), target, Spellings[random.Next(2)]));
                target = facts[^1].Id;
            }
        }
        var ids = Enumerable.Range(0, random.Next(6)).Select(_ => Id()).ToArray();
        foreach (var id in ids)
        {
            // of what is there, of one that is yet to come, of one that never comes
            Guid[] targets = [.. facts.Select(fact => fact.Id), .. ids, Id()];
            facts.Add(
                Retraction(id, targets[random.Next(targets.Length)], Spellings[random.Next(4) == 0 ? random.Next(Spellings.Length) : 0])
            );
        }
        return [.. facts];

        Guid Id()
        {
            var bytes = new byte[16];
            random.NextBytes(bytes);
            return new Guid(bytes);
        }
    }

    private static Fact Retraction(Guid id, Guid target, Func<Guid, string> spell) =>
        Make(FactKind.Retraction, JsonSerializer.SerializeToElement(new { fact = spell(target), reason = "r" }), id);

    private static Fact Make(FactKind kind, JsonElement data, Guid id) =>
        new(id, kind, Person: null, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, "system:test", data);

    private static string Json(IEnumerable<Fact> facts) =>
        JsonSerializer.Serialize(
            facts.Select(fact => new
            {
                fact.Id,
                fact.Kind,
                fact.Data,
            })
        );

    /// <summary>A store into which facts are put past the server, one household a case.</summary>
    private sealed class Homes(TestDatabase database) : IAsyncDisposable
    {
        public TestDatabase Database => database;

        public async Task ReportAsync(Fact[][] homes)
        {
            var ids = await database.ReadRowsAsync("SELECT id FROM household ORDER BY id LIMIT $1", row => row.GetInt32(0), homes.Length);
            var rows = homes.SelectMany((facts, index) => facts.Select(fact => (Household: ids[index], Fact: fact))).ToArray();
            await database.ExecuteAsync(
                """
                INSERT INTO fact (id, grid, household, kind, at, received_at, source, data)
                SELECT f.id, h.grid, h.id, f.kind::fact_kind, now(), now(), 'system:test', f.data::jsonb
                FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[]) AS f (id, household, kind, data)
                  JOIN household h ON h.id = f.household
                """,
                rows.Select(row => row.Fact.Id).ToArray(),
                rows.Select(row => row.Household).ToArray(),
                rows.Select(row => FactReader.Name(row.Fact.Kind)).ToArray(),
                rows.Select(row => row.Fact.Data.GetRawText()).ToArray()
            );
        }

        public async Task<HashSet<Guid>> CountingAsync() =>
            [.. await database.ReadRowsAsync("SELECT id FROM counting_fact", row => row.GetGuid(0))];

        public Task<IReadOnlyList<Guid>> RetractedAsync(Guid[] facts) =>
            database.ReadRowsAsync("SELECT * FROM retracted_facts($1) ORDER BY 1", row => row.GetGuid(0), facts);

        public ValueTask DisposeAsync() => database.DisposeAsync();
    }
}
