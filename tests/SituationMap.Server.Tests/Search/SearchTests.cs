using System.Text.Json;
using Shouldly;
using SituationMap.Store.Access;
using SituationMap.Store.Search;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Tests.Search;

public sealed class SearchTests(SharedDemo shared) : IClassFixture<SharedDemo>
{
    private readonly DemoServer _demo = shared.Demo;

    [Theory]
    [InlineData("铁南社区", "铁南社区", 0)]
    [InlineData("铁南", "铁南社区", 1)]
    [InlineData("社区", "铁南社区", 2)]
    [InlineData("tnsq", "铁南社区", 3)]
    [InlineData("TN", "铁南社区", 4)]
    [InlineData("cj", "重阳长街", 5)] // cháng jiē
    [InlineData("cy", "重阳长街", 4)] // chóng
    [InlineData("zy", "重阳长街", 4)] // zhòng
    [InlineData("三巷12", "铁南三巷 12 号", 2)]
    [InlineData("Ｂ１", "b-1", 0)]
    [InlineData("北", "铁南社区", Matcher.None)]
    public void Letters_stand_for_characters(string typed, string name, int rank) =>
        new Matcher(typed, Pinyin.Load()).Rank(Matcher.Plain(name)).ShouldBe(rank);

    [Fact]
    public async Task Finds_each_kind_by_name_code_and_initials()
    {
        (await FirstAsync("210682-004-01")).GetProperty("kind").GetString().ShouldBe("grid");
        (await FirstAsync("铁南社区")).GetProperty("code").GetString().ShouldBe("210682-004");
        (await FirstAsync("tnsq")).GetProperty("name").GetString().ShouldBe("铁南社区");
        var household = await FirstAsync("h-01-0001");
        household.GetProperty("kind").GetString().ShouldBe("household");
        household.GetProperty("code").GetString().ShouldBe("H-01-0001");

        var city = _demo.Snapshot.City;
        var checkpoint = city.Checkpoints[0];
        (await FirstAsync(checkpoint.Name)).GetProperty("code").GetString().ShouldBe(checkpoint.Code);
        var building = city.Buildings.First(building => building.Units > 1 && building.HouseholdCount > 0);
        (await FirstAsync(building.Address)).GetProperty("building").GetString().ShouldBe(building.Code);
        var door = city.HouseholdsOf(building)[0];
        (await FirstAsync($"{building.Address} {door.Label(building)}")).GetProperty("code").GetString().ShouldBe(door.Code);
    }

    [Fact]
    public async Task Pages_until_the_end_without_a_repeat()
    {
        var codes = new List<string>();
        var path = "/api/search?q=H-01-00&limit=40";
        while (path is not null)
        {
            var page = await _demo.GetJsonAsync(path[1..]);
            codes.AddRange(page.GetProperty("found").EnumerateArray().Select(one => one.GetProperty("code").GetString()!));
            path = page.GetProperty("next").GetString();
        }
        codes.ShouldBeUnique();
        codes
            .Count(code => code.StartsWith("H-01-00", StringComparison.Ordinal))
            .ShouldBe(_demo.Snapshot.City.Households.Count(household => household.Code.StartsWith("H-01-00", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("h-0")]
    [InlineData("号 1")]
    public void What_lies_outside_the_jurisdiction_uses_up_nothing_of_the_limit(string typed)
    {
        var city = _demo.Snapshot.City;
        var index = SearchIndex.Of(city);
        var last = city.Grids[city.Buildings[city.Households[^1].Building].Grid].Code;
        index.Find(typed, Pinyin.Load(), Scope.WholeCity, default).Count.ShouldBe(SearchIndex.Most);

        var found = index
            .Find(typed, Pinyin.Load(), Scope.Of([last]), default)
            .Where(found => found.Kind == SearchKind.Household)
            .Select(found => found.Index)
            .ToHashSet();

        var wanted = city
            .Households.Index()
            .Where(pair =>
                city.Grids[city.Buildings[pair.Item.Building].Grid].Code == last && IsWanted(pair.Item, city.Buildings[pair.Item.Building])
            )
            .Select(pair => pair.Index);
        found.ShouldNotBeEmpty();
        found.ShouldBe(wanted, ignoreOrder: true);

        bool IsWanted(Household household, Building home) =>
            typed == "h-0"
                ? household.Code.StartsWith("H-0", StringComparison.Ordinal)
                : home.Address.Contains('号', StringComparison.Ordinal) && household.Label(home).StartsWith('1');
    }

    [Theory]
    [InlineData("api/search", "q")]
    [InlineData("api/search?q=%20", "q")]
    [InlineData("api/search?q=a&limit=1000", "limit")]
    [InlineData("api/search?q=a&after=-1", "after")]
    public async Task Refuses_what_it_cannot_search_for(string path, string field)
    {
        var response = await _demo.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(400);
        JsonDocument
            .Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .RootElement.GetProperty("field")
            .GetString()
            .ShouldBe(field);
    }

    private async Task<JsonElement> FirstAsync(string query) =>
        (await _demo.GetJsonAsync($"api/search?q={Uri.EscapeDataString(query)}")).GetProperty("found")[0];
}
