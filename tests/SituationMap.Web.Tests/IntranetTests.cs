using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>Over HTTP at an address of an intranet the browser has neither clipboard nor random UUIDs.</summary>
[Collection(ViewerTests.Name)]
public sealed class IntranetTests(Viewer viewer)
{
    [Fact]
    public async Task Without_TLS_a_report_is_stored_and_a_link_copied()
    {
        await using var server = await TestServer.StartAsync(viewer.Database, ("SituationMap:LocalMode", "false"));
        var address = new UriBuilder(server.Address) { Host = "map.intranet" }.Uri;
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var page = await viewer.SignedInAsync(
            server,
            "intranet",
            "reporter",
            $"/?lang=en#building={house.Building}&household={house.Household}",
            address
        );
        (
            await page.Page.EvaluateAsync<bool>("() => isSecureContext || 'clipboard' in navigator || 'randomUUID' in crypto")
        ).ShouldBeFalse();

        await page.Page.Locator("[data-report=returned]").ClickAsync();
        await page.Page.Locator("#field-from").FillAsync("330100");
        await page.Page.Locator(".form-slot .primary").ClickAsync();
        await page.ShowsAsync("#notice", "Stored");
        await page.Page.Locator("#coordinates .position").ClickAsync();
        await page.ShowsAsync("#notice", "The coordinates are copied");
        var copied = await page.Page.Locator("#coordinates .position").InnerTextAsync();
        await page.Page.Keyboard.PressAsync("/");
        await page.Page.Keyboard.PressAsync("Control+V");

        await Expect(page.Page.Locator("input:focus")).ToHaveValueAsync(copied);
    }
}
