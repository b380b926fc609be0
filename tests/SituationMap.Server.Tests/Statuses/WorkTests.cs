using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
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
        var owing = everybody.Where(household =>
            Duties.Overdue(household, protocols.Plan, now).Count + Duties.Upcoming(household, protocols.Plan, now).Count > 0
        );
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
                Said(household.GetProperty(state)).ShouldBe(Said(own.GetProperty(state)));
        }

        // whether a day of another year is said with its year depends on the instant asked about
        static IEnumerable<string> Said(JsonElement items) =>
            items
                .EnumerateArray()
                .Select(item =>
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
        foreach (var item in first.GetProperty("overdue").EnumerateArray())
        {
            var fact = DemoServer.Returned(household);
            fact["kind"] = "temperature";
            fact["person"] = item.GetProperty("person").GetString();
            fact["data"] = JsonNode.Parse("""{"celsius":36.5}""");
            fact["at"] = item.GetProperty("from").GetDateTimeOffset().AddMinutes(1);
            using var answer = await _demo.PostFactsAsync(fact.ToJsonString());
            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        }

        (await PagesAsync("api/work?grid=210682-004-03&state=overdue"))
            .SelectMany(Households)
            .ShouldNotContain(other => other.GetProperty("household").GetString() == household);
        first.GetProperty("due").GetArrayLength().ShouldBe(0, "it was not asked for");
    }

    [Fact]
    public async Task Whoever_may_see_one_grid_sees_its_work_only_and_no_members()
    {
        using var client = await _demo.Server.WithKeyAsync($"work-{Guid.NewGuid():N}", "viewer", Grid);

        var seen = JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync(new Uri("api/work?limit=1000", UriKind.Relative)));

        Buildings(seen).ShouldNotBeEmpty();
        Buildings(seen).ShouldAllBe(building => building.GetProperty("grid").GetString() == Grid);
        Households(seen).ShouldAllBe(household => household.GetProperty("members").ValueKind == JsonValueKind.Null);
        Households(seen)
            .SelectMany(household =>
                household.GetProperty("due").EnumerateArray().Concat(household.GetProperty("overdue").EnumerateArray())
            )
            .ShouldAllBe(item => item.GetProperty("person").ValueKind == JsonValueKind.Null);
        using var other = await client.GetAsync(new Uri("api/work?grid=210682-004-01", UriKind.Relative));
        other.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("kind=visits", "kind")]
    [InlineData("state=late", "state")]
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
