using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;

namespace SituationMap.Web.Tests;

/// <summary>A page of the viewer, and what happened on it.</summary>
public sealed class ViewerPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly Uri _address;
    private readonly ConcurrentQueue<string> _foreign = [];
    private readonly ConcurrentQueue<string> _errors = [];

    /// <summary>More than a word or two.</summary>
    public static readonly Regex SomeWords = new(".{9}", RegexOptions.None, TimeSpan.FromSeconds(1));

    private ViewerPage(IBrowserContext context, IPage page, Uri address) => (_context, Page, _address) = (context, page, address);

    public IPage Page { get; }

    /// <summary>Set by tests that take the server away, during which the browser reports failed requests.</summary>
    public bool ExpectsErrors { get; set; }

    /// <param name="isUser">Whether the browser is that of the user whose server it is, in local mode.</param>
    public static async Task<ViewerPage> CreateAsync(IBrowser browser, Uri address, bool firstVisit = false, bool isUser = true)
    {
        var context = await browser.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = 1280, Height = 800 },
                Locale = "zh-CN",
                ReducedMotion = ReducedMotion.NoPreference,
            }
        );
        var page = new ViewerPage(context, await context.NewPageAsync(), address);
        page.Page.Request += (_, request) => page.SeeRequest(request.Url);
        page.Page.PageError += (_, error) => page._errors.Enqueue(error);
        page.Page.Console += (_, message) =>
        {
            // what the software renderer says of itself is not ours
            if (message.Type == "error" && !message.Text.Contains("GPU stall", StringComparison.Ordinal))
                page._errors.Enqueue($"{message.Text} ({message.Location})");
        };
        if (isUser)
            await context.LetInAsync(address, TestServer.LocalToken);
        if (!firstVisit)
            await context.AddInitScriptAsync("localStorage.setItem('situationmap.seen', '1')");
        await page.Page.GotoAsync(address.AbsoluteUri);
        return page;
    }

    /// <summary>Puts pictures of the page, light and dark, into the folder that the environment names in SCREENSHOTS, if it does.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is not { } folder)
            return;
        foreach (var scheme in (ColorScheme[])[ColorScheme.Dark, ColorScheme.Light])
        {
            await Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await Page.WaitForFunctionAsync(
                "theme => document.documentElement.dataset.theme === theme && situationMap.map.isStyleLoaded()",
                scheme.ToString().ToLowerInvariant()
            );
            await Page.EvaluateAsync(
                "() => new Promise(resolve => { situationMap.map.once('idle', () => resolve()); situationMap.map.triggerRepaint(); })"
            );
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{scheme}.png") });
        }
    }

    /// <inheritdoc cref="Pages.ViolationsAsync"/>
    public Task<string[]> ViolationsAsync() => Page.ViolationsAsync();

    /// <summary>Waits until the map shows everything it has to show now.</summary>
    public Task MapIsDrawnAsync() =>
        Page.WaitForFunctionAsync(
            "() => window.situationMap?.map.loaded() && situationMap.map.areTilesLoaded() && situationMap.live.state === 'live'"
        );

    /// <inheritdoc cref="Pages.ShowsAsync"/>
    public Task ShowsAsync(string selector, string text) => Page.ShowsAsync(selector, text);

    /// <summary>Waits until an expression of the page, a function in JavaScript, gives that.</summary>
    public Task BecomesAsync<T>(string expression, T expected) =>
        UntilAsync(() => Page.EvaluateAsync<T>(expression), value => EqualityComparer<T>.Default.Equals(value, expected), expression);

    /// <summary>Waits until the page's address contains that.</summary>
    public Task AddressContainsAsync(string part) => Assertions.Expect(Page).ToHaveURLAsync(Containing(part));

    /// <summary>Waits until the page's address does not contain that.</summary>
    public Task AddressLacksAsync(string part) => Assertions.Expect(Page).Not.ToHaveURLAsync(Containing(part));

    /// <summary>Has what is decided on zones take effect after a second instead of ten.</summary>
    public Task HurryDecisionsAsync() =>
        Page.RouteAsync("**/api/zones/*/*", route =>
            route.ContinueAsync(
                new()
                {
                    PostData = route.Request.PostData?.Replace("\"delaySeconds\":10", "\"delaySeconds\":1", StringComparison.Ordinal)
                        is { } body
                        ? System.Text.Encoding.UTF8.GetBytes(body)
                        : null,
                }
            )
        );

    /// <summary>Moves the map at once.</summary>
    public async Task LookAtAsync(double longitude, double latitude, double zoom)
    {
        await Page.EvaluateAsync(
            """
            ([lon, lat, zoom]) => new Promise(resolve => {
              situationMap.map.once('idle', () => resolve());
              situationMap.map.jumpTo({ center: [lon, lat], zoom });
            })
            """,
            new[] { longitude, latitude, zoom }
        );
    }

    /// <summary>Clicks the map at a place.</summary>
    public async Task ClickAsync(double longitude, double latitude)
    {
        var (x, y) = await PixelAsync(longitude, latitude);
        await Page.Mouse.ClickAsync(x, y);
    }

    /// <summary>Where on the page a place of the map is.</summary>
    public async Task<(float X, float Y)> PixelAsync(double longitude, double latitude)
    {
        var at = await Page.EvaluateAsync<double[]>(
            """
            ([lon, lat]) => {
              const { map } = situationMap;
              const { x, y } = map.project([lon, lat]);
              const { left, top } = map.getContainer().getBoundingClientRect();
              return [left + x, top + y];
            }
            """,
            new[] { longitude, latitude }
        );
        return ((float)at[0], (float)at[1]);
    }

    /// <inheritdoc cref="DrawnMap.ColourAtAsync"/>
    public async Task<string> ColourAtAsync(double longitude, double latitude)
    {
        await UncoverAsync();
        return await Page.ColourAtAsync(longitude, latitude);
    }

    /// <summary>Waits until the map has that colour (#RRGGBB) at a place.</summary>
    public Task ShowsColourAsync(double longitude, double latitude, string colour) =>
        UntilAsync(() => ColourAtAsync(longitude, latitude), seen => seen == colour, $"colour at {longitude}, {latitude}");

    /// <inheritdoc cref="DrawnMap.WatchAsync"/>
    public async Task<Task<double>> WatchAsync(double longitude, double latitude, string colour)
    {
        await UncoverAsync();
        return await Page.WatchAsync(longitude, latitude, colour);
    }

    /// <summary>Takes names and letters off the map, below which a small house may lie.</summary>
    private async Task UncoverAsync() =>
        await Page.EvaluateAsync(
            """
            () => {
              const { map } = situationMap;
              for (const id of map.getLayersOrder())
                if (/letters|names|checkpoints/.test(id) && map.getLayoutProperty(id, 'visibility') !== 'none')
                  map.setLayoutProperty(id, 'visibility', 'none');
            }
            """
        );

    /// <summary>How many pixels of the canvas have exactly each of these colours (#RRGGBB).</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountPixelsAsync(params string[] colours)
    {
        return await Page.EvaluateAsync<Dictionary<string, int>>(
            """
            colours => new Promise(resolve => {
              const map = situationMap.map;
              map.once('render', () => {
                const gl = map.getCanvas().getContext('webgl2');
                const { drawingBufferWidth: width, drawingBufferHeight: height } = gl;
                const pixels = new Uint8Array(width * height * 4);
                gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
                const wanted = new Map(colours.map(colour => [parseInt(colour.slice(1), 16), colour]));
                const counts = Object.fromEntries(colours.map(colour => [colour, 0]));
                for (let i = 0; i < pixels.length; i += 4) {
                  const colour = wanted.get((pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2]);
                  if (colour) counts[colour]++;
                }
                resolve(counts);
              });
              map.triggerRepaint();
            })
            """,
            colours
        );
    }

    /// <summary>Waits until at least so many pixels of the canvas have that colour.</summary>
    public Task ShowsPixelsAsync(string colour, int atLeast) =>
        UntilAsync(async () => (await CountPixelsAsync(colour))[colour], count => count >= atLeast, $"pixels in {colour}");

    /// <summary>Waits until no pixel of the canvas has that colour.</summary>
    public Task LacksPixelsAsync(string colour) =>
        UntilAsync(async () => (await CountPixelsAsync(colour))[colour], count => count == 0, $"pixels in {colour}");

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        _foreign.ShouldBeEmpty("no request may leave the machine");
        if (!ExpectsErrors)
            _errors.ShouldBeEmpty("nothing may go wrong on the page");
    }

    /// <summary>Reads once a frame, for thirty seconds at most (machines are busy), until what is read is wanted; what was read last is in
    /// the failure.</summary>
    private async Task UntilAsync<T>(Func<Task<T>> read, Func<T, bool> isWanted, string what)
    {
        var started = Stopwatch.StartNew();
        var value = await read();
        while (!isWanted(value))
        {
            started.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30), $"{what}: {value}");
            await Page.EvaluateAsync("() => new Promise(requestAnimationFrame)");
            value = await read();
        }
    }

    private static Regex Containing(string part) => new(Regex.Escape(part), RegexOptions.None, TimeSpan.FromSeconds(1));

    private void SeeRequest(string url)
    {
        if (
            !url.StartsWith(_address.GetLeftPart(UriPartial.Authority) + "/", StringComparison.Ordinal)
            && !url.StartsWith("data:", StringComparison.Ordinal)
            && !url.StartsWith("blob:", StringComparison.Ordinal)
        )
            _foreign.Enqueue(url);
    }
}
