using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Npgsql;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Households;

namespace SituationMap.Benchmarks;

/// <summary>
/// Households that open their own pages and report a temperature there, at a steady rate and each from a door of its own, beside what maps
/// ask. None may be refused, and all of them have to be in the store once.
/// </summary>
internal sealed partial class ResidentsBenchmark(NpgsqlDataSource store, ServerProcess server, CancellationToken cancellation)
{
    private readonly ConcurrentBag<double> _pages = [];
    private readonly ConcurrentBag<double> _reports = [];
    private readonly ConcurrentDictionary<HttpStatusCode, int> _answers = [];

    public static Task RunAsync(BenchmarkCity city, int reports, int seconds, int clients, int tiles, CancellationToken cancellation) =>
        city.OverCopyAsync(
            async copy =>
            {
                await using var store = Databases.Open(copy);
                await using (var list = store.CreateCommand(BenchmarkCity.Sql("tiles.sql")))
                    await list.ExecuteNonQueryAsync(cancellation);
                await using var server = await ServerProcess.StartAsync(copy, [], cancellation);
                await new ResidentsBenchmark(store, server, cancellation).RunAsync(reports, seconds, clients, tiles);
            },
            cancellation
        );

    private async Task RunAsync(int reports, int seconds, int clients, int tiles)
    {
        var households = await ReadAsync<int[]>(
            """
            SELECT array_agg(id) FROM (
              SELECT h.id FROM household h WHERE EXISTS (SELECT FROM person p WHERE p.household = h.id) ORDER BY random() LIMIT $1) drawn
            """,
            reports
        );
        var codes = await new DoorCodeStore(store).MakeAsync(
            households,
            renew: false,
            AuditEntry.OfConsole("make door codes", "benchmark"),
            cancellation
        );
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue };
        using var maps = new HttpClient(handler)
        {
            BaseAddress = server.Address,
            DefaultRequestHeaders = { Authorization = server.Client.DefaultRequestHeaders.Authorization },
        };
        using var doorHandler = new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue, AllowAutoRedirect = false };
        using var doors = new HttpClient(doorHandler) { BaseAddress = server.Address };
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var connected = 0;
        var load = new MapLoad(store, maps, clients, tiles).RunAsync(() => Interlocked.Increment(ref connected), over.Token);
        await Wait.UntilAsync(() => Task.FromResult(Volatile.Read(ref connected) == clients), TimeSpan.FromMilliseconds(10), cancellation);

        var (watch, sent) = (Stopwatch.StartNew(), new List<Task>());
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (sent.Count < codes.Count && await tick.WaitForNextTickAsync(cancellation))
        {
            while (sent.Count < Math.Min(codes.Count, watch.Elapsed.TotalSeconds * reports / seconds))
                sent.Add(ReportAsync(doors, codes[households[sent.Count]]));
        }
        await Task.WhenAll(sent);
        await over.CancelAsync();
        await load;

        var stored = await ReadAsync<long>("SELECT count(*) FROM fact WHERE account_kind = 'door'");
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{reports:N0} doors in {watch.Elapsed.TotalSeconds:N0} s, {clients} clients of the live feed, {tiles} tiles/s: "
                    + $"page {Describe(_pages)}; report {Describe(_reports)}; "
                    + $"{string.Join(", ", _answers.Select(answer => $"{(int)answer.Key}: {answer.Value:N0}"))}; {stored:N0} stored"
            )
        );
        if (stored != reports)
            throw new InvalidOperationException("Not every report is in the store once.");
    }

    private async Task ReportAsync(HttpClient doors, string code)
    {
        var path = new Uri($"s/{code}", UriKind.Relative);
        var began = Stopwatch.GetTimestamp();
        var page = await doors.GetStringAsync(path, cancellation);
        _pages.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["kind"] = "temperature",
                ["id"] = Id().Match(page).Groups["id"].Value,
                ["person"] = Member().Match(page).Groups["code"].Value,
                ["celsius"] = "36.6",
            }
        );
        began = Stopwatch.GetTimestamp();
        using var answer = await doors.PostAsync(path, form, cancellation);
        _reports.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        _answers.AddOrUpdate(answer.StatusCode, 1, (_, count) => count + 1);
    }

    private static string Describe(IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToArray();
        double Within(int percent) => sorted[sorted.Length * percent / 100];
        return string.Create(CultureInfo.InvariantCulture, $"p50 {Within(50):0.0} ms, p95 {Within(95):0.0} ms, p99 {Within(99):0.0} ms");
    }

    private async Task<T> ReadAsync<T>(string sql, params object[] values)
    {
        await using var command = store.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return (T)(await command.ExecuteScalarAsync(cancellation))!;
    }

    [GeneratedRegex("name=\"id\" value=\"(?<id>[0-9a-f-]{36})", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Id();

    [GeneratedRegex("<option value=\"(?<code>P-[^\"]+)\"", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Member();
}
