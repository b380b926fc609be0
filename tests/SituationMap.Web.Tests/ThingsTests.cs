using Microsoft.Playwright;
using Shouldly;

namespace SituationMap.Web.Tests;

/// <summary>Checkpoints, zones, roads and grids answer to the pointer as buildings do.</summary>
[Collection(ViewerTests.Name)]
public sealed class ThingsTests(Viewer viewer)
{
    [Fact]
    public async Task A_checkpoint_says_in_a_line_what_it_is_and_on_a_click_how_many_passed()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        var household = (await viewer.HealthyHousesAsync(1))[0].Household;
        foreach (var direction in new[] { "out", "in", "in" })
            await viewer.ReportAsync("passage", household, new { checkpoint = "C-1", direction });
        var (longitude, latitude) = await PlaceOfAsync("checkpoint", "code = 'C-1'", "location");
        await page.LookAtAsync(longitude, latitude, 17);
        var (x, y) = await page.PixelAsync(longitude, latitude);
        await page.Page.Mouse.MoveAsync(x, y);
        await page.ShowsAsync(".thing", "manned round the clock");
        await page.Page.Mouse.ClickAsync(x, y);
        await page.ShowsAsync(".thing.pinned", "Last 24 h");
        var counted = await viewer.Database.ReadAsync<long>(
            "SELECT count(*) FROM fact WHERE kind = 'passage' AND data->>'checkpoint' = 'C-1' AND at > now() - interval '24 hours' AND "
                + "at <= now()"
        );
        counted.ShouldBeGreaterThanOrEqualTo(3);
        var day = await page.Page.Locator(".thing.pinned dd").Nth(2).InnerTextAsync();
        day.Split(' ').Where(part => long.TryParse(part, out _)).Sum(long.Parse).ShouldBe(counted);
        await page.PictureAsync("checkpoint");
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await page.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Page.Locator(".thing.pinned")).ToHaveCountAsync(0);

        // in the middle of the map by keyboard, too
        await page.Page.Mouse.MoveAsync(1, 1);
        await page.Page.Locator(".maplibregl-canvas").FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await page.ShowsAsync(".thing.pinned", "Last 24 h");
    }

    [Fact]
    public async Task A_zone_a_road_and_a_grid_say_what_they_are()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        var road = await PlaceOfAsync("road", "name <> ''", "ST_LineInterpolatePoint(ST_GeometryN(line, 1), 0.5)");
        await HoverAsync(road, 17, await viewer.Database.ReadAsync<string>("SELECT class FROM road WHERE name <> '' LIMIT 1"));
        var (longitude, latitude) = await PlaceOfAsync("grid", "path = '210682.004.01'", "ST_PointOnSurface(outline)");
        await HoverAsync((longitude, latitude), 12, "community");

        // a zone of its own, where nothing else is
        await viewer.Database.ExecuteAsync(
            """
            WITH made AS (INSERT INTO zone (code) VALUES ('Z-HOVER') RETURNING id)
            INSERT INTO zone_version (zone, version, name, level, outline, effective_from, author, reason, recorded_at)
            SELECT id, 1, 'Hovered', 'high', ST_Multi(ST_MakeEnvelope(124.26, 40.6, 124.261, 40.601, 4326)), now() - interval '1 minute',
              'chen', 'A case', now() FROM made
            """
        );
        await page.LookAtAsync(124.2605, 40.6005, 16);
        await page.Page.WaitForFunctionAsync(
            "() => situationMap.map.queryRenderedFeatures({ layers: ['zones-hatch'] }).some(({ properties }) => "
                + "properties.code === 'Z-HOVER')"
        );
        await HoverAsync((124.2605, 40.6005), 16, "high risk");
        var (x, y) = await page.PixelAsync(124.2605, 40.6005);
        await page.Page.Mouse.ClickAsync(x, y);
        await page.ShowsAsync(".thing.pinned", "Z-HOVER, version 1");
        await page.ShowsAsync(".thing.pinned", "open end");
        await page.PictureAsync("zone-card");
        await viewer.Database.ExecuteAsync(
            "INSERT INTO zone_version SELECT zone, 2, name, NULL, outline, now(), NULL, author, reason, now() FROM zone_version "
                + "WHERE zone = (SELECT id FROM zone WHERE code = 'Z-HOVER')"
        );

        async Task HoverAsync((double Longitude, double Latitude) at, double zoom, string words)
        {
            await page.LookAtAsync(at.Longitude, at.Latitude, zoom);
            var (left, top) = await page.PixelAsync(at.Longitude, at.Latitude);
            await page.Page.Mouse.MoveAsync(left + 1, top);
            await page.Page.Mouse.MoveAsync(left, top);
            await page.ShowsAsync(".thing", words);
        }
    }

    private async Task<(double Longitude, double Latitude)> PlaceOfAsync(string table, string condition, string point)
    {
        var at = await viewer.Database.ReadAsync<double[]>(
            $"SELECT ARRAY[ST_X({point}), ST_Y({point})] FROM {table} WHERE {condition} LIMIT 1"
        );
        return (at[0], at[1]);
    }
}
