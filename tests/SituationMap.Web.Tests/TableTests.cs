using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>The table behind a number: its households, sorted, filtered, on the map, in the address.</summary>
[Collection(ViewerTests.Name)]
public sealed class TableTests(Viewer viewer)
{
    private const string First = "/?lang=en#map=16.5/40.4518/124.0508";
    private const string Total = "#table h2 b[data-total]";

    [Fact]
    public async Task Every_count_opens_a_table_with_as_many_households()
    {
        await using var page = await viewer.OpenAsync("/?lang=en#grid=210682-004");
        await page.ShowsAsync("#situation .children tfoot", "Total");
        var counts = await page
            .Page.Locator("#card td.number button, #situation .figures button:enabled, #situation .children td button")
            .CountAsync();
        counts.ShouldBeGreaterThan(25);

        for (var index = 0; index < counts; index++)
        {
            var count = page
                .Page.Locator("#card td.number button, #situation .figures button:enabled, #situation .children td button")
                .Nth(index);
            var said = await count.InnerTextAsync();
            var number = Number(said.Split('\n')[^1].Split(' ')[0]);
            await count.ClickAsync();
            await Expect(page.Page.Locator(Total)).ToHaveAttributeAsync("data-total", $"{number}");
            (await page.Page.Locator("#table table").GetAttributeAsync("aria-rowcount")).ShouldBe($"{number + 1}", said);
            await page.Page.GoBackAsync();
            await Expect(page.Page.Locator("#table")).ToBeHiddenAsync();
            await page.ShowsAsync("#situation .children tfoot", "Total");
        }
    }

