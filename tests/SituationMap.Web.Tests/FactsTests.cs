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

    [Theory]
    [InlineData("en", 1366, 768, "food", "Need", "done")]
    [InlineData("zh-CN", 390, 844, "食品", "需求", "已办")]
    public async Task A_need_is_reported_and_served_where_it_is_listed(
        string language,
        int width,
        int height,
        string food,
        string need,
        string done
    )
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        // the same house may have been chosen before
        var before = (int)
            await viewer.Database.ReadAsync<long>(
                "SELECT count(*) FROM fact f JOIN household h ON h.id = f.household WHERE f.kind = 'need' AND h.code = $1",
                house.Household
            );
        await using var page = await viewer.OpenAsync($"/?lang={language}#building={house.Building}&household={house.Household}");
        await page.Page.SetViewportSizeAsync(width, height);
        await page.Page.Locator("#drawer .status-line").WaitForAsync();

        // by keyboard alone
        await page.Page.Locator("#drawer .further summary").FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.Locator("#drawer .further [data-report=need]").FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.Locator("#field-person")).ToBeFocusedAsync();
        await page.Page.Locator("#field-note").FillAsync("Ask for Frau Xu");
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await page.PictureAsync($"need-form-{width}");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.Locator(".form-slot form")).ToHaveCountAsync(0);

        await page.Page.Locator("#drawer .facts summary").ClickAsync();
        var reported = page.Page.Locator("#drawer .facts li", new() { HasText = food });
        await Expect(reported).ToHaveCountAsync(before + 1);
        await Expect(reported.First).ToContainTextAsync(need);
        (await page.Page.Locator("#drawer .facts").InnerTextAsync()).ShouldNotContain("Xu");
        await reported.First.Locator("[data-report=served]").ClickAsync();
        await page.Page.Locator(".form-slot .primary").ClickAsync();
        await Expect(page.Page.Locator("#drawer .facts li:first-child")).ToContainTextAsync(done);
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await page.PictureAsync($"need-served-{width}");
    }

    [Fact]
    public async Task An_order_without_the_right_is_said_to_be_a_proposal_and_is_confirmed_by_another()
    {
        await using var server = await TestServer.StartAsync(viewer.Database, ("SituationMap:LocalMode", "false"));
        var house = (await viewer.HealthyHousesAsync(1))[0];
        var path = $"/?lang=en#building={house.Building}&household={house.Household}";
        await using var worker = await viewer.SignedInAsync(server, "order4", "reporter", path);
        await worker.ShowsAsync("#drawer .status-line", "Healthy");
        await worker.Page.Locator("#drawer .actions [data-report=order]").ClickAsync();
        await worker.ShowsAsync("#drawer .actions .form-slot", "once a second person confirms it");
        await worker.Page.Locator("#field-document").FillAsync("2020-12");
        await worker.PictureAsync("order-proposed");
        await worker.Page.Locator(".form-slot .primary").ClickAsync();
        await worker.ShowsAsync("#drawer .pending", "once another person has signed in and confirmed it");
        await worker.ShowsAsync("#drawer .status-line", "Healthy");

        await using var other = await viewer.SignedInAsync(server, "order5", "authority", path);
        await other.ShowsAsync("#drawer .pending", "Order proposed");
        await other.Page.Locator("#drawer .pending [data-report=order]").ClickAsync();
        await other.Page.Locator(".form-slot .primary").ClickAsync();

        await other.ShowsAsync("#drawer .status-line", "Quarantined");
        await worker.ShowsAsync("#drawer .status-line", "Quarantined");
        await Expect(worker.Page.Locator("#drawer .pending")).ToHaveCountAsync(0);
    }
}
