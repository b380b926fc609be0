using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Benchmarks;

/// <summary>How long it takes from sending a report until its answer, until its household's status is in the store, and until a client of
/// the live feed is told; at a steady rate, whether or not the answers keep up.</summary>
/// <param name="clients">How many follow the live feed beside the one that is measured.</param>
/// <param name="tiles">How many tiles are asked for in a second meanwhile.</param>
internal sealed class ReportDelays(NpgsqlDataSource store, ServerProcess server, int clients, int tiles, CancellationToken cancellation)
{
    private readonly ConcurrentDictionary<string, long> _sent = [];
    private readonly ConcurrentDictionary<string, double> _answered = [];
    private readonly ConcurrentDictionary<string, double> _stored = [];
    private readonly ConcurrentDictionary<string, double> _heard = [];

    /// <summary>A report as JSON: somebody is back from a journey, just now.</summary>
    public static string Returned(string household) =>
        JsonSerializer.Serialize(
            new
            {
                id = Guid.NewGuid(),
                kind = "returned",
                household,
                at = DateTimeOffset.UtcNow,
                source = "grid:210682-004-01",
                data = new { from = "330100", risk = "low" },
            }
        );

    public async Task RunAsync(int perSecond, int seconds)
    {
        foreach (var measured in (ConcurrentDictionary<string, double>[])[_answered, _stored, _heard])
            measured.Clear();
        _sent.Clear();
        var households = await HealthyAsync(perSecond * seconds);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue };
        using var http = new HttpClient(handler)
        {
            BaseAddress = server.Address,
            DefaultRequestHeaders = { Authorization = server.Client.DefaultRequestHeaders.Authorization },
        };
        var connected = 0;
        Task[] following =
        [
            FollowStoreAsync(over.Token),
            FollowFeedAsync(http, () => Interlocked.Increment(ref connected), over.Token),
            new MapLoad(store, http, clients, tiles).RunAsync(() => Interlocked.Increment(ref connected), over.Token),
        ];
        await Wait.UntilAsync(
            () => Task.FromResult(Volatile.Read(ref connected) == clients + 1),
            TimeSpan.FromMilliseconds(10),
            cancellation
        );
        await PostAsync(http, households, perSecond);
        using (var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
        {
            limit.CancelAfter(TimeSpan.FromMinutes(1));
            await Wait.UntilAsync(
                () => Task.FromResult(_stored.Count >= households.Length && _heard.Count >= households.Length),
                TimeSpan.FromMilliseconds(50),
                limit.Token
            );
        }
        await over.CancelAsync();
        await Task.WhenAll(following);
        Console.WriteLine();
        Console.WriteLine(
            $"{households.Length:N0} reports at {perSecond}/s, {clients + 1} clients of the live feed, {tiles} tiles/s: "
                + $"answer {Describe(_answered)}; report → status {Describe(_stored)}; report → event {Describe(_heard)}"
        );
    }

    private async Task PostAsync(HttpClient http, string[] households, int perSecond)
    {
        var (watch, posting) = (Stopwatch.StartNew(), new List<Task>());
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        while (posting.Count < households.Length && await tick.WaitForNextTickAsync(cancellation))
        {
            while (posting.Count < Math.Min(households.Length, watch.Elapsed.TotalSeconds * perSecond))
                posting.Add(PostAsync(http, households[posting.Count]));
        }
        await Task.WhenAll(posting);
    }

    private async Task PostAsync(HttpClient http, string household)
    {
        using var content = new StringContent(Returned(household), Encoding.UTF8, "application/json");
        var began = _sent[household] = Stopwatch.GetTimestamp();
        using var answer = await http.PostAsync(new Uri("api/facts", UriKind.Relative), content, cancellation);
        _answered[household] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        if (answer.StatusCode != HttpStatusCode.Accepted)
            throw new InvalidOperationException($"A report was answered with {answer.StatusCode}.");
    }

    /// <summary>Households whose status a journey changes.</summary>
    private async Task<string[]> HealthyAsync(int count)
    {
        await using var command = store.Command(
            """
            SELECT array_agg(code) FROM (
              SELECT h.code FROM household h LEFT JOIN household_status s ON s.household = h.id
              WHERE COALESCE(s.status, 'healthy') = 'healthy' ORDER BY random() LIMIT $1) drawn
            """,
            count
        );
        return (string[])(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Notes when the status of a household was committed.</summary>
    private async Task FollowStoreAsync(CancellationToken over)
    {
        try
        {
            await using var listening = await store.OpenConnectionAsync(over);
            await using var reading = await store.OpenConnectionAsync(over);
            await using (var listen = listening.Command($"LISTEN {Channels.Feed}"))
                await listen.ExecuteNonQueryAsync(over);
            await using var begin = reading.Command("SELECT last FROM feed_counter");
            var last = (long)(await begin.ExecuteScalarAsync(over))!;
            while (true)
            {
                await listening.WaitAsync(over);
                var now = Stopwatch.GetTimestamp();
                await using var read = reading.Command(
                    """
                    SELECT f.sequence, h.code FROM feed f JOIN household h ON h.id = f.subject
                    WHERE f.kind = 'status' AND f.sequence > $1 ORDER BY f.sequence
                    """,
                    last
                );
                await using var reader = await read.ExecuteReaderAsync(over);
                while (await reader.ReadAsync(over))
                {
                    last = reader.GetInt64(0);
                    Note(_stored, reader.GetString(1), now);
                }
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // enough seen
        }
    }

    /// <summary>Notes when a client was told of the status of a household.</summary>
    private async Task FollowFeedAsync(HttpClient http, Action connected, CancellationToken over)
    {
        try
        {
            using var response = await http.GetAsync(new Uri("api/live", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, over);
            response.EnsureSuccessStatusCode();
            connected();
            await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(over)).EnumerateAsync(over))
            {
                if (item.EventType != "status")
                    continue;
                var now = Stopwatch.GetTimestamp();
                using var told = JsonDocument.Parse(item.Data);
                foreach (var household in told.RootElement.GetProperty("households").EnumerateArray())
                    Note(_heard, household.GetProperty("household").GetString()!, now);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // enough seen
        }
    }

    private void Note(ConcurrentDictionary<string, double> measured, string household, long now)
    {
        if (_sent.TryGetValue(household, out var began))
            measured.TryAdd(household, Stopwatch.GetElapsedTime(began, now).TotalMilliseconds);
    }

    private static string Describe(ConcurrentDictionary<string, double> measured)
    {
        var times = measured.Values.Order().ToArray();
        return $"p50 {times[times.Length / 2]:0.0} ms, p99 {times[times.Length * 99 / 100]:0.0} ms";
    }
}
