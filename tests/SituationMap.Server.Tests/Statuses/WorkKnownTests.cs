using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Core.Work;
using SituationMap.Store.Protocols;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Tests.Statuses;

/// <summary>What was to be done at a past instant, as it was listed then and as it is known by another.</summary>
public sealed class WorkKnownTests(PostgisCluster cluster) : IAsyncLifetime
{
    private const string Grid = "210682-004-02";

    private DemoServer _demo = null!;

    public async ValueTask InitializeAsync() => _demo = await DemoServer.StartAsync(cluster);

    public ValueTask DisposeAsync() => _demo.DisposeAsync();

    [Fact]
    public async Task Work_at_a_past_minute_is_what_was_listed_then_whatever_was_reported_since()
    {
        var random = new Random(11);
        var households = await HouseholdsAsync();
        var listed = new List<(string At, string Work, string CountedAt, string Counts)>();
        for (var round = 0; round < 5; round++)
        {
            await _demo.WaitUntilSettledAsync();
            var work = await _demo.GetJsonAsync($"api/work?grid={Grid}&limit=1000");
            var counts = await _demo.GetJsonAsync($"api/work/counts?grid={Grid}");
            listed.Add((AsOf(work), Said(work), AsOf(counts), Said(counts)));
            for (var i = 0; i < 6; i++)
                await ReportAsync(random, households[random.Next(households.Length)]);
        }
        await _demo.WaitUntilSettledAsync();

        var corrected = 0;
        foreach (var (at, work, countedAt, counts) in listed)
        {
            Said(await _demo.GetJsonAsync($"api/work?grid={Grid}&limit=1000&at={at}&known={at}")).ShouldBe(work);
            Said(await _demo.GetJsonAsync($"api/work?grid={Grid}&limit=1000&at={at}")).ShouldBe(work);
            Said(await _demo.GetJsonAsync($"api/work/counts?grid={Grid}&at={countedAt}&known={countedAt}")).ShouldBe(counts);
            var now = Escaped(DateTimeOffset.UtcNow);
            if (Said(await _demo.GetJsonAsync($"api/work?grid={Grid}&limit=1000&at={at}&known={now}")) != work)
                corrected++;
        }
        corrected.ShouldBeGreaterThan(2, "what was reported late has to count where it is known");
    }

    [Fact]
    public async Task Work_as_it_is_known_by_an_instant_is_what_the_rules_say_of_every_household()
    {
        var random = new Random(29);
        var households = await HouseholdsAsync();
        foreach (var household in households.Take(25))
            await ReportAsync(random, household);
        await _demo.WaitUntilSettledAsync();
        var now = DateTimeOffset.UtcNow;

        for (var i = 0; i < 8; i++)
        {
            var at = now.AddHours(-240 * random.NextDouble());
            var known = i % 3 == 0 ? now.AddHours(-300 * random.NextDouble()) : DateTimeOffset.UtcNow;
            var asked = $"at={Escaped(at)}&known={Escaped(known)}";
            var expected = await ByTheRulesAsync(at, known);
            Items(await _demo.GetJsonAsync($"api/work?grid={Grid}&limit=1000&{asked}")).ShouldBe(expected, ignoreOrder: true, asked);
            var counts = (await _demo.GetJsonAsync($"api/work/counts?grid={Grid}&{asked}")).GetProperty("grids")[0];
            new[] { "due", "late", "critical" }.Sum(state => counts.GetProperty(state).GetInt32()).ShouldBe(expected.Count, asked);
        }
    }

    [Fact]
    public async Task What_was_reported_long_after_it_had_ended_is_listed_as_well()
    {
        var households = await HouseholdsAsync();
        for (var days = 12; days < 20; days++)
        {
            var fact = DemoServer.Returned(households[days]);
            fact["at"] = DateTimeOffset.UtcNow.AddDays(-days).AddHours(-3);
            await PostAsync(fact);
        }
        await _demo.WaitUntilSettledAsync();

        var work = await _demo.GetJsonAsync($"api/work?grid={Grid}&limit=1000");

        Items(work)
            .ShouldBe(await ByTheRulesAsync(work.GetProperty("asOf").GetDateTimeOffset(), DateTimeOffset.MaxValue), ignoreOrder: true);
    }

