using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Testing;

namespace SituationMap.Benchmarks;

/// <summary>
/// Reports at a steady rate, each a request of its own, first alone, then beside a crowd that asks for more than there is: corrected tiles
/// of minutes of the past, exports read slowly, receivers that never answer, and wrong passwords. None of the reports may be refused, and
/// they have to be answered soon.
/// </summary>
internal sealed class CrowdBenchmark(NpgsqlDataSource database, ServerProcess server, CancellationToken cancellation)
{
    private const int PerSecond = 50;
    private const int Asking = 100;
    private const int Exporting = 100;
    private const int Receivers = 150;
    private const int Guesses = 200;

    /// <summary>An account may have so many subscriptions.</summary>
    private const int PerAccount = 15;

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, int> _answers = [];

    public static Task RunAsync(BenchmarkCity city, int seconds, CancellationToken cancellation) =>
        city.OverCopyAsync(
            async copy =>
            {
                await using var store = Databases.Open(copy);
                await using var server = await ServerProcess.StartAsync(
                    copy,
                    ["--SituationMap:Webhooks:AllowedHosts:0=127.0.0.1", "--SituationMap:RequestsPerSecond=1000000"],
                    cancellation
                );
                await new CrowdBenchmark(store, server, cancellation).RunAsync(seconds);
            },
            cancellation
        );

