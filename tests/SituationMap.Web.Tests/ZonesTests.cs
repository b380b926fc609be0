using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Shouldly;
using SituationMap.Server.Zones.Planning;

namespace SituationMap.Web.Tests;

[Collection(ViewerTests.Name)]
public sealed class ZonesTests(Viewer viewer)
{
    [Fact]
    public async Task A_zone_from_the_drawing_over_another_persons_approval_to_its_end()
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var page = await viewer.OpenAsync("/?lang=en");
        var (lon, lat) = (house.Longitude, house.Latitude);
        await page.LookAtAsync(lon, lat, 17);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Zones", Exact = true }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Draw a zone" }).ClickAsync();
        await page.ShowsAsync("#zones .measures", "Click on the map");

        // four corners, and the first one again
        foreach (var (x, y) in ((double, double)[])[(-4, -3), (4, -3), (4, 3), (-4, 3), (-4, -3)])
            await page.ClickAsync(lon + (x * 1e-4), lat + (y * 1e-4));
        await page.ShowsAsync("#zones .measures", "m²");
        await page.ShowsAsync("#zones .impact", "Quarantined");
        var total = page.Page.Locator("#zones .impact tbody tr").Last.Locator("td");
        (await total.First.InnerTextAsync()).ShouldBe(await total.Last.InnerTextAsync());

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

        var code = await viewer.Database.ReadAsync<string>("SELECT z.code FROM zone z JOIN zone_draft d ON d.zone = z.id WHERE d.name = 'North block'");
        var tag = ZoneTag.Parse(await page.Page.EvaluateAsync<string>("code => fetch(`/api/zones/${code}`).then(answer => answer.headers.get('ETag'))", code))!.Value;
        (await viewer.Server.Services.GetRequiredService<ZonePlanning>().ApproveAsync(code, tag, new ZonePlanner("approver", SituationMap.Server.Access.Scope.WholeCity), TestContext.Current.CancellationToken)).Fault.ShouldBeNull();

        // the command post sees it, without a reload
        await page.Page.WaitForFunctionAsync("code => situationMap.map.queryRenderedFeatures({ layers: ['zones-outline'] }).some(({ properties }) => properties.code === code)", code);
        await page.Page.Locator("#zones .back").ClickAsync();
        await page.Page.Locator("#zones .row", new() { HasText = "North block" }).ClickAsync();
        await page.ShowsAsync("#zones .versions", "Version 1");
        await page.Page.ScreenshotAsync(new() { Path = Path.Combine(Path.GetTempPath(), "situationmap-zones-version.png") });
        await page.Page.Locator("#zone-step-reason").FillAsync("No new case");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "End the zone" }).ClickAsync();
        await page.ShowsAsync("#zones .versions", "Version 2");
        await page.Page.Locator("#zone-step-reason").FillAsync("Ended too early");
        await page.Page.Locator("#zones .versions li", new() { HasText = "Version 1" }).GetByRole(AriaRole.Button, new() { Name = "Back to this version" }).ClickAsync();
        await page.ShowsAsync("#zones .versions", "Version 3");
        await page.Page.Locator("#zone-step-reason").FillAsync("The test is over");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "End the zone" }).ClickAsync();
        await page.ShowsAsync("#zones .versions", "Version 4");
    }

    [Theory]
    [InlineData("/?theme=light")]
    [InlineData("/?theme=dark&lang=en")]
    public async Task Axe_finds_nothing_on_the_sheet(string path)
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var page = await viewer.OpenAsync($"{path}#map=17/{house.Latitude}/{house.Longitude}");
        await page.Page.Locator(".menu button", new() { HasText = path.Contains("lang=en", StringComparison.Ordinal) ? "Zones" : "风险区" }).ClickAsync();
        await page.Page.Locator("#zones .actions .strong").First.ClickAsync();
        await page.Page.Locator("#zones details summary").Last.ClickAsync();
        var corners = FormattableString.Invariant($"{house.Longitude - 0.0004}, {house.Latitude - 0.0003}\n{house.Longitude + 0.0004}, {house.Latitude - 0.0003}\n{house.Longitude}, {house.Latitude + 0.0004}");
        await page.Page.Locator("#zone-corners").FillAsync(corners);
        await page.Page.Locator("#zones details button").Last.ClickAsync();
        await page.Page.Locator("#zones .impact table").WaitForAsync();
        await page.Page.ScreenshotAsync(new() { Path = Path.Combine(Path.GetTempPath(), $"situationmap-zones-{(path.Contains("dark", StringComparison.Ordinal) ? "dark" : "light")}.png") });

        await page.Page.EvaluateAsync(await File.ReadAllTextAsync(Path.Combine(WebFolder.Path, "node_modules", "axe-core", "axe.min.js"), TestContext.Current.CancellationToken));
        var violations = await page.Page.EvaluateAsync<string[]>("() => axe.run().then(result => result.violations.map(one => `${one.id}: ${one.nodes.map(node => node.target + ' ' + node.failureSummary).join('; ')}`))");
        violations.ShouldBeEmpty();
    }
}
