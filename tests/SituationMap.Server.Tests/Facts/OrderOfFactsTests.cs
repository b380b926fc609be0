using System.Text.Json.Nodes;
using Shouldly;

namespace SituationMap.Server.Tests.Facts;

public sealed class OrderOfFactsTests(PostgisCluster cluster)
{
    [Fact]
    public async Task The_same_facts_in_ten_random_orders_with_repeats_give_the_same_statuses()
    {
        var facts = Facts();
        var results = new List<string>();
        for (var seed = 1; seed <= 10; seed++)
        {
            await using var demo = await DemoServer.StartAsync(cluster);
            var random = new Random(seed);
            var sent = facts.Concat(facts.Where(_ => random.Next(3) == 0)).ToArray();
            random.Shuffle(sent);
            foreach (var part in sent.Chunk(1 + random.Next(40)))
                (
                    await demo.PostFactsAsync(new JsonArray([.. part.Select(fact => fact.DeepClone())]).ToJsonString())
                ).IsSuccessStatusCode.ShouldBeTrue();
            await demo.WaitUntilSettledAsync();
            results.Add(
                await demo.Database.ReadAsync<string>(
                    """
                    SELECT string_agg(concat_ws(' ', household, status, surveyed, since, until, edition), E'\n' ORDER BY household)
                    FROM household_status WHERE household <= 60
                    """
                )
            );
        }

        results.Distinct().Count().ShouldBe(1);
        results[0].ShouldContain("quarantined");
        results[0].ShouldContain("observed");
    }

    /// <summary>Three hundred facts of all kinds about sixty households, some about one another.</summary>
    private static JsonObject[] Facts()
    {
        var random = new Random(42);
        var now = DateTimeOffset.UtcNow;
        var facts = new List<JsonObject>();
        for (var i = 0; i < 300; i++)
        {
            var household = $"H-01-{1 + random.Next(60):0000}";
            var earlier = facts.Where(fact => (string)fact["household"]! == household).ToArray();
            var fact = DemoServer.Returned(household);
            fact["at"] = now.AddMinutes(-10 - random.Next(30_000));
            var (kind, data) = random.Next(8) switch
            {
                0 => ("survey", """{"members":2}"""),
                1 => ("departed", """{"to":"210200"}"""),
                2 => ("returned", """{"from":"420100","risk":"high"}"""),
                3 => ("order", """{"measure":"quarantine","days":10}"""),
                4 => ("case", """{"confirmed":true}"""),
                5 when earlier.Length > 0 => ("release", $$"""{"order":"{{(Guid)earlier[random.Next(earlier.Length)]["id"]!}}"}"""),
                6 when earlier.Length > 0 => (
                    "retraction",
                    $$"""{"fact":"{{(Guid)earlier[random.Next(earlier.Length)]["id"]!}}","reason":"a mistake"}"""
                ),
                _ => ("returned", """{"from":"330100","risk":"low"}"""),
            };
            fact["kind"] = kind;
            fact["data"] = JsonNode.Parse(data);
            facts.Add(fact);
        }
        return [.. facts];
    }
}
