using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Core.Work;
using SituationMap.Store.Protocols;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Tests.Statuses;

/// <summary>What is to be done, in walking order: GET /api/work.</summary>
public sealed class WorkTests(SharedDemo shared) : IClassFixture<SharedDemo>
{
    private const string Grid = "210682-004-02";

    private readonly DemoServer _demo = shared.Demo;

    [Fact]
    public async Task Everybody_who_owes_or_will_owe_something_is_listed_once_page_by_page()
    {
        await _demo.WaitUntilSettledAsync();
        var pages = await PagesAsync("api/work?limit=37");
        var listed = pages.SelectMany(Households).Select(household => household.GetProperty("household").GetString()!).ToList();
        pages.Count.ShouldBeGreaterThan(1);
        pages.SkipLast(1).ShouldAllBe(page => Households(page).Count() == 37);

        var protocols = _demo.Server.Services.GetRequiredService<ProtocolCatalog>();
        var (city, now) = (_demo.Snapshot.City, DateTimeOffset.UtcNow);
        await using var connection = await _demo.Database.DataSource.OpenConnectionAsync();
        var everybody = await StatusBatch.LoadAsync(
            connection,
            protocols.Plan,
            [.. city.Households.Select(household => household.Id)],
            now,
            CancellationToken.None
        );
        var owing = everybody.Where(household => WorkRules.Evaluate(household.Facts, household.Zones, protocols.Plan, now).Count > 0);
        listed.Order().ShouldBe(owing.Select(household => city.Households[city.IndexOfHousehold(household.Household)].Code).Order());
    }

    [Fact]
    public async Task It_is_what_the_households_own_answer_says()
    {
        await _demo.WaitUntilSettledAsync();
        foreach (var household in Households(await _demo.GetJsonAsync($"api/work?grid={Grid}&limit=8")))
        {
            var code = household.GetProperty("household").GetString();
            var own = await _demo.GetJsonAsync($"api/households/{code}/status");
            household.GetProperty("status").GetString().ShouldBe(own.GetProperty("status").GetString());
            foreach (var state in new[] { "overdue", "due" })
                Said(Items(household).Where(item => IsDuty(item) && item.GetProperty("state").GetString() == "due" == (state == "due")))
                    .ShouldBe(Said(own.GetProperty(state).EnumerateArray()));
        }

        static bool IsDuty(JsonElement item) => item.GetProperty("rule").GetString() == item.GetProperty("what").GetString();

        // whether a day of another year is said with its year depends on the instant asked about
        static IEnumerable<string> Said(IEnumerable<JsonElement> items) =>
            items.Select(item =>
                $"{item.GetProperty("what")} {item.GetProperty("person")} {item.GetProperty("due")} {item.GetProperty("words")}"
            );
    }