    private async Task RunAsync(int seconds)
    {
        var root = await ReadAsync<string>("SELECT code FROM grid WHERE parent IS NULL");
        var households = await ReadAsync<string[]>(
            "SELECT array_agg(code) FROM (SELECT code FROM household ORDER BY md5(code) LIMIT $1) h",
            PerSecond * seconds * 2
        );
        var sides = new BorderSides(database, new AccountStore(database), server, cancellation);
        using var reporter = await sides.ClientAsync("crowd-reporter", "system", root);
        var viewers = new List<HttpClient>();
        for (var i = 0; i < 10; i++)
            viewers.Add(await sides.ClientAsync($"crowd-viewer-{i}", "viewer", root));
        using var receiver = new SilentReceiver();
        var alone = await ReportAsync(reporter, households[..(PerSecond * seconds)], cancellation);

        var tiles = await TilesAsync();
        var corrected = new List<double>();
        for (var i = 0; i < 5; i++)
            corrected.Add(await Comparison.TimeAsync(() => AskAsync(viewers[0], tiles, new Random(i), cancellation)));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"corrected tiles alone: {string.Join(", ", corrected.Select(ms => $"{ms:N0} ms"))}"
            )
        );
        Console.WriteLine(Row($"{PerSecond} reports a second alone", alone));

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await SubscribeAsync(sides, root, receiver);
        var crowd = new List<Task>();
        for (var i = 0; i < Asking; i++)
        {
            var (viewer, random) = (viewers[i % viewers.Count], new Random(i));
            crowd.Add(RepeatAsync("corrected tile", () => AskAsync(viewer, tiles, random, stop.Token), stop.Token));
        }
        for (var i = 0; i < Exporting; i++)
            crowd.Add(ExportAsync(viewers[i % viewers.Count], stop.Token));
        for (var i = 0; i < Guesses; i++)
            crowd.Add(GuessAsync(i, stop.Token));
        var beside = await ReportAsync(reporter, households[(PerSecond * seconds)..], cancellation);
        var waiting = receiver.Waiting;
        await stop.CancelAsync();
        await Task.WhenAll(crowd);
        foreach (var viewer in viewers)
            viewer.Dispose();

        Console.WriteLine(Row($"beside {Asking} corrected tiles, {Exporting} exports, {Receivers} receivers, {Guesses} guesses", beside));
        Console.WriteLine($"{waiting} deliveries waited for the silent receiver at the end");
        foreach (var (what, times) in _answers.OrderBy(answer => answer.Key, StringComparer.Ordinal))
            Console.WriteLine($"{what}: {times:N0}");
        if (beside.Refused > 0)
            throw new InvalidOperationException("Reports were refused.");
    }

    private static string Row(string what, (double[] Milliseconds, int Refused) reports)
    {
        var sorted = reports.Milliseconds.Order().ToArray();
        double Within(double share) => sorted[Math.Min((int)(share * sorted.Length), sorted.Length - 1)];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {reports.Refused} of {sorted.Length:N0} refused, "
                + $"p50 {Within(0.5):N0} ms, p99 {Within(0.99):N0} ms, longest {sorted[^1]:N0} ms"
        );
    }

    /// <summary>Sends each at its time, whether those before it are answered or not; it counts from its time on.</summary>
    private async Task<(double[] Milliseconds, int Refused)> ReportAsync(
        HttpClient reporter,
        string[] households,
        CancellationToken cancellation
    )
    {
        var (refused, sent) = (0, new List<Task<double>>());
        var watch = Stopwatch.StartNew();
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / PerSecond));
        foreach (var household in households)
        {
            await tick.WaitForNextTickAsync(cancellation);
            sent.Add(SendAsync(household, TimeSpan.FromSeconds(sent.Count / (double)PerSecond)));
        }
        return (await Task.WhenAll(sent), refused);

        async Task<double> SendAsync(string household, TimeSpan due)
        {
            var began = watch.Elapsed > due ? due : watch.Elapsed;
            using var answer = await reporter.PostAsJsonAsync(
                new Uri("api/facts", UriKind.Relative),
                new
                {
                    id = Guid.NewGuid(),
                    kind = "returned",
                    household,
                    at = DateTimeOffset.UtcNow.AddMinutes(-1),
                    source = "system:benchmark",
                    data = new { from = "330100", risk = "low" },
                },
                cancellation
            );
            if (answer.StatusCode != HttpStatusCode.Accepted)
            {
                Interlocked.Increment(ref refused);
                Count($"report {await ReasonAsync(answer, cancellation)}");
            }
            return (watch.Elapsed - began).TotalMilliseconds;
        }
    }

    private async Task SubscribeAsync(BorderSides sides, string root, SilentReceiver receiver)
    {
        for (var i = 0; i < Receivers / PerAccount; i++)
        {
            using var subscriber = await sides.ClientAsync($"crowd-subscriber-{i}", "system", root);
            for (var j = 0; j < PerAccount; j++)
            {
                using var made = await subscriber.PostAsJsonAsync(
                    new Uri("api/subscriptions", UriKind.Relative),
                    new { url = receiver.Url, kinds = (string[])["status"] },
                    cancellation
                );
                made.EnsureSuccessStatusCode();
            }
        }
    }

    private Task<string[]> TilesAsync() =>
        ReadAsync<string[]>(
            """
            SELECT array_agg(format('tiles/situation/15/%s/%s.mvt',
                floor((ST_X(point) + 180) / 360 * 32768)::int,
                floor((1 - asinh(tan(radians(ST_Y(point)))) / pi()) / 2 * 32768)::int))
            FROM (SELECT point FROM building ORDER BY md5(code) LIMIT 100) b
            """
        );

    /// <summary>Every time another minute of the last ten days, as it is known now, so that nothing is at hand.</summary>
    private static async Task<HttpStatusCode> AskAsync(HttpClient viewer, string[] tiles, Random random, CancellationToken over)
    {
        var (now, at) = (DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddSeconds(-random.Next(600, 864_000)));
        var path = $"{tiles[random.Next(tiles.Length)]}?at={Uri.EscapeDataString($"{at:O}")}&known={Uri.EscapeDataString($"{now:O}")}";
        using var answer = await viewer.GetAsync(new Uri(path, UriKind.Relative), over);
        return answer.StatusCode;
    }

    /// <summary>Takes 16 KiB of an export ten times a second.</summary>
    private Task ExportAsync(HttpClient viewer, CancellationToken over) =>
        RepeatAsync(
            "export",
            async () =>
            {
                using var answer = await viewer.GetAsync(
                    new Uri("api/exports/households", UriKind.Relative),
                    HttpCompletionOption.ResponseHeadersRead,
                    over
                );
                using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
                var buffer = new byte[16 << 10];
                await using var body = await answer.Content.ReadAsStreamAsync(over);
                while (await body.ReadAsync(buffer, over) > 0)
                    await pace.WaitForNextTickAsync(over);
                return answer.StatusCode;
            },
            over
        );

    private Task GuessAsync(int number, CancellationToken over) =>
        RepeatAsync(
            "guess",
            async () =>
            {
                using var answer = await server.Client.PostAsJsonAsync(
                    new Uri(server.Address, "api/session"),
                    new { name = "crowd-viewer-0", password = $"wrong {number}" },
                    over
                );
                return answer.StatusCode;
            },
            over
        );

    /// <summary>Again and again, a second after a refusal, and counts what was answered.</summary>
    private async Task RepeatAsync(string what, Func<Task<HttpStatusCode>> ask, CancellationToken over)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (true)
            {
                var status = await ask().WaitAsync(LongestAnswer, over);
                Count($"{what} {(int)status}");
                if ((int)status >= 400)
                    await pause.WaitForNextTickAsync(over);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // the crowd goes home
        }
    }

    private void Count(string answer)
    {
        lock (_answers)
            _answers[answer] = _answers.GetValueOrDefault(answer) + 1;
    }

    /// <summary>The status, and the code of what is wrong.</summary>
    private static async Task<string> ReasonAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
        return $"{(int)answer.StatusCode} {(problem.TryGetProperty("code", out var code) ? code : default)}";
    }

    private async Task<T> ReadAsync<T>(string sql, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return await reader.GetFieldValueAsync<T>(0, cancellation);
    }
}
