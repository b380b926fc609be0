using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>The situation of a grid, and what leads to it.</summary>
[Collection(ViewerTests.Name)]
public sealed class SituationTests(Viewer viewer)
{
    [Fact]
    public async Task Who_has_been_quarantined_longest_in_a_grid_and_why_takes_three_clicks()
    {
        await using var page = await viewer.OpenAsync();

        await page.Page.Locator(".menu").GetByText("态势").ClickAsync();
        await page.Page.Locator("#situation .children tbody tr[data-grid='210682-004-01'] th button").ClickAsync();
        await page.ShowsAsync("#situation h2", "第一网格");
        await page.ShowsAsync("#situation .household-list .rows", "已");
        await page.Page.Locator("#situation .household-list .rows button").First.ClickAsync();

        await page.ShowsAsync("#drawer .status-line", "居家隔离");
        await Expect(page.Page.Locator("#drawer .why .words").First).ToHaveTextAsync(ViewerPage.SomeWords);
        // closing the household brings the situation back
        await page.Page.Locator("#drawer .close").ClickAsync();
        await Expect(page.Page.Locator("#situation h2")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task All_numbers_add_up_and_those_not_visited_are_listed()
    {
        await using var page = await viewer.OpenAsync("/?lang=en#grid=210682-004");
        await page.ShowsAsync("#situation .children tfoot", "Total");

        foreach (var (status, column) in Palette.Statuses.Append("unvisited").Select((status, i) => (status, i + 1)))
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

        // the short list comes in parts
        var unvisited = Number((await page.Page.Locator("#situation [data-list=unsurveyed] b").InnerTextAsync()).Split(' ')[0]);
        await page.Page.Locator("#situation .household-list select").SelectOptionAsync("unsurveyed");
        await page.ShowsAsync("#situation .household-list .rows", "Not yet visited");
        while (await page.Page.Locator("#situation .household-list").GetByText("More").IsVisibleAsync())
        {
            var before = await page.Page.Locator("#situation .rows button").CountAsync();
            await page.Page.Locator("#situation .household-list").GetByText("More").ClickAsync();
            await Expect(page.Page.Locator("#situation .rows button")).Not.ToHaveCountAsync(before);
        }
        await Expect(page.Page.Locator("#situation .rows button")).ToHaveCountAsync(unvisited);

        // the heads sort
        await page.Page.Locator("#situation [data-key=sort-observed]").ClickAsync();
        var observed = (await page.Page.Locator("#situation .children tbody tr td:nth-of-type(2)").AllInnerTextsAsync())
            .Select(Number)
            .ToList();
        observed.ShouldBe(observed.OrderDescending());
    }

    [Fact]
    public async Task Zones_that_may_be_lowered_and_households_outside_their_grid_are_told_and_lead_to_their_places()
    {
        await using var database = await viewer.NewDatabaseAsync();
        await using var server = await TestServer.StartAsync(database, ("SituationMap:Demo", "true"));
        // a building two kilometres beyond the community, counted in it, and a zone of twenty days ago in which nobody fell ill
        await database.ExecuteAsync(
            """
            INSERT INTO building (grid, code, address, kind, floors, units, outline) VALUES
              ('210682.004.02', 'B-far', '远处', 'slab', 1, 1, ST_Multi(ST_MakeEnvelope(124.0800, 40.4700, 124.0803, 40.4702, 4326)));
            INSERT INTO household (grid, code, building, floor, unit, room) SELECT grid, 'H-far-' || room, id, 1, 1, room
              FROM building, generate_series(1, 3) AS room WHERE code = 'B-far'
            """
        );
        using var form = new MultipartFormDataContent
        {
            { new StringContent("zones"), "as" },
            {
                new StringContent(
                    $"code,name,level,from,wkt\nZ-old,旧区,high,{DateTimeOffset.UtcNow.AddDays(-20):O},"
                        + "\"POLYGON ((124.0500 40.4520, 124.0510 40.4520, 124.0510 40.4526, 124.0500 40.4526, 124.0500 40.4520))\"\n"
                ),
                "file",
                "zones.csv"
            },
        };
        (
            await server.Client.PostAsync(new Uri("/api/imports", UriKind.Relative), form, TestContext.Current.CancellationToken)
        ).EnsureSuccessStatusCode();
        await using var page = await viewer.OpenAsync("/?lang=en", server.Address);
        await page.Page.WaitForFunctionAsync(
            "async () => { const { misplaced, zones } = await (await fetch('/api/grids/210682-004/summary')).json(); return "
                + "misplaced === 3 && zones.length === 2; }"
        );
        await page.Page.Keyboard.PressAsync("s");

        // the due one first, with what that rests on
        await page.ShowsAsync("#situation .zones-due", "1");
        var first = page.Page.Locator("#situation .zone-list li:has(.lowering)").First;
        await Expect(first).ToContainTextAsync("旧区");
        await Expect(first.Locator("[data-due=true]")).ToBeVisibleAsync();
        await Expect(first.Locator("[data-due=true]")).ToContainTextAsync("May be lowered to");
        (await first.Locator("[data-due=true] > ul li").AllInnerTextsAsync()).ShouldNotBeEmpty();
        await page.PictureAsync("situation-due");
        await first.Locator("button.link").ClickAsync();
        await page.Page.WaitForFunctionAsync(
            """
            () => {
              const { map } = situationMap;
              const [from, to] = [map.project([124.05, 40.4526]), map.project([124.051, 40.452])];
              const edge = map.getContainer().getBoundingClientRect().left;
              const right = document.getElementById('situation').getBoundingClientRect().left;
              return !map.isMoving() && map.getZoom() > 16.5
                    && edge + from.x > document.getElementById('card').getBoundingClientRect().right
                    && edge + to.x < right && from.y > 0 && to.y < innerHeight;
            }
            """
        );

        // those outside their grid: a number that is part of all, and opens the list of them, and each leads to where it is
        await Expect(page.Page.Locator("#situation [data-list=misplaced] b")).ToHaveTextAsync("3 households");
        (await CountAsync("misplaced")).ShouldBe(3);
        await page.Page.Locator("#situation .children tbody tr[data-grid='210682-004-01'] th button").ClickAsync();
        await page.ShowsAsync("#situation .figures", "Every household has its place");
        await page.Page.Locator("#situation .path button").Last.ClickAsync();
        await page.ShowsAsync("#situation h2", "铁南社区");
        // the restricted ones are to be visited, too
        ((long)await CountAsync("unsurveyed")).ShouldBe(
            await database.ReadAsync<long>(
                "SELECT count(*) FROM household h LEFT JOIN household_status s ON s.household = h.id WHERE NOT COALESCE(s.surveyed, false)"
            )
        );
        (await CountAsync("overdue")).ShouldBePositive();
        await page.Page.Locator("#situation [data-list=misplaced]").ClickAsync();
        await Expect(page.Page.Locator("#table tbody tr[data-household]")).ToHaveCountAsync(3);
        await page.PictureAsync("situation-misplaced");
        await page.Page.Locator("#table [data-household='H-far-2']").ClickAsync();
        await page.ShowsAsync("#drawer h2", "远处");
        await page.Page.WaitForFunctionAsync(
            """
            () => {
              const { x, y } = situationMap.map.project([124.08015, 40.4701]);
              const edge = situationMap.map.getContainer().getBoundingClientRect().left;
              return !situationMap.map.isMoving() && x > 0
                    && edge + x < document.getElementById('drawer').getBoundingClientRect().left && y > 0 && y < innerHeight;
            }
            """
        );

        // the number of a list, of which the list has that many, and in which the grids below add up to it
        async Task<int> CountAsync(string list)
        {
            var figure = page.Page.Locator($"#situation [data-list={list}]");
            var count = Number((await figure.Locator("b").InnerTextAsync()).Split(' ')[0]);
            await page.Page.Locator("#situation .household-list select").SelectOptionAsync(list);
            var rows = page.Page.Locator("#situation .rows button");
            var more = page.Page.Locator("#situation .household-list").GetByText("More");
            await rows.First.WaitForAsync();
            while (await rows.CountAsync() < count)
            {
                var before = await rows.CountAsync();
                await more.ClickAsync();
                await Expect(rows).Not.ToHaveCountAsync(before);
            }
            await Expect(rows).ToHaveCountAsync(count);
            if (list == "overdue")
                (await page.Page.Locator("#situation .children tbody td:nth-of-type(6)").AllInnerTextsAsync()).Sum(Number).ShouldBe(count);
            return count;
        }
    }

    [Fact]
    public async Task The_situation_follows_the_map_lists_who_is_overdue_and_draws_how_it_went()
    {
        await using var page = await viewer.OpenAsync("/?lang=en#grid=210682-004");
        await Expect(page.Page.Locator("#situation .uplot canvas")).ToBeVisibleAsync();
        var overdue = await page.Page.Locator("#situation [data-list=overdue] b").InnerTextAsync();
        await page.Page.Locator("#situation .household-list select").SelectOptionAsync("overdue");
        await Expect(page.Page.Locator("#situation .rows button")).ToHaveCountAsync(Math.Min(Number(overdue.Split(' ')[0]), 8));

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
        await again.BecomesAsync("() => situationMap.map.getLayoutProperty('zones-outline', 'visibility')", "none");
        await again.BecomesAsync("() => situationMap.map.getPaintProperty('buildings', 'fill-opacity')", 0.4);
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
        await page.Page.WaitForFunctionAsync(
            "() => { const { address, time } = situationMap.viewer; return address.get('at') === time.moment?.at && "
                + "Date.parse(time.moment.at) - Date.parse(address.get('compare')) === 8 * 86_400_000; }"
        );
        await page.MapIsDrawnAsync();
        string[] colours = [.. Palette.Statuses.Select(status => Palette.Of(status, "dark"))];
        var drawn = await page.CountPixelsAsync(colours);
        var words = await page.Page.Locator("#compare .instant").AllInnerTextsAsync();
        drawn.Values.ShouldAllBe(count => count > 0);

        await page.Page.Locator("#card .fold").ClickAsync(); // open it again: half a page has no room for all of it
        await page.Page.Locator(".menu [lang=zh-CN]").ClickAsync();
        await page.MapIsDrawnAsync();
        await page.BecomesAsync("() => document.documentElement.lang", "zh-CN");
        await Expect(page.Page.Locator("#compare canvas")).ToBeVisibleAsync();
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
        foreach (
            var (system, position) in ((string, string)[])
                [
                    ("EPSG:4326", "40.450000, 124.050000"),
                    ("EPSG:4490", "40.450000, 124.050000"),
                    ("EPSG:3857", "13809182.8, 4931552.2"),
                    ("EPSG:4529", "4480026.1, 41589073.0"),
                    ("EPSG:4550", "4480026.1, 589073.0"),
                    ("GCJ-02", "40.451618, 124.055890"),
                    ("BD-09", "40.457735, 124.062364"),
                ]
        )
        {
            await page.Page.Locator("#coordinates select").SelectOptionAsync(system);
            await Expect(page.Page.Locator("#coordinates .position")).ToHaveTextAsync(position);
        }

        await page.Page.Keyboard.PressAsync("m");
        await page.ClickAsync(124.05, 40.45);
        await page.ClickAsync(124.051, 40.45);
        // 0.001° of longitude at 40.45° on the WGS 84 ellipsoid: 84.84 m; a pixel is about a metre
        await page.ShowsAsync("#measured", "m");
        double.Parse(
                (await page.Page.Locator("#measured").InnerTextAsync()).Split(' ')[0],
                System.Globalization.CultureInfo.InvariantCulture
            )
            .ShouldBe(84.84, 2.5);
        // a building that is measured to is not opened
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await page.LookAtAsync(house.Longitude, house.Latitude, 17);
        await page.ClickAsync(house.Longitude, house.Latitude);
        await page.Page.WaitForFunctionAsync(
            "() => situationMap.map.getSource('measured').serialize().data.features.filter(({ geometry }) => geometry.type === "
                + "'Point').length === 3"
        );
        await Expect(page.Page.Locator("#drawer")).ToBeHiddenAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(page.Page.Locator("#measured")).ToBeHiddenAsync();
        await page.ClickAsync(house.Longitude, house.Latitude);
        await page.ShowsAsync("#drawer .status-line", "Healthy");
    }

    private static int Number(string text) =>
        int.Parse(text.Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);
}
