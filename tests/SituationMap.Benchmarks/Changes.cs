using System.Net.Http.Json;

namespace SituationMap.Benchmarks;

/// <summary>Reports that change statuses: healthy households, ever others, are back from a journey.</summary>
internal sealed class Changes
{
    private readonly Queue<string> _households;

    /// <param name="households">Codes of healthy ones.</param>
    public Changes(IEnumerable<string> households) => _households = new Queue<string>(households);

    /// <summary>Draws the households beforehand, so that looking for them is not part of the load.</summary>
    public static async Task<Changes> DrawAsync(BenchmarkCity city, int count, CancellationToken cancellation) =>
        new(
            await city.ReadAsync<string[]>(
                """
                SELECT array_agg(code) FROM (
                  SELECT h.code FROM household h TABLESAMPLE SYSTEM (20) LEFT JOIN household_status s ON s.household = h.id
                  WHERE COALESCE(s.status, 'healthy') = 'healthy'
                  ORDER BY random() LIMIT $1) drawn
                """,
                cancellation,
                count
            )
        );

    /// <summary>Posts until there are none left or it is told to stop; gives how many were posted.</summary>
    /// <param name="perSecond">In ten posts a second.</param>
    public async Task<int> PostAsync(ServerProcess server, int perSecond, CancellationToken over)
    {
        var posted = 0;
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            while (_households.Count > 0 && await tick.WaitForNextTickAsync(over))
            {
                var batch = Enumerable.Range(0, Math.Min(perSecond / 10, _households.Count)).Select(_ => _households.Dequeue()).ToArray();
                using var answer = await server.Client.PostAsJsonAsync(
                    new Uri(server.Address, "api/facts"),
                    batch.Select(household => new
                    {
                        id = Guid.NewGuid(),
                        kind = "returned",
                        household,
                        at = DateTimeOffset.UtcNow,
                        source = "system:benchmark",
                        data = new { from = "330100", risk = "low" },
                    }),
                    over
                );
                answer.EnsureSuccessStatusCode();
                posted += batch.Length;
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // the load is over
        }
        return posted;
    }

    /// <summary>The same to a server that is killed and started again: what it could not take is left out.</summary>
    public async Task<int> PostAsync(Func<ServerProcess> server, int perSecond, CancellationToken over)
    {
        var before = _households.Count;
        while (_households.Count > 0 && !over.IsCancellationRequested)
        {
            try
            {
                await PostAsync(server(), perSecond, over);
            }
            catch (Exception killed)
                when (killed is HttpRequestException or IOException or ObjectDisposedException or OperationCanceledException)
            {
                // the next one takes the rest
            }
        }
        return before - _households.Count;
    }
}
