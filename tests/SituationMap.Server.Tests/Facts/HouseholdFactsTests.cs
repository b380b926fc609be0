using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;

namespace SituationMap.Server.Tests.Facts;

/// <summary>What was reported of one household: GET /api/households/{code}/facts.</summary>
public sealed class HouseholdFactsTests(SharedDemo shared) : IClassFixture<SharedDemo>
{
    private const string Reason = "Frau Xu said so at the door";

    private readonly DemoServer _demo = shared.Demo;

    [Fact]
    public async Task The_newest_comes_first_as_it_was_reported()
    {
        var household = await HealthyAsync(0);
        var (first, second) = (DemoServer.Returned(household), DemoServer.Returned(household));
        await ReportAsync(first);
        await ReportAsync(second);

        var facts = await FactsAsync(household);

        facts.Take(2).Select(IdOf).ShouldBe([second["id"]!.GetValue<Guid>(), first["id"]!.GetValue<Guid>()]);
        facts[0].GetProperty("kind").GetString().ShouldBe("returned");
        facts[0].GetProperty("source").GetString().ShouldBe("grid:210682-004-01");
        facts[0].GetProperty("data").GetProperty("risk").GetString().ShouldBe("low");
        facts[0].GetProperty("retractedBy").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task What_was_taken_back_names_the_retraction_that_stands_and_no_one_s_words()
    {
        var household = await HealthyAsync(1);
        var returned = DemoServer.Returned(household);
        await ReportAsync(returned);
        var retraction = Retraction(household, returned);
        await ReportAsync(retraction);

        var facts = await FactsAsync(household);
        facts
            .Single(fact => IdOf(fact) == returned["id"]!.GetValue<Guid>())
            .GetProperty("retractedBy")
            .GetGuid()
            .ShouldBe(retraction["id"]!.GetValue<Guid>());
        facts[0].GetProperty("data").GetProperty("reason").GetString().ShouldBe("…");

        // taken back itself, it stands against nothing
        await ReportAsync(Retraction(household, retraction));
        facts = await FactsAsync(household);
        facts
            .Single(fact => IdOf(fact) == returned["id"]!.GetValue<Guid>())
            .GetProperty("retractedBy")
            .ValueKind.ShouldBe(JsonValueKind.Null);
        (await _demo.Client.GetStringAsync(new Uri($"api/households/{household}/facts", UriKind.Relative))).ShouldNotContain("Xu");
    }

    [Fact]
    public async Task Pages_have_each_fact_once()
    {
        var household = await HealthyAsync(2);
        for (var time = 0; time < 5; time++)
            await ReportAsync(DemoServer.Returned(household));
        var all = (await FactsAsync(household)).Select(IdOf).ToList();

        var paged = new List<Guid>();
        string? next = $"api/households/{household}/facts?limit=2";
        while (next is not null)
        {
            var page = await _demo.GetJsonAsync(next);
            paged.AddRange(page.GetProperty("facts").EnumerateArray().Select(IdOf));
            next = page.GetProperty("next").GetString()?.TrimStart('/');
        }

        paged.ShouldBe(all);
    }

    [Fact]
    public async Task Members_are_told_to_those_only_who_may_tell_them_apart()
    {
        var household = await _demo.Database.ReadAsync<string>(
            """
            SELECT h.code FROM situation.fact f JOIN situation.household h ON h.id = f.household
            WHERE f.person IS NOT NULL ORDER BY f.id LIMIT 1
            """
        );
        using var viewer = await _demo.Server.WithKeyAsync($"facts-{Guid.NewGuid():N}", "viewer");

        (await FactsAsync(household)).ShouldContain(fact => fact.GetProperty("person").ValueKind == JsonValueKind.String);
        JsonSerializer
            .Deserialize<JsonElement>(await viewer.GetStringAsync(new Uri($"api/households/{household}/facts", UriKind.Relative)))
            .GetProperty("facts")
            .EnumerateArray()
            .ShouldAllBe(fact => fact.GetProperty("person").ValueKind == JsonValueKind.Null);
    }

    [Fact]
    public async Task How_people_live_is_told_to_those_only_who_may_see_them()
    {
        var household = await HealthyAsync(3);
        await ReportAsync(Fact("circumstance", household, new() { ["what"] = "livesAlone" }));
        await ReportAsync(Fact("visit", household, new() { ["outcome"] = "nobody", ["by"] = "door" }));
        using var viewer = await _demo.Server.WithKeyAsync($"circumstances-{Guid.NewGuid():N}", "viewer");

        (await FactsAsync(household))[1].GetProperty("data").GetProperty("what").GetString().ShouldBe("livesAlone");
        var told = await viewer.GetStringAsync(new Uri($"api/households/{household}/facts", UriKind.Relative));
        told.ShouldNotContain("livesAlone");
        told.ShouldContain("nobody");
    }

    [Fact]
    public async Task A_note_in_somebody_s_own_words_is_kept_apart_and_a_repeat_is_known_as_one()
    {
        var household = await HealthyAsync(4);
        var need = Fact(
            "need",
            household,
            new()
            {
                ["what"] = "medicine",
                ["urgency"] = "today",
                ["note"] = Reason,
            }
        );
        await ReportAsync(need);
        using var again = await _demo.PostFactsAsync(need.ToJsonString());
        (await again.Content.ReadAsStringAsync()).ShouldContain("\"duplicate\":1");

        (await FactsAsync(household))[0].GetProperty("data").GetProperty("note").GetString().ShouldBe("…");
        var id = need["id"]!.GetValue<Guid>();
        (await _demo.Database.ReadAsync<string>("SELECT data->>'note' FROM situation.fact WHERE id = $1", id)).ShouldStartWith("#");
        (await _demo.Database.ReadAsync<long>("SELECT count(*) FROM situation.fact_text WHERE fact = $1", id)).ShouldBe(1);
    }

    [Theory]
    [InlineData("2020-02-05T09:20:00+08:00")]
    [InlineData("1970-01-01T00:00:03+00:00")]
    [InlineData("2099-12-31T23:59:59+00:00")]
    public async Task What_the_clock_of_a_device_said_is_kept_beside_the_time_however_wrong_it_is(string clock)
    {
        var household = await HealthyAsync(5);
        var fact = Fact("visit", household, new() { ["outcome"] = "met", ["by"] = "door" });
        fact["clock"] = clock;
        await ReportAsync(fact);

        var told = (await FactsAsync(household))[0];
        told.GetProperty("at").GetDateTimeOffset().ShouldBe(fact["at"]!.GetValue<DateTimeOffset>(), TimeSpan.FromMilliseconds(1));
        told.GetProperty("clock").GetDateTimeOffset().ShouldBe(DateTimeOffset.Parse(clock));

        // it is no part of what is said
        fact.Remove("clock");
        using var again = await _demo.PostFactsAsync(fact.ToJsonString());
        (await again.Content.ReadAsStringAsync()).ShouldContain("\"duplicate\":1");
        await ReportAsync(Fact("visit", household, new() { ["outcome"] = "met", ["by"] = "door" }));
        (await FactsAsync(household))[0].GetProperty("clock").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_clock_that_is_no_time_is_refused_by_name()
    {
        var fact = Fact("visit", await HealthyAsync(5), new() { ["outcome"] = "met", ["by"] = "door" });
        fact["clock"] = "yesterday";

        using var answer = await _demo.PostFactsAsync(fact.ToJsonString());

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("\"field\":\"clock\"");
    }

    [Fact]
    public async Task A_household_that_there_is_none_of_is_not_found()
    {
        using var answer = await _demo.Client.GetAsync(new Uri("api/households/nowhere/facts", UriKind.Relative));

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static JsonObject Retraction(string household, JsonObject fact) =>
        Fact("retraction", household, new() { ["fact"] = fact["id"]!.GetValue<Guid>(), ["reason"] = Reason });

    private static JsonObject Fact(string kind, string household, JsonObject data) =>
        new()
        {
            ["id"] = Guid.NewGuid(),
            ["kind"] = kind,
            ["household"] = household,
            ["at"] = DateTimeOffset.UtcNow,
            ["source"] = "grid:210682-004-01",
            ["data"] = data,
        };

    private async Task ReportAsync(JsonObject fact)
    {
        using var answer = await _demo.PostFactsAsync(fact.ToJsonString());
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
    }

    private async Task<IReadOnlyList<JsonElement>> FactsAsync(string household) =>
        [.. (await _demo.GetJsonAsync($"api/households/{household}/facts")).GetProperty("facts").EnumerateArray()];

    private async Task<string> HealthyAsync(int which) =>
        (await _demo.GetJsonAsync("api/households?status=healthy&surveyed=false"))
            .GetProperty("households")[which]
            .GetProperty("household")
            .GetString()!;

    private static Guid IdOf(JsonElement fact) => fact.GetProperty("id").GetGuid();
}
