using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Npgsql;
using SituationMap.Store.Database;
using SituationMap.Store.Statuses.Recompute;

namespace SituationMap.Benchmarks;

/// <summary>
/// Now the server, now PostgreSQL is killed, at random moments, while clients report; a client sends what was not answered again, as the
/// same facts. In the end every fact that was acknowledged has to be in the store, once, each status has to be what its facts make it,
/// and the feed without a gap.
/// </summary>
internal sealed class DrillBenchmark(BenchmarkCity city, string copy, CancellationToken cancellation) : IDisposable
{
    private const int InArray = 100;

    /// <summary>Between a server that is ready and the next kill.</summary>
    private static readonly (int Shortest, int Longest) Milliseconds = (50, 1_500);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly NpgsqlDataSource _store = Databases.Open(copy);
    private readonly ConcurrentBag<Guid> _acknowledged = [];

    /// <summary>By the moment of a kill: which were answered, which were cut off.</summary>
    private int _answered;
    private int _cutOff;
    private int _repeated;

    public static Task RunAsync(BenchmarkCity city, int kills, CancellationToken cancellation) =>
        city.OverCopyAsync(
            async copy =>
            {
                using var drill = new DrillBenchmark(city, copy, cancellation);
                await drill.RunAsync(kills, Random.Shared);
            },
            cancellation
        );

    public void Dispose() => _store.Dispose();

    private async Task RunAsync(int kills, Random random)
    {
        var server = await ServerProcess.StartAsync(copy, [], cancellation);
        var watch = Stopwatch.StartNew();
        try
        {
            var before = await ReadAsync<long>("SELECT count(*) FROM fact");
            var households = await ReadAsync<string[]>("SELECT array_agg(code) FROM household");
            using var http = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromSeconds(30) };
            http.DefaultRequestHeaders.Authorization = server.Client.DefaultRequestHeaders.Authorization;
            using var enough = new CancellationTokenSource();
            var clients = Enumerable
                .Range(0, Load.Connections)
                .Select(number => ReportAsync(http, households, new Random(random.Next()), number % 4 == 0 ? InArray : 1, enough.Token))
                .ToArray();
            var crashes = 0;
            for (var kill = 1; kill <= kills; kill++)
            {
                await Task.Delay(random.Next(Milliseconds.Shortest, Milliseconds.Longest), cancellation);
                if (random.Next(3) == 0)
                {
                    // the server goes on, and opens its connections anew
                    await city.CrashAsync(TimeSpan.FromSeconds(random.NextDouble()), cancellation);
                    _store.Clear();
                    crashes++;
                }
                else
                {
                    await server.KillAsync();
                    server = await ServerProcess.StartAsync(copy, [], cancellation, at: server.Address);
                }
                Console.Error.WriteLine($"Killed {kill} of {kills} times; {_acknowledged.Count:N0} facts acknowledged.");
            }
            await enough.CancelAsync();
            await Task.WhenAll(clients);
            await Wait.UntilAsync(() => ReadAsync<bool>("SELECT NOT EXISTS (SELECT FROM dirty_household)"), Pause, cancellation);
            Console.WriteLine(
                $"{kills - crashes} kills of the server and {crashes} of PostgreSQL in {watch.Elapsed.TotalSeconds:0} s; "
                    + $"{_answered:N0} requests answered, {_cutOff:N0} cut off or refused and sent again, "
                    + $"{_repeated:N0} facts of which had been stored all the same"
            );
            await CheckAsync(before);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>Reports on and on; each request until it was answered.</summary>
    private async Task ReportAsync(HttpClient http, string[] households, Random random, int each, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            var facts = Enumerable.Range(0, each).Select(_ => ReportDelays.Returned(households[random.Next(households.Length)]));
            var body = string.Join(',', facts);
            while (!await SendAsync(http, each == 1 ? body : $"[{body}]"))
            {
                Interlocked.Increment(ref _cutOff);
                await Task.Delay(Pause, cancellation);
            }
        }
    }

    /// <summary>False: nobody answered, or only that it is not the time.</summary>
    private async Task<bool> SendAsync(HttpClient http, string body)
    {
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri("api/facts", UriKind.Relative), content, cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                return false;
            if (answer.StatusCode != HttpStatusCode.Accepted)
                throw new InvalidOperationException($"Reports were answered with {answer.StatusCode}: {text}");
            using var json = JsonDocument.Parse(text);
            foreach (var item in json.RootElement.GetProperty("items").EnumerateArray())
            {
                _acknowledged.Add(item.GetProperty("id").GetGuid());
                if (item.GetProperty("outcome").GetString() == "duplicate")
                    Interlocked.Increment(ref _repeated);
            }
            Interlocked.Increment(ref _answered);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task CheckAsync(long before)
    {
        var acknowledged = _acknowledged.ToArray();
        await using var find = _store.Command("SELECT count(*) FROM fact WHERE id = ANY ($1)", (Array)acknowledged);
        var stored = (long)(await find.ExecuteScalarAsync(cancellation))!;
        var added = await ReadAsync<long>("SELECT count(*) FROM fact") - before;
        var check = await new StatusCheck(_store, city.Protocols).RunAsync(DateTimeOffset.UtcNow, cancellation);
        var gaps = await ReadAsync<long>("SELECT (SELECT last FROM feed_counter) - COALESCE(min(sequence), 1) + 1 - count(*) FROM feed");
        var untold = await ReadAsync<long>(
            """
            SELECT count(*) FROM household_status s
            JOIN LATERAL (SELECT * FROM feed WHERE kind = 'status' AND subject = s.household ORDER BY sequence DESC LIMIT 1) f ON true
            WHERE (s.status, s.surveyed, s.since, s.until, s.edition) IS DISTINCT FROM (f.status, f.surveyed, f.since, f.until, f.edition)
            """
        );
        Console.WriteLine(
            $"{acknowledged.Length:N0} facts acknowledged, {acknowledged.Distinct().Count() - stored:N0} of them not stored, "
                + $"{added - stored:N0} stored that were not; {check.Looked:N0} statuses worked out anew, {check.Different.Count:N0} other "
                + $"than stored; {gaps:N0} sequences missing in the feed, {untold:N0} households whose last row in it is not their status"
        );
        if (acknowledged.Distinct().Count() != stored || added != stored || check.Different.Count + gaps + untold > 0)
            throw new InvalidOperationException("Something was lost.");
    }

    private async Task<T> ReadAsync<T>(string sql)
    {
        await using var command = _store.Command(sql);
        return (T)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
