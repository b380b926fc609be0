using System.Globalization;
using Microsoft.Playwright;
using Shouldly;

namespace SituationMap.Web.Tests;

/// <summary>What is wrong with a draft is said at its field, by the page and by the server alike.</summary>
[Collection(ViewerTests.Name)]
public sealed class ZoneFaultsTests(Viewer viewer)
{
    [Fact]
    public async Task What_is_missing_or_wrong_is_marked_and_said_at_its_field_which_has_the_focus()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        page.ExpectsErrors = true; // the browser reports a refused draft as one
        await page.LookAtAsync(124.25, 40.6, 16);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Zones", Exact = true }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Draw a zone" }).ClickAsync();
        await SaveAsync();
        await IsFaultyAsync("corners", "geometry", "Please fill this in");
        await page.Page.Locator("#zone-corners").FillAsync("124.25, 40.6\n124.251, 40.6\n124.251, 40.601");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Use these corners" }).ClickAsync();
        await page.ShowsAsync("#zones .measures", "m²");
        await SaveAsync();
        await IsFaultyAsync("name", "name", "Please fill this in");
        await page.PictureAsync("fault");
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await page.Page.Locator("#zone-name").FillAsync("Faulty");
        await SaveAsync();
        await IsFaultyAsync("reason", "reason", "Please fill this in");
        await Assertions.Expect(page.Page.Locator("#zone-name")).Not.ToHaveAttributeAsync("aria-invalid", "true");
        await page.Page.Locator("#zone-reason").FillAsync("A case");

        // the server finds this one
        await page.Page.Locator("#zone-from").FillAsync(In(days: 3));
        await page.Page.Locator("#zone-to").FillAsync(In(days: 1));
        await page.Page.Locator("#zone-to").BlurAsync();
        await SaveAsync();
        await IsFaultyAsync("to", "to", "too early");
        await page.Page.Locator("#zone-to").FillAsync(In(days: 4));
        await page.Page.Locator("#zone-to").BlurAsync();
        await Assertions.Expect(page.Page.Locator("#zone-to-fault")).ToBeHiddenAsync();
        await SaveAsync();
        await page.Page.Locator("#zones .row", new() { HasText = "Faulty" }).WaitForAsync();

        Task SaveAsync() => page.Page.GetByRole(AriaRole.Button, new() { Name = "Save draft" }).ClickAsync();

        async Task IsFaultyAsync(string control, string field, string words)
        {
            await page.ShowsAsync($"#zone-{field}-fault", words);
            var wrong = page.Page.Locator($"#zone-{control}");
            await Assertions.Expect(wrong).ToHaveAttributeAsync("aria-invalid", "true");
            await Assertions.Expect(wrong).ToBeFocusedAsync();
            (await wrong.GetAttributeAsync("aria-describedby"))!.ShouldContain($"zone-{field}-fault");
        }

        static string In(int days) => DateTime.UtcNow.AddDays(days).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task The_drawing_tools_are_icons_with_names_and_tooltips()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Zones", Exact = true }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Draw a zone" }).ClickAsync();
        var tools = page.Page.GetByRole(AriaRole.Toolbar, new() { Name = "Drawing tools" }).GetByRole(AriaRole.Button);
        await Assertions.Expect(tools).ToHaveCountAsync(9);
        (
            await tools.EvaluateAllAsync<bool>(
                "buttons => buttons.every(button => button.querySelector('svg path') && button.title !== '' "
                    + "&& button.title === button.ariaLabel && button.innerText === '')"
            )
        ).ShouldBeTrue();
        await page.PictureAsync("tools");
    }
}
