using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Store.Protocols;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Tests.Statuses;

/// <summary>What is due and overdue: of a household in words, of a grid in numbers, and as a list.</summary>
public sealed class OverdueTests(PostgisCluster cluster) : IAsyncLifetime
{
    private const string Community = "210682-004";

    private DemoServer _demo = null!;

    public async ValueTask InitializeAsync() => _demo = await DemoServer.StartAsync(cluster);

    public ValueTask DisposeAsync() => _demo.DisposeAsync();

    [Fact]
    public async Task The_count_the_list_and_the_households_own_answers_agree()
    {
        var listed = await ListAsync($"api/households?grid={Community}&overdue=true&limit=1000");
        var others = await ListAsync($"api/households?grid={Community}&overdue=false&limit=1000");
        var summary = await _demo.GetJsonAsync($"api/grids/{Community}/summary");

        listed.Count.ShouldBeGreaterThan(0);
        summary.GetProperty("overdue").GetInt32().ShouldBe(listed.Count);
        summary.GetProperty("children").EnumerateArray().Sum(child => child.GetProperty("overdue").GetInt32()).ShouldBe(listed.Count);
        others.Count.ShouldBe(summary.GetProperty("households").GetInt32() - listed.Count);
        listed.Intersect(others).ShouldBeEmpty();
        foreach (var household in listed.Take(10))
        {
            var items = (await _demo.GetJsonAsync($"api/households/{household}/status")).GetProperty("overdue");
            items.GetArrayLength().ShouldBeGreaterThan(0);
            items[0].GetProperty("what").GetString().ShouldBe("temperature");
            items[0].GetProperty("due").GetDateTimeOffset().ShouldBeLessThanOrEqualTo(DateTimeOffset.UtcNow);
            items[0].GetProperty("words").GetProperty("zh-CN").GetString()!.ShouldStartWith("体温未报，应在");
            items[0].GetProperty("words").GetProperty("en").GetString()!.ShouldStartWith("The temperature due by");
        }
        foreach (var household in others.Take(10))
            (await _demo.GetJsonAsync($"api/households/{household}/status")).GetProperty("overdue").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Nobody_who_owes_something_is_missed()
    {
        var protocols = _demo.Server.Services.GetRequiredService<ProtocolCatalog>();
        var city = _demo.Snapshot.City;
        var found = await _demo.Server.Services.GetRequiredService<OverdueHouseholds>().NowAsync(Community, CancellationToken.None);
        await using var connection = await _demo.Database.DataSource.OpenConnectionAsync();
        var everybody = await StatusBatch.LoadAsync(
            connection,
            protocols.Plan,
            [.. city.Households.Select(household => household.Id)],
            found.AsOf,
            CancellationToken.None
        );

        var owing = everybody
            .Where(household => Duties.Overdue(household, protocols.Plan, found.AsOf).Count > 0)
            .Select(household => household.Household);

        found.Households.Select(index => city.Households[index].Id).Order().ShouldBe(owing.Order());
    }

    [Fact]
    public async Task Who_reports_owes_nothing_more()
    {
        var (household, members) = await FreeHouseholdAsync();
        await ReportAsync(household, null, "order", """{"measure":"observation","days":14}""", DateTimeOffset.UtcNow.AddDays(-3));
        var items = (await _demo.GetJsonAsync($"api/households/{household}/status")).GetProperty("overdue").EnumerateArray().ToArray();
        // a day has two readings, of everybody
        items.Select(item => item.GetProperty("person").GetString()).Order().ShouldBe(members.Concat(members).Order());
        await DemoServer.WaitAsync(async () => (await ListAsync("api/households?overdue=true&limit=1000")).Contains(household));

        foreach (var item in items)
            await ReportAsync(
                household,
                item.GetProperty("person").GetString(),
                "temperature",
                """{"celsius":36.5}""",
                item.GetProperty("from").GetDateTimeOffset().AddMinutes(1)
            );

        (await _demo.GetJsonAsync($"api/households/{household}/status")).GetProperty("overdue").GetArrayLength().ShouldBe(0);
        await DemoServer.WaitAsync(async () => !(await ListAsync("api/households?overdue=true&limit=1000")).Contains(household));
    }

    [Fact]
    public async Task What_is_to_be_done_within_a_day_is_told_before_it_is_late()
    {
        var (household, members) = await FreeHouseholdAsync();
        await ReportAsync(household, null, "order", """{"measure":"observation","days":14}""", DateTimeOffset.UtcNow.AddDays(-3));
        // ten in the morning of yesterday, in Shanghai: the readings of noon and of the evening are to be done
        var at = new DateTimeOffset(DateTimeOffset.UtcNow.ToOffset(TimeSpan.FromHours(8)).Date.AddHours(-14), TimeSpan.FromHours(8));

        var due = await DueAsync();
        due.Select(item => item.GetProperty("due").GetDateTimeOffset())
            .ShouldBe([.. members.Select(_ => at.AddHours(2)), .. members.Select(_ => at.AddHours(10))]);
        due.Select(item => item.GetProperty("person").GetString()).ShouldBe(members.Concat(members), ignoreOrder: true);
        due[0].GetProperty("words").GetProperty("zh-CN").GetString()!.ShouldStartWith("体温待报");
        due[0].GetProperty("words").GetProperty("en").GetString()!.ShouldStartWith("A temperature reading is due by");

        await ReportAsync(household, members[0], "temperature", """{"celsius":36.5}""", at.AddMinutes(-30));
        (await DueAsync()).Length.ShouldBe(due.Length - 1);
        var status = await _demo.GetJsonAsync($"api/households/{household}/status");
        status.GetProperty("due").EnumerateArray().ShouldAllBe(item => item.GetProperty("due").GetDateTimeOffset() > DateTimeOffset.UtcNow);
        status.GetProperty("due").GetArrayLength().ShouldBe(2 * members.Length);

        async Task<JsonElement[]> DueAsync() =>
            [.. (await _demo.GetJsonAsync($"api/households/{household}/status?at={at.UtcDateTime:O}")).GetProperty("due").EnumerateArray()];
    }

    [Fact]
    public async Task Who_was_released_a_moment_ago_still_owes_the_last_days_readings()
    {
        var (household, members) = await FreeHouseholdAsync();
        var order = await ReportAsync(
            household,
            null,
            "order",
            """{"measure":"observation","days":14}""",
            DateTimeOffset.UtcNow.AddDays(-3)
        );
        await ReportAsync(household, null, "release", $$"""{"order":"{{order}}"}""", DateTimeOffset.UtcNow.AddSeconds(-1));

        var status = await _demo.GetJsonAsync($"api/households/{household}/status");

        status.GetProperty("status").GetString().ShouldBe("healthy");
        status.GetProperty("overdue").GetArrayLength().ShouldBe(2 * members.Length);
        await DemoServer.WaitAsync(async () => (await ListAsync("api/households?overdue=true&limit=1000")).Contains(household));
    }

    [Fact]
    public async Task A_value_that_is_neither_true_nor_false_is_refused()
    {
        using var answer = await _demo.Client.GetAsync(new Uri("api/households?overdue=maybe", UriKind.Relative));

        JsonSerializer
            .Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync())
            .GetProperty("field")
            .GetString()
            .ShouldBe("overdue");
    }

