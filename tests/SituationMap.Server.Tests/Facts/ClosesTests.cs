using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;

namespace SituationMap.Server.Tests.Facts;

/// <summary>What facts do of what was to be done: POST /api/facts?closes=true.</summary>
public sealed class ClosesTests(SharedDemo shared) : IClassFixture<SharedDemo>
{
    private const string Grid = "210682-004-02";

    private readonly DemoServer _demo = shared.Demo;

    [Fact]
    public async Task Each_reading_of_a_family_closes_what_was_listed_of_its_own_person()
    {
        await _demo.WaitUntilSettledAsync();
        var (household, items) = await OwingTogetherAsync();
        var facts = items.ConvertAll(item => Reading(household, item));

        var answer = await PostAsync(new JsonArray([.. facts]).ToJsonString());

        var outcomes = answer.GetProperty("items").EnumerateArray().ToList();
        outcomes
            .Select(outcome => outcome.GetProperty("closes").EnumerateArray().Single())
            .Select(closed => (Id(closed), Text(closed, "person"), Text(closed, "what"), Text(closed, "rule")))
            .ShouldBe(items.Select(item => (Id(item), Text(item, "person"), (string?)"temperature", (string?)"temperature")));
        (await ListedAsync(household)).Select(Id).ShouldNotContain(id => items.Select(Id).Contains(id));
    }

