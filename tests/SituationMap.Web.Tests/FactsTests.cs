using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>What was reported of a household, in its drawer.</summary>
[Collection(ViewerTests.Name)]
public sealed class FactsTests(Viewer viewer)
{
    [Fact]
    public async Task A_wrong_report_is_taken_back_and_restored_where_it_is_listed()
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await viewer.ReportReturnAsync(house.Household);
        await using var page = await viewer.OpenAsync($"/?lang=en#building={house.Building}&household={house.Household}");
        await page.ShowsAsync("#drawer .status-line", "Observed");
        await page.Page.Locator("#drawer .facts summary").ClickAsync();
        var reported = page.Page.Locator("#drawer .facts li", new() { HasText = "Return" });
        await Expect(reported).ToContainTextAsync("Low-risk area");

        await reported.Locator("[data-report=retraction]").ClickAsync();
        await page.Page.Locator("#field-reason").FillAsync("It was the neighbour");
        await page.Page.Locator(".form-slot .primary").ClickAsync();
        await page.ShowsAsync("#drawer .status-line", "Healthy");
        await Expect(reported).ToContainTextAsync("Taken back");
        (await page.Page.Locator("#drawer .facts").InnerTextAsync()).ShouldNotContain("neighbour");
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await page.PictureAsync("facts");

        await reported.Locator("[data-report=retraction]").ClickAsync();
        await page.Page.Locator("#field-reason").FillAsync("It was him after all");
        await page.Page.Locator(".form-slot .primary").ClickAsync();
        await page.ShowsAsync("#drawer .status-line", "Observed");
        await Expect(reported).Not.ToContainTextAsync("Taken back");
    }

    [Fact]
    public async Task A_case_and_a_contact_are_reported_in_the_drawer()
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var page = await viewer.OpenAsync($"/?lang=en#building={house.Building}&household={house.Household}");
        await page.ShowsAsync("#drawer .status-line", "Healthy");

        await page.Page.Locator("#drawer .actions [data-report=contact]").ClickAsync();
        await page.Page.Locator(".form-slot .primary").ClickAsync();
        await page.ShowsAsync("#field-lastExposure-fault", "Please fill this in");
        await page.Page.Locator("#field-lastExposure").FillAsync(DateTimeOffset.UtcNow.AddHours(-20).ToString("yyyy-MM-ddTHH:mm"));
        await page.Page.Locator(".form-slot .primary").ClickAsync();
        await Expect(page.Page.Locator("#drawer .status-line")).Not.ToContainTextAsync("Healthy");

        await page.Page.Locator("#drawer .actions [data-report=case]").ClickAsync();
        await page.Page.Locator(".form-slot .primary").ClickAsync();
        await page.ShowsAsync("#drawer .status-line", "Quarantined");
        await page.ShowsAsync("#drawer .why", "onfirmed");
    }
}