    /// <summary>A household that nothing restricts, with the codes of its members.</summary>
    private Task<(string Household, string[] Members)> FreeHouseholdAsync() =>
        _demo.Database.ReadRowAsync(
            """
            SELECT min(h.code), array_agg(p.code) FROM household h JOIN building b ON b.id = h.building JOIN person p ON p.household = h.id
            WHERE NOT EXISTS (SELECT FROM fact f WHERE f.household = h.id AND f.kind <> 'survey')
              AND NOT EXISTS (SELECT FROM zone_version v WHERE ST_Covers(v.outline, b.point))
            GROUP BY h.id ORDER BY h.id LIMIT 1
            """,
            row => (row.GetString(0), row.GetFieldValue<string[]>(1))
        );

    private async Task<Guid> ReportAsync(string household, string? person, string kind, string data, DateTimeOffset at)
    {
        var fact = DemoServer.Returned(household);
        fact["kind"] = kind;
        fact["data"] = JsonNode.Parse(data);
        fact["at"] = at;
        if (person is not null)
            fact["person"] = person;
        using var answer = await _demo.PostFactsAsync(fact.ToJsonString());
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        await _demo.WaitUntilSettledAsync();
        return (Guid)fact["id"]!;
    }

    private async Task<List<string>> ListAsync(string path)
    {
        var codes = new List<string>();
        string? next = path;
        while (next is not null)
        {
            var page = await _demo.GetJsonAsync(next.TrimStart('/'));
            codes.AddRange(
                page.GetProperty("households").EnumerateArray().Select(household => household.GetProperty("household").GetString()!)
            );
            next = page.GetProperty("next").GetString();
        }
        return codes;
    }
}
