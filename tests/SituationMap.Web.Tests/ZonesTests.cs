using System.Globalization;
using Microsoft.Playwright;
using Shouldly;

namespace SituationMap.Web.Tests;

[Collection(ViewerTests.Name)]
public sealed class ZonesTests(Viewer viewer)
{
    [Fact]
    public async Task A_zone_from_the_drawing_over_another_persons_approval_to_its_end()
    {
        await using var server = await TestServer.StartAsync(viewer.Database, ("SituationMap:LocalMode", "false"));
        var house = (await viewer.HealthyHousesAsync(1))[0];
        var (lon, lat) = (house.Longitude, house.Latitude);
        // three people, each with a browser of his own
        await using var page = await viewer.SignedInAsync(server, "lin", "planner");
        await using var approver = await viewer.SignedInAsync(server, "wang", "approver");
        await using var post = await viewer.SignedInAsync(server, "post", "viewer");
        await approver.HurryDecisionsAsync();
        foreach (var one in new[] { page, approver, post })
            await one.LookAtAsync(lon, lat, 17);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Zones", Exact = true }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Draw a zone" }).ClickAsync();
        await page.ShowsAsync("#zones .measures", "Click on the map");

        // four corners, and the first one again
        foreach (var (x, y) in ((double, double)[])[(-4, -3), (4, -3), (4, 3), (-4, 3), (-4, -3)])
            await page.ClickAsync(lon + (x * 1e-4), lat + (y * 1e-4));
        await page.ShowsAsync("#zones .measures", "m²");
        await page.ShowsAsync("#zones .impact", "Quarantined");
        var total = page.Page.Locator("#zones .impact tbody tr").Last.Locator("td");
        await Assertions.Expect(total.First).ToHaveTextAsync(await total.Last.InnerTextAsync());

        var drawn = await page.Page.Locator("#zones .measures").InnerTextAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await page.ShowsAsync("#zones .measures", "Click on the map");
        await page.Page.ReloadAsync();
        await page.MapIsDrawnAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Zones", Exact = true }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Redo" }).ClickAsync();
        await page.ShowsAsync("#zones .measures", drawn);

        await page.Page.Locator("#zone-name").FillAsync("North block");
        await page.Page.Locator("#zone-reason").FillAsync("A new case");
        await page.Page.Locator("#zone-reason").BlurAsync();
        await page.ShowsAsync("#zones .impact", "Quarantined");
        await page.Page.ScreenshotAsync(new() { Path = Path.Combine(Path.GetTempPath(), "situationmap-zones-drawing.png") });
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Save draft" }).ClickAsync();
        await page.Page.Locator("#zones .row", new() { HasText = "North block" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();
        await page.ShowsAsync("#zones .draft-state", "another person");

        var code = await viewer.Database.ReadAsync<string>(
            "SELECT z.code FROM zone z JOIN zone_draft d ON d.zone = z.id WHERE d.name = 'North block'"
        );
        await approver.Page.GetByRole(AriaRole.Button, new() { Name = "Zones", Exact = true }).ClickAsync();
        await approver.Page.Locator("#zones .row", new() { HasText = "North block" }).ClickAsync();
        // what the planner saw is seen before it is signed, and the consequence is said before the click
        await approver.ShowsAsync("#zones .signing", "Drafted by");
        await Assertions.Expect(approver.Page.Locator("#zones .signing .impact tbody tr")).ToHaveCountAsync(6);
        await approver.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await approver.ShowsAsync("#zones [role=alertdialog]", "Once approved");
        await ScreenshotAsync(approver, "signing");
        await approver.Page.GetByRole(AriaRole.Button, new() { Name = "Approve now" }).ClickAsync();
        await approver.ShowsAsync("#zones .versions", "Version 1");
        // the command post sees it, without a reload
        await post.Page.WaitForFunctionAsync(
            "code => situationMap.map.queryRenderedFeatures({ layers: ['zones-outline'] }).some(({ properties }) => "
                + "properties.code === code)",
            code
        );
        await ScreenshotAsync(post, "post");
        await approver.ShowsAsync("#zones .lowering", "14 days without a new case");
        await ScreenshotAsync(approver, "version");

        await StepAsync("No new case", "End the zone", "Version 2");
        await approver.Page.Locator("#zone-step-reason").FillAsync("Ended too early");
        await approver
            .Page.Locator("#zones .versions li", new() { HasText = "Version 1" })
            .GetByRole(AriaRole.Button, new() { Name = "Back to this version" })
            .ClickAsync();
        await approver.ShowsAsync("#zones .versions", "Version 3");
        await StepAsync("The test is over", "End the zone", "Version 4");
        await post.Page.WaitForFunctionAsync(
            "code => !situationMap.map.queryRenderedFeatures({ layers: ['zones-outline'] }).some(({ properties }) => "
                + "properties.code === code)",
            code
        );

        async Task StepAsync(string reason, string step, string version)
        {
            await approver.Page.Locator("#zone-step-reason").FillAsync(reason);
            await approver.Page.GetByRole(AriaRole.Button, new() { Name = step }).ClickAsync();
            await approver.ShowsAsync("#zones .versions", version);
        }
    }

    [Fact]
    public async Task Outlines_from_what_there_is_and_by_numbers_without_a_mouse()
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var page = await viewer.OpenAsync("/?lang=en");
        await page.LookAtAsync(house.Longitude, house.Latitude, 18);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Zones", Exact = true }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Draw a zone" }).ClickAsync();
        await page.Page.Locator("#zones details summary", new() { HasText = "Pick, grow, move" }).PressAsync("Enter");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Take what is at the map's centre" }).PressAsync("Enter");
        await page.ShowsAsync("#zones .impact", "Quarantined");
        var building = await CornersAsync(0);
        await page.Page.GetByLabel("Grow the outline by").FillAsync("20");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Grow", Exact = true }).PressAsync("Enter");
        var grown = await CornersAsync(building.Length);
        grown.Max(at => at.Lon).ShouldBeGreaterThan(building.Max(at => at.Lon) + 0.0001);
        await page.Page.GetByLabel("To the east").FillAsync("100");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Move the zone" }).PressAsync("Enter");
        await page.Page.WaitForFunctionAsync(
            "west => Math.min(...document.querySelector('#zone-corners').value.split('\\n').map(parseFloat)) > west + 0.0005",
            grown.Min(at => at.Lon)
        );
        await page.Page.Locator("#zone-pick").SelectOptionAsync("roads");
        await page.Page.Locator("#zone-reach").FillAsync("15");
        await page.Page.Locator("#zone-name").FillAsync("By numbers");
        await page.Page.Locator("#zone-reason").FillAsync("Picked");
        var from = DateTimeOffset.UtcNow.AddDays(3);
        await page
            .Page.Locator("#zone-from")
            .FillAsync(
                TimeZoneInfo
                    .ConvertTime(from, TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"))
                    .ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture)
            );
        await page.Page.Locator("#zone-from").BlurAsync();
        await ScreenshotAsync(page, "picked");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Save draft" }).ClickAsync();
        await page.Page.Locator("#zones .row", new() { HasText = "By numbers" }).WaitForAsync();
        var kept = await viewer.Database.ReadAsync<DateTime>("SELECT effective_from FROM zone_draft WHERE name = 'By numbers'");
        (kept - from.UtcDateTime).Duration().ShouldBeLessThan(TimeSpan.FromMinutes(1));

        async Task<(double Lon, double Lat)[]> CornersAsync(int other)
        {
            await page.Page.WaitForFunctionAsync(
                "other => { const lines = document.querySelector('#zone-corners').value.split('\\n').length; return lines > 2 "
                    + "&& lines !== other; }",
                other
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

    [Fact]
    public async Task Two_persons_change_a_zone_and_one_of_them_chooses_and_it_is_split_for_a_time()
    {
        await using var server = await TestServer.StartAsync(viewer.Database, ("SituationMap:LocalMode", "false"));
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var lin = await viewer.SignedInAsync(server, "lin2", "planner");
        await using var wang = await viewer.SignedInAsync(server, "wang2", "planner");
        await using var approver = await viewer.SignedInAsync(server, "zhao2", "approver");
        await approver.HurryDecisionsAsync();
        await lin.LookAtAsync(house.Longitude, house.Latitude, 17);
        await OpenAsync(lin);
        await lin.Page.GetByRole(AriaRole.Button, new() { Name = "Draw a zone" }).ClickAsync();
        await CornersAsync(lin, Box(4));
        await lin.Page.Locator("#zone-name").FillAsync("Shared block");
        await SaveAsync(lin);

        // both begin with the same draft; the second one to save is told
        foreach (var one in new[] { lin, wang })
        {
            if (one == wang)
                await OpenAsync(one);
            await one.Page.Locator("#zones .row", new() { HasText = "Shared block" }).ClickAsync();
            await one.Page.GetByRole(AriaRole.Button, new() { Name = "Edit", Exact = true }).ClickAsync();
        }
        await CornersAsync(wang, Box(6));
        await SaveAsync(wang);
        await CornersAsync(lin, Box(5));
        await lin.Page.GetByRole(AriaRole.Button, new() { Name = "Save draft" }).ClickAsync();
        await lin.ShowsAsync("#zones h2", "Changed by two persons");
        await ScreenshotAsync(lin, "merge");
        await lin.Page.GetByRole(AriaRole.Button, new() { Name = "Combine both changes" }).ClickAsync();
        await lin.ShowsAsync("#zones .impact", "Quarantined");
        await SaveAsync(lin);
        (await viewer.Database.ReadAsync<double>("SELECT ST_XMax(outline) FROM zone_draft WHERE name = 'Shared block'")).ShouldBe(
            house.Longitude + 6e-4,
            1e-7
        );
        await lin.Page.Locator("#zones .row", new() { HasText = "Shared block" }).ClickAsync();
        await lin.Page.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();
        await lin.ShowsAsync("#zones .draft-state", "another person");

        await approver.LookAtAsync(house.Longitude, house.Latitude, 17);
        await OpenAsync(approver);
        await approver.Page.Locator("#zones .row", new() { HasText = "Shared block" }).ClickAsync();
        await approver.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await approver.Page.GetByRole(AriaRole.Button, new() { Name = "Approve now" }).ClickAsync();
        await approver.ShowsAsync("#zones .versions", "Version 1");
        await approver.Page.Locator("#zones summary", new() { HasText = "Split into parts" }).ClickAsync();
        await approver.Page.GetByRole(AriaRole.Button, new() { Name = "Draw the line on the map" }).ClickAsync();
        foreach (var north in new[] { -8e-4, 8e-4, 8e-4 })
            await approver.ClickAsync(house.Longitude + 1e-4, house.Latitude + north);
        await approver.ShowsAsync("#zones details .hint", "-b:");
        await approver
            .Page.Locator("#zone-split-until")
            .FillAsync(
                TimeZoneInfo
                    .ConvertTime(DateTimeOffset.UtcNow.AddDays(2), TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"))
                    .ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture)
            );
        await approver.Page.Locator("#zone-step-reason").FillAsync("The road is open again");
        await ScreenshotAsync(approver, "split");
        await approver.Page.GetByRole(AriaRole.Button, new() { Name = "Split here" }).ClickAsync();
        await approver.ShowsAsync("#zones .versions", "Version 3");
        (
            await viewer.Database.ReadAsync<long>(
                "SELECT count(*) FROM zone_in_force f JOIN zone z ON z.id = f.zone JOIN zone p ON p.id = z.parent JOIN "
                    + "zone_version v ON v.zone = p.id AND v.version = 1 WHERE v.name = 'Shared block'"
            )
        ).ShouldBe(2);
        await approver.ShowsAsync("#zones .relatives", "Shared block-b");
        await ScreenshotAsync(approver, "parts");

        // going back to before the split takes the parts back, too
        await approver.Page.Locator("#zone-step-reason").FillAsync("It was not needed");
        await approver
            .Page.Locator("#zones .versions li", new() { HasText = "Version 1" })
            .GetByRole(AriaRole.Button, new() { Name = "Back to this version" })
            .ClickAsync();
        await approver.ShowsAsync("#zones .versions", "Version 5");
        await Assertions.Expect(approver.Page.Locator("#zones .relatives")).ToHaveCountAsync(0);
        (
            await viewer.Database.ReadAsync<string>(
                "SELECT string_agg(v.name, ' ') FROM zone_in_force f JOIN zone_version v USING (zone, version) WHERE v.name "
                    + "LIKE 'Shared block%'"
            )
        ).ShouldBe("Shared block");
        await approver.Page.Locator("#zone-step-reason").FillAsync("The test is over");
        await approver.Page.GetByRole(AriaRole.Button, new() { Name = "End the zone" }).ClickAsync();
        await approver.ShowsAsync("#zones .versions", "Version 7");

        string Box(int east) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{house.Longitude - 4e-4}, {house.Latitude - 3e-4}\n{house.Longitude + (east * 1e-4)}, "
                    + $"{house.Latitude - 3e-4}\n{house.Longitude + (east * 1e-4)}, "
                    + $"{house.Latitude + 3e-4}\n{house.Longitude - 4e-4}, {house.Latitude + 3e-4}"
            );

        static Task OpenAsync(ViewerPage page) => page.Page.GetByRole(AriaRole.Button, new() { Name = "Zones", Exact = true }).ClickAsync();

        static async Task CornersAsync(ViewerPage page, string corners)
        {
            var details = page.Page.Locator("#zones details:has(#zone-corners)");
            if (await details.GetAttributeAsync("open") is null)
                await details.Locator("summary").ClickAsync();
            await page.Page.Locator("#zone-corners").FillAsync(corners);
            await page.Page.GetByRole(AriaRole.Button, new() { Name = "Use these corners" }).ClickAsync();
            await page.ShowsAsync("#zones .measures", "m²");
        }

        static async Task SaveAsync(ViewerPage page)
        {
            await page.Page.Locator("#zone-reason").FillAsync("A new case");
            await page.Page.Locator("#zone-reason").BlurAsync();
            await page.Page.GetByRole(AriaRole.Button, new() { Name = "Save draft" }).ClickAsync();
            await page.Page.Locator("#zones .row", new() { HasText = "Shared block" }).WaitForAsync();
        }
    }

    private static Task<byte[]> ScreenshotAsync(ViewerPage page, string name) =>
        page.Page.ScreenshotAsync(new() { Path = Path.Combine(Path.GetTempPath(), $"situationmap-zones-{name}.png") });
}