    [Fact]
    public async Task An_instant_to_come_is_refused_and_another_grid_stays_out_of_sight()
    {
        using var client = await _demo.Server.WithKeyAsync($"known-{Guid.NewGuid():N}", "viewer", Grid);
        var known = Escaped(DateTimeOffset.UtcNow.AddDays(-2));
        foreach (var path in (string[])["api/work", "api/work/counts"])
        {
            using var late = await client.GetAsync(new Uri($"{path}?known=2999-01-01T00:00:00Z", UriKind.Relative));
            late.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            JsonSerializer
                .Deserialize<JsonElement>(await late.Content.ReadAsStringAsync())
                .GetProperty("field")
                .GetString()
                .ShouldBe("known");
            using var elsewhere = await client.GetAsync(new Uri($"{path}?known={known}&grid=210682-004-01", UriKind.Relative));
            elsewhere.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }
        var own = await client.GetStringAsync(new Uri($"api/work?known={known}&limit=1000", UriKind.Relative));
        own.ShouldContain(Grid);
        own.ShouldNotContain("210682-004-01");
    }

    /// <summary>The ids of what the rules say is to be done in the grid, of households taken one by one.</summary>
    private async Task<List<Guid>> ByTheRulesAsync(DateTimeOffset at, DateTimeOffset known)
    {
        var plan = _demo.Server.Services.GetRequiredService<ProtocolCatalog>().Plan;
        var codes = (
            await _demo.Database.ReadRowsAsync("SELECT id, code FROM household", row => (Id: row.GetInt32(0), Code: row.GetString(1)))
        ).ToDictionary(one => one.Id, one => one.Code);
        var persons = (
            await _demo.Database.ReadRowsAsync("SELECT id, code FROM person", row => (Id: row.GetInt32(0), Code: row.GetString(1)))
        ).ToDictionary(one => one.Id, one => one.Code);
        await using var connection = await _demo.Database.DataSource.OpenConnectionAsync();
        var all = await StatusBatch.LoadAsync(connection, plan, [.. codes.Keys], known, CancellationToken.None);
        return
        [
            .. all.Where(input => input.Grid == Grid)
                .SelectMany(input =>
                    WorkRules
                        .Evaluate(input.Facts, input.Zones, plan.ForGrid(input.Grid), at)
                        .Select(item => item.Id(codes[input.Household], item.Person is { } person ? persons[person] : null))
                ),
        ];
    }

    private Task<string[]> HouseholdsAsync() =>
        _demo.Database.ReadAsync<string[]>(
            $"SELECT array_agg(code ORDER BY md5(code)) FROM household WHERE grid = text2ltree('{Grid.Replace('-', '.')}')"
        );

    /// <summary>Something of now or of days ago, or that what was reported last was wrong.</summary>
    private async Task ReportAsync(Random random, string household)
    {
        var fact = DemoServer.Returned(household);
        fact["at"] = DateTimeOffset.UtcNow.AddHours(random.Next(2) == 0 ? 0 : -400 * random.NextDouble()).AddMilliseconds(-1);
        (fact["kind"], fact["data"]) = random.Next(5) switch
        {
            0 => ("visit", JsonNode.Parse("""{"outcome":"met","by":"door","members":2}""")!),
            1 => ("visit", JsonNode.Parse("""{"outcome":"nobody","by":"door"}""")!),
            2 => ("circumstance", JsonNode.Parse("""{"what":"livesAlone"}""")!),
            3 => ("need", JsonNode.Parse("""{"what":"food","urgency":"today"}""")!),
            _ => ("returned", JsonNode.Parse("""{"from":"330100","risk":"low"}""")!),
        };
        await PostAsync(fact);
        if (random.Next(4) != 0)
            return;
        var retraction = DemoServer.Returned(household);
        (retraction["kind"], retraction["data"]) = ("retraction", new JsonObject { ["fact"] = fact["id"]!.DeepClone(), ["reason"] = "x" });
        await PostAsync(retraction);
    }

    private async Task PostAsync(JsonObject fact)
    {
        using var answer = await _demo.PostFactsAsync(fact.ToJsonString());
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
    }

    private static string Escaped(DateTimeOffset instant) => Uri.EscapeDataString($"{instant:O}");

    private static string AsOf(JsonElement answer) => Escaped(answer.GetProperty("asOf").GetDateTimeOffset());

    private static string Said(JsonElement answer) =>
        (answer.TryGetProperty("buildings", out var buildings) ? buildings : answer.GetProperty("grids")).GetRawText();

    private static List<Guid> Items(JsonElement page) =>
        [
            .. page.GetProperty("buildings")
                .EnumerateArray()
                .SelectMany(building => building.GetProperty("households").EnumerateArray())
                .SelectMany(household => household.GetProperty("items").EnumerateArray())
                .Select(item => item.GetProperty("id").GetGuid()),
        ];
}
