using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Npgsql;
using SituationMap.Store.Database;
using SituationMap.Testing;

namespace SituationMap.Benchmarks;

/// <summary>A webhook's receiver is down while reports keep coming and the server is killed; then everything that happened has to come,
/// each household's in its order.</summary>
internal static class WebhooksBenchmark
{
    private const int Households = 500;
    private const int Kills = 2;

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelivery = TimeSpan.FromMinutes(15);

    public static Task RunAsync(BenchmarkCity city, int seconds, CancellationToken cancellation) =>
        city.OverCopyAsync(
            async copy =>
            {
                string[] settings = ["--SituationMap:Webhooks:AllowedHosts:0=127.0.0.1"];
                await using var store = Databases.Open(copy);
                await using var receiver = new Receiver(FreePort());
                var server = await ServerProcess.StartAsync(copy, settings, cancellation);
                try
                {
                    using var made = await server.Client.PostAsJsonAsync(
                        new Uri(server.Address, "api/subscriptions"),
                        new { url = receiver.Url, kinds = (string[])["status", "passage"] },
                        cancellation
                    );
                    made.EnsureSuccessStatusCode();
                    var cursor = (await made.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("cursor").GetInt64();
                    var households = await ReadAsync<string[]>(
                        store,
                        "SELECT array_agg(code) FROM (SELECT code FROM household ORDER BY id LIMIT $1) h",
                        cancellation,
                        Households
                    );
                    var checkpoint = await ReadAsync<string>(store, "SELECT min(code) FROM checkpoint", cancellation);

                    var (watch, kills, refused, reports, passages) = (Stopwatch.StartNew(), 0, 0, 0, new List<Guid>());
                    using var tick = new PeriodicTimer(Between);
                    for (var round = 0; watch.Elapsed.TotalSeconds < seconds; round++)
                    {
                        var (body, ids) = Reports(households, checkpoint, round);
                        passages.AddRange(ids);
                        if (kills < Kills && watch.Elapsed.TotalSeconds > seconds * (kills + 1.0) / (Kills + 1))
                        {
                            // with a request under way, whose answer nobody hears
                            var unheard = SendAsync(server, body, cancellation);
                            await server.KillAsync();
                            refused += await unheard ? 0 : 1;
                            kills++;
                            server = await ServerProcess.StartAsync(copy, settings, cancellation);
                        }
                        while (!await SendAsync(server, body, cancellation))
                            refused++;
                        reports += 2 * InRound;
                        await tick.WaitForNextTickAsync(cancellation);
                    }
                    await Wait.UntilAsync(
                        () => ReadAsync<bool>(store, "SELECT NOT EXISTS (SELECT FROM dirty_household)", cancellation),
                        Between,
                        cancellation
                    );
                    await receiver.StartAsync();
                    var delivering = Stopwatch.StartNew();
                    using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                    limit.CancelAfter(LongestDelivery);
                    await Wait.UntilAsync(
                        () =>
                            ReadAsync<bool>(
                                store,
                                "SELECT (SELECT last FROM feed_counter) <= (SELECT min(feed_cursor) FROM subscription) AND NOT "
                                    + "EXISTS (SELECT FROM delivery WHERE state = 'waiting')",
                                limit.Token
                            ),
                        Between,
                        limit.Token
                    );

                    var expected = (
                        await ReadAsync<string[]>(
                            store,
                            "SELECT COALESCE(array_agg('status-' || sequence), '{}') FROM feed WHERE kind = 'status' AND sequence > $1",
                            cancellation,
                            cursor
                        )
                    )
                        .Concat(passages.Select(id => $"passage-{id}"))
                        .ToHashSet();
                    var taken = receiver.Taken.Select(one => (one.Id, Household: one.Json.GetProperty("household").GetString()!)).ToArray();
                    var order = (await ReadAsync<string[]>(store, "SELECT array_agg(event ORDER BY id) FROM delivery", cancellation))
                        .Select((id, index) => (id, index))
                        .ToDictionary(one => one.id, one => one.index);
                    var outOfOrder = taken
                        .DistinctBy(one => one.Id)
                        .GroupBy(one => one.Household)
                        .Sum(lane => lane.Zip(lane.Skip(1)).Count(pair => order[pair.First.Id] > order[pair.Second.Id]));
                    var backwards = taken
                        .Where(one => one.Id.StartsWith("status-", StringComparison.Ordinal))
                        .DistinctBy(one => one.Id)
                        .GroupBy(one => one.Household)
                        .Sum(lane =>
                            lane.Select(one => long.Parse(one.Id["status-".Length..], System.Globalization.CultureInfo.InvariantCulture))
                                .ToArray()
                                is var all
                                ? all.Zip(all.Skip(1)).Count(pair => pair.First > pair.Second)
                                : 0
                        );
                    var lost = expected.Except(taken.Select(one => one.Id)).Count();
                    Console.WriteLine(
                        $"receiver down for {seconds} s, the server killed {kills} times, {reports:N0} reports about "
                            + $"{Households:N0} households, {refused} batches sent anew"
                    );
                    Console.WriteLine(
                        $"{expected.Count:N0} events ({passages.Count:N0} passages): {lost} lost (0 allowed), "
                            + $"{outOfOrder + backwards} out of order within a household (0 allowed), "
                            + $"{taken.Length - taken.DistinctBy(one => one.Id).Count():N0} sent more than once, "
                            + $"{await ReadAsync<long>(store, "SELECT count(*) FROM delivery WHERE state = 'dead'", cancellation)} "
                            + "laid aside"
                    );
                    Console.WriteLine($"all of them there {delivering.Elapsed.TotalSeconds:N0} s after the receiver came back");
                }
                finally
                {
                    await server.DisposeAsync();
                }
            },
            cancellation
        );

    private const int InRound = 10;

    /// <summary>Orders that change what their households become, and passages.</summary>
    private static (string Body, Guid[] Passages) Reports(string[] households, string checkpoint, int round)
    {
        var facts = new List<object>();
        var passages = new Guid[InRound];
        for (var i = 0; i < InRound; i++)
        {
            var household = households[((round * InRound) + i) % households.Length];
            facts.Add(
                new
                {
                    id = Guid.NewGuid(),
                    kind = "order",
                    household,
                    at = DateTimeOffset.UtcNow.AddMinutes(-1),
                    source = "system:benchmark",
                    data = new { measure = "quarantine", days = 20 + (round * InRound / households.Length) },
                }
            );
            facts.Add(
                new
                {
                    id = passages[i] = Guid.NewGuid(),
                    kind = "passage",
                    household,
                    at = DateTimeOffset.UtcNow.AddMinutes(-1),
                    source = "system:benchmark",
                    data = new { checkpoint, direction = round % 2 == 0 ? "in" : "out" },
                }
            );
        }
        return (JsonSerializer.Serialize(facts), passages);
    }

    private static async Task<bool> SendAsync(ServerProcess server, string body, CancellationToken cancellation)
    {
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await server.Client.PostAsync(new Uri(server.Address, "api/facts"), content, cancellation);
            if (!answer.IsSuccessStatusCode)
                return (int)answer.StatusCode >= 500
                    ? false
                    : throw new InvalidOperationException($"Reports were refused: {await answer.Content.ReadAsStringAsync(cancellation)}");
            var report = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
            return report.GetProperty("rejected").GetInt32() == 0
                ? true
                : throw new InvalidOperationException($"Reports were rejected: {report}");
        }
        catch (Exception failure)
            when (failure is HttpRequestException or ObjectDisposedException
                || (failure is OperationCanceledException && !cancellation.IsCancellationRequested)
            )
        {
            return false;
        }
    }

    private static async Task<T> ReadAsync<T>(NpgsqlDataSource store, string sql, CancellationToken cancellation, params object[] values)
    {
        await using var command = store.CreateCommand(sql);
        command.CommandTimeout = 0;
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return await reader.GetFieldValueAsync<T>(0, cancellation);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
