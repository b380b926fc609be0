using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using SituationMap.Store.Database;

namespace SituationMap.Benchmarks;

/// <summary>Uploads many buildings to a server over an empty store of its own: until they are imported, until the map shows them, and the
/// same file again.</summary>
internal static class ImportBenchmark
{
    private const int Across = 400;
    private const double Step = 0.0004;

    /// <summary>Between two looks at what is waited for.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task RunAsync(string folder, int buildings, CancellationToken cancellation)
    {
        var store = Path.Combine(folder, $"imports-{Environment.ProcessId}");
        try
        {
            await using var postgis = await EmbeddedPostgis.StartAsync(
                new EmbeddedPostgisSettings(store),
                new Progress<string>(),
                cancellation
            );
            await Migrator.MigrateAsync(postgis.ConnectionString, Migration.Embedded, new Progress<string>(), cancellation);
            await using var server = await ServerProcess.StartAsync(postgis.ConnectionString, [], cancellation);
            var rows = (buildings / Across) + 1;
            await ImportAsync(server, "grids", Grids(rows), cancellation);
            var file = Buildings(buildings);
            var last = string.Create(
                CultureInfo.InvariantCulture,
                $"api/lookup?lon={124 + (Step * ((buildings - 1) % Across)) + 0.0001}"
                    + $"&lat={40 + (Step * ((buildings - 1) / Across)) + 0.0001}"
            );

            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            using var feed = await server.Client.GetAsync(
                new Uri(server.Address, "api/live"),
                HttpCompletionOption.ResponseHeadersRead,
                cancellation
            );
            var follower = new Follower();
            var following = follower.ReadAsync(await feed.Content.ReadAsStreamAsync(cancellation), over.Token);
            var asking = LongestAnswerAsync(server, last, over.Token);
            var before = server.ResidentBytes;

            var first = await ImportAsync(server, "buildings", file, cancellation);
            var watch = Stopwatch.StartNew();
            JsonElement seen = default;
            await Wait.UntilAsync(
                async () =>
                    (seen = await server.Client.GetFromJsonAsync<JsonElement>(new Uri(server.Address, last), cancellation))
                        .GetProperty("building")
                        .ValueKind == JsonValueKind.Object,
                Pause,
                cancellation
            );
            Console.WriteLine(
                $"{buildings:N0} buildings, {file.Length / 1048576.0:0} MB of CSV: imported in {first.Took.TotalSeconds:0.0} s, "
                    + $"told of {first.Steps} steps on the way; on the map {watch.Elapsed.TotalSeconds:0.0} s later"
            );
            await Wait.UntilAsync(() => Task.FromResult(follower.Sequence >= seen.GetProperty("sequence").GetInt64()), Pause, cancellation);
            Console.WriteLine(
                $"a viewer has the whole feed {watch.Elapsed.TotalSeconds:0.0} s after the import, "
                    + $"{follower.Bytes / 1048576.0:0.0} MB; the server's memory grew from {before >> 20} to "
                    + $"{server.ResidentBytes >> 20} MB"
            );
            await over.CancelAsync();
            await following;
            var (answers, longest) = await asking;
            Console.WriteLine(
                $"of {answers:N0} lookups asked one after the other meanwhile, the longest took {longest.TotalMilliseconds:0} ms"
            );
            var again = await ImportAsync(server, "buildings", file, cancellation);
            Console.WriteLine($"the same file again: {again.Took.TotalSeconds:0.0} s, {again.Unchanged:N0} unchanged");
        }
        finally
        {
            if (Directory.Exists(store))
                Directory.Delete(store, recursive: true);
        }
    }

