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
    private const int Visits = 5;
    private const int ShownChanges = 10;
    private const int ChangesPerSecond = 100;

    /// <summary>Near enough to tell buildings apart, and from too far for the letters on them.</summary>
    private const double Zoom = 15.4;

    private readonly List<string> _errors = [];

    public async Task RunAsync(int pages, int minutes)
    {
        await using var server = await ServerProcess.StartAsync(city.ConnectionString, [], cancellation);
        await city.SettleAsync(cancellation);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = await Chromium.EnsureAsync(), Args = [.. Chromium.Flags, "--enable-precise-memory-info"] });
        var houses = await HealthyAsync();
        var near = View(houses[0]);

        await FirstMapAsync("the whole city", browser, server.Address);
        await FirstMapAsync("buildings", browser, new Uri(server.Address, near));
        await ManyPagesAsync(browser, server, near, houses, pages);
        await StreamAsync(browser, server, near, minutes);
        foreach (var error in _errors.Distinct().Take(10))
            Console.WriteLine($"went wrong on a page: {error}");
    }

    /// <summary>From the navigation until everything is drawn and the page follows the feed; each time in a browser context of its own, so that nothing is kept.</summary>
    private async Task FirstMapAsync(string what, IBrowser browser, Uri address)
    {
        var times = new List<double>();
        for (var visit = 0; visit <= Visits; visit++)
        {
            await using var context = await ContextAsync(browser);
            var page = await OpenAsync(context, address);
            var drawn = await page.EvaluateAsync<double>("window.drawnAt");
            if (visit > 0) // after one with the server cold
                times.Add(drawn);
        }
        Console.WriteLine($"first map, {what}: median {Median(times):N0} ms, slowest of {Visits} {times.Max():N0} ms (at most 3,000)");
    }

    /// <summary>From the report's POST until the new colour is on the canvas of each page.</summary>
    private async Task ManyPagesAsync(IBrowser browser, ServerProcess server, string near, IReadOnlyList<House> houses, int count)
    {
        Console.Error.WriteLine($"Opening {count} pages …");
        // Each for itself, as in so many browsers: one browser opens no more than six connections to a server without TLS, and each page keeps one.
        var pages = new List<IPage>();
        for (var page = 0; page < count; page++)
            pages.Add(await OpenAsync(await ContextAsync(browser), new Uri(server.Address, near)));
        var times = new List<double>();
        foreach (var house in houses.Take(ShownChanges))
        {
            var seen = new List<Task<double>>();
            foreach (var page in pages)
                seen.Add(await page.WatchAsync(house.Longitude, house.Latitude, colour: null));
            var reported = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;
            await new Changes([house.Household]).PostAsync(server, ChangesPerSecond, cancellation);
            times.AddRange((await Task.WhenAll(seen).WaitAsync(TimeSpan.FromMinutes(2), cancellation)).Select(at => at - reported));
        }
        foreach (var page in pages)
            await page.Context.CloseAsync();
        times.Sort();
        Console.WriteLine($"a change on {count} open pages, {times.Count} times: report → pixel p50 {times[times.Count / 2]:N0} ms, p95 {times[times.Count * 95 / 100]:N0} ms (at most 2,000), slowest {times[^1]:N0} ms");
    }

    /// <summary>Two pages, one of the whole city, one of buildings, while changes stream in: the longest task of the main thread, and the heap after each minute's collection.</summary>
    private async Task StreamAsync(IBrowser browser, ServerProcess server, string near, int minutes)
    {
        await using var context = await ContextAsync(browser);
        var open = new List<(string What, IPage Page, ICDPSession Session, List<double> Heap)>();
        foreach (var (what, path) in ((string, string)[])[("the whole city", "/"), ("buildings", near)])
        {
            var page = await OpenAsync(context, new Uri(server.Address, path));
            await page.EvaluateAsync("window.tasks = []; new PerformanceObserver(list => window.tasks.push(...list.getEntries().map(task => task.duration))).observe({ type: 'longtask' })");
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
                var longest = await page.EvaluateAsync<double>("Math.max(0, ...window.tasks)"); // before the collection, which is a long task itself
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
            Console.WriteLine($"{posted:N0} changes in {minutes} minutes, {what}: longest task {longest:0} ms (at most 200); heap {string.Join(", ", heap.Select(size => size.ToString("0.0", CultureInfo.InvariantCulture)))} MB; "
                + $"from the first minute's to the last's {(heap[^1] / heap[0]) - 1:+0.0 %;-0.0 %} (at most ± 10 %)");
        }
    }

    private static async Task<IBrowserContext> ContextAsync(IBrowser browser)
    {
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 800 }, Locale = "zh-CN" });
        await context.AddInitScriptAsync("localStorage.setItem('situationmap.seen', '1')");
        return context;
    }

    /// <summary>Opens a page and waits until its map is drawn; when that was, in ms since the navigation, is then in <c>window.drawnAt</c>.</summary>
    private async Task<IPage> OpenAsync(IBrowserContext context, Uri address)
    {
        var page = await context.NewPageAsync();
        page.PageError += (_, error) => _errors.Add(error);
        await page.GotoAsync(address.AbsoluteUri);
        await page.WaitForFunctionAsync(
            """
            () => window.situationMap?.map.loaded() && situationMap.map.areTilesLoaded() && situationMap.live.state === 'live'
              && situationMap.map.queryRenderedFeatures().some(({ source }) => source === 'situation') && (window.drawnAt = performance.now())
            """, null, new() { Timeout = 120_000 });
        return page;
    }

    /// <summary>Healthy households that are alone in their building, in the middle of the city and so near each other that one view shows them.</summary>
    private async Task<IReadOnlyList<House>> HealthyAsync()
    {
        var drawn = await city.ReadAsync<string[]>(
            """
            WITH healthy AS (
              SELECT min(h.code) AS code, b.point FROM building b JOIN household h ON h.building = b.id JOIN household_status s ON s.household = h.id
              GROUP BY b.id, b.point HAVING bool_and(s.status = 'healthy' AND s.surveyed)
            ), middle AS (SELECT point FROM healthy ORDER BY point <-> (SELECT ST_SetSRID(ST_Centroid(ST_Extent(outline)::geometry), 4326) FROM grid) LIMIT 1)
            SELECT array_agg(format('%s %s %s', code, ST_X(point), ST_Y(point))) FROM (
              SELECT healthy.* FROM healthy, middle ORDER BY healthy.point <-> middle.point LIMIT $1) near
            """, cancellation, ShownChanges);
        return [.. drawn.Select(house => house.Split(' ')).Select(part => new House(part[0], double.Parse(part[1], CultureInfo.InvariantCulture), double.Parse(part[2], CultureInfo.InvariantCulture)))];
    }

    private static string View(House middle) => string.Create(CultureInfo.InvariantCulture, $"/#map={Zoom}/{middle.Latitude}/{middle.Longitude}");

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <param name="Household">Its code.</param>
    /// <param name="Longitude">Of a point inside its building, WGS 84.</param>
    private sealed record House(string Household, double Longitude, double Latitude);
}
