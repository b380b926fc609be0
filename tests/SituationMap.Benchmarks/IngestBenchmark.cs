using System.Diagnostics;
using System.Net;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using SituationMap.Store.Database;

namespace SituationMap.Benchmarks;

/// <summary>Taking reports in: one by one, in arrays and as a stream, against the same facts inserted by pgbench and by COPY; then how soon
/// a report is a status and an event. Over a copy of the city, which is gone afterwards.</summary>
internal sealed class IngestBenchmark(string connectionString, int households, int rounds, int seconds, CancellationToken cancellation)
{
    private const int InArray = 100;
    private const int InStream = 100_000;
    private const int AFew = 50;

    private readonly List<Row> _rows = [];

    /// <summary>The files of the floor, and what they do beside inserting the fact and marking its household.</summary>
    private static readonly (string Script, string What)[] Floors =
    [
        ("ingest.pgbench.sql", "floor: insert and mark"),
        ("ingest-notified.pgbench.sql", "floor: insert, mark and NOTIFY"),
        ("ingest-recorded.pgbench.sql", "floor: insert, mark and a row of the record"),
    ];

    /// <param name="clients">How many follow the live feed while delays are measured once more, beside the one that is measured.</param>
    /// <param name="tiles">How many tiles are asked for in a second then.</param>
    public static async Task RunAsync(
        BenchmarkCity city,
        int households,
        int rounds,
        int seconds,
        int clients,
        int tiles,
        CancellationToken cancellation
    )
    {
        // what time has ended since the city was made is worked out once, not in every copy
        await using (await ServerProcess.StartAsync(city.ConnectionString, [], cancellation))
            await city.SettleAsync(cancellation);
        await city.OverCopyAsync(
            copy => new IngestBenchmark(copy, households, rounds, seconds, cancellation).RunAsync(clients, tiles),
            cancellation
        );
    }

