using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Core;
using SituationMap.Core.Statuses;
using SituationMap.Store.Protocols;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Tests.Statuses;

/// <summary>
/// What the worker keeps, fact by fact, is what all the facts give at once. Every household is a case: a random sequence of facts of
/// all kinds, some about one another, reported in another order than they happened and a few at a time.
/// </summary>
public sealed class IncrementalTests(PostgisCluster cluster)
{
    private const int Cases = 1_200;
    private const int Rounds = 4;

    [Fact]
    public async Task Statuses_kept_fact_by_fact_equal_those_of_all_facts_at_once()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var random = new Random(20200205);
        var city = demo.Snapshot.City;
        var persons = (
            await demo.Database.ReadRowsAsync("SELECT household, code FROM person", row => (row.GetInt32(0), row.GetString(1)))
        ).ToLookup(person => person.Item1, person => person.Item2);
        var cases = city.Households.OrderBy(_ => random.Next()).Take(Cases).ToArray();
        var rounds = Enumerable.Range(0, Rounds).Select(_ => new JsonArray()).ToArray();
        foreach (var household in cases)
        {
            var members = persons[household.Id].ToArray();
            var sequence = new List<JsonObject>();
            for (var i = 1 + random.Next(7); i > 0; i--)
                sequence.Add(RandomFact(household.Code, members, sequence, random));
            foreach (var fact in sequence.OrderBy(_ => random.Next()))
                rounds[random.Next(Rounds)].Add(fact);
        }

        foreach (var round in rounds)
        {
            foreach (var part in round.Chunk(500))
            {
                using var answer = await demo.PostFactsAsync(new JsonArray([.. part.Select(fact => fact!.DeepClone())]).ToJsonString());
                answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
            }
            await demo.WaitUntilSettledAsync(); // so that every round is worked out on top of the one before
        }

        var ids = cases.Select(household => household.Id).ToArray();
        var protocols = demo.Server.Services.GetRequiredService<ProtocolCatalog>();
        await using var connection = await demo.Database.DataSource.OpenConnectionAsync();
        var now = DateTimeOffset.UtcNow;
        var inputs = await StatusBatch.LoadAsync(connection, protocols.Plan, ids, DateTimeOffset.MaxValue, CancellationToken.None);
        var seen = new HashSet<Status>();
        foreach (var input in inputs)
        {
            var full = StoredStatus.Of(StatusRules.Evaluate(input.Facts, input.Zones, protocols.Plan.ForGrid(input.Grid), now));
            (input.Stored ?? full).ShouldBe(full, $"household {input.Household}");
            (input.Stored is not null || full.IsInitial).ShouldBeTrue();
            seen.Add(full.Status);
        }
        seen.Count.ShouldBe(4);
        inputs.Count.ShouldBe(Cases);

        // and the history ends with what is kept, for each of them
        (
            await demo.Database.ReadAsync<long>(
                """
                SELECT count(*) FROM household_status s LEFT JOIN LATERAL (
                  SELECT * FROM feed f WHERE f.kind = 'status' AND f.subject = s.household ORDER BY f.sequence DESC LIMIT 1
                ) f ON true
                WHERE s.household = ANY ($1)
                  AND (f.status, f.surveyed, f.since, f.until, f.edition) IS DISTINCT
                    FROM (s.status, s.surveyed, s.since, s.until, s.edition)
                  AND NOT (f.sequence IS NULL AND s.status = 'healthy' AND NOT s.surveyed AND s.since IS NULL AND s.until IS NULL)
                """,
                ids
            )
        ).ShouldBe(0);
    }

    private static JsonObject RandomFact(string household, string[] members, List<JsonObject> earlier, Random random)
    {
        var fact = DemoServer.Returned(household);
        // whole hours, so that coincidences are frequent; not within the last hour, so that nothing falls due in the meantime
        fact["at"] = new DateTimeOffset(DateTimeOffset.UtcNow.Date, TimeSpan.Zero).AddHours(-1 - random.Next(800));
        fact["source"] = $"person:{random.Next(3)}";
        if (members.Length > 0 && random.Next(3) > 0)
            fact["person"] = members[random.Next(members.Length)];
        var other = earlier.Count > 0 ? (Guid)earlier[random.Next(earlier.Count)]["id"]! : Guid.NewGuid();
        var (kind, data) = random.Next(15) switch
        {
            0 => ("survey", """{"members":2}"""),
            1 or 2 => ("departed", """{"to":"210200"}"""),
            3 => ("returned", """{"from":"420100","risk":"high"}"""),
            4 => ("returned", """{"from":"330100","risk":"low"}"""),
            5 => ("order", """{"measure":"quarantine","days":20}"""),
            6 => ("order", """{"measure":"observation","days":30}"""),
            7 => ("case", """{"confirmed":true}"""),
            8 when fact.ContainsKey("person") => ("contact", """{"degree":1,"lastExposure":"2020-02-01T00:00:00+08:00"}"""),
            9 when fact.ContainsKey("person") => ("temperature", """{"celsius":38.1}"""),
            10 when fact.ContainsKey("person") => ("test", $$"""{"result":"{{(random.Next(2) == 0 ? "positive" : "negative")}}"}"""),
            11 => ("release", $$"""{"order":"{{other}}"}"""),
            12 => ("retraction", $$"""{"fact":"{{other}}","reason":"a mistake"}"""),
            13 => ("override", """{"status":"healthy","reason":"decided"}"""),
            14 => ("override", $$"""{"status":"healthy","reason":"seen","confirms":"{{other}}"}"""),
            _ => ("survey", """{"members":1,"present":1}"""),
        };
        fact["kind"] = kind;
        fact["data"] = JsonNode.Parse(data);
        return fact;
    }
}
