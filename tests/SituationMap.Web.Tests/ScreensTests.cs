using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>The layers at the side, the way back, and screens of all sizes.</summary>
[Collection(ViewerTests.Name)]
public sealed class ScreensTests(Viewer viewer)
{
    [Fact]
    public async Task Layers_are_hidden_faded_and_put_in_another_order_and_the_address_shows_them_so_again()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        const string Zones = "() => situationMap.map.getLayoutProperty('zones-outline', 'visibility') ?? 'visible'";
        const string Order = "() => situationMap.map.getStyle().layers.map(layer => layer.id)";

        await page.Page.ClickAsync("[data-key=zones-eye]");
        await page.Page.ClickAsync("[data-key=buildings-more]");
        await page.Page.ClickAsync("[data-key=buildings-down]");
        await page.Page.Locator("[data-key=buildings-opacity]").FillAsync("50");
        await page.Page.WaitForFunctionAsync("() => situationMap.map.getPaintProperty('buildings', 'fill-opacity') === 0.5");

        await page.BecomesAsync(Zones, "none");
        var order = await page.Page.EvaluateAsync<string[]>(Order);
        Array.IndexOf(order, "buildings").ShouldBeLessThan(Array.IndexOf(order, "grids"));
        await page.AddressContainsAsync("layers=");
        await page.Page.ReloadAsync();
        await page.MapIsDrawnAsync();
        await page.BecomesAsync(Zones, "none");
        await page.BecomesAsync($"() => ({Order})().join()", string.Join(',', order));
        await Expect(page.Page.Locator("[data-key=zones-eye]")).ToHaveAttributeAsync("aria-checked", "false");
    }

    [Fact]
    public async Task Zooms_to_a_layer_and_goes_back_and_forth_between_extents()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        await page.Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        var first = await ZoomAsync();

        await page.Page.ClickAsync("[data-key=zones-more]");
        await page.Page.ClickAsync("[data-key=zones-fit]");
        await page.Page.WaitForFunctionAsync("first => situationMap.map.getZoom() > first + 0.3 && !situationMap.map.isMoving()", first);
        var near = await ZoomAsync();
        await page.Page.GetByLabel("Back to the view before").ClickAsync();
        await page.Page.WaitForFunctionAsync("zoom => Math.abs(situationMap.map.getZoom() - zoom) < 0.01", first);
        await page.Page.GetByLabel("Forward to the next view").ClickAsync();
        await page.Page.WaitForFunctionAsync("zoom => Math.abs(situationMap.map.getZoom() - zoom) < 0.01", near);

        Task<double> ZoomAsync() => page.Page.EvaluateAsync<double>("() => situationMap.map.getZoom()");
    }

    [Theory]
    [InlineData(390, 844)]
    [InlineData(1280, 720)]
    [InlineData(2880, 1620)]
    [InlineData(3840, 2160)]
    public async Task Everything_is_on_the_screen_and_large_enough_to_be_touched(int width, int height)
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        await page.Page.SetViewportSizeAsync(width, height);
        await page.Page.ReloadAsync();
        await page.MapIsDrawnAsync();

        (await OutsideAsync()).ShouldBeEmpty();
        var control = await page.Page.Locator(".maplibregl-ctrl-zoom-in").BoundingBoxAsync();
        control!.Width.ShouldBeGreaterThanOrEqualTo(width > 3000 ? 44 : 24); // WCAG 2.2, 2.5.8; on a wall seen from afar more
        await page.Page.EvaluateAsync("() => { location.hash += '&building=B-0001'; }");
        await Expect(page.Page.Locator("#drawer .matrix")).ToBeVisibleAsync();
        (await OutsideAsync()).ShouldBeEmpty();
        (
            await page.Page.EvaluateAsync<bool>(
                "() => { const frame = document.querySelector('.matrix-frame'); return frame.scrollWidth <= frame.clientWidth; }"
            )
        ).ShouldBeTrue("the whole matrix");

        Task<string[]> OutsideAsync() =>
            page.Page.EvaluateAsync<string[]>(
                """
                () => ['.menu', '#card', '#search', '#drawer', '.maplibregl-ctrl-bottom-right', '#coordinates'].filter(selector => {
                  const box = document.querySelector(selector)?.getBoundingClientRect();
                  return box && box.width > 0 && (box.left < 0 || box.top < 0
                        || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5);
                })
                """
            );
    }

    [Theory]
    [InlineData(1920, 1)]
    [InlineData(2880, 1.25)]
    [InlineData(3840, 1.6)]
    public async Task Letters_and_controls_are_larger_on_a_larger_screen(int width, double times)
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        await page.Page.SetViewportSizeAsync(width, width * 9 / 16);
        await page.Page.ReloadAsync();
        await page.MapIsDrawnAsync();

        (await page.Page.Locator("#card").BoundingBoxAsync())!.Width.ShouldBe((float)(316 * times), 1);
        (await page.Page.Locator(".maplibregl-ctrl-zoom-in").BoundingBoxAsync())!.Width.ShouldBe((float)(29 * times), 1);
        // the names on the map, too; the marks in the buildings are as large as these
        (await SizeAsync("roads-names", "text-size")).ShouldBe(14 * times, 0.01);
        (await SizeAsync("buildings-marks", "text-size")).ShouldBe(20);
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { } folder)
            await page.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"desk-{width}.png") });

        Task<double> SizeAsync(string layer, string property) =>
            page.Page.EvaluateAsync<double>(
                "([layer, property]) => situationMap.map.getLayoutProperty(layer, property).at(-1)",
                new[] { layer, property }
            );
    }

    [Fact]
    public async Task On_a_large_wall_the_map_is_as_much_larger_as_the_counts_and_as_sharp_as_the_screen()
    {
        await using var page = await viewer.OpenAsync("/?kiosk=1");
        await page.Page.SetViewportSizeAsync(3840, 2160);
        await page.Page.ReloadAsync();
        await page.MapIsDrawnAsync();

        var number = await page.Page.Locator("#card .counts b").First.BoundingBoxAsync();
        number!.Height.ShouldBeGreaterThan(80);
        (await page.Page.EvaluateAsync<double>("() => situationMap.map.getContainer().clientWidth")).ShouldBe(3840 / 1.8, 1);
        (
            await page.Page.EvaluateAsync<int[]>(
                "() => { const { width, height } = situationMap.map.getCanvas(); return [width, height]; }"
            )
        ).ShouldBe([3840, 2160]);
        // and nothing of the place lies below the card
        var card = await page.Page.Locator("#card").BoundingBoxAsync();
        (
            await page.Page.EvaluateAsync<double>(
                "() => { const { map, viewer } = situationMap; return map.project([viewer.coveredArea.bounds[0], 40.45]).x * 1.8; }"
            )
        ).ShouldBeInRange(card!.X + card.Width - 200, 3840 / 2);
    }

    [Fact]
    public async Task Paper_is_light_has_all_that_was_seen_and_a_scale_that_is_right()
    {
        await using var page = await viewer.OpenAsync("/?theme=dark&lang=en");
        await page.Page.EvaluateAsync("() => { window.print = () => { window.printed = true; }; }");
        await page.Page.Keyboard.PressAsync("p");
        await page.Page.SelectOptionAsync("#paper", "A3");
        await page.Page.ClickAsync("#print .primary");
        await page.Page.WaitForFunctionAsync("() => window.printed");
        await page.Page.EmulateMediaAsync(new() { Media = Media.Print });

        await page.ShowsAsync(".sheet header", $"{DateTime.UtcNow.AddHours(8).Year}"); // it is read in other years, too
        // what fills the figure has the shape of the picture, so nothing is cut off and the bar's part of its width is true
        var (ratio, shape) = (
            await NumberAsync("image.clientWidth / image.clientHeight"),
            await NumberAsync("image.naturalWidth / image.naturalHeight")
        );
        ratio.ShouldBe(shape, tolerance: 0.02);
        (
            await page.Page.EvaluateAsync<string>(
                """
                () => {
                  const image = document.querySelector('.sheet img');
                  const canvas = Object.assign(
                    document.createElement('canvas'), { width: image.naturalWidth, height: image.naturalHeight });
                  const context = canvas.getContext('2d');
                  context.drawImage(image, 0, 0);
                  return '#' + [...context.getImageData(3, 3, 1, 1).data.slice(0, 3)]
                  .map(part => part.toString(16).padStart(2, '0')).join('').toUpperCase();
                }
                """
            )
        ).ShouldBe("#F4F2EC");
        (
            await page.Page.EvaluateAsync<string>(
                "() => getComputedStyle(document.querySelector('.sheet .chip.quarantined')).backgroundColor"
            )
        ).ShouldBe("rgb(165, 0, 38)");
        // in local mode nobody has a name to be named by
        (await page.Page.Locator(".sheet footer").InnerTextAsync()).ShouldNotContain("printed by");
        (await NumberAsync("image.closest('.sheet').scrollHeight - image.closest('.sheet').clientHeight")).ShouldBe(
            0,
            "nothing falls off the sheet"
        );

        Task<double> NumberAsync(string expression) =>
            page.Page.EvaluateAsync<double>($"() => {{ const image = document.querySelector('.sheet img'); return {expression}; }}");
    }
}