    private async Task RunAsync(int clients, int tiles)
    {
        await using var store = Databases.Open(connectionString);
        await ExecuteAsync(store, BenchmarkCity.Sql("ingest.sql"));
        await ExecuteAsync(store, BenchmarkCity.Sql("tiles.sql"));
        await using var server = await ServerProcess.StartAsync(connectionString, [], cancellation);
        var codes = await ReadAsync<string[]>(
            store,
            // the others are left for the delays, which need households whose status changes
            "SELECT array_agg(code) FROM (SELECT code FROM household ORDER BY random() LIMIT (SELECT count(*) / 2 FROM household)) h"
        );
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(file, codes, cancellation);
            for (var round = 0; round <= rounds; round++)
            {
                Console.Error.WriteLine(round == 0 ? "Warming up …" : $"Round {round} of {rounds} …");
                await RoundAsync(store, server, file, codes, counts: round > 0);
            }
        }
        finally
        {
            File.Delete(file);
        }
        if (rounds > 0)
            Print();
        await DelaysAsync(new ReportDelays(store, server, clients: 0, tiles: 0, cancellation));
        if (clients + tiles > 0)
            await DelaysAsync(new ReportDelays(store, server, clients, tiles, cancellation));
    }

    private async Task DelaysAsync(ReportDelays delays)
    {
        await delays.RunAsync(AFew, seconds * 4);
        if (rounds > 0)
            await delays.RunAsync((int)(Median(Named($"one a request, {Load.Connections} connections").PerSecond) / 2), seconds * 4);
    }

    private async Task RoundAsync(NpgsqlDataSource store, ServerProcess server, string file, string[] codes, bool counts)
    {
        foreach (var (script, what) in Floors)
            await AddAsync($"{what}, {Load.Connections} connections", () => FloorAsync(script, Load.Connections));
        foreach (var connections in (int[])[1, 32])
            await AddAsync($"{Floors[0].What}, {connections} connections", () => FloorAsync(Floors[0].Script, connections));
        foreach (var connections in (int[])[1, Load.Connections, 32])
            await AddAsync($"one a request, {connections} connections", () =>
                Load.FactsAsync(server.Address, file, 1, connections, seconds, cancellation)
            );
        await AddAsync($"floor: COPY of {InArray} and mark", CopyAsync);
        await AddAsync($"arrays of {InArray}, {Load.Connections} connections", async () =>
        {
            var result = await Load.FactsAsync(server.Address, file, InArray, Load.Connections, seconds, cancellation);
            return result with { PerSecond = result.PerSecond * InArray };
        });
        await AddAsync($"NDJSON of {InStream:N0}", () => StreamAsync(server, codes));

        async Task AddAsync(string what, Func<Task<LoadResult>> measure)
        {
            var result = await measure();
            Console.Error.WriteLine($"  {what}: {result.PerSecond:N0}/s, p99 {result.P99:0.0} ms");
            if (counts)
                Named(what).Add(result);
            await SettleAsync(store);
        }
    }

    private Task<LoadResult> FloorAsync(string script, int connections) =>
        Load.SqlAsync(connectionString, script, seconds, cancellation, connections, households);

    /// <summary>What somebody would write by hand for an array: COPY of its facts and one statement that marks, in a transaction.</summary>
    private async Task<LoadResult> CopyAsync()
    {
        var grids = new Dictionary<int, string>();
        await using (var own = Databases.Open(connectionString))
        await using (var find = own.Command("SELECT id, grid::text FROM household TABLESAMPLE SYSTEM (30) LIMIT 50000"))
        await using (var reader = await find.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
                grids.Add(reader.GetInt32(0), reader.GetString(1));
        }
        var (watch, times) = (Stopwatch.StartNew(), new List<double>());
        await Task.WhenAll(Enumerable.Range(0, Load.Connections).Select(seed => CopyAsync(grids, new Random(seed), watch, times)));
        var sorted = times.Order().ToArray();
        return new LoadResult(sorted.Length * InArray / watch.Elapsed.TotalSeconds, sorted[sorted.Length * 99 / 100]);
    }

    private async Task CopyAsync(Dictionary<int, string> grids, Random random, Stopwatch watch, List<double> times)
    {
        await using var own = Databases.Open(connectionString);
        await using var connection = await own.OpenConnectionAsync(cancellation);
        int[] ids = [.. grids.Keys];
        while (watch.Elapsed.TotalSeconds < seconds)
        {
            var began = watch.Elapsed;
            var chosen = Enumerable.Range(0, InArray).Select(_ => ids[random.Next(ids.Length)]).ToArray();
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await using (
                var copy = await connection.BeginBinaryImportAsync(
                    "COPY floor.reported (id, grid, household, kind, at, received_at, source, data, account, account_kind) "
                        + "FROM STDIN (FORMAT binary)",
                    cancellation
                )
            )
            {
                foreach (var household in chosen)
                {
                    await copy.StartRowAsync(cancellation);
                    await copy.WriteAsync(Guid.NewGuid(), NpgsqlDbType.Uuid, cancellation);
                    await copy.WriteAsync(grids[household], NpgsqlDbType.LTree, cancellation);
                    await copy.WriteAsync(household, NpgsqlDbType.Integer, cancellation);
                    await copy.WriteAsync(Core.Facts.FactKind.Returned, cancellation);
                    await copy.WriteAsync(DateTime.UtcNow, NpgsqlDbType.TimestampTz, cancellation);
                    await copy.WriteAsync(DateTime.UtcNow, NpgsqlDbType.TimestampTz, cancellation);
                    await copy.WriteAsync("grid:210682-004-01", NpgsqlDbType.Text, cancellation);
                    await copy.WriteAsync("""{"from":"330100","risk":"low"}""", NpgsqlDbType.Jsonb, cancellation);
                    await copy.WriteAsync("local", NpgsqlDbType.Text, cancellation);
                    await copy.WriteAsync("local", NpgsqlDbType.Text, cancellation);
                }
                await copy.CompleteAsync(cancellation);
            }
            await using var mark = connection.Command(
                """
                INSERT INTO floor.marked AS m SELECT grid, id, now() FROM household WHERE id = ANY ($1) ORDER BY id
                ON CONFLICT (grid, household) DO UPDATE SET marked_at = m.marked_at
                """,
                chosen
            );
            await mark.ExecuteNonQueryAsync(cancellation);
            await transaction.CommitAsync(cancellation);
            lock (times)
                times.Add((watch.Elapsed - began).TotalMilliseconds);
        }
    }

    private async Task<LoadResult> StreamAsync(ServerProcess server, string[] codes)
    {
        var body = new StringBuilder();
        for (var fact = 0; fact < InStream; fact++)
            body.Append(ReportDelays.Returned(codes[fact % codes.Length])).Append('\n');
        using var content = new StringContent(body.ToString(), Encoding.UTF8, "application/x-ndjson");
        var watch = Stopwatch.StartNew();
        using var answer = await server.Client.PostAsync(new Uri(server.Address, "api/facts"), content, cancellation);
        var took = watch.Elapsed;
        return answer.StatusCode == HttpStatusCode.Accepted
            ? new LoadResult(InStream / took.TotalSeconds, took.TotalMilliseconds)
            : throw new InvalidOperationException($"The stream was answered with {answer.StatusCode}.");
    }

    /// <summary>Waits until nothing that was reported is left to work out, so that nobody else is measured with it.</summary>
    private Task SettleAsync(NpgsqlDataSource store) =>
        Wait.UntilAsync(
            () => ReadAsync<bool>(store, "SELECT NOT EXISTS (SELECT FROM dirty_household)"),
            TimeSpan.FromMilliseconds(200),
            cancellation
        );

    private async Task ExecuteAsync(NpgsqlDataSource store, string sql)
    {
        await using var command = store.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<T> ReadAsync<T>(NpgsqlDataSource store, string sql)
    {
        await using var command = store.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private Row Named(string what)
    {
        if (_rows.Find(row => row.What == what) is { } known)
            return known;
        var made = new Row(what);
        _rows.Add(made);
        return made;
    }

    private void Print()
    {
        Console.WriteLine("| | facts/s (min–max) | p99, ms |");
        Console.WriteLine("|---|---|---|");
        foreach (var row in _rows)
            Console.WriteLine(
                $"| {row.What} | {Median(row.PerSecond):N0} ({row.PerSecond.Min():N0}–{row.PerSecond.Max():N0}) | {Median(row.P99):0.0} |"
            );
        var ours = Named($"one a request, {Load.Connections} connections");
        var floors = Floors.Select(floor => Named($"{floor.What}, {Load.Connections} connections")).ToArray();
        var (arrays, copy) = (Named($"arrays of {InArray}, {Load.Connections} connections"), Named($"floor: COPY of {InArray} and mark"));
        Console.WriteLine();
        Console.WriteLine(
            $"one a request ÷ floor: {Ratio(ours, floors[0]):0.00} (at least 0.6), with NOTIFY {Ratio(ours, floors[1]):0.00} (1.0), "
                + $"with the record {Ratio(ours, floors[2]):0.00}; p99 ÷ floor's: {Median(ours.P99) / Median(floors[0].P99):0.0} "
                + $"(at most 3); arrays ÷ COPY: {Ratio(arrays, copy):0.00} (at least 0.5)"
        );
    }

    private static double Ratio(Row ours, Row floor) => Median(ours.PerSecond) / Median(floor.PerSecond);

    private static double Median(List<double> figures) => figures.Order().ElementAt(figures.Count / 2);

    private sealed record Row(string What)
    {
        public List<double> PerSecond { get; } = [];

        public List<double> P99 { get; } = [];

        public void Add(LoadResult result)
        {
            PerSecond.Add(result.PerSecond);
            P99.Add(result.P99);
        }
    }
}
