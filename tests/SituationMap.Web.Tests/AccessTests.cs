using Microsoft.Playwright;
using Shouldly;

namespace SituationMap.Web.Tests;

[Collection(ViewerTests.Name)]
public sealed class AccessTests(Viewer viewer)
{
    [Theory]
    [InlineData("/?theme=light")]
    [InlineData("/?theme=dark&lang=en")]
    [InlineData("/?theme=light&palette=classic&lang=en")]
    public async Task Axe_finds_nothing(string path)
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var page = await viewer.OpenAsync($"{path}#map=17/{house.Latitude}/{house.Longitude}&building={house.Building}");
        await page.Page.Locator("#drawer .status-line").WaitForAsync();
        await page.Page.Locator(".menu [popovertarget]").ClickAsync();
        await page.Page.Locator("#jobs summary").ClickAsync();
        await page.Page.Locator("#jobs li").First.WaitForAsync();

        (await page.ViolationsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/?theme=light#grid=210682-004", "#situation .children tfoot", "")]
    [InlineData("/?theme=dark&lang=en#grid=210682-004", "#situation .children tfoot", "b")]
    [InlineData("/?theme=light&lang=en#map=16/40.45/124.05", "#card .counts", "r")]
    [InlineData("/?theme=dark", "#card .counts", "?")]
    [InlineData("/?theme=light&lang=en", "#card .counts", "p")]
    [InlineData("/?kiosk=1&theme=dark", "#wall time", "")]
    public async Task Axe_finds_nothing_on_what_is_opened(string path, string shown, string key)
    {
        await using var page = await viewer.OpenAsync(path);
        await page.Page.Locator(shown).First.WaitForAsync();
        if (key.Length > 0)
            await page.Page.Keyboard.PressAsync(key);

        (await page.ViolationsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task A_figure_that_moves_is_legible_all_the_while(string theme)
    {
        await using var page = await viewer.OpenAsync($"/?lang=en&theme={theme}");
        await page.Page.Locator("#card .counts b").First.WaitForAsync();
        foreach (var moment in new[] { 0, 500, 900 })
        {
            await page.Page.EvaluateAsync(
                """
                moment => {
                  for (const figure of document.querySelectorAll('#card .counts b')) {
                    figure.className = 'moved';
                    for (const motion of figure.getAnimations()) {
                      motion.pause();
                      motion.currentTime = moment;
                    }
                  }
                }
                """,
                moment
            );
            (await page.ViolationsAsync()).ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("zh-CN", "未登门")]
    [InlineData("en", "not yet visited")]
    public async Task Says_the_situation_in_a_sentence_to_those_who_hear_the_map(string language, string words)
    {
        await using var page = await viewer.OpenAsync($"/?lang={language}");

        var said = page.Page.Locator(
            "#" + await page.Page.EvaluateAsync<string>("() => situationMap.map.getCanvas().getAttribute('aria-describedby')")
        );

        await Assertions.Expect(said).ToContainTextAsync(words);
        var counts = await page.Page.Locator("#card .counts b").AllInnerTextsAsync();
        counts.Count.ShouldBe(5);
        foreach (var count in counts)
            (await said.TextContentAsync())!.ShouldContain(count);
    }

    [Fact]
    public async Task Does_not_pulse_for_those_who_want_no_motion()
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var page = await viewer.OpenAsync();
        // near enough for letters, so that the tile follows its colour soon
        await page.LookAtAsync(house.Longitude, house.Latitude, 17);
        await page.Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await page.Page.EvaluateAsync(
            "() => { window.pulsed = 0; new MutationObserver(() => window.pulsed++).observe(document.getElementById('pulses'), "
                + "{ childList: true }); }"
        );

        var seen = await page.WatchAsync(house.Longitude, house.Latitude, Palette.Of("observed"));
        await viewer.ReportReturnAsync(house.Household);
        await seen.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await page.Page.WaitForFunctionAsync(
            "id => situationMap.map.areTilesLoaded() && !situationMap.map.getFeatureState({ source: 'situation', sourceLayer: "
                + "'buildings', id }).status",
            house.BuildingId
        );

        await page.BecomesAsync("() => window.pulsed", 0);
    }

    [Fact]
    public async Task Pulses_once_around_a_building_that_changed()
    {
        await using var page = await viewer.OpenAsync();
        var pulse = page.Page.WaitForFunctionAsync("() => document.querySelector('#pulses .pulse.observed')");

        await viewer.ReportReturnAsync((await viewer.HealthyHousesAsync(1))[0].Household);

        await pulse;
        await page.Page.Locator("#pulses .pulse").WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }
}