    /// <summary>Somebody who goes on asking.</summary>
    private static async Task<(int Answers, TimeSpan Longest)> LongestAnswerAsync(ServerProcess server, string path, CancellationToken over)
    {
        var (answers, longest) = (0, TimeSpan.Zero);
        try
        {
            for (; ; answers++)
            {
                var watch = Stopwatch.StartNew();
                await server.Client.GetByteArrayAsync(new Uri(server.Address, path), over);
                longest = watch.Elapsed > longest ? watch.Elapsed : longest;
                await Task.Delay(10, over);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return (answers, longest);
        }
    }

    private static async Task<(TimeSpan Took, int Steps, int Unchanged)> ImportAsync(
        ServerProcess server,
        string collection,
        string csv,
        CancellationToken cancellation
    )
    {
        var watch = Stopwatch.StartNew();
        using var form = new MultipartFormDataContent
        {
            { new StringContent(collection), "as" },
            { new StringContent(csv), "file", "rows.csv" },
        };
        using var accepted = await server.Client.PostAsync(new Uri(server.Address, "api/imports"), form, cancellation);
        accepted.EnsureSuccessStatusCode();
        var steps = new HashSet<double>();
        while (true)
        {
            var answer = await server.Client.GetFromJsonAsync<JsonElement>(
                new Uri(server.Address, accepted.Headers.Location!),
                cancellation
            );
            steps.Add(answer.GetProperty("progress").GetDouble());
            switch (answer.GetProperty("state").GetString())
            {
                case "imported":
                    return (watch.Elapsed, steps.Count, answer.GetProperty("report").GetProperty("unchanged").GetInt32());
                case "refused" or "failed":
                    throw new InvalidOperationException(answer.GetRawText()[..Math.Min(2_000, answer.GetRawText().Length)]);
            }
            await Task.Delay(50, cancellation);
        }
    }

    /// <summary>A viewer that follows the live feed.</summary>
    private sealed class Follower
    {
        private long _sequence;
        private long _bytes;

        public long Sequence => Interlocked.Read(ref _sequence);

        public long Bytes => Interlocked.Read(ref _bytes);

        public async Task ReadAsync(Stream feed, CancellationToken over)
        {
            using var reader = new StreamReader(feed);
            try
            {
                while (await reader.ReadLineAsync(over) is { } line)
                {
                    Interlocked.Add(ref _bytes, line.Length + 1);
                    if (line.StartsWith("id:", StringComparison.Ordinal))
                        Interlocked.Exchange(ref _sequence, long.Parse(line.AsSpan(3), CultureInfo.InvariantCulture));
                }
            }
            catch (Exception end) when (end is OperationCanceledException or IOException)
            {
                // it has seen what it had to
            }
        }
    }

    /// <summary>A city, and below it a hundred grids side by side that cover all buildings.</summary>
    private static string Grids(int rows)
    {
        var text = new StringBuilder("code,name,level,wkt\n");
        Append("210682", "city", 123.9, 124.1 + (Step * Across));
        for (var grid = 0; grid < 100; grid++)
            Append($"210682-{grid:000}", "grid", 123.9999 + (Step * Across / 100 * grid), 123.9999 + (Step * Across / 100 * (grid + 1)));
        return text.ToString();

        void Append(string code, string level, double west, double east) =>
            text.Append(
                CultureInfo.InvariantCulture,
                $"{code},{code},{level},\"POLYGON (({west} 39.9, {east} 39.9, {east} {40.1 + (Step * rows)}, {west} "
                    + $"{40.1 + (Step * rows)}, {west} 39.9))\"\n"
            );
    }

    private static string Buildings(int count)
    {
        var text = new StringBuilder("code,address,floors,units,wkt\n");
        for (var i = 0; i < count; i++)
        {
            var (west, south) = (124 + (Step * (i % Across)), 40 + (Step * (i / Across)));
            var (east, north) = (west + 0.0002, south + 0.0002);
            text.Append(
                CultureInfo.InvariantCulture,
                $"B-{i:000000},Road {i},6,2,\"POLYGON (({west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} "
                    + $"{south}))\"\n"
            );
        }
        return text.ToString();
    }
}
