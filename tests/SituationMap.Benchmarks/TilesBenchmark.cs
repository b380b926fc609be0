using System.Diagnostics;
using SituationMap.Core.Projections;
using SituationMap.Store.Access;

namespace SituationMap.Benchmarks;

/// <summary>Tiles: rendered anew against bare ST_AsMVT in pgbench, kept ones against a bare Kestrel, and low zooms.</summary>
internal sealed class TilesBenchmark(BenchmarkCity city, int rounds, int seconds, CancellationToken cancellation)
{
    private const int ChangesPerSecond = 200;

    public static async Task RunAsync(BenchmarkCity city, int rounds, int seconds, CancellationToken cancellation)
    {
        await city.ExecuteAsync(BenchmarkCity.Sql("tiles.sql"), cancellation);
        var folder = Directory.CreateTempSubdirectory("situationmap-tiles-").FullName;
        try
        {
            await new TilesBenchmark(city, rounds, seconds, cancellation).RunAsync(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task RunAsync(string folder)
    {
        var tiles = await city.ReadAsync<string[]>(
            "SELECT array_agg(format('%s/%s/%s', z, x, y) ORDER BY i) FROM floor.tile_list",
            cancellation
        );
        var paths = await WriteAsync(folder, "buildings", tiles.Select(tile => $"/tiles/buildings/{tile}.mvt"));
        var all = await WriteAsync(folder, "situation", tiles.Select(tile => $"/tiles/situation/{tile}.mvt"));
        var (floor, misses, everything, ceiling, hits, scoped, unchanged, churn) = (
            new Loads("floor: ST_AsMVT, buildings"),
            new Loads("rendered anew, buildings"),
            new Loads("rendered anew, situation"),
            new Loads("ceiling: bare Kestrel"),
            new Loads("kept, buildings"),
            new Loads("kept, with a key for one grid"),
            new Loads("unchanged (304)"),
            new Loads($"kept, {ChangesPerSecond} changes a second")
        );

        // one server at a time: a second one would follow the same changes and work out the same statuses on the same two processors
        await using (var keepsNone = await ServerProcess.StartAsync(city.ConnectionString, ["--SituationMap:TileCache=0"], cancellation))
        {
            await city.SettleAsync(cancellation);
            await RepeatAsync("rendered anew", async round =>
            {
                await MeasureAsync(floor, round, () => Load.SqlAsync(city.ConnectionString, "tile.pgbench.sql", seconds, cancellation));
                await MeasureAsync(misses, round, () => Load.HttpAsync(keepsNone.Address, paths, null, seconds, cancellation));
                await MeasureAsync(everything, round, () => Load.HttpAsync(keepsNone.Address, all, null, seconds, cancellation));
            });
            await LowZoomsAsync(keepsNone);
        }

        await using var keeps = await ServerProcess.StartAsync(
            city.ConnectionString,
            ["--SituationMap:RequestsPerSecond=1000000"],
            cancellation
        );
        var key = await KeyAsync();
        await using var bare = await ServerProcess.StartOwnAsync(
            "bare",
            ["--from", keeps.Address.ToString(), "--file", paths],
            cancellation
        );
        await RepeatAsync("kept", async round =>
        {
            await MeasureAsync(ceiling, round, () => Load.HttpAsync(bare.Address, paths, null, seconds, cancellation));
            await MeasureAsync(hits, round, () => Load.HttpAsync(keeps.Address, paths, null, seconds, cancellation));
            await MeasureAsync(scoped, round, () => Load.HttpAsync(keeps.Address, paths, null, seconds, cancellation, key));
            var known = await WriteAsync(
                folder,
                "known",
                await Task.WhenAll(tiles.Select(tile => WithETagAsync(keeps, $"/tiles/buildings/{tile}.mvt")))
            );
            await MeasureAsync(unchanged, round, () => Load.HttpAsync(keeps.Address, known, null, seconds, cancellation));
            await MeasureAsync(churn, round, () => UnderChangesAsync(keeps, paths));
            await city.SettleAsync(cancellation);
        });

        Console.WriteLine("| | answers/s | p99, ms |");
        Console.WriteLine("|---|---|---|");
        foreach (var loads in (Loads[])[floor, misses, everything, ceiling, hits, scoped, unchanged, churn])
            Console.WriteLine(loads.Row());
        Console.WriteLine();
        Console.WriteLine(
            $"rendered anew ÷ floor: {misses.PerSecond / floor.PerSecond:0.00} (asked: 5), its p99 ÷ the floor's: "
                + $"{misses.P99 / floor.P99:0.00} (at most 0.33)"
        );
        Console.WriteLine(
            $"kept ÷ ceiling: {hits.PerSecond / ceiling.PerSecond:0.00} (asked: 0.8); unchanged ÷ kept: "
                + $"{unchanged.PerSecond / hits.PerSecond:0.00} (asked: 1)"
        );
        Console.WriteLine($"with a key ÷ without: {scoped.PerSecond / hits.PerSecond:0.00} (asked: 0.9)");
        Console.WriteLine($"p99 under changes ÷ quiet: {churn.P99 / hits.P99:0.00} (at most 2)");
    }

    /// <summary>A key whose account may see the topmost grid with all below it: bounded, and yet the same tiles as without it.</summary>
    private async Task<string> KeyAsync()
    {
        const string name = "tiles-benchmark";
        var accounts = new AccountStore(city.Database);
        if (await accounts.AddAsync(name, null, AuditEntry.OfConsole("add account", name), cancellation))
        {
            var top = await city.ReadAsync<string>("SELECT code FROM grid WHERE parent IS NULL ORDER BY path LIMIT 1", cancellation);
            await accounts.GrantAsync(name, Role.Find("viewer")!, top, null, AuditEntry.OfConsole("grant", name), cancellation);
        }
        return (
            await accounts.AddKeyAsync(
                name,
                "benchmark",
                null,
                null,
                DateTimeOffset.UtcNow.AddHours(1),
                AuditEntry.OfConsole("add key", name),
                cancellation
            )
        )!;
    }

    private async Task RepeatAsync(string what, Func<int, Task> measureAsync)
    {
        for (var round = 0; round <= rounds; round++)
        {
            Console.Error.WriteLine(round == 0 ? $"Warming up: {what} …" : $"Round {round} of {rounds}: {what} …");
            await measureAsync(round);
        }
    }

    private static async Task MeasureAsync(Loads loads, int round, Func<Task<LoadResult>> measure)
    {
        var result = await measure();
        Console.Error.WriteLine($"  {loads.What}: {result.PerSecond:N0}/s, p99 {result.P99:0.00} ms");
        if (round > 0)
            loads.Add(result);
    }

    private async Task<string> WriteAsync(string folder, string name, IEnumerable<string> lines)
    {
        var file = Path.Combine(folder, name);
        await File.WriteAllLinesAsync(file, lines, cancellation);
        return file;
    }

    private async Task<string> WithETagAsync(ServerProcess server, string path)
    {
        using var answer = await server.Client.GetAsync(new Uri(server.Address, path), cancellation);
        return $"{path}\t{answer.Headers.ETag}";
    }

    /// <summary>The same load while households are reported as met at the door or back from a journey, ever others.</summary>
    private async Task<LoadResult> UnderChangesAsync(ServerProcess server, string paths)
    {
        var changes = await Changes.DrawAsync(city, ChangesPerSecond * seconds * 2, cancellation);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var changing = changes.PostAsync(server, ChangesPerSecond, over.Token);
        var result = await Load.HttpAsync(server.Address, paths, null, seconds, cancellation);
        await over.CancelAsync();
        await changing;
        return result;
    }

    /// <summary>Every tile of the zooms below 12 that the city reaches into, each rendered anew five times.</summary>
    private async Task LowZoomsAsync(ServerProcess server)
    {
        var box = await city.ReadAsync<double[]>(
            "SELECT ARRAY[ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)] FROM (SELECT ST_Extent(outline) AS e FROM grid) extent",
            cancellation
        );
        var (count, largest, slowest) = (0, 0L, 0.0);
        for (var z = 0; z <= 11; z++)
        {
            for (var x = Column(z, box[0]); x <= Column(z, box[2]); x++)
            {
                for (var y = Row(z, box[3]); y <= Row(z, box[1]); y++)
                {
                    var times = new List<double>();
                    for (var time = 0; time < 5; time++)
                    {
                        var watch = Stopwatch.StartNew();
                        var bytes = await server.Client.GetByteArrayAsync(
                            new Uri(server.Address, $"tiles/situation/{z}/{x}/{y}.mvt"),
                            cancellation
                        );
                        times.Add(watch.Elapsed.TotalMilliseconds);
                        largest = Math.Max(largest, bytes.Length);
                    }
                    count++;
                    slowest = Math.Max(slowest, times.Order().ElementAt(2));
                }
            }
        }
        Console.WriteLine(
            $"zooms 0 to 11: {count} tiles, the largest {largest / 1024.0:0.0} KB (at most 50), the slowest {slowest:0.00} ms "
                + "(at most 10; medians of five, over HTTP)"
        );

        static int Column(int z, double longitude) => (int)(WebMercator.X(longitude) * (1 << z));
        static int Row(int z, double latitude) => (int)(WebMercator.Y(latitude) * (1 << z));
    }

    /// <summary>The rounds of one load.</summary>
    private sealed class Loads(string what)
    {
        private readonly List<LoadResult> _results = [];

        public string What => what;

        public double PerSecond => Median(result => result.PerSecond);

        public double P99 => Median(result => result.P99);

        public void Add(LoadResult result) => _results.Add(result);

        public string Row() =>
            $"| {what} | {PerSecond:N0} ({_results.Min(r => r.PerSecond):N0}–{_results.Max(r => r.PerSecond):N0}) | {P99:0.00} "
            + $"({_results.Min(r => r.P99):0.00}–{_results.Max(r => r.P99):0.00}) |";

        private double Median(Func<LoadResult, double> figure) => _results.Select(figure).Order().ElementAt(_results.Count / 2);
    }
}
