using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>What changed: while it happens, and in the hours before.</summary>
[Collection(ViewerTests.Name)]
public sealed class ChangesTests(Viewer viewer)
{
    [Fact]
    public async Task What_happens_is_counted_while_nobody_looks_and_listed_first_and_leads_to_its_place()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        var household = (await viewer.HealthyHousesAsync(1))[0].Household;
        await viewer.ReportReturnAsync(household);

        await page.ShowsAsync(".menu", "Changes 1");
        await page.Page.Keyboard.PressAsync("c");

        await Expect(page.Page.Locator("#changes h2")).ToBeFocusedAsync();
        var first = page.Page.Locator("#changes .changed [data-sequence]").First;
        await Expect(first).ToContainTextAsync("Healthy → Observed");
        await page.ShowsAsync(".menu", "Changes");
        await Expect(page.Page.Locator(".menu")).Not.ToContainTextAsync("Changes 1");
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await page.PictureAsync("changes");

        await first.ClickAsync();
        await page.ShowsAsync("#drawer .status-line", "Observed");
        await page.AddressContainsAsync($"household={household}");
        await page.Page.Locator("#drawer .close").ClickAsync();
        await Expect(page.Page.Locator("#changes")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task What_happens_while_the_list_is_open_comes_to_its_top_by_itself()
    {
        await using var page = await viewer.OpenAsync("/?lang=en#changes=1");
        await Expect(page.Page.Locator("#changes .choices [aria-pressed=true]")).ToHaveTextAsync("Last hour");
        var household = (await viewer.HealthyHousesAsync(1))[0].Household;
        var address = (await viewer.Server.Client.GetFromJsonAsync<JsonElement>($"api/households/{household}")).GetProperty("address");

        await viewer.ReportReturnAsync(household);

        await Expect(page.Page.Locator("#changes .changed [data-sequence]").First).ToContainTextAsync(address.GetString()!);
        await Expect(page.Page.Locator("#changes .sums")).ToContainTextAsync("Observed");
        await page.BecomesAsync("() => situationMap.map.querySourceFeatures('changes').length > 0", true);
    }

    [Theory]
    [InlineData("c", "#changes")]
    [InlineData("w", "#work")]
    public async Task Back_closes_what_a_key_opened_and_forward_opens_it_again(string key, string panel)
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        await page.Page.Keyboard.PressAsync(key);
        await Expect(page.Page.Locator(panel)).ToBeVisibleAsync();
        await page.Page.GoBackAsync();
        await Expect(page.Page.Locator(panel)).ToBeHiddenAsync();
        await page.Page.GoForwardAsync();
        await Expect(page.Page.Locator(panel)).ToBeVisibleAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(page.Page.Locator(panel)).ToBeHiddenAsync();
        await page.AddressLacksAsync($"{panel[1..]}=");
    }

    [Fact]
    public async Task A_longer_time_one_status_and_one_grid_are_chosen_and_stand_in_the_address()
    {
        await using var page = await viewer.OpenAsync("/?lang=en#changes=8");
        await Expect(page.Page.Locator("#changes .choices [aria-pressed=true]")).ToHaveTextAsync("Shift, 8 h");

        await page.Page.Locator("#changes .choices").GetByText("Last 24 h").ClickAsync();
        await page.Page.Locator("#changes select").First.SelectOptionAsync("zone");
        await page.AddressContainsAsync("changes=24");
        await Expect(page.Page.Locator("#changes .sums")).ToHaveCountAsync(0);
        await page.Page.Locator("#changes select").First.SelectOptionAsync("observed");
        await page.Page.Locator("#changes select").Nth(1).SelectOptionAsync("210682-004-01");

        var expected = (
            await viewer.Server.Client.GetFromJsonAsync<JsonElement>(
                $"api/changes?status=observed&grid=210682-004-01&from={DateTimeOffset.UtcNow.AddHours(-24):yyyy-MM-ddTHH:mm:ssZ}"
            )
        )
            .GetProperty("changes")
            .GetArrayLength();
        expected.ShouldBeGreaterThan(0);
        await Expect(page.Page.Locator("#changes .changed [data-sequence]")).ToHaveCountAsync(expected);

        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(page.Page.Locator("#changes")).ToBeHiddenAsync();
        await page.AddressLacksAsync("changes=");
    }
}