    [Fact]
    public async Task Grids_and_buildings_come_one_after_the_other_and_doors_in_their_order()
    {
        var buildings = (await PagesAsync("api/work?limit=1000")).SelectMany(Buildings).ToList();
        var grids = buildings.Select(building => building.GetProperty("grid").GetString()!).ToList();
        grids
            .Aggregate(new List<string>(), (seen, grid) =>
            {
                if (seen.Count == 0 || seen[^1] != grid)
                    seen.Add(grid);
                return seen;
            })
            .ShouldBe(grids.Distinct());
        buildings.Select(building => building.GetProperty("building").GetString()).ShouldBeUnique();

        // less than half of the way that the order of the codes would be
        var own = buildings.Where(building => building.GetProperty("grid").GetString() == Grid).ToList();
        own.Count.ShouldBeGreaterThan(10);
        WayOf(own).ShouldBeLessThan(0.5 * WayOf([.. own.OrderBy(building => Scrambled(building.GetProperty("building").GetString()!))]));

        static double WayOf(List<JsonElement> buildings) =>
            buildings
                .Zip(buildings.Skip(1))
                .Sum(pair =>
                    Math.Sqrt(Math.Pow(At(pair.First, 0) - At(pair.Second, 0), 2) + Math.Pow(At(pair.First, 1) - At(pair.Second, 1), 2))
                );

        static double At(JsonElement building, int axis) => building.GetProperty("bounds")[axis].GetDouble();

        static string Scrambled(string code) =>
            Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(code)));
    }

    [Fact]
    public async Task What_is_reported_is_off_the_list()
    {
        await _demo.WaitUntilSettledAsync();
        var first = Households(await _demo.GetJsonAsync("api/work?grid=210682-004-03&state=overdue&kind=temperature&limit=1")).Single();
        var household = first.GetProperty("household").GetString()!;
        foreach (var item in Items(first))
        {
            var fact = DemoServer.Returned(household);
            fact["kind"] = "temperature";
            fact["person"] = item.GetProperty("person").GetString();
            fact["data"] = JsonNode.Parse("""{"celsius":36.5}""");
            fact["at"] = item.GetProperty("from").GetDateTimeOffset().AddMinutes(1);
            using var answer = await _demo.PostFactsAsync(fact.ToJsonString());
            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        }

        (await PagesAsync("api/work?grid=210682-004-03&state=overdue&kind=temperature"))
            .SelectMany(Households)
            .ShouldNotContain(other => other.GetProperty("household").GetString() == household);
        Items(first).ShouldAllBe(item => item.GetProperty("state").GetString() != "due", "it was not asked for");
    }

    [Fact]
    public async Task Whoever_may_see_one_grid_sees_its_work_only_and_no_members()
    {
        using var client = await _demo.Server.WithKeyAsync($"work-{Guid.NewGuid():N}", "viewer", Grid);

        var seen = JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync(new Uri("api/work?limit=1000", UriKind.Relative)));

        Buildings(seen).ShouldNotBeEmpty();
        Buildings(seen).ShouldAllBe(building => building.GetProperty("grid").GetString() == Grid);
        Households(seen).ShouldAllBe(household => household.GetProperty("members").ValueKind == JsonValueKind.Null);
        Households(seen).SelectMany(Items).ShouldAllBe(item => item.GetProperty("person").ValueKind == JsonValueKind.Null);
        using var other = await client.GetAsync(new Uri("api/work?grid=210682-004-01", UriKind.Relative));
        other.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("kind=visits", "kind")]
    [InlineData("state=over", "state")]
    [InlineData("within=0", "within")]
    [InlineData("within=169", "within")]
    [InlineData("at=2999-01-01T00:00:00Z", "at")]
    [InlineData("grid=nowhere", "grid")]
    [InlineData("limit=0", "limit")]
    [InlineData("after=2147483647", "after")]
    [InlineData("after=x", "after")]
    public async Task What_is_wrong_in_the_question_is_named(string query, string field)
    {
        using var answer = await _demo.Client.GetAsync(new Uri($"api/work?{query}", UriKind.Relative));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).GetProperty("field").GetString().ShouldBe(field);
    }

    [Fact]
    public async Task A_child_alone_is_visited_every_day_and_only_those_who_may_see_members_are_told_why()
    {
        await _demo.WaitUntilSettledAsync();
        var household = await UnsurveyedAsync("210682-004-01");
        var told = Guid.NewGuid();
        await ReportAsync(told, household, "circumstance", DateTimeOffset.UtcNow.AddDays(-2), """{"what":"childAlone"}""");

        var item = (await ItemsAsync(_demo.Client, household)).Single(one => one.GetProperty("rule").GetString() == "child-alone");
        item.GetProperty("state").GetString().ShouldBe("critical");
        item.GetProperty("what").GetString().ShouldBe("visit");
        item.GetProperty("id").GetGuid().Version.ShouldBe(5);
        using var viewer = await _demo.Server.WithKeyAsync($"work-{Guid.NewGuid():N}", "viewer", "210682-004-01");
        var masked = await ItemsAsync(viewer, household);
        masked.Count.ShouldBe(2);
        JsonSerializer.Serialize(masked).ShouldNotContain("child", Case.Insensitive);
        var same = masked.Single(one => one.GetProperty("what").GetString() == "visit");
        same.GetProperty("id").ValueKind.ShouldBe(JsonValueKind.Null);
        same.GetProperty("words").GetProperty("en").GetString().ShouldStartWith("A visit by ");

        var before = DateTimeOffset.UtcNow;
        await ReportAsync(Guid.NewGuid(), household, "visit", before, """{"outcome":"met","by":"door"}""");

        (await ItemsAsync(_demo.Client, household)).ShouldNotContain(one =>
            one.GetProperty("id").GetGuid() == item.GetProperty("id").GetGuid()
        );
        var then = await ItemsAsync(_demo.Client, household, $"&at={Uri.EscapeDataString(before.AddMilliseconds(-1).ToString("O"))}");
        then.Select(one => one.GetProperty("id").GetGuid()).ShouldContain(item.GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task Counts_add_up_at_every_level_and_are_those_of_the_list()
    {
        await _demo.WaitUntilSettledAsync();
        var household = await UnsurveyedAsync("210682-004-01");
        var before = await CountsAsync(_demo.Client, "210682-004-01");
        await ReportAsync(Guid.NewGuid(), household, "survey", DateTimeOffset.UtcNow, """{"members":2}""");

        var counts = await CountsAsync(_demo.Client, null);
        foreach (var parent in counts.Where(one => counts.Any(other => other.Parent == one.Grid)))
            counts
                .Where(one => one.Parent == parent.Grid)
                .Aggregate(default(WorkFigures), (sum, one) => sum + one.Figures)
                .ShouldBe(parent.Figures);
        var own = counts.Single(one => one.Grid == "210682-004-01");
        (await CountsAsync(_demo.Client, "210682-004-01")).Single().Figures.ShouldBe(own.Figures);
        own.Figures.Households.ShouldBe(before.Single().Figures.Households - 1);
        own.Figures.Done.ShouldBe(before.Single().Figures.Done + 1);

        var items = (await PagesAsync("api/work?grid=210682-004-01&limit=1000")).SelectMany(Households).SelectMany(Items).ToList();
        (int, int, int) listed = (Count("due"), Count("late"), Count("critical"));
        listed.ShouldBe((own.Figures.Due, own.Figures.Late, own.Figures.Critical));

        using var client = await _demo.Server.WithKeyAsync($"work-{Guid.NewGuid():N}", "viewer", "210682-004-01");
        (await CountsAsync(client, null)).Single().ShouldBe(own with { Parent = "210682-004" });
        using var other = await client.GetAsync(new Uri("api/work/counts?grid=210682-004", UriKind.Relative));
        other.StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        int Count(string state) => items.Count(item => item.GetProperty("state").GetString() == state);
    }

    private sealed record GridFigures(string Grid, string? Parent, WorkFigures Figures);

    private static async Task<List<GridFigures>> CountsAsync(HttpClient client, string? grid)
    {
        var answer = await client.GetStringAsync(new Uri($"api/work/counts{(grid is null ? "" : $"?grid={grid}")}", UriKind.Relative));
        return
        [
            .. JsonSerializer
                .Deserialize<JsonElement>(answer)
                .GetProperty("grids")
                .EnumerateArray()
                .Select(one => new GridFigures(
                    one.GetProperty("grid").GetString()!,
                    one.GetProperty("parent").GetString(),
                    new WorkFigures(
                        Figure(one, "households"),
                        Figure(one, "due"),
                        Figure(one, "late"),
                        Figure(one, "critical"),
                        Figure(one, "done")
                    )
                )),
        ];

        static int Figure(JsonElement one, string name) => one.GetProperty(name).GetInt32();
    }

    /// <summary>A household of the grid of which nothing was reported.</summary>
    private async Task<string> UnsurveyedAsync(string grid)
    {
        await using var command = _demo.Database.DataSource.CreateCommand(
            """
            SELECT code FROM household h WHERE grid = text2ltree($1) AND NOT EXISTS (SELECT FROM fact WHERE household = h.id)
            ORDER BY code LIMIT 1
            """
        );
        command.Parameters.Add(new() { Value = grid.Replace('-', '.') });
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private async Task ReportAsync(Guid id, string household, string kind, DateTimeOffset at, string data)
    {
        var fact = DemoServer.Returned(household);
        (fact["id"], fact["kind"], fact["at"], fact["data"]) = (id, kind, at, JsonNode.Parse(data));
        fact.Remove("person");
        using var answer = await _demo.PostFactsAsync(fact.ToJsonString());
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("accepted");
        await _demo.WaitUntilSettledAsync();
    }

    private async Task<List<JsonElement>> ItemsAsync(HttpClient client, string household, string more = "")
    {
        var grid = _demo
            .Snapshot
            .City
            .Grids[_demo.Snapshot.City.Buildings[_demo.Snapshot.City.Households.Single(one => one.Code == household).Building].Grid]
            .Code;
        var answer = await client.GetStringAsync(new Uri($"api/work?grid={grid}&limit=1000{more}", UriKind.Relative));
        return
        [
            .. Households(JsonSerializer.Deserialize<JsonElement>(answer))
                .Where(one => one.GetProperty("household").GetString() == household)
                .SelectMany(Items),
        ];
    }

    private static IEnumerable<JsonElement> Items(JsonElement household) => household.GetProperty("items").EnumerateArray();

    private async Task<List<JsonElement>> PagesAsync(string path)
    {
        var pages = new List<JsonElement>();
        string? next = path;
        while (next is not null)
        {
            pages.Add(await _demo.GetJsonAsync(next.TrimStart('/')));
            next = pages[^1].GetProperty("next").GetString();
        }
        return pages;
    }

    private static IEnumerable<JsonElement> Buildings(JsonElement page) => page.GetProperty("buildings").EnumerateArray();

    private static IEnumerable<JsonElement> Households(JsonElement page) =>
        Buildings(page).SelectMany(building => building.GetProperty("households").EnumerateArray());
}