    [Fact]
    public async Task A_repeat_tells_the_same_until_the_fact_is_taken_back()
    {
        await _demo.WaitUntilSettledAsync();
        var (household, items) = await OwingTogetherAsync();
        var fact = Reading(household, items[0]);
        var first = ClosesOf(await PostAsync(fact.ToJsonString()));
        first.ShouldBe([Id(items[0])]);

        var repeat = await PostAsync(fact.ToJsonString());
        repeat.GetProperty("duplicate").GetInt32().ShouldBe(1);
        ClosesOf(repeat).ShouldBe(first);

        var retraction = DemoServer.Returned(household);
        (retraction["kind"], retraction["data"]) = ("retraction", new JsonObject { ["fact"] = fact["id"]!.DeepClone(), ["reason"] = "x" });
        ClosesOf(await PostAsync(retraction.ToJsonString())).ShouldBeEmpty();
        ClosesOf(await PostAsync(fact.ToJsonString())).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_reported_late_closes_what_was_to_be_done_then()
    {
        await _demo.WaitUntilSettledAsync();
        var household = await UnreportedAsync();
        var now = DateTimeOffset.UtcNow;
        var circumstance = Fact(household, "circumstance", now.AddDays(-3), """{"what":"childAlone"}""");
        ClosesOf(await PostAsync(circumstance.ToJsonString())).ShouldBeEmpty();
        var visit = """{"outcome":"met","by":"door"}""";
        var of = now.AddHours(-1);
        var listed = (await ListedAsync(household, of.AddMilliseconds(-1))).Where(item => Text(item, "what") == "visit").ToList();
        listed.ShouldNotBeEmpty();
        await PostAsync(Fact(household, "visit", now, visit).ToJsonString());

        var late = await PostAsync(Fact(household, "visit", of, visit).ToJsonString());

        ClosesOf(late).ShouldBe(listed.Select(Id), ignoreOrder: true);
    }

    [Fact]
    public async Task It_is_told_only_where_it_is_asked_for_and_never_of_what_is_rejected()
    {
        var fact = DemoServer.Returned("H-02-0001");
        using var plain = await _demo.PostFactsAsync(fact.ToJsonString());
        (await plain.Content.ReadAsStringAsync()).ShouldNotContain("closes");

        var mixed = await PostAsync(new JsonArray(fact, DemoServer.Returned("H-nowhere")).ToJsonString());

        var outcomes = mixed.GetProperty("items").EnumerateArray().ToList();
        outcomes[0].TryGetProperty("closes", out _).ShouldBeTrue();
        outcomes[1].TryGetProperty("closes", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task More_facts_than_it_is_told_of_are_refused_before_any_is_stored()
    {
        var facts = Enumerable.Range(0, 501).Select(_ => (JsonNode)DemoServer.Returned("H-02-0002")).ToArray();
        var before = await CountAsync();

        using var answer = await SendAsync(new JsonArray(facts).ToJsonString());

        answer.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await CountAsync()).ShouldBe(before);

        Task<long> CountAsync() =>
            _demo.Database.ReadAsync<long>(
                "SELECT count(*) FROM fact WHERE household = (SELECT id FROM household WHERE code = 'H-02-0002')"
            );
    }

    /// <summary>A household of which several persons owe the same reading, and those items.</summary>
    private async Task<(string Household, List<JsonElement> Items)> OwingTogetherAsync()
    {
        var page = await _demo.GetJsonAsync($"api/work?grid={Grid}&kind=temperature&state=overdue&limit=1000");
        return Households(page)
            .Select(household => (household.GetProperty("household").GetString()!, Together(household)))
            .First(household => household.Item2.Count > 1);

        static List<JsonElement> Together(JsonElement household) =>
            [
                .. household
                    .GetProperty("items")
                    .EnumerateArray()
                    .GroupBy(item => item.GetProperty("from").GetDateTimeOffset())
                    .Where(slot => slot.Select(item => Text(item, "person")).Distinct().Count() == slot.Count())
                    .MaxBy(slot => slot.Count())
                    ?? Enumerable.Empty<JsonElement>(),
            ];
    }

    private static JsonObject Reading(string household, JsonElement item)
    {
        var fact = Fact(household, "temperature", item.GetProperty("from").GetDateTimeOffset().AddMinutes(1), """{"celsius":36.5}""");
        fact["person"] = Text(item, "person");
        return fact;
    }

    private static JsonObject Fact(string household, string kind, DateTimeOffset at, string data)
    {
        var fact = DemoServer.Returned(household);
        (fact["kind"], fact["at"], fact["data"]) = (kind, at, JsonNode.Parse(data));
        return fact;
    }

    private async Task<List<JsonElement>> ListedAsync(string household, DateTimeOffset? at = null)
    {
        var grid = await _demo.Database.ReadAsync<string>(
            $"SELECT replace(ltree2text(grid), '.', '-') FROM household WHERE code = '{household}'"
        );
        var past = at is null ? "" : $"&at={Uri.EscapeDataString($"{at:O}")}&known={Uri.EscapeDataString($"{DateTimeOffset.UtcNow:O}")}";
        return
        [
            .. Households(await _demo.GetJsonAsync($"api/work?grid={grid}&limit=1000{past}"))
                .Where(one => one.GetProperty("household").GetString() == household)
                .SelectMany(one => one.GetProperty("items").EnumerateArray()),
        ];
    }

    private Task<string> UnreportedAsync() =>
        _demo.Database.ReadAsync<string>(
            $"""
            SELECT code FROM household h WHERE grid = text2ltree('{Grid.Replace('-', '.')}')
              AND NOT EXISTS (SELECT FROM fact WHERE household = h.id) ORDER BY code LIMIT 1
            """
        );

    private async Task<JsonElement> PostAsync(string body)
    {
        using var answer = await SendAsync(body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        await _demo.WaitUntilSettledAsync();
        return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
    }

    private async Task<HttpResponseMessage> SendAsync(string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        return await _demo.Client.PostAsync(new Uri("api/facts?closes=true", UriKind.Relative), content);
    }

    private static IEnumerable<Guid> ClosesOf(JsonElement answer) =>
        answer.GetProperty("items")[0].GetProperty("closes").EnumerateArray().Select(Id);

    private static Guid Id(JsonElement item) => item.GetProperty("id").GetGuid();

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();

    private static IEnumerable<JsonElement> Households(JsonElement page) =>
        page.GetProperty("buildings").EnumerateArray().SelectMany(building => building.GetProperty("households").EnumerateArray());
}
