using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>The page that the code on a door opens.</summary>
[Collection(ViewerTests.Name)]
public sealed class ResidentTests(Viewer viewer)
{
    [Fact]
    public async Task The_code_of_a_door_is_printed_and_its_page_works_on_a_small_telephone_without_a_script()
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var desk = await viewer.OpenAsync($"/?lang=en#building={house.Building}&household={house.Household}");
        await desk.Page.EvaluateAsync(
            "() => { window.print = () => { window.printed = document.querySelector('#door-cards img').alt; }; }"
        );
        await desk.Page.Locator("#drawer .further summary").ClickAsync();
        await desk.Page.Locator("#drawer .door-code button").ClickAsync();
        await desk.ShowsAsync("#drawer .door-code", "Printed");
        var code = await desk.Page.EvaluateAsync<string>("() => window.printed");
        // asked once more, it says that there is one and prints nothing
        await desk.Page.Locator("#drawer .door-code button").ClickAsync();
        await desk.ShowsAsync("#drawer .door-code", "There is a code on the door");

        await using var telephone = await desk.Page.Context.Browser!.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = 320, Height = 640 },
                JavaScriptEnabled = false,
                Locale = "en",
            }
        );
        var page = await telephone.NewPageAsync();
        await page.GotoAsync(code);
        await Expect(page.Locator("h2#status")).ToHaveTextAsync("healthy");
        await Expect(page.Locator("#read")).ToBeHiddenAsync();
        await page.Locator("summary", new() { HasText = "came back" }).ClickAsync();
        await page.Locator("[name=what]:visible").SelectOptionAsync("symptoms");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(page.Locator("[role=status]")).ToHaveTextAsync("Received, thank you.");
        await Expect(page.Locator("h2#status")).ToHaveTextAsync("healthy");

        await page.GetByRole(AriaRole.Link, new() { Name = "中文" }).ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "zh-CN");
    }

    [Theory]
    [InlineData("zh-CN", ColorScheme.Light)]
    [InlineData("en", ColorScheme.Dark)]
    public async Task It_fits_a_narrow_telephone_with_large_letters_and_everybody_can_use_it(string language, ColorScheme scheme)
    {
        var quarantined = await viewer.Database.ReadAsync<string>(
            """
            SELECT h.code FROM household_status s JOIN household h ON h.id = s.household JOIN person p ON p.household = h.id
            WHERE s.status = 'quarantined' ORDER BY h.id LIMIT 1
            """
        );
        await using var desk = await viewer.OpenAsync("/m", waitForMap: false);
        var code = await desk.Page.EvaluateAsync<string>(
            """
            household => fetch('api/door-codes', {
              method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ household, renew: true }),
            }).then(answer => answer.json()).then(({ codes }) => codes[0].url)
            """,
            quarantined
        );
        await desk.Page.SetViewportSizeAsync(320, 640);
        await desk.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
        await desk.Page.GotoAsync($"{code}?lang={language}");
        await Expect(desk.Page.Locator(".status")).ToHaveAttributeAsync("data-look", "quarantined");
        await Expect(desk.Page.Locator("#read")).ToBeVisibleAsync();
        foreach (var size in new[] { 100, 200 })
        {
            await desk.Page.EvaluateAsync(
                """
                size => {
                  document.documentElement.style.fontSize = `${size}%`;
                  for (const form of document.querySelectorAll('details')) form.open = true;
                }
                """,
                size
            );
            (
                await desk.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
            ).ShouldBe(0);
            (await desk.Page.ViolationsAsync()).ShouldBeEmpty();
        }
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { } folder)
            await desk.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"resident-{language}-large.png"), FullPage = true });
        await desk.Page.EvaluateAsync("() => document.documentElement.style.removeProperty('font-size')");
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { } pictures)
            await desk.Page.ScreenshotAsync(new() { Path = Path.Combine(pictures, $"resident-{language}.png"), FullPage = true });
    }
}
