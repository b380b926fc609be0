using System.Diagnostics;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Benchmarks;

/// <summary>What maps ask of the server while something else is measured.</summary>
/// <param name="clients">How many follow the live feed.</param>
/// <param name="tiles">How many tiles are asked for in a second, of the list in <c>floors/tiles.sql</c>.</param>
internal sealed class MapLoad(NpgsqlDataSource store, HttpClient http, int clients, int tiles)
{
    /// <param name="connected">Each time one more client follows the feed.</param>
    /// <param name="over">When they all go.</param>
    public Task RunAsync(Action connected, CancellationToken over) =>
        Task.WhenAll([.. Enumerable.Range(0, clients).Select(_ => DrainAsync(connected, over)), AskForTilesAsync(over)]);

    /// <summary>Each at its time, whether or not those before it have come.</summary>
    private async Task AskForTilesAsync(CancellationToken over)
    {
        if (tiles == 0)
            return;
        try
        {
            await using var list = store.Command(
                "SELECT array_agg(format('tiles/situation/%s/%s/%s.mvt', z, x, y) ORDER BY i) FROM floor.tile_list"
            );
            var paths = (string[])(await list.ExecuteScalarAsync(over))!;
            var (asked, watch) = (new List<Task>(), Stopwatch.StartNew());
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
            while (await tick.WaitForNextTickAsync(over))
            {
                while (asked.Count < watch.Elapsed.TotalSeconds * tiles)
                    asked.Add(http.GetByteArrayAsync(new Uri(paths[asked.Count % paths.Length], UriKind.Relative), over));
            }
            await Task.WhenAll(asked);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // enough seen
        }
    }

    private async Task DrainAsync(Action connected, CancellationToken over)
    {
        try
        {
            using var response = await http.GetAsync(new Uri("api/live", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, over);
            response.EnsureSuccessStatusCode();
            connected();
            await response.Content.CopyToAsync(Stream.Null, over);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // enough seen
        }
    }
}
