using System.Globalization;
using Shouldly;

namespace SituationMap.Web.Tests;

/// <summary>The sheet on which zones are planned, for whoever does not see or point.</summary>
[Collection(ViewerTests.Name)]
public sealed class ZoneSheetTests(Viewer viewer)
{
    [Theory]
    [InlineData("/?theme=light")]
    [InlineData("/?theme=dark&lang=en")]
    public async Task Axe_finds_nothing_on_the_sheet(string path)
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var page = await viewer.OpenAsync($"{path}#map=17/{house.Latitude}/{house.Longitude}");
        await page
            .Page.Locator(".menu button", new() { HasText = path.Contains("lang=en", StringComparison.Ordinal) ? "Zones" : "风险区" })
            .ClickAsync();
        await page.Page.Locator("#zones .actions .strong").First.ClickAsync();
        await page.Page.EvaluateAsync("() => document.querySelectorAll('#zones details').forEach(one => { one.open = true; })");
        var corners = string.Create(
            CultureInfo.InvariantCulture,
            $"{house.Longitude - 0.0004}, {house.Latitude - 0.0003}\n{house.Longitude + 0.0004}, "
                + $"{house.Latitude - 0.0003}\n{house.Longitude}, {house.Latitude + 0.0004}"
        );
        await page.Page.Locator("#zone-corners").FillAsync(corners);
        await page.Page.Locator("#zones details:has(#zone-corners) button").ClickAsync();
        await page.Page.Locator("#zones .impact table").WaitForAsync();
        await page.Page.ScreenshotAsync(
            new()
            {
                Path = Path.Combine(
                    Path.GetTempPath(),
                    $"situationmap-zones-{(path.Contains("dark", StringComparison.Ordinal) ? "dark" : "light")}.png"
                ),
            }
        );

        await page.Page.EvaluateAsync(
            await File.ReadAllTextAsync(
                Path.Combine(WebFolder.Path, "node_modules", "axe-core", "axe.min.js"),
                TestContext.Current.CancellationToken
            )
        );
        var violations = await page.Page.EvaluateAsync<string[]>(
            "() => axe.run().then(result => result.violations.map(one => `${one.id}: ${one.nodes.map(node => node.target + ' ' "
                + "+ node.failureSummary).join('; ')}`))"
        );
        violations.ShouldBeEmpty();
    }
}
