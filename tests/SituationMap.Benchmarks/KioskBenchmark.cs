using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;
using SituationMap.Testing;

namespace SituationMap.Benchmarks;

/// <summary>
/// A wall that goes through two views while statuses change, the server is killed every two minutes and the database three times: in the
/// end it has to show what the database has, without anybody having touched it.
/// </summary>
internal sealed class KioskBenchmark(BenchmarkCity city, CancellationToken cancellation)
{
    private const int ChangesPerSecond = 10;
    private const int DatabaseCrashes = 3;
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan MaxToSettle = TimeSpan.FromMinutes(1);
    private static readonly string[] Statuses = ["quarantined", "observed", "out", "healthy"];

    private readonly List<(long At, string State)> _badge = [];
    private ServerProcess _server = null!;
    private int _loads;

    public async Task RunAsync(int minutes)
    {
        _server = await ServerProcess.StartAsync(city.ConnectionString, [], cancellation);
        await city.SettleAsync(cancellation);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = await Chromium.EnsureAsync(), Args = Chromium.Flags }
        );
        var page = await OpenAsync(browser);
        await using var session = new Heap(await page.Context.NewCDPSessionAsync(page));
        var drawn = new Changes(
            await city.ReadAsync<string[]>(
                "SELECT array_agg(code ORDER BY random()) FROM household h LEFT JOIN household_status s ON s.household = h.id "
                    + "WHERE COALESCE(s.status::text, 'healthy') = 'healthy'",
                cancellation
            )
        );
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var posting = drawn.PostAsync(() => _server, ChangesPerSecond, over.Token);

        var crashes = Enumerable
            .Range(0, DatabaseCrashes)
            .Select(crash => (minutes * ((2 * crash) + 1) / (2 * DatabaseCrashes)) | 1)
            .Distinct()
            .ToHashSet();
        var (kills, slowest, longest) = (0, TimeSpan.Zero, TimeSpan.Zero);
        using var minute = new PeriodicTimer(TimeSpan.FromMinutes(1));
        for (var passed = 1; passed <= minutes; passed++)
        {
            await minute.WaitForNextTickAsync(cancellation);
            var heap = await session.ReadAsync();
            if (crashes.Contains(passed))
            {
                await city.CrashAsync(Away, cancellation);
                Console.Error.WriteLine($"  minute {passed}: heap {heap:0.0} MB, the database was killed");
            }
            else if (passed % 2 == 0)
            {
                var killed = Stopwatch.GetTimestamp();
                await _server.KillAsync();
                slowest = Max(slowest, await BadgeAsync(killed, state => state != "live"));
                await Task.Delay(Away, cancellation);
                _server = await ServerProcess.StartAsync(city.ConnectionString, [], cancellation, _server.Address);
                longest = Max(longest, await BadgeAsync(Stopwatch.GetTimestamp(), state => state == "live"));
                kills++;
                Console.Error.WriteLine(
                    $"  minute {passed}: heap {heap:0.0} MB, the server was killed; not live within {slowest.TotalSeconds:0.0} "
                        + $"s, live again within {longest.TotalSeconds:0.0} s of its start"
                );
            }
        }
        await over.CancelAsync();
        var posted = await posting;
        await city.SettleAsync(cancellation);

        var settling = Stopwatch.StartNew();
        var (shown, wrong, buildings) = (await CountsAsync(page), 0, 0);
        while (true)
        {
            var stored = await StoredAsync();
            (wrong, buildings) = await WrongBuildingsAsync(page);
            shown = await CountsAsync(page);
            if ((shown == stored && wrong == 0 && buildings > 0) || settling.Elapsed > MaxToSettle)
            {
                Console.WriteLine(
                    $"a wall for {minutes} minutes, {posted:N0} changes, server killed {kills} times, database {crashes.Count} "
                        + $"times: the page counts {shown}, the database {stored}; "
                        + $"{wrong} of {buildings} buildings on the map have another colour (0 allowed); not live within "
                        + $"{slowest.TotalSeconds:0.0} s of a kill (at most 5), live again {longest.TotalSeconds:0.0} s after the "
                        + "start; "
                        + $"loaded {_loads} times; heap {session.First:0.0} → {session.Last:0.0} MB"
                );
                break;
            }
            await Task.Delay(200, cancellation);
        }
        await _server.DisposeAsync();
    }

    private async Task<IPage> OpenAsync(IBrowser browser)
    {
        var middle = await city.ReadAsync<double[]>(
            "SELECT ARRAY[ST_Y(point), ST_X(point)] FROM building ORDER BY point <-> (SELECT "
                + "ST_SetSRID(ST_Centroid(ST_Extent(outline)::geometry), 4326) FROM grid) LIMIT 1",
            cancellation
        );
        var context = await browser.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = 1280, Height = 720 },
                Locale = "zh-CN",
            }
        );
        await context.LetInAsync(_server.Address, ServerProcess.LocalToken);
        await context.ExposeFunctionAsync("badge", (string state) =>
        {
            lock (_badge)
                _badge.Add((Stopwatch.GetTimestamp(), state));
        });
        await context.AddInitScriptAsync(
            """
            let last;
            new MutationObserver(() => {
              const state = document.querySelector('.connection')?.dataset.state;
              if (state !== last && state) badge(last = state);
            }).observe(document, { subtree: true, childList: true, attributeFilter: ['data-state'] });
            """
        );
        var page = await context.NewPageAsync();
        page.Load += (_, _) =>
        {
            _loads++;
            Console.Error.WriteLine("  the page loads");
        };
        var position = string.Create(CultureInfo.InvariantCulture, $"{middle[0]}/{middle[1]}");
        await page.GotoAsync(
            new Uri(_server.Address, $"/?kiosk=1&every=15&stop=city~11/{position}&stop=buildings~15.4/{position}").AbsoluteUri
        );
        await page.WaitForFunctionAsync(
            "() => window.situationMap?.map.loaded() && situationMap.live.state === 'live'",
            null,
            new() { Timeout = 120_000 }
        );
        return page;
    }

    /// <summary>How long after an instant the badge first said so.</summary>
    private async Task<TimeSpan> BadgeAsync(long since, Func<string, bool> says)
    {
        while (Stopwatch.GetElapsedTime(since) < TimeSpan.FromMinutes(1))
        {
            lock (_badge)
            {
                // what it says already counts
                if (_badge.Count > 0 && says(_badge[^1].State))
                    return _badge[^1].At < since ? TimeSpan.Zero : Stopwatch.GetElapsedTime(since, _badge[^1].At);
            }
            await Task.Delay(50, cancellation);
        }
        throw new TimeoutException("The badge did not turn within a minute.");
    }

    private static async Task<string> CountsAsync(IPage page) =>
        string.Join(
            ' ',
            await page.EvaluateAsync<string[]>(
                "statuses => statuses.map(status => document.querySelector(`#card tr[data-status=${status}] "
                    + "b`)?.textContent.replace(/\\D/g, '') ?? '')",
                Statuses
            )
        );

    private Task<string> StoredAsync() =>
        city.ReadAsync<string>(
            """
            SELECT string_agg(n::text, ' ' ORDER BY i)
            FROM (SELECT i, (SELECT count(*) FROM household h LEFT JOIN household_status s ON s.household = h.id
              WHERE COALESCE(s.status::text, 'healthy') = name) AS n
                  FROM unnest($1) WITH ORDINALITY AS known (name, i)) counted
            """,
            cancellation,
            (object)Statuses
        );

    /// <summary>How many of the buildings with households that the map draws have a colour that is not that of their worst household, and
    /// how many there are.</summary>
    private async Task<(int Wrong, int Drawn)> WrongBuildingsAsync(IPage page)
    {
        var drawn = await page.EvaluateAsync<string[]>(
            """
            () => !situationMap.map.areTilesLoaded() || !situationMap.map.getLayer('buildings') ? []
              : situationMap.map.queryRenderedFeatures({ layers: ['buildings'] }).filter(({ properties }) => properties.status)
                    .map(({ id, state, properties }) => `${id} ${state.status ?? properties.status}`)
            """
        );
        var ids = drawn.Select(one => int.Parse(one.Split(' ')[0], CultureInfo.InvariantCulture)).ToArray();
        var wrong = await city.ReadAsync<long>(
            """
            SELECT count(*)
            FROM unnest($1, $2) AS shown (id, status)
            WHERE status IS DISTINCT FROM (
              SELECT known.name FROM household h LEFT JOIN household_status s ON s.household = h.id
              JOIN unnest($3) WITH ORDINALITY AS known (name, i) ON known.name = COALESCE(s.status::text, 'healthy')
              WHERE h.building = shown.id ORDER BY i LIMIT 1)
            """,
            cancellation,
            ids,
            drawn.Select(one => one.Split(' ')[1]).ToArray(),
            Statuses
        );
        return ((int)wrong, ids.Length);
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    /// <summary>The JavaScript heap of a page after a collection, in MB.</summary>
    private sealed class Heap(ICDPSession session) : IAsyncDisposable
    {
        public double? First { get; private set; }

        public double Last { get; private set; }

        public async Task<double> ReadAsync()
        {
            await session.SendAsync("HeapProfiler.collectGarbage");
            Last = (await session.SendAsync("Runtime.getHeapUsage"))!.Value.GetProperty("usedSize").GetDouble() / (1 << 20);
            First ??= Last;
            return Last;
        }

        public async ValueTask DisposeAsync() => await session.DetachAsync();
    }
}
