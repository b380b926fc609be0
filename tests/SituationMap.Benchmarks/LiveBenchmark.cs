using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Store.Database;
using SituationMap.Store.Zones;

namespace SituationMap.Benchmarks;

/// <summary>The live feed: how soon a change reaches a thousand clients, and whether those who are cut off and resume miss
/// anything.</summary>
internal sealed class LiveBenchmark(BenchmarkCity city, CancellationToken cancellation)
{
    private const int ChangesPerSecond = 200;

    /// <summary>How soon after its commit each of many clients has a change, while statuses change.</summary>
    public async Task FreshnessAsync(int clients, int changes)
    {
        await using var server = await ServerProcess.StartAsync(city.ConnectionString, [], cancellation);
        await city.SettleAsync(cancellation);
        var drawn = await Changes.DrawAsync(city, changes, cancellation);
        var seen = new ConcurrentBag<(long Sequence, long At)>();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue };
        using var http = new HttpClient(handler)
        {
            BaseAddress = server.Address,
            DefaultRequestHeaders = { Authorization = server.Client.DefaultRequestHeaders.Authorization },
        };
        var connected = 0;
        var listening = Enumerable
            .Range(0, clients)
            .Select(_ => ScanAsync(http, seen, () => Interlocked.Increment(ref connected), over.Token))
            .ToArray();
        await UntilAsync(() => Volatile.Read(ref connected) == clients);

        using var commits = new Commits(city.ConnectionString);
        Console.Error.WriteLine($"{clients} clients follow {changes} changes …");
        var posted = await drawn.PostAsync(server, ChangesPerSecond, cancellation);
        await city.SettleAsync(cancellation);
        await over.CancelAsync();
        await Task.WhenAll(listening);