    [Fact]
    public async Task The_map_keeps_most_of_the_page_and_fades_whom_the_table_is_not_about()
    {
        await using var page = await viewer.OpenAsync(First);
        await page.Page.SetViewportSizeAsync(1366, 768);
        await page.Page.Locator("#card tr[data-status=quarantined] button").ClickAsync();
        await Expect(page.Page.Locator(Total)).ToBeVisibleAsync();

        (
            await page.Page.EvaluateAsync<double>(
                """
                () => {
                  const area = (of) => {
                    const { width, height } = document.querySelector(of).getBoundingClientRect();
                    return width * height;
                  };
                  return (area('#map') - area('#card')) / (innerWidth * innerHeight);
                }
                """
            )
        ).ShouldBeGreaterThan(0.6);
        // as the map draws them: those with a quarantined household, and the rest
        var strengths = """
            async () => {
              const { map } = situationMap;
              const { buildings } = await (await fetch('/api/households-on-map?grid=210682-004&status=quarantined')).json();
              const drawn = map.queryRenderedFeatures({ layers: ['buildings'] });
              const strength = (isAmong) => [
                ...new Set(
                  drawn.filter((one) => buildings.includes(one.id) === isAmong).map((one) => one.layer.paint['fill-opacity'] ?? 1),
                ),
              ];
              return `${strength(true)} among ${strength(false)}`;
            }
            """;
        await page.BecomesAsync(strengths, "1 among 0.12");
        await page.PictureAsync("table");

        await page.Page.Locator("#table .close").ClickAsync();
        await page.BecomesAsync(strengths, "1 among 1");
        await Expect(page.Page.Locator("#table")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Heads_sort_conditions_filter_columns_are_chosen_and_the_address_opens_the_same()
    {
        await using var page = await viewer.OpenAsync(First);
        await page.Page.Locator("#card tr[data-status=quarantined] button").ClickAsync();
        await Expect(page.Page.Locator(Total)).ToBeVisibleAsync();

        await page.Page.Locator("#table th[data-column=since] button").ClickAsync();
        await page.Page.Locator("#table th[data-column=since][aria-sort=ascending]").WaitForAsync();
        await page.Page.Locator("#table th[data-column=since] button").ClickAsync();
        await page.Page.Locator("#table th[data-column=since][aria-sort=descending]").WaitForAsync();
        await page.Page.Locator("#table summary", new() { HasText = "Conditions" }).ClickAsync();
        await page.Page.Locator("#table-overdue").SelectOptionAsync("temperature");
        await page.ShowsAsync("#table summary", "Conditions (1)");
        await page.Page.Locator("#table summary", new() { HasText = "Columns" }).ClickAsync();
        await page.Page.Locator("#table .columns").GetByLabel("Let").CheckAsync();
        await Expect(page.Page.Locator("#table th[data-column=let]")).ToBeVisibleAsync();
        await Expect(page.Page.Locator("#table tbody tr[data-household]").First).ToBeVisibleAsync();
        var (total, rows) = (await TotalAsync(page), await RowsAsync(page));
        await page.AddressContainsAsync(
            "table=grid:210682-004;status:quarantined;overdue:temperature;sort:-since;"
                + "columns:address,status,since,until,overdue,persons,let,grid"
        );
        await page.PictureAsync("table-conditions");
        // the same ones, in the same order, as a file
        var file = await page.Page.RunAndWaitForDownloadAsync(() => page.Page.Locator("#table a", new() { HasText = "CSV" }).ClickAsync());
        var lines = await File.ReadAllLinesAsync(await file.PathAsync(), TestContext.Current.CancellationToken);
        lines[0].TrimStart('\uFEFF').ShouldBe("address,unit,floor,room,status,since,until,overdue,overdueSince,persons,let,grid");
        lines.Length.ShouldBe(total + 1);
        // of which the table has drawn those that are in sight
        var drawn = await AddressesAsync(page);
        lines[1..].Select(line => line.Split(',')[0]).Take(drawn.Length).ShouldBe(drawn);
        drawn.Length.ShouldBeGreaterThanOrEqualTo(Math.Min(total, 6), "how many are overdue depends on the hour");

        await using var other = await viewer.OpenAsync(new Uri(page.Page.Url).PathAndQuery + new Uri(page.Page.Url).Fragment);
        await Expect(other.Page.Locator(Total)).ToHaveAttributeAsync("data-total", $"{total}");
        await Expect(other.Page.Locator("#table th[data-column=let]")).ToBeVisibleAsync();
        await other.BecomesAsync(
            "() => [...document.querySelectorAll('#table tbody tr[data-household]')].map(row => row.dataset.household).join()",
            string.Join(',', rows)
        );

        // step by step to where it began, and on again
        foreach (var step in (string[])["columns", "overdue", "sort:-since", "sort:since", "table="])
        {
            await page.Page.GoBackAsync();
            await page.Page.WaitForFunctionAsync("step => !location.hash.includes(step)", step);
        }
        await Expect(page.Page.Locator("#table")).ToBeHiddenAsync();
        await page.Page.GoForwardAsync();
        await Expect(page.Page.Locator("#table th[data-column=address][aria-sort=ascending]")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_row_is_opened_on_the_map_and_what_is_chosen_on_the_map_is_marked_in_the_table()
    {
        await using var page = await viewer.OpenAsync("/?lang=en#map=14/40.45/124.05&table=grid:210682-004;sort:address");
        await page.Page.Locator("#table tbody tr[data-index='0']").FocusAsync();

        await page.Page.Keyboard.PressAsync("End");
        await page.Page.WaitForFunctionAsync("() => Number(document.activeElement.dataset.index) > 100");
        await page.Page.Keyboard.PressAsync("ArrowUp");
        var household = await page.Page.EvaluateAsync<string>("() => document.activeElement.dataset.household");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.Locator($"#table tr[data-household='{household}'][aria-selected=true]").WaitForAsync();
        await page.Page.WaitForFunctionAsync(
            "code => situationMap.drawer.selection?.household === code && !situationMap.map.isMoving() && situationMap.map.getZoom() > 16",
            household
        );
        await page.PictureAsync("table-selected");
        // and back to the rows
        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(page.Page.Locator($"#table tr[data-household='{household}']")).ToBeFocusedAsync();

        // another one, far up in the list, by the map
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await page.LookAtAsync(house.Longitude, house.Latitude, 17);
        await page.ClickAsync(house.Longitude, house.Latitude);
        var marked = page.Page.Locator("#table tbody tr[aria-selected=true]").First;
        await Expect(marked).ToBeInViewportAsync();
        (await marked.GetAttributeAsync("data-household")).ShouldNotBe(household);

        // the selection is a step as well
        await page.Page.GoBackAsync();
        await Expect(page.Page.Locator("#drawer")).ToBeHiddenAsync();
        await page.Page.GoBackAsync();
        await page.Page.WaitForFunctionAsync("code => situationMap.drawer.selection?.household === code", household);
    }

    [Fact]
    public async Task Says_in_words_that_nothing_is_so_that_a_grid_is_none_of_ones_own_and_that_a_value_is_gone()
    {
        await using var page = await viewer.OpenAsync("/?lang=en#table=grid:210682-004;status:out;overdue:test;sort:since");
        await page.ShowsAsync("#table", "No household is like that.");
        await page.Page.Locator("#table").GetByText("Drop the conditions").ClickAsync();
        await Expect(page.Page.Locator("#table tbody tr[data-household]").First).ToBeVisibleAsync();

        foreach (var (language, words) in new[] { ("en", "That grid is not in your grid."), ("zh-CN", "不在您负责的网格") })
        {
            await using var elsewhere = await viewer.OpenAsync($"/?lang={language}#table=grid:999999;sort:since", waitForMap: false);
            elsewhere.ExpectsErrors = true;
            await elsewhere.ShowsAsync("#table .trouble", words);
        }
        await using var gone = await viewer.OpenAsync("/?lang=en#table=zone:Z-gone;sort:since", waitForMap: false);
        gone.ExpectsErrors = true;
        await gone.ShowsAsync("#table .trouble", "There is no such value of “Risk zone” any more.");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task The_table_keeps_nobody_out(ColorScheme scheme)
    {
        await using var page = await viewer.OpenAsync("/#table=grid:210682-004;sort:address");
        await page.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
        await page.Page.Locator("#table tbody tr[data-household]").First.WaitForAsync();
        await page.Page.Locator("#table summary", new() { HasText = "条件" }).ClickAsync();

        (await page.ViolationsAsync()).ShouldBeEmpty();
        await page.Page.SetViewportSizeAsync(390, 844);
        await page.PictureAsync("table-phone");
    }

    [Fact]
    public async Task Back_and_forward_go_through_panels_replay_and_comparison()
    {
        await using var page = await viewer.OpenAsync("/?lang=en#map=16.5/40.4518/124.0508");
        var (situation, timeline, compared) = (
            page.Page.Locator("#situation"),
            page.Page.Locator("#timeline"),
            page.Page.Locator("#compare")
        );
        await page.Page.Keyboard.PressAsync("s");
        await Expect(situation).ToBeVisibleAsync();
        await page.Page.Keyboard.PressAsync("r");
        await Expect(timeline).ToBeVisibleAsync();
        await page.Page.WaitForFunctionAsync("() => location.hash.includes('at=')");
        await timeline.GetByText("Side by side").ClickAsync();
        await Expect(compared).ToBeVisibleAsync();

        await page.Page.GoBackAsync();
        await Expect(compared).ToBeHiddenAsync();
        await Expect(timeline).ToBeVisibleAsync();
        await page.Page.GoBackAsync();
        await Expect(timeline).ToBeHiddenAsync();
        await Expect(situation).ToBeVisibleAsync();
        await page.Page.GoBackAsync();
        await Expect(situation).ToBeHiddenAsync();
        for (var step = 0; step < 3; step++)
            await page.Page.GoForwardAsync();
        await Expect(compared).ToBeVisibleAsync();
        await Expect(timeline).ToBeVisibleAsync();
    }

    private static int Number(string text) =>
        int.Parse(text.Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<int> TotalAsync(ViewerPage page) => Number((await page.Page.Locator(Total).GetAttributeAsync("data-total"))!);

    private static async Task<string[]> AddressesAsync(ViewerPage page) =>
        [
            .. (await page.Page.Locator("#table tbody td[data-column=address]").AllInnerTextsAsync()).Select(text =>
                text[..text.LastIndexOf(' ')]
            ),
        ];

    private static async Task<string[]> RowsAsync(ViewerPage page) =>
        await page
            .Page.Locator("#table tbody tr[data-household]")
            .EvaluateAllAsync<string[]>("rows => rows.map(row => row.dataset.household)");
}
