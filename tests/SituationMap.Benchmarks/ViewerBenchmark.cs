using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;
using SituationMap.Testing;

namespace SituationMap.Benchmarks;

/// <summary>
/// The viewer in Chromium, drawing in software on the same two processors as the server: how soon the first map is there, how soon a
/// change is on many pages, and how a page bears a stream of changes.
/// </summary>
internal sealed class ViewerBenchmark(BenchmarkCity city, CancellationToken cancellation)
{
    private const int ShownChanges = 10;
    private const int ChangesPerSecond = 100;
    private const int PagesAtOnce = 4;
    private static readonly ViewportSize Desk = new() { Width = 1280, Height = 800 };
    private static readonly ViewportSize Small = new() { Width = 640, Height = 480 };

    /// <summary>Near enough to tell buildings apart, and from too far for the letters on them.</summary>
    private const double Zoom = 15.4;

    private readonly List<string> _errors = [];

    public async Task RunAsync(int visits, int pages, int minutes, int instants)
    {
        await using var server = await ServerProcess.StartAsync(city.ConnectionString, [], cancellation);
        await city.SettleAsync(cancellation);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = await Chromium.EnsureAsync(), Args = [.. Chromium.Flags, "--enable-precise-memory-info"] }
        );
        var houses = await House.HealthyAsync(city, ShownChanges, cancellation);
        var near = View(houses[0]);

        if (visits > 0)
        {
            await FirstMapAsync("the whole city", browser, server.Address, visits);
            await FirstMapAsync("buildings", browser, new Uri(server.Address, near), visits);
        }
        if (pages > 0)
            await ManyPagesAsync(browser, server, near, houses, pages);
        if (instants > 0)
        {
            await HaveHistoryAsync();
            await ReplayAsync("the whole city", browser, server.Address, instants);
            await ReplayAsync("buildings", browser, new Uri(server.Address, near), instants);
        }
        if (minutes > 0)
            await StreamAsync(browser, server, near, minutes);
        foreach (var error in _errors.Distinct().Take(10))
            Console.WriteLine($"went wrong on a page: {error}");
    }

    /// <summary>From the navigation until everything is drawn and the page follows the feed; each time in a browser context of its own, so
    /// that nothing is kept.</summary>
    private async Task FirstMapAsync(string what, IBrowser browser, Uri address, int visits)
    {
        var times = new List<double>();
        for (var visit = 0; visit <= visits; visit++)
        {
            await using var context = await ContextAsync(browser, Desk);
            var page = await OpenAsync(context, address);
            var drawn = await page.EvaluateAsync<double>("window.drawnAt");
            if (visit > 0) // after one with the server cold
                times.Add(drawn);
        }
        Console.WriteLine($"first map, {what}: median {Median(times):N0} ms, slowest of {visits} {times.Max():N0} ms (at most 3,000)");
    }

    /// <summary>
    /// From the report's POST until a page shows the change: the new colour on its canvas, and the new count on its card. The pages are
    /// small, since all of them are drawn by the processors that the server works on; else nothing is left out.
    /// </summary>
    private async Task ManyPagesAsync(IBrowser browser, ServerProcess server, string near, IReadOnlyList<House> houses, int count)
    {
        var pages = new List<IPage>();
        var opening = Stopwatch.StartNew();
        while (pages.Count < count)
        {
            // Each for itself, as on so many desks: the pages of one browser share a connection.
            var batch = Enumerable
                .Range(0, Math.Min(PagesAtOnce, count - pages.Count))
                .Select(async _ => await OpenAsync(await ContextAsync(browser, Small), new Uri(server.Address, near)));
            pages.AddRange(await Task.WhenAll(batch));
            Console.Error.WriteLine($"  {pages.Count} of {count} pages are open after {opening.Elapsed.TotalSeconds:0} s");
        }
        var (pixels, counts) = (new List<double>(), new List<double>());
        foreach (var house in houses.Take(ShownChanges))
        {
            var (pixel, number) = (new List<Task<double>>(), new List<Task<double>>());
            foreach (var page in pages)
            {
                pixel.Add(await page.WatchAsync(house.Longitude, house.Latitude, colour: null));
                number.Add(await WatchCountAsync(page));
            }
            var reported = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;
            await new Changes([house.Household]).PostAsync(server, ChangesPerSecond, cancellation);
            pixels.AddRange((await Task.WhenAll(pixel).WaitAsync(TimeSpan.FromMinutes(2), cancellation)).Select(at => at - reported));
            counts.AddRange((await Task.WhenAll(number).WaitAsync(TimeSpan.FromMinutes(2), cancellation)).Select(at => at - reported));
            Console.Error.WriteLine(
                $"  a change was on all {count} pages after {pixels.TakeLast(count).Max():N0} ms, counted after "
                    + $"{counts.TakeLast(count).Max():N0} ms"
            );
        }
        foreach (var page in pages)
            await page.Context.CloseAsync();
        foreach (var (what, times) in ((string, List<double>)[])[("pixel", pixels), ("count", counts)])
        {
            times.Sort();
            Console.WriteLine(
                $"a change on {count} open pages, {times.Count} times: report → {what} p50 {times[times.Count / 2]:N0} ms, p95 "
                    + $"{times[times.Count * 95 / 100]:N0} ms (at most 2,000), slowest {times[^1]:N0} ms"
            );
        }
    }

    /// <summary>Begins to watch how many households the card counts as observed; the task ends with the time, in ms since 1970, at which it
    /// was another number.</summary>
    private static async Task<Task<double>> WatchCountAsync(IPage page)
    {
        await page.EvaluateAsync(
            """
            () => {
              const shown = () => document.querySelector('#card tr[data-status=observed] b')?.textContent;
              const before = shown();
              window.counted = new Promise(resolve => {
                const changes = new MutationObserver(() => {
                  if (shown() === before) return;
                  changes.disconnect();
                  resolve(performance.timeOrigin + performance.now());
                });
                changes.observe(document.getElementById('card'), { subtree: true, childList: true, characterData: true });
              });
            }
            """
        );
        return page.EvaluateAsync<double>("() => window.counted");
    }

    /// <summary>A city that was made today has become all that it is today: it gets the days on which its statuses might have
    /// begun.</summary>
    private Task HaveHistoryAsync() =>
        city.ExecuteAsync(
            """
            ALTER TABLE feed DISABLE TRIGGER feed_append_only;
            UPDATE feed SET recorded_at = now() - (1 - sequence::float8 / last) * interval '89 days' FROM feed_counter
            WHERE (SELECT min(recorded_at) FROM feed) > now() - interval '80 days';
            ALTER TABLE feed ENABLE TRIGGER feed_append_only;
            ANALYZE feed;
            """,
            cancellation
        );

    /// <summary>From a move of the time slider to a minute drawn by lot until the map's tiles of that minute are drawn.</summary>
    private async Task ReplayAsync(string what, IBrowser browser, Uri address, int instants)
    {
        await using var context = await ContextAsync(browser, Desk);
        var page = await OpenAsync(context, address);
        await page.Keyboard.PressAsync("r");
        await page.Locator("#timeline input[type=range]").WaitForAsync();
        var (random, times) = (new Random(1), new List<double>());
        for (var instant = 0; instant <= instants; instant++)
        {
            var drawn = await page.EvaluateAsync<double>(
                    """
                    value => new Promise(resolve => {
                      const { map, viewer: { time } } = situationMap;
                      const slider = document.querySelector('#timeline input[type=range]');
                      const before = time.moment?.at;
                      const moved = performance.now();
                      performance.clearResourceTimings();
                      slider.value = value;
                      slider.dispatchEvent(new Event('input'));
                      requestAnimationFrame(look);
                      // a tile that is the same as before tells nothing
                      function look() {
                        const asked = time.moment?.at !== before
                            && performance.getEntriesByType('resource').some(({ name }) => name.includes('.mvt')
                                && name.includes(encodeURIComponent(time.moment.at)));
                        if (!asked || !map.areTilesLoaded()) return requestAnimationFrame(look);
                        map.once('render', () => resolve(performance.now() - moved));
                        map.triggerRepaint();
                      }
                    })
                    """,
                    random.Next(90 * 24 * 60)
                )
                .WaitAsync(TimeSpan.FromMinutes(1), cancellation);
            if (instant > 0) // after one that the server has made no picture for
                times.Add(drawn);
            Console.Error.WriteLine($"  {what}: a minute of the past after {drawn:N0} ms");
        }
        times.Sort();
        Console.WriteLine(
            $"replay, {what}, {instants} minutes by lot: slider → drawn p50 {times[times.Count / 2]:N0} ms, p95 "
                + $"{times[times.Count * 95 / 100]:N0} ms, slowest {times[^1]:N0} ms (at most 1,000)"
        );
    }

    /// <summary>Two pages, one of the whole city, one of buildings, while changes stream in: the longest task of the main thread, and the
    /// heap after each minute's collection.</summary>
    private async Task StreamAsync(IBrowser browser, ServerProcess server, string near, int minutes)
    {
        await using var context = await ContextAsync(browser, Desk);
        var open = new List<(string What, IPage Page, ICDPSession Session, List<double> Heap)>();
        foreach (var (what, path) in ((string, string)[])[("the whole city", "/"), ("buildings", near)])
        {
            var page = await OpenAsync(context, new Uri(server.Address, path));
            await page.EvaluateAsync(
                "window.tasks = []; new PerformanceObserver(list => window.tasks.push(...list.getEntries().map(task => "
                    + "task.duration))).observe({ type: 'longtask' })"
            );
            open.Add((what, page, await context.NewCDPSessionAsync(page), []));
        }
        var drawn = await Changes.DrawAsync(city, ChangesPerSecond * 60 * (minutes + 1), cancellation);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var posting = drawn.PostAsync(server, ChangesPerSecond, over.Token);
        using var minute = new PeriodicTimer(TimeSpan.FromMinutes(1));
        for (var passed = 1; passed <= minutes; passed++)
        {
            await minute.WaitForNextTickAsync(cancellation);
            foreach (var (_, page, session, heap) in open)
            {
                // before the collection, which is a long task itself
                var longest = await page.EvaluateAsync<double>("Math.max(0, ...window.tasks)");
                await session.SendAsync("HeapProfiler.collectGarbage");
                heap.Add((await session.SendAsync("Runtime.getHeapUsage"))!.Value.GetProperty("usedSize").GetDouble() / (1 << 20));
                await page.EvaluateAsync("longest => { window.tasks = [longest]; }", longest);
                Console.Error.WriteLine($"  minute {passed}: heap {heap[^1]:0.0} MB, longest task {longest:0} ms");
            }
        }
        await over.CancelAsync();
        var posted = await posting;
        foreach (var (what, page, _, heap) in open)
        {
            var longest = await page.EvaluateAsync<double>("Math.max(0, ...window.tasks)");
            Console.WriteLine(
                $"{posted:N0} changes in {minutes} minutes, {what}: longest task {longest:0} ms (at most 200); heap "
                    + $"{string.Join(", ", heap.Select(size => size.ToString("0.0", CultureInfo.InvariantCulture)))} MB; "
                    + $"from the first minute's to the last's {(heap[^1] / heap[0]) - 1:+0.0 %;-0.0 %} (at most ± 10 %)"
            );
        }
    }

    private static async Task<IBrowserContext> ContextAsync(IBrowser browser, ViewportSize size)
    {
        var context = await browser.NewContextAsync(new() { ViewportSize = size, Locale = "zh-CN" });
        await context.AddInitScriptAsync("localStorage.setItem('situationmap.seen', '1')");
        return context;
    }

    /// <summary>Opens a page and waits until its map is drawn; when that was, in ms since the navigation, is then in
    /// <c>window.drawnAt</c>.</summary>
    private async Task<IPage> OpenAsync(IBrowserContext context, Uri address)
    {
        await context.LetInAsync(address, ServerProcess.LocalToken);
        var page = await context.NewPageAsync();
        page.PageError += (_, error) => _errors.Add(error);
        await page.GotoAsync(address.AbsoluteUri);
        await page.WaitForFunctionAsync(
            """
            () => window.situationMap?.map.loaded() && situationMap.map.areTilesLoaded() && situationMap.live.state === 'live'
              && situationMap.map.queryRenderedFeatures().some(({ source }) => source === 'situation')
              && (window.drawnAt = performance.now())
            """,
            null,
            new() { Timeout = 120_000 }
        );
        return page;
    }

    private static string View(House middle) =>
        string.Create(CultureInfo.InvariantCulture, $"/#map={Zoom}/{middle.Latitude}/{middle.Longitude}");

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
