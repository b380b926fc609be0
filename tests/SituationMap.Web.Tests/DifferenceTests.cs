using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>What changed, on the map: all else is faded.</summary>
[Collection(ViewerTests.Name)]
public sealed class DifferenceTests(Viewer viewer)
{
    [Fact]
    public async Task One_click_fades_all_but_what_changed_and_what_changes_meanwhile_comes_forward()
    {
        var houses = await viewer.HealthyHousesAsync(2);
        await viewer.ReportReturnAsync(houses[0].Household);
        await using var page = await viewer.OpenAsync("/?lang=en");
        var (healthy, observed) = (Palette.Of("healthy"), Palette.Of("observed"));
        await page.LookAtAsync(houses[0].Longitude, houses[0].Latitude, 16);
        await page.ShowsPixelsAsync(healthy, 100);

        await page.Page.GetByLabel("What changed: fade the rest").ClickAsync();

        var words = page.Page.Locator("#difference [role=status]");
        await Expect(words).ToContainTextAsync("changed since then");
        await page.LookAtAsync(houses[0].Longitude, houses[0].Latitude, 16);
        await page.ShowsPixelsAsync(observed, 20);
        await page.LacksPixelsAsync(healthy);
        await page.AddressContainsAsync("difference=1");
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await page.PictureAsync("difference");
        var before = await words.InnerTextAsync();

        await page.LookAtAsync(houses[1].Longitude, houses[1].Latitude, 18.5);
        await viewer.ReportReturnAsync(houses[1].Household);
        await Expect(words).Not.ToHaveTextAsync(before);
        await page.ShowsPixelsAsync(observed, 200);

        await page.Page.Locator("#difference").GetByText("Last 24 h").ClickAsync();
        await Expect(words).ToContainTextAsync("changed since then");
        await page.AddressContainsAsync("difference=24");
        await page.Page.ReloadAsync();
        await page.MapIsDrawnAsync();
        await Expect(page.Page.Locator("#difference [aria-pressed=true]")).ToHaveTextAsync("Last 24 h");
        await page.Page.Keyboard.PressAsync("d");
        await Expect(page.Page.Locator("#difference")).ToHaveCountAsync(0);
        await page.LookAtAsync(houses[0].Longitude, houses[0].Latitude, 16);
        await page.ShowsPixelsAsync(healthy, 100);
        await page.AddressLacksAsync("difference");
    }

    [Fact]
    public async Task What_is_again_as_it_was_does_not_stand_out()
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var page = await viewer.OpenAsync("/?lang=en#difference=1");
        await Expect(page.Page.Locator("#difference [role=status]")).ToContainTextAsync("changed since then");
        var before = await DifferingAsync(page);
        await viewer.ReportReturnAsync(house.Household);
        await page.ShowsAsync("#difference [role=status]", $"{before + 1} household");
        var fact = await viewer.Database.ReadAsync<Guid>(
            """
            SELECT f.id FROM fact f JOIN household h ON h.id = f.household
            WHERE h.code = $1 AND f.kind = 'returned' ORDER BY f.received_at DESC LIMIT 1
            """,
            house.Household
        );

        await viewer.ReportAsync("retraction", house.Household, new { fact, reason = "by mistake" });

        await page.ShowsAsync("#difference [role=status]", $"{before} household");
    }

    private static async Task<int> DifferingAsync(ViewerPage page) =>
        int.Parse((await page.Page.Locator("#difference [role=status]").InnerTextAsync()).Split(' ')[0]);
}
