using Microsoft.Playwright;
using Shouldly;

namespace SituationMap.Web.Tests;

/// <summary>Finding things, and the situation of a grid.</summary>
[Collection(ViewerTests.Name)]
public sealed class SituationTests(Viewer viewer)
{
    [Fact]
    public async Task Who_has_been_quarantined_longest_in_a_grid_and_why_takes_three_clicks()
    {
        await using var page = await viewer.OpenAsync();

        await page.Page.Locator(".menu").GetByText("态势").ClickAsync();
        await page.Page.Locator("#situation .children tbody tr[data-grid='210682-004-01'] button").ClickAsync();
        await page.ShowsAsync("#situation h2", "第一网格");
        await page.ShowsAsync("#situation .household-list .rows", "已");
        await page.Page.Locator("#situation .household-list .rows button").First.ClickAsync();

        await page.ShowsAsync("#drawer .status-line", "居家隔离");
        (await page.Page.Locator("#drawer .why .words").First.InnerTextAsync()).Length.ShouldBeGreaterThan(8);
        // closing the household brings the situation back
        await page.Page.Locator("#drawer .close").ClickAsync();
        await Assertions.Expect(page.Page.Locator("#situation h2")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task All_numbers_add_up_and_those_not_visited_are_listed()
    {
        await using var page = await viewer.OpenAsync("/?lang=en#grid=210682-004");
        await page.ShowsAsync("#situation .children tfoot", "Total");

        foreach (var (status, column) in Palette.Statuses.Select((status, i) => (status, i + 1)))
        {
            var card = await page.Page.Locator($"#card tr[data-status={status}] b").InnerTextAsync();
            (await page.Page.Locator($"#situation .counts li[data-status={status}] b").InnerTextAsync()).ShouldBe(card);
            var rows = await page.Page.Locator("#situation .children tbody tr").AllAsync();
            var sum = 0;
            foreach (var row in rows)
                sum += Number(await row.Locator("td").Nth(column - 1).InnerTextAsync());
            sum.ShouldBe(Number(card));
            Number(await page.Page.Locator("#situation .children tfoot td").Nth(column - 1).InnerTextAsync()).ShouldBe(sum);
        }

        var unvisited = Number((await page.Page.Locator("#situation [data-list=unsurveyed] b").InnerTextAsync()).Split(' ')[0]);
        await page.Page.Locator("#card [data-count=unsurveyed] button").ClickAsync();
        await page.ShowsAsync("#situation .household-list .rows", "Not yet visited");
        while (await page.Page.Locator("#situation .household-list").GetByText("More").IsVisibleAsync())
        {
            var before = await page.Page.Locator("#situation .rows button").CountAsync();
            await page.Page.Locator("#situation .household-list").GetByText("More").ClickAsync();
            await Assertions.Expect(page.Page.Locator("#situation .rows button")).Not.ToHaveCountAsync(before);
        }
        (await page.Page.Locator("#situation .rows button").CountAsync()).ShouldBe(unvisited);

        // the heads sort
        await page.Page.Locator("#situation [data-key=sort-observed]").ClickAsync();
        var observed = (await page.Page.Locator("#situation .children tbody tr td:nth-of-type(2)").AllInnerTextsAsync()).Select(Number).ToList();
        observed.ShouldBe(observed.OrderDescending());
    }

    [Fact]
    public async Task Finds_by_initials_and_by_household_with_the_keyboard()
    {
        await using var page = await viewer.OpenAsync();

        await page.Page.Keyboard.PressAsync("/");
        await page.Page.Keyboard.TypeAsync("tnsq");
        await page.ShowsAsync("#search-results", "铁南社区");
        await page.Page.Keyboard.PressAsync("ArrowDown");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.ShowsAsync("#situation h2", "铁南社区");

        await page.Page.Locator("#search-field").FillAsync("H-01-0001");
        await page.ShowsAsync("#search-results", "1-101");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.ShowsAsync("#drawer h2", "1-101");

        await page.Page.Locator("#search-field").FillAsync("qqqq");
        await page.ShowsAsync("#search-results", "没有找到");
    }

    [Theory]
    [InlineData("fsldk", "凤山路东口卡点", "() => situationMap.map.getCenter().toArray().every((part, axis) => Math.abs(part - [124.0594, 40.4499][axis]) < 0.01)")]
    [InlineData("铁南街 1 号楼", "铁南街 1 号楼", "() => document.querySelector('#drawer h2')?.textContent === '铁南街 1 号楼' && document.querySelector('#drawer .matrix')")]
    [InlineData("B-0001", "铁南街 1 号楼", "() => location.hash.includes('building=B-0001')")]
    [InlineData("第二网格", "第二网格", "() => document.querySelector('#situation h2')?.textContent === '第二网格'")]
    public async Task What_is_searched_is_found_and_shown(string query, string found, string shown)
    {
        await using var page = await viewer.OpenAsync("/?theme=dark");

        await page.Page.Locator("#search-field").FillAsync(query);
        await page.Page.Locator("#search-results [role=option]", new() { HasText = found }).First.ClickAsync();

        await page.Page.WaitForFunctionAsync(shown);
    }

    [Fact]
    public async Task The_situation_follows_the_map_lists_who_is_overdue_and_draws_how_it_went()
    {
        await using var page = await viewer.OpenAsync("/?lang=en#grid=210682-004");
        await Assertions.Expect(page.Page.Locator("#situation .uplot canvas")).ToBeVisibleAsync();
        var overdue = await page.Page.Locator("#situation [data-list=overdue] b").InnerTextAsync();
        await page.Page.Locator("#situation [data-list=overdue]").ClickAsync();
        await Assertions.Expect(page.Page.Locator("#situation .rows button")).ToHaveCountAsync(Math.Min(Number(overdue.Split(' ')[0]), 8));

        await page.Page.GetByLabel("Follow the grid the map shows").CheckAsync();
        await page.LookAtAsync(124.0565, 40.4525, 18);

        await page.ShowsAsync("#situation h2", "第二网格");
    }

    [Fact]
    public async Task Every_state_is_a_link()
    {
        await using var page = await viewer.OpenAsync();
        await page.Page.Locator("[data-key=zones-eye]").ClickAsync();
        await page.Page.Locator("[data-key=buildings-more]").ClickAsync();
        await page.Page.Locator("[data-key=buildings-opacity]").FillAsync("40");
        await page.Page.Locator(".menu").GetByText("态势").ClickAsync();
        await page.ShowsAsync("#situation h2", "铁南社区");
        var hash = await page.Page.EvaluateAsync<string>("() => location.hash");

        await using var again = await viewer.OpenAsync($"/{hash}");
        await again.ShowsAsync("#situation h2", "铁南社区");
        (await again.Page.EvaluateAsync<string>("() => situationMap.map.getLayoutProperty('zones-outline', 'visibility')")).ShouldBe("none");
        (await again.Page.EvaluateAsync<double>("() => situationMap.map.getPaintProperty('buildings', 'fill-opacity')")).ShouldBe(0.4);
    }

    [Fact]
    public async Task The_address_of_a_past_minute_and_of_two_side_by_side_brings_the_same_picture_in_either_language()
    {
        await using var page = await viewer.OpenAsync("/?lang=en&theme=dark");
        await page.LookAtAsync(124.0517, 40.4529, 16.2);
        await page.Page.Keyboard.PressAsync("r");
        await page.Page.Locator("#timeline input[type=range]").FillAsync($"{(90 - 12) * 1440}");
        await page.Page.Locator("#timeline").GetByText("Side by side").ClickAsync();
        await page.Page.Locator("#timeline input[type=range]").FillAsync($"{(90 - 4) * 1440}");
        await page.Page.WaitForFunctionAsync("() => { const { address, time } = situationMap.viewer; return address.get('at') === time.moment?.at && Date.parse(time.moment.at) - Date.parse(address.get('compare')) === 8 * 86_400_000; }");
        await page.MapIsDrawnAsync();
        string[] colours = [.. Palette.Statuses.Select(status => Palette.Of(status, "dark"))];
        var drawn = await page.CountPixelsAsync(colours);
        var words = await page.Page.Locator("#compare .instant").AllInnerTextsAsync();
        drawn.Values.ShouldAllBe(count => count > 0);

        await page.Page.Locator("#card .fold").ClickAsync(); // open it again: half a page has no room for all of it
        await page.Page.Locator(".menu [lang=zh-CN]").ClickAsync();
        await page.MapIsDrawnAsync();
        (await page.Page.EvaluateAsync<string>("() => document.documentElement.lang")).ShouldBe("zh-CN");
        await Assertions.Expect(page.Page.Locator("#compare canvas")).ToBeVisibleAsync();
        (await page.CountPixelsAsync(colours)).ShouldBe(drawn);
        (await page.Page.Locator("#compare .instant").AllInnerTextsAsync()).ShouldAllBe(text => text.Contains('月'));
        words.ShouldAllBe(text => !text.Contains('月'));
    }

    [Fact]
    public async Task Measures_and_tells_where_the_pointer_is_as_proj_does()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        await page.LookAtAsync(124.05, 40.45, 16);

        // echo 40.45 124.05 | cs2cs -f %.1f EPSG:4326 EPSG:4529; the shifted degrees as `GET /api/lookup?crs=` has them
        foreach (var (system, place) in ((string, string)[])[("EPSG:4326", "40.450000, 124.050000"), ("EPSG:4490", "40.450000, 124.050000"), ("EPSG:3857", "13809182.8, 4931552.2"),
            ("EPSG:4529", "4480026.1, 41589073.0"), ("EPSG:4550", "4480026.1, 589073.0"), ("GCJ-02", "40.451618, 124.055890"), ("BD-09", "40.457735, 124.062364")])
        {
            await page.Page.Locator("#coordinates select").SelectOptionAsync(system);
            await Assertions.Expect(page.Page.Locator("#coordinates .place")).ToHaveTextAsync(place);
        }

        await page.Page.Keyboard.PressAsync("m");
        await page.ClickAsync(124.05, 40.45);
        await page.ClickAsync(124.051, 40.45);
        // 0.001° of longitude at 40.45° on the WGS 84 ellipsoid: 84.84 m; a pixel is about a metre
        await page.ShowsAsync("#measured", "m");
        double.Parse((await page.Page.Locator("#measured").InnerTextAsync()).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture).ShouldBe(84.84, 2.5);
        // a building that is measured to is not opened
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await page.LookAtAsync(house.Longitude, house.Latitude, 17);
        await page.ClickAsync(house.Longitude, house.Latitude);
        await page.Page.WaitForFunctionAsync("() => situationMap.map.getSource('measured').serialize().data.features.filter(({ geometry }) => geometry.type === 'Point').length === 3");
        await Assertions.Expect(page.Page.Locator("#drawer")).ToBeHiddenAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Page.Locator("#measured")).ToBeHiddenAsync();
        await page.ClickAsync(house.Longitude, house.Latitude);
        await page.ShowsAsync("#drawer .status-line", "Healthy");
    }

    private static int Number(string text) => int.Parse(text.Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);
}