        var delays = seen.Where(arrival => commits.At.ContainsKey(arrival.Sequence))
            .Select(arrival => Stopwatch.GetElapsedTime(commits.At[arrival.Sequence], arrival.At).TotalMilliseconds)
            .Order()
            .ToArray();
        Console.WriteLine(
            $"{posted} statuses changed, {clients} clients: {delays.Length:N0} arrivals of {commits.At.Count} commits; "
                + $"commit → event p50 {delays[delays.Length / 2]:0.0} ms (at most 50), p99 "
                + $"{delays[delays.Length * 99 / 100]:0.0} ms (at most 250), the slowest {delays[^1]:0.0} ms"
        );
        await ZoneAsync(server);
        await EditAsync(server);
    }

    /// <summary>Clients that are cut off and come back at random, while statuses change: in the end each has what the store has.</summary>
    public async Task ResumeAsync(int clients, int seconds)
    {
        await using var server = await ServerProcess.StartAsync(city.ConnectionString, [], cancellation);
        await city.SettleAsync(cancellation);
        var first = await city.ReadAsync<long>("SELECT last FROM feed_counter", cancellation);
        var drawn = await Changes.DrawAsync(city, seconds * ChangesPerSecond, cancellation);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue };
        using var http = new HttpClient(handler)
        {
            BaseAddress = server.Address,
            DefaultRequestHeaders = { Authorization = server.Client.DefaultRequestHeaders.Authorization },
        };
        var followers = Enumerable.Range(0, clients).Select(number => new LiveFollower(http, first, number)).ToArray();
        Console.Error.WriteLine($"{clients} clients are cut off and come back for {seconds} s …");
        var following = followers.Select(follower => follower.FollowAsync(() => over.IsCancellationRequested, cancellation)).ToArray();
        over.CancelAfter(TimeSpan.FromSeconds(seconds));
        var posted = await drawn.PostAsync(server, ChangesPerSecond, over.Token);
        await Task.WhenAll(following);
        await city.SettleAsync(cancellation);
        var last = await city.ReadAsync<long>("SELECT last FROM feed_counter", cancellation);
        await Task.WhenAll(followers.Select(follower => follower.CatchUpAsync(last, cancellation)));

        var truth = JsonSerializer.Deserialize<Dictionary<string, string>>(
            await city.ReadAsync<string>(
                """
                SELECT COALESCE(json_object_agg(h.code, s.status), '{}')::text FROM household_status s
                  JOIN household h ON h.id = s.household
                WHERE s.household IN (SELECT subject FROM feed WHERE kind = 'status' AND sequence > $1)
                """,
                cancellation,
                first
            )
        )!;
        var wrong = followers.Count(follower =>
            follower.Statuses.Count != truth.Count
            || truth.Any(household => follower.Statuses.GetValueOrDefault(household.Key) != household.Value)
        );
        Console.WriteLine(
            $"{posted} statuses changed in {seconds} s, {followers.Sum(f => f.Resumed)} resumptions by {clients} clients: "
                + $"{wrong} end with other statuses than the store's {truth.Count} (0 allowed), "
                + $"{followers.Sum(f => f.OutOfOrder)} events out of order (0 allowed), {followers.Sum(f => f.Reloads)} told to reload"
        );
    }

    /// <summary>From the commit of a redrawn zone until its tile shows the new version.</summary>
    private async Task ZoneAsync(ServerProcess server)
    {
        var zones = new ZoneStore(city.Database, city.Protocols, TimeProvider.System);
        var middle = await city.ReadAsync<Point>("SELECT point FROM building ORDER BY id LIMIT 1", cancellation);
        var tile = await city.ReadAsync<string>(
            "SELECT format('14/%s/%s', floor((ST_X($1) + 180) / 360 * 16384), floor((1 - asinh(tan(radians(ST_Y($1)))) / pi()) "
                + "/ 2 * 16384))",
            cancellation,
            middle
        );
        var times = new List<double>();
        for (var time = 0; time < 5; time++)
        {
            var around = (Polygon)middle.Buffer(0.001 + (time * 0.0001));
            var outline = new MultiPolygon([around]) { SRID = 4326 };
            var before = await server.Client.GetByteArrayAsync(new Uri(server.Address, $"tiles/zones/{tile}.mvt"), cancellation);
            await zones.PublishAsync(
                new ZoneVersionDraft("Z-BENCH", "benchmark", "medium", outline, DateTimeOffset.UtcNow, null, "benchmark", "benchmark"),
                cancellation
            );
            times.Add(
                await Comparison.TimeAsync(() =>
                    UntilAsync(async () =>
                        !(await server.Client.GetByteArrayAsync(new Uri(server.Address, $"tiles/zones/{tile}.mvt"), cancellation))
                            .AsSpan()
                            .SequenceEqual(before)
                    )
                )
            );
        }
        Console.WriteLine(
            $"a redrawn zone: from the commit until the tile has it {times.Order().ElementAt(2):0} ms, the slowest of five "
                + $"{times.Max():0} ms (at most 1,000)"
        );
    }

    /// <summary>From the commit of a moved building until its tile shows it elsewhere.</summary>
    private async Task EditAsync(ServerProcess server)
    {
        var tile = await city.ReadAsync<string>(
            """
            SELECT format('16/%s/%s', floor((ST_X(point) + 180) / 360 * 65536),
              floor((1 - asinh(tan(radians(ST_Y(point)))) / pi()) / 2 * 65536)) FROM building ORDER BY id LIMIT 1
            """,
            cancellation
        );
        var times = new List<double>();
        for (var time = 0; time < 5; time++)
        {
            var before = await server.Client.GetByteArrayAsync(new Uri(server.Address, $"tiles/buildings/{tile}.mvt"), cancellation);
            await city.ExecuteAsync(
                "UPDATE building SET outline = ST_Translate(outline, $1, 0) WHERE id = (SELECT min(id) FROM building)",
                cancellation,
                time % 2 == 0 ? 0.00002 : -0.00002
            );
            times.Add(
                await Comparison.TimeAsync(() =>
                    UntilAsync(async () =>
                        !(await server.Client.GetByteArrayAsync(new Uri(server.Address, $"tiles/buildings/{tile}.mvt"), cancellation))
                            .AsSpan()
                            .SequenceEqual(before)
                    )
                )
            );
        }
        Console.WriteLine(
            $"a moved building: from the commit until the tile has it {times.Order().ElementAt(2):0} ms, the slowest of five "
                + $"{times.Max():0} ms"
        );
    }

    /// <summary>Notes when each advance arrives, looking at nothing but its id: a thousand clients in one process must not be what is
    /// measured.</summary>
    private static async Task ScanAsync(
        HttpClient http,
        ConcurrentBag<(long Sequence, long At)> seen,
        Action connected,
        CancellationToken over
    )
    {
        try
        {
            using var response = await http.GetAsync(new Uri("api/live", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, over);
            response.EnsureSuccessStatusCode();
            await using var stream = await response.Content.ReadAsStreamAsync(over);
            var buffer = new byte[1 << 16];
            var kept = 0; // the end of what was read before, in which an id may begin
            connected();
            while (await stream.ReadAsync(buffer.AsMemory(kept), over) is > 0 and var read)
            {
                var now = Stopwatch.GetTimestamp();
                var text = buffer.AsSpan(0, kept + read);
                while (text.IndexOf("\nid: "u8) is >= 0 and var at && text[(at + 5)..].IndexOf((byte)'\n') is >= 0 and var length)
                {
                    seen.Add((long.Parse(text.Slice(at + 5, length), NumberStyles.None, CultureInfo.InvariantCulture), now));
                    text = text[(at + 5 + length)..];
                }
                kept = Math.Min(text.Length, 32);
                text[^kept..].CopyTo(buffer);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // enough seen
        }
    }

    private Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private Task UntilAsync(Func<Task<bool>> condition) => Wait.UntilAsync(condition, TimeSpan.FromMilliseconds(1), cancellation);

    /// <summary>When each commit was told by PostgreSQL, noted on a thread of its own.</summary>
    private sealed class Commits : IDisposable
    {
        private readonly NpgsqlConnection _connection;
        private readonly CancellationTokenSource _over = new();
        private readonly Task _listening;

        public Commits(string connectionString)
        {
            _connection = new NpgsqlConnection(connectionString);
            _connection.Open();
            _connection.Notification += (_, notification) =>
            {
                if (long.TryParse(notification.Payload, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
                    At[sequence] = Stopwatch.GetTimestamp();
            };
            using (var listen = new NpgsqlCommand($"LISTEN {Channels.Feed}", _connection))
                listen.ExecuteNonQuery();
            _listening = Task.Factory.StartNew(Listen, TaskCreationOptions.LongRunning);
        }

        public ConcurrentDictionary<long, long> At { get; } = [];

        public void Dispose()
        {
            _over.Cancel();
            _listening.Wait();
            _connection.Dispose();
            _over.Dispose();
        }

        private void Listen()
        {
            while (!_over.IsCancellationRequested)
                _connection.Wait(100);
        }
    }
}
