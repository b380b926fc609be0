using System.Diagnostics;
using System.Text;
using NetTopologySuite.Geometries;
using SituationMap.Server.Lookups;
using SituationMap.Store.Access;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Zones;
using SituationMap.Testing;

namespace SituationMap.Benchmarks;

/// <summary>Lookups: one by one against prepared SQL in pgbench and a bare Kestrel, by the ten thousand, by the million, and against
/// PostGIS's answers.</summary>
internal sealed class LookupsBenchmark(BenchmarkCity city, int rounds, int seconds, CancellationToken cancellation)
{
    private const int InBatch = 10_000;
    private const int Clients = 2;

    public async Task RunAsync()
    {
        await city.ExecuteAsync(BenchmarkCity.Sql("lookups.sql"), cancellation);
        var folder = Directory.CreateTempSubdirectory("situationmap-lookups-").FullName;
        try
        {
            await MeasureAsync(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Every field of the answers at this many points against PostGIS; none may differ.</summary>
    public async Task CompareAsync(int points)
    {
        var snapshot = await new SnapshotLoader(city.Database, new StructureReader(city.Database)).LoadAsync(cancellation);
        var watch = Stopwatch.StartNew();
        var found = await LookupComparison.RunAsync(
            city.Database,
            new Lookup(city.Protocols).Over(snapshot, Scope.WholeCity),
            LookupComparison.Points(snapshot, points, seed: 11),
            cancellation
        );
        Console.WriteLine(
            $"{points:N0} points in {watch.Elapsed.TotalSeconds:N0} s: {found.Count} differences (0 allowed); "
                + $"{found.InBuildings:N0} in buildings, {found.InZones:N0} in zones, {found.OnBorders:N0} on shared borders"
        );
        foreach (var difference in found.Descriptions.Take(10))
            Console.WriteLine("  " + difference);
    }

    private async Task MeasureAsync(string folder)
    {
        await using var server = await ServerProcess.StartAsync(city.ConnectionString, [], cancellation);
        var points = await city.ReadAsync<double[]>(
            "SELECT array_agg(v ORDER BY i, o) FROM (SELECT i, 0 AS o, lon AS v FROM floor.lookup_point UNION ALL SELECT i, 1, "
                + "lat FROM floor.lookup_point) p",
            cancellation
        );
        var paths = Path.Combine(folder, "paths");
        await File.WriteAllLinesAsync(
            paths,
            Enumerable
                .Range(0, InBatch)
                .Select(i => FormattableString.Invariant($"/api/lookup?lon={points[2 * i]:R}&lat={points[(2 * i) + 1]:R}")),
            cancellation
        );
        await using var bare = await ServerProcess.StartOwnAsync(
            "bare",
            ["--from", server.Address.ToString(), "--file", paths],
            cancellation
        );
        var batch =
            "["
            + string.Join(
                ',',
                Enumerable
                    .Range(0, InBatch)
                    .Select(i => FormattableString.Invariant($$"""{"lon":{{points[2 * i]:R}},"lat":{{points[(2 * i) + 1]:R}}}"""))
            )
            + "]";

        var (floor, ours, ceiling, batchFloor, batches) = (
            new List<LoadResult>(),
            new List<LoadResult>(),
            new List<LoadResult>(),
            new List<double>(),
            new List<double>()
        );
        for (var round = 0; round <= rounds; round++)
        {
            Console.Error.WriteLine(round == 0 ? "Warming up …" : $"Round {round} of {rounds} …");
            var one = await Load.SqlAsync(city.ConnectionString, "lookup.pgbench.sql", seconds, cancellation);
            var two = await Load.HttpAsync(server.Address, paths, null, seconds, cancellation);
            var three = await Load.HttpAsync(bare.Address, paths, null, seconds, cancellation);
            var four =
                (await Load.SqlAsync(city.ConnectionString, "lookups.pgbench.sql", seconds, cancellation, Clients)).PerSecond * 1_000;
            var five = await BatchesAsync(server, batch);
            Console.Error.WriteLine(
                $"  floor {one.PerSecond:N0}/s, ours {two.PerSecond:N0}/s, bare Kestrel {three.PerSecond:N0}/s; batches: floor "
                    + $"{four:N0} points/s, ours {five:N0}"
            );
            if (round == 0)
                continue;
            floor.Add(one);
            ours.Add(two);
            ceiling.Add(three);
            batchFloor.Add(four);
            batches.Add(five);
        }
        Console.WriteLine("| | answers/s | p99, ms |");
        Console.WriteLine("|---|---|---|");
        foreach (
            var (what, results) in ((string, List<LoadResult>)[])
                [("floor: prepared SQL", floor), ("GET /api/lookup", ours), ("bare Kestrel, the same bytes", ceiling)]
        )
            Console.WriteLine(
                $"| {what} | {Median(results.Select(r => r.PerSecond)):N0} "
                    + $"({results.Min(r => r.PerSecond):N0}–{results.Max(r => r.PerSecond):N0}) | "
                    + $"{Median(results.Select(r => r.P99)):0.00} |"
            );
        Console.WriteLine(
            $"| floor: 1,000 points in a statement, points | {Median(batchFloor):N0} ({batchFloor.Min():N0}–{batchFloor.Max():N0}) | |"
        );
        Console.WriteLine(
            $"| POST /api/lookup, {InBatch:N0} at a time, points | {Median(batches):N0} ({batches.Min():N0}–{batches.Max():N0}) | |"
        );
        Console.WriteLine();
        Console.WriteLine(
            $"one by one ÷ floor: {Median(ours.Select(r => r.PerSecond)) / Median(floor.Select(r => r.PerSecond)):0.00} (asked: "
                + $"1.5); ÷ bare Kestrel: {Median(ours.Select(r => r.PerSecond)) / Median(ceiling.Select(r => r.PerSecond)):0.00} "
                + $"(asked: 0.5); p99 {Median(ours.Select(r => r.P99)):0.00} ms (at most 2)"
        );
        Console.WriteLine($"batches ÷ floor: {Median(batches) / Median(batchFloor):0.0} (asked: 10)");
        await MillionAsync(server, points);
        await PublishedAsync(server);
    }

    /// <summary>Points a second, asked by two clients who read the answers to their end.</summary>
    private async Task<double> BatchesAsync(ServerProcess server, string batch)
    {
        var (watch, count) = (Stopwatch.StartNew(), 0L);
        await Task.WhenAll(
            Enumerable
                .Range(0, Clients)
                .Select(async _ =>
                {
                    while (watch.Elapsed.TotalSeconds < seconds)
                    {
                        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, "api/lookup"))
                        {
                            Content = new StringContent(batch, Encoding.UTF8, "application/json"),
                        };
                        using var answer = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
                        answer.EnsureSuccessStatusCode();
                        await answer.Content.CopyToAsync(Stream.Null, cancellation);
                        Interlocked.Add(ref count, InBatch);
                    }
                })
        );
        return count / watch.Elapsed.TotalSeconds;
    }

    /// <summary>A million rows of CSV, in and out, and what memory the server takes for them.</summary>
    private async Task MillionAsync(ServerProcess server, double[] points)
    {
        const int Rows = 1_000_000;
        await BatchesAsync(server, "[]");
        var before = server.ResidentBytes;
        var (most, rows, watch) = (before, 0L, Stopwatch.StartNew());
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, "api/lookup"))
        {
            Content = new PushedContent(async stream =>
            {
                await using var writer = new StreamWriter(stream, bufferSize: 64 << 10, leaveOpen: true);
                await writer.WriteLineAsync("id,lon,lat");
                for (var i = 0; i < Rows; i++)
                    await writer.WriteLineAsync(
                        FormattableString.Invariant($"{i},{points[2 * (i % InBatch)]:R},{points[(2 * (i % InBatch)) + 1]:R}")
                    );
            }),
        };
        using var answer = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        answer.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellation));
        while (await reader.ReadLineAsync(cancellation) is not null)
        {
            if (++rows % 10_000 == 0)
                most = Math.Max(most, server.ResidentBytes);
        }
        Console.WriteLine(
            $"{rows - 1:N0} CSV rows in {watch.Elapsed.TotalSeconds:0.0} s; the server's memory grew by "
                + $"{(most - before) / 1048576.0:0} MB (less than 50)"
        );
    }

    /// <summary>From the commit of a zone to the first answer that has it.</summary>
    private async Task PublishedAsync(ServerProcess server)
    {
        var store = new ZoneStore(city.Database, city.Protocols, TimeProvider.System);
        var times = new List<double>();
        var at = await city.ReadAsync<double[]>("SELECT ARRAY[lon, lat] FROM floor.lookup_point WHERE i = 1", cancellation);
        for (var round = 0; round < 11; round++)
        {
            var level = round % 2 == 0 ? "low" : null;
            var outline = new GeometryFactory(new PrecisionModel(), 4326).CreateMultiPolygon([
                (Polygon)new Point(at[0], at[1]) { SRID = 4326 }.Buffer(0.0005),
            ]);
            await store.PublishAsync(
                new ZoneVersionDraft("Z-BENCHMARK", "Benchmark", level, outline, DateTimeOffset.UtcNow, null, "benchmark", "measured"),
                cancellation
            );
            var watch = Stopwatch.StartNew();
            while (true)
            {
                var answer = await server.Client.GetStringAsync(
                    new Uri(server.Address, FormattableString.Invariant($"api/lookup?lon={at[0]:R}&lat={at[1]:R}")),
                    cancellation
                );
                if (answer.Contains("Z-BENCHMARK", StringComparison.Ordinal) == level is not null)
                    break;
            }
            times.Add(watch.Elapsed.TotalMilliseconds);
        }
        Console.WriteLine(
            $"a published zone is in the answers {Median(times):0} ms after the commit, at most {times.Max():0} ms (250 allowed)"
        );
    }

    private static double Median(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    /// <summary>A body that is written while it is sent.</summary>
    private sealed class PushedContent : HttpContent
    {
        private readonly Func<Stream, Task> _write;

        public PushedContent(Func<Stream, Task> write)
        {
            _write = write;
            Headers.ContentType = new("text/csv");
        }

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => _write(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = -1;
            return false;
        }
    }
}
