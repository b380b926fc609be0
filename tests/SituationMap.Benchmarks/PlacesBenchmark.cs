using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;
using SituationMap.Store.Database;
using SituationMap.Testing;

namespace SituationMap.Benchmarks;

/// <summary>Imports real files into an empty store, one after the other, watching how far the map is behind the store meanwhile; then asks
/// for every tile of every zoom and decodes it strictly.</summary>
internal sealed class PlacesBenchmark(CancellationToken cancellation)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <param name="files">Each as <c>COLLECTION=PATH</c>, with <c>;FIELD=COLUMN</c> or <c>;FIELD:=TEXT</c> for what is to be read
    /// otherwise than guessed.</param>
    public async Task RunAsync(string folder, string[] files, int lastZoom)
    {
        var store = Path.Combine(folder, $"places-{Environment.ProcessId}");
        try
        {
            await using var postgis = await EmbeddedPostgis.StartAsync(
                new EmbeddedPostgisSettings(store),
                new Progress<string>(),
                cancellation
            );
            await Migrator.MigrateAsync(postgis.ConnectionString, Migration.Embedded, new Progress<string>(), cancellation);
            await using var server = await ServerProcess.StartAsync(postgis.ConnectionString, [], cancellation);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var behind = LongestBehindAsync(postgis.ConnectionString, server, over.Token);
            var around = new Envelope();
            foreach (var file in files)
                around.ExpandToInclude(await ImportAsync(server, file));
            await Task.Delay(TimeSpan.FromSeconds(5), cancellation); // what the last one changed reaches the map
            await over.CancelAsync();
            Console.WriteLine($"the map was behind the store for at most {(await behind).TotalSeconds:0.00} s (2 allowed)");
            for (var zoom = 0; zoom <= lastZoom; zoom++)
                await DecodeAllAsync(server, zoom, Box.Of(around));
        }
        finally
        {
            if (Directory.Exists(store))
                Directory.Delete(store, recursive: true);
        }
    }

    private async Task DecodeAllAsync(ServerProcess server, int zoom, Box around)
    {
        var shift = World.Bits - zoom;
        var tiles =
            from x in Enumerable.Range(around.MinX >> shift, (around.MaxX >> shift) - (around.MinX >> shift) + 1)
            from y in Enumerable.Range(around.MinY >> shift, (around.MaxY >> shift) - (around.MinY >> shift) + 1)
            select new TileId(zoom, x, y);
        var (count, failed, features) = (0, 0, 0);
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(tiles, cancellation, async (tile, cancel) =>
        {
            Interlocked.Increment(ref count);
            using var answer = await server.Client.GetAsync(new Uri(server.Address, $"tiles/situation/{tile}.mvt"), cancel);
            try
            {
                if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.NoContent))
                    throw new InvalidDataException($"{(int)answer.StatusCode}");
                var layers = VectorTile.Decode(await answer.Content.ReadAsByteArrayAsync(cancel));
                Interlocked.Add(ref features, layers.Sum(layer => layer.Features.Count));
            }
            catch (InvalidDataException wrong)
            {
                Interlocked.Increment(ref failed);
                Console.Error.WriteLine($"{tile}: {wrong.Message}");
            }
        });
        Console.WriteLine(
            $"zoom {zoom}: {count:N0} tiles with {features:N0} features in {watch.Elapsed.TotalSeconds:0.0} s, {failed} failed (0 allowed)"
        );
    }

    /// <summary>The longest time from when a row of the feed was seen in the store until the map had it.</summary>
    private static async Task<TimeSpan> LongestBehindAsync(string connectionString, ServerProcess server, CancellationToken over)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        var (longest, since) = (TimeSpan.Zero, new Dictionary<long, long>());
        try
        {
            while (true)
            {
                await using var command = database.CreateCommand("SELECT coalesce(max(sequence), 0) FROM situation.feed");
                since.TryAdd((long)(await command.ExecuteScalarAsync(over))!, Stopwatch.GetTimestamp());
                using var answer = await server.Client.GetAsync(new Uri(server.Address, "tiles/situation/0/0/0.mvt"), over);
                var shown = long.Parse(answer.Headers.GetValues("Situation-Sequence").Single(), CultureInfo.InvariantCulture);
                foreach (var (sequence, seen) in since.Where(row => row.Key <= shown).ToArray())
                {
                    var behind = Stopwatch.GetElapsedTime(seen);
                    longest = behind > longest ? behind : longest;
                    if (sequence < shown)
                        since.Remove(sequence);
                    else
                        since[sequence] = Stopwatch.GetTimestamp(); // nothing newer: not behind
                }
                await Task.Delay(Pause, over);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return longest;
        }
    }

    private async Task<Envelope> ImportAsync(ServerProcess server, string order)
    {
        var parts = order.Split(';');
        var (collection, path) = (parts[0][..parts[0].IndexOf('=')], parts[0][(parts[0].IndexOf('=') + 1)..]);
        using var form = new MultipartFormDataContent
        {
            { new StringContent(collection), "as" },
            { new StringContent("true"), "skipRejected" },
            { new ByteArrayContent(await File.ReadAllBytesAsync(path, cancellation)), "file", Path.GetFileName(path) },
        };
        foreach (var mapping in parts[1..])
            form.Add(new StringContent(mapping), "map");
        var watch = Stopwatch.StartNew();
        using var accepted = await server.Client.PostAsync(new Uri(server.Address, "api/imports"), form, cancellation);
        accepted.EnsureSuccessStatusCode();
        while (true)
        {
            var run = await server.Client.GetFromJsonAsync<JsonElement>(new Uri(server.Address, accepted.Headers.Location!), cancellation);
            switch (run.GetProperty("state").GetString())
            {
                case "imported":
                    var report = run.GetProperty("report");
                    Console.WriteLine(
                        $"{Path.GetFileName(path)}: {report.GetProperty("added")} {collection} new, {report.GetProperty("rejected")} "
                            + $"rejected, in {watch.Elapsed.TotalSeconds:0.0} s"
                    );
                    return report.GetProperty("bounds").Deserialize<double[]>() is [var west, var south, var east, var north]
                        ? new Envelope(west, east, south, north)
                        : new Envelope();
                case "refused" or "failed":
                    throw new InvalidOperationException($"{path}: {run.GetRawText()[..Math.Min(2_000, run.GetRawText().Length)]}");
            }
            await Task.Delay(Pause, cancellation);
        }
    }
}
