using Microsoft.Playwright;

namespace SituationMap.Web.Tests;

[Collection(ViewerTests.Name)]
public sealed class MapTests(Viewer viewer)
{
    [Fact]
    public async Task Opens_with_buildings_in_all_four_colours()
    {
        await using var page = await viewer.OpenAsync();

        // and shops, in which nobody lives
        await page.BecomesAsync(
            "() => [...new Set(situationMap.map.queryRenderedFeatures({ layers: ['buildings'] }).map(feature => "
                + "String(feature.properties.status)))].sort().join()",
            string.Join(',', Palette.Statuses.Append("undefined").Order(StringComparer.Ordinal))
        );
        foreach (var status in Palette.Statuses)
            await page.ShowsPixelsAsync(Palette.Of(status), 100);
    }

    [Fact]
    public async Task Shows_grids_from_afar()
    {
        await using var page = await viewer.OpenAsync("/#map=12/40.4497/124.0502");

        await page.BecomesAsync("() => situationMap.map.queryRenderedFeatures({ layers: ['grids'] }).length > 0", true);
    }

    [Fact]
    public async Task Shows_households_from_near()
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var page = await viewer.OpenAsync();

        await page.LookAtAsync(house.Longitude, house.Latitude, 19);

        // from so near no building has a colour of its own
        await page.ShowsPixelsAsync(Palette.Of("healthy"), 1_000);
        await page.BecomesAsync("() => situationMap.map.queryRenderedFeatures({ layers: ['households'] }).length > 0", true);
    }

    [Fact]
    public async Task A_home_that_nobody_has_visited_does_not_look_healthy_until_somebody_was_there()
    {
        // in the south-east of the building, beside the stroke through it
        var (household, longitude, latitude) = await viewer.Database.ReadRowAsync(
            """
            SELECT h.code, ST_X(ST_Centroid(b.outline)) + 0.00002, ST_Y(ST_Centroid(b.outline)) - 0.000012
            FROM household h JOIN building b ON b.id = h.building LEFT JOIN household_status s ON s.household = h.id
            WHERE NOT COALESCE(s.surveyed, false) AND COALESCE(s.status, 'healthy') = 'healthy'
              AND (SELECT count(*) FROM household other WHERE other.building = b.id) = 1
            ORDER BY ST_Area(b.outline) DESC LIMIT 1
            """,
            row => (row.GetString(0), row.GetDouble(1), row.GetDouble(2))
        );
        await using var page = await viewer.OpenAsync();

        foreach (var zoom in (double[])[14.5, 16, 17.9, 18.2, 20])
        {
            await page.LookAtAsync(longitude, latitude, zoom);
            await page.ShowsColourAsync(longitude, latitude, Palette.Of("unvisited"));
            await page.PictureAsync($"unvisited-{zoom}");
        }

        await page.LookAtAsync(longitude, latitude, 16);
        var healthy = await page.WatchAsync(longitude, latitude, Palette.Of("healthy"));
        await viewer.ReportAsync("survey", household, new { members = 2, present = 2 });
        await healthy.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task From_far_the_shades_of_the_grids_have_a_legend_of_what_they_are_chosen_to_say()
    {
        await using var page = await viewer.OpenAsync("/?lang=en#map=11.5/40.45/124.06");
        await page.ShowsAsync("#card .shades", "Share of households quarantined");
        await Assertions.Expect(page.Page.Locator("#card .shades li")).ToHaveCountAsync(5);
        await page.PictureAsync("shades-share");

        await page.Page.Locator("[data-key=grids-more]").ClickAsync();
        await page.Page.Locator("#layer-grids select").SelectOptionAsync("count");

        await page.ShowsAsync("#card .shades", "Number of households quarantined");
        await page.AddressContainsAsync("shade=count");
        await page.Page.WaitForFunctionAsync(
            "() => JSON.stringify(situationMap.map.getPaintProperty('grids', 'fill-opacity')).includes('200')"
        );
        await page.PictureAsync("shades-count");
        await page.LookAtAsync(124.06, 40.45, 14.2);
        await Assertions.Expect(page.Page.Locator("#card .shades")).ToHaveCountAsync(0);
        await page.BecomesAsync("() => situationMap.map.queryRenderedFeatures({ layers: ['buildings-letters'] }).length > 0", true);
        await page.PictureAsync("letters-far");
    }

    [Fact]
    public async Task Letters_say_the_statuses_from_near_and_zones_have_an_outline_and_a_hatch()
    {
        await using var page = await viewer.OpenAsync("/?palette=classic#map=17/40.4519/124.0507");
        await page.ShowsPixelsAsync(Palette.Of("zone"), 500);
        await page.ShowsPixelsAsync(Palette.Of("quarantined", palette: "classic"), 100);

        await page.BecomesAsync($"() => {Letters("buildings-marks")}.sort().join('')", "外观隔");
        await page.LookAtAsync(124.0522, 40.4529, 19.2);
        await page.BecomesAsync($"() => {Letters("households-marks")}.includes('健')", true);

        static string Letters(string layer) =>
            $"[...new Set(situationMap.map.queryRenderedFeatures({{ layers: ['{layer}'] }}).map(feature => "
            + "String(feature.layer.layout['text-field'] ?? '')))].filter(text => text !== '')";
    }

    [Theory]
    [InlineData("light", "#F4F2EC")]
    [InlineData("dark", "#12161B")]
    public async Task Has_the_ground_of_its_theme(string theme, string ground)
    {
        await using var page = await viewer.OpenAsync($"/?theme={theme}");

        await page.ShowsPixelsAsync(ground, 100_000);
    }

    [Fact]
    public async Task Changes_the_theme_without_losing_the_map()
    {
        await using var page = await viewer.OpenAsync("/?theme=light");

        await page.Page.GetByTitle("切换深浅色").ClickAsync();

        await page.ShowsPixelsAsync("#12161B", 100_000);
        await page.ShowsPixelsAsync("#18512F", 1_000);
    }

    [Fact]
    public async Task Counts_add_up_to_the_total()
    {
        await using var page = await viewer.OpenAsync();
        await page.ShowsAsync(".details .total", "共");

        var rows = await page.Page.Locator(".counts td.number b").AllInnerTextsAsync();
        var total = rows.Sum(row => int.Parse(row.Replace(",", "", StringComparison.Ordinal)));
        await page.ShowsAsync(".details .total", $"共 {total:N0} 户");
    }

    [Fact]
    public async Task Says_what_runs_in_the_background()
    {
        await using var page = await viewer.OpenAsync();

        await page.Page.Locator(".menu [popovertarget]").ClickAsync();
        await page.Page.Locator("#jobs summary").ClickAsync();

        await page.ShowsAsync("#jobs", "状态计算");
        await page.ShowsAsync("#jobs", "下次");
    }
}
