using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using NetTopologySuite.Geometries;
using Shouldly;
using SituationMap.Store.Zones;

namespace SituationMap.Web.Tests;

/// <summary>What planners do to an outline on the map and by keys.</summary>
[Collection(ViewerTests.Name)]
public sealed class ZoneDrawingTests(Viewer viewer)
{
    /// <summary>Degrees of a metre to the east and to the north, about.</summary>
    private const double East = 1 / 84_900.0,
        North = 1 / 111_000.0;

    [Fact]
    public async Task An_entrance_is_picked_on_the_map_dragged_and_its_corner_moved_by_keys()
    {
        await using var page = await DrawAsync(124.0522, 40.4529, 18);
        await page.Page.Locator("#zones summary", new() { HasText = "Pick, grow" }).ClickAsync();
        await page.Page.Locator("#zone-pick").SelectOptionAsync("units");
        await PressAsync(page, "Pick on the map");
        await page.ClickAsync(124.05205, 40.4529);
        var entrance = await CornersAsync(page);
        // B-0001 has three entrances along its 51 m
        entrance.Length.ShouldBe(4);
        (entrance.Max(at => at.Lon) - entrance.Min(at => at.Lon)).ShouldBeInRange(15 * East, 25 * East);
        await page.ShowsAsync("#zones .impact", "Buildings cut by the outline: 1");

        await PressAsync(page, "Drag the zone");
        var (fromX, fromY) = await page.PixelAsync(124.05205, 40.4529);
        await page.Page.Mouse.MoveAsync(fromX, fromY);
        await page.Page.Mouse.DownAsync();
        await page.Page.Mouse.MoveAsync(fromX + 40, fromY + 60, new() { Steps = 4 });
        await page.Page.Mouse.UpAsync();
        var dragged = await CornersAsync(page, entrance);
        for (var i = 0; i < 4; i++)
        {
            (dragged[i].Lon - entrance[i].Lon).ShouldBe(dragged[0].Lon - entrance[0].Lon, 2e-7);
            dragged[i].Lat.ShouldBeLessThan(entrance[i].Lat - (10 * North));
        }
        await PressAsync(page, "Undo");
        (await CornersAsync(page, dragged)).ShouldBe(entrance);
        await PressAsync(page, "Redo");
        await CornersAsync(page, entrance);

        await page.Page.Locator("#zones summary", new() { HasText = "A single corner" }).PressAsync("Enter");
        await page.Page.GetByLabel("Corner number").FillAsync("3");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "arrow keys" }).PressAsync("Shift+ArrowUp");
        var moved = await CornersAsync(page, dragged);
        (moved[2].Lat - dragged[2].Lat).ShouldBe(10 * North, 0.1 * North);
        moved[2].Lon.ShouldBe(dragged[2].Lon, 1e-7);
        await page.Page.GetByLabel("Longitude (degrees").FillAsync(FormattableString.Invariant($"{moved[2].Lon + (5 * East):0.0000000}"));
        await page.Page.GetByLabel("Longitude (degrees").PressAsync("Enter");
        (await CornersAsync(page, moved))[2].Lon.ShouldBe(moved[2].Lon + (5 * East), 1e-7);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "arrow keys" }).PressAsync("Delete");
        (await CornersAsync(page, moved)).Length.ShouldBe(3);
        await page.Page.ScreenshotAsync(new() { Path = Path.Combine(Path.GetTempPath(), "situationmap-zones-corner.png") });
    }

    [Fact]
    public async Task A_corner_drawn_near_a_building_stands_on_its_corner_unless_that_is_turned_off()
    {
        var corner = await viewer.Database.ReadAsync<Point>(
            "SELECT ST_PointN(ST_ExteriorRing(ST_GeometryN(outline, 1)), 1) FROM building WHERE code = 'B-0001'"
        );
        await using var page = await DrawAsync(corner.X, corner.Y, 18);
        foreach (var metres in new[] { "5", "0" })
        {
            await page.Page.Locator("#zone-snap").FillAsync(metres);
            await page.Page.Locator("#zone-snap").BlurAsync();
            await PressAsync(page, "Polygon");
            foreach (var (east, north) in ((double, double)[])[(-2, -2), (-40, -2), (-40, -30), (-2, -2)])
                await page.ClickAsync(corner.X + (east * East), corner.Y + (north * North));
            (await CornersAsync(page)).Contains((corner.X, corner.Y)).ShouldBe(metres == "5");
            await PressAsync(page, "Undo");
            await page.ShowsAsync("#zones .measures", "Click on the map");
        }
    }

    [Theory]
    [InlineData(1.2)]
    [InlineData(-1.2)]
    public async Task Gaps_and_strips_beside_a_zone_of_the_same_level_are_offered_to_be_closed(double metresBeside)
    {
        // the border is not where outlines are rounded to, as that of an imported zone
        const double West = 124.0560,
            South = 40.4570,
            Border = West + (100 * East);
        var zones = viewer.Server.Services.GetRequiredService<ZoneStore>();
        var neighbour = new ZoneVersionDraft("Z-beside", "Beside", "low", Box(West, Border), DateTimeOffset.UtcNow, null, "test", "test");
        await zones.PublishAsync(neighbour, default);
        try
        {
            await using var page = await DrawAsync(Border, South, 17);
            await page.Page.Locator("#zone-level").SelectOptionAsync("low");
            await page.Page.Locator("#zones summary", new() { HasText = "Coordinates" }).ClickAsync();
            var from = Border + (metresBeside * East);
            await page
                .Page.Locator("#zone-corners")
                .FillAsync(
                    string.Join(
                        '\n',
                        Box(from, from + (80 * East))
                            .Coordinates[..4]
                            .Select(at => FormattableString.Invariant($"{at.X:0.0000000}, {at.Y:0.0000000}"))
                    )
                );
            await PressAsync(page, "Use these corners");
            await page.ShowsAsync("#zones .borders", "1");
            await page.Page.ScreenshotAsync(new() { Path = Path.Combine(Path.GetTempPath(), "situationmap-zones-gap.png") });
            var before = await CornersAsync(page);
            await PressAsync(page, "Close them");
            (await CornersAsync(page, before)).Min(at => at.Lon).ShouldBe(Border, 2e-7);
            await page.Page.Locator("#zones .impact table").WaitForAsync();
            await Assertions.Expect(page.Page.Locator("#zones .borders")).ToHaveCountAsync(0);
        }
        finally
        {
            await zones.PublishAsync(neighbour with { Level = null, From = DateTimeOffset.UtcNow }, default);
        }

        static MultiPolygon Box(double west, double east)
        {
            var factory = new GeometryFactory(new PrecisionModel(), 4326);
            return factory.CreateMultiPolygon([
                factory.CreatePolygon([
                    new(west, South),
                    new(east, South),
                    new(east, South + (60 * North)),
                    new(west, South + (60 * North)),
                    new(west, South),
                ]),
            ]);
        }
    }

    [Fact]
    public async Task An_outline_from_a_file_in_another_system_is_put_right_looked_at_and_taken()
    {
        await Programs.EnsureAsync("ogr2ogr", "gdal-bin");
        var folder = Directory.CreateTempSubdirectory("situationmap-outlines-");
        string PathOf(string name) => Path.Combine(folder.FullName, name);
        await File.WriteAllTextAsync(
            PathOf("made.geojson"),
            """
            {"type":"FeatureCollection","features":[
              {"type":"Feature","properties":{"name":"North block"},"geometry":{"type":"Polygon",
                 "coordinates":[[[124.0510,40.4520],[124.0540,40.4520],[124.0540,40.4535],[124.0510,40.4535],[124.0510,40.4520]]]}},
              {"type":"Feature","properties":{"name":"Far away"},"geometry":{"type":"Polygon",
                 "coordinates":[[[124.0600,40.4520],[124.0610,40.4520],[124.0610,40.4530],[124.0600,40.4520]]]}}]}
            """,
            TestContext.Current.CancellationToken
        );
        // in metres with the zone in front, said to be without
        await Programs.RunAsync(
            "ogr2ogr",
            "-f",
            "GPKG",
            "-s_srs",
            "EPSG:4490",
            "-t_srs",
            "EPSG:4529",
            PathOf("right.gpkg"),
            PathOf("made.geojson")
        );
        await Programs.RunAsync("ogr2ogr", "-f", "GPKG", "-a_srs", "EPSG:4550", PathOf("survey.gpkg"), PathOf("right.gpkg"));
        await using var page = await DrawAsync(124.0522, 40.4529, 15);
        await page.Page.Locator("#zones summary", new() { HasText = "Import from a file" }).ClickAsync();
        await page.Page.Locator("#zone-file").SetInputFilesAsync(PathOf("survey.gpkg"));

        await page.ShowsAsync("#zones .finding.refuses", "EPSG:4529");
        await page.Page.ScreenshotAsync(new() { Path = Path.Combine(Path.GetTempPath(), "situationmap-zones-file-wrong.png") });
        await page.Page.Locator("#zones .finding button").ClickAsync();
        await page.ShowsAsync("#zones .file-result", "North block");
        await page.Page.GetByLabel("Far away").UncheckAsync();
        await page.Page.ScreenshotAsync(new() { Path = Path.Combine(Path.GetTempPath(), "situationmap-zones-file.png") });
        await PressAsync(page, "Use as the outline");

        var corners = await CornersAsync(page);
        corners.Length.ShouldBe(4);
        corners.Min(at => at.Lon).ShouldBe(124.0510, 2e-7);
        corners.Max(at => at.Lat).ShouldBe(40.4535, 2e-7);
        await page.ShowsAsync("#zones .impact", "Quarantined");
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Undoing_after_a_save_of_which_half_was_taken_plans_nothing_twice()
    {
        const double longitude = 124.0522,
            latitude = 40.4529;
        await using var page = await DrawAsync(longitude, latitude, 17);
        page.ExpectsErrors = true;
        await page.Page.Locator("#zones details:has(#zone-corners) summary").ClickAsync();
        (double East, double North)[] box = [(-40, -30), (40, -30), (40, 30), (-40, 30)];
        await page
            .Page.Locator("#zone-corners")
            .FillAsync(
                string.Join(
                    '\n',
                    box.Select(at =>
                        FormattableString.Invariant($"{longitude + (at.East * East):0.0000000}, {latitude + (at.North * North):0.0000000}")
                    )
                )
            );
        await PressAsync(page, "Use these corners");
        await page.Page.Locator("#zone-name").FillAsync("Half saved");
        await page.Page.Locator("#zone-reason").FillAsync("A new case");
        await page.Page.Locator("#zone-reason").BlurAsync();
        var whole = await CornersAsync(page);
        await PressAsync(page, "Split by a line");
        foreach (var north in new[] { 45, -45, -45 })
            await page.ClickAsync(longitude, latitude + (north * North));
        var half = await CornersAsync(page, whole);
        var posts = 0;
        await page.Page.RouteAsync("**/api/zones", route => route.Request.Method == "POST" && ++posts == 2
                ? route.FulfillAsync(
                    new()
                    {
                        Status = 503,
                        ContentType = "application/problem+json",
                        Body = """{"code":"unavailable"}""",
                    }
                )
                : route.ContinueAsync());

        await page.Page.RunAndWaitForResponseAsync(() => PressAsync(page, "Save draft"), answer => answer.Status == 503);
        (await DraftsAsync()).ShouldBe(1);
        await PressAsync(page, "Undo");
        (await CornersAsync(page, half)).ShouldBe(whole);
        await PressAsync(page, "Save draft");

        await page.Page.Locator("#zones .row", new() { HasText = "Half saved" }).WaitForAsync();
        (await DraftsAsync()).ShouldBe(1);
        posts.ShouldBe(2);
        (
            await viewer.Database.ReadAsync<bool>(
                "SELECT ST_Covers(outline, ST_SetSRID(ST_MakePoint($1, $3), 4326)) AND ST_Covers(outline, "
                    + "ST_SetSRID(ST_MakePoint($2, $3), 4326)) FROM zone_draft WHERE name = 'Half saved'",
                longitude - (30 * East),
                longitude + (30 * East),
                latitude
            )
        ).ShouldBeTrue("the whole outline");

        Task<long> DraftsAsync() => viewer.Database.ReadAsync<long>("SELECT count(*) FROM zone_draft WHERE name LIKE 'Half saved%'");
    }

    private async Task<ViewerPage> DrawAsync(double longitude, double latitude, double zoom)
    {
        var page = await viewer.OpenAsync("/?lang=en");
        await page.LookAtAsync(longitude, latitude, zoom);
        await PressAsync(page, "Zones");
        // the borders that corners snap to are asked for when the sheet opens
        await page.Page.RunAndWaitForResponseAsync(
            () => PressAsync(page, "Draw a zone"),
            answer => answer.Url.Contains("/collections/grids/items", StringComparison.Ordinal)
        );
        return page;
    }

    private static Task PressAsync(ViewerPage page, string button) =>
        page.Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    /// <summary>The corners of the outline in work, once they are others than those.</summary>
    private static async Task<(double Lon, double Lat)[]> CornersAsync(ViewerPage page, (double Lon, double Lat)[]? other = null)
    {
        var before = other is null
            ? ""
            : string.Join('\n', other.Select(at => FormattableString.Invariant($"{at.Lon:0.0000000}, {at.Lat:0.0000000}")));
        await page.Page.WaitForFunctionAsync(
            "before => { const text = document.querySelector('#zone-corners').value; return text !== '' && text !== before; }",
            before
        );
        return
        [
            .. (await page.Page.Locator("#zone-corners").InputValueAsync())
                .Split('\n')
                .Select(line => line.Split(", "))
                .Select(at => (double.Parse(at[0], CultureInfo.InvariantCulture), double.Parse(at[1], CultureInfo.InvariantCulture))),
        ];
    }
}
