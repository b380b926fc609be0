using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>Motion says what has just changed.</summary>
[Collection(ViewerTests.Name)]
public sealed class MotionTests(Viewer viewer)
{
    [Fact]
    public async Task What_changed_is_ringed_on_a_machine_that_takes_long_for_each_frame()
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var page = await viewer.OpenAsync();
        await page.LookAtAsync(house.Longitude, house.Latitude, 17);
        await page.Page.EvaluateAsync("() => { window.requestAnimationFrame = frame => setTimeout(() => frame(performance.now()), 700); }");

        await viewer.ReportReturnAsync(house.Household);

        var ring = page.Page.Locator("#pulses .pulse.observed");
        await ring.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.Page.WaitForFunctionAsync("() => document.querySelector('#pulses .pulse.observed').getAttribute('opacity') > 0.1");
        await ring.WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    [Theory]
    [InlineData(ReducedMotion.NoPreference, "moved")]
    [InlineData(ReducedMotion.Reduce, "none")]
    public async Task A_count_that_becomes_another_moves_shortly_unless_no_motion_is_wanted(ReducedMotion motion, string animation)
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var page = await viewer.OpenAsync();
        await page.Page.EmulateMediaAsync(new() { ReducedMotion = motion });
        var count = page.Page.Locator("tr[data-status=observed] b");
        await Expect(count).ToHaveCSSAsync("animation-name", "none");

        await viewer.ReportReturnAsync(house.Household);

        await Expect(page.Page.Locator("tr[data-status=observed] b.moved")).ToHaveCSSAsync("animation-name", animation);
        await Expect(page.Page.Locator("tr[data-status=out] b")).ToHaveCSSAsync("animation-name", "none");
    }
}
