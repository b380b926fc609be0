using System.Diagnostics;
using SituationMap.Core.Work;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses;

namespace SituationMap.Benchmarks;

/// <summary>What is to be done in a whole city: pages of the list, and the counts.</summary>
internal static class WorkBenchmark
{
    private const int PageSize = 50;

    public static async Task RunAsync(BenchmarkCity city, int rounds, CancellationToken cancellation)
    {
        await city.SettleAsync(cancellation);
        var snapshot = await new SnapshotLoader(city.Database, new StructureReader(city.Database)).LoadAsync(cancellation);
        var (grids, at) = (snapshot.City.Grids, BenchmarkCity.Now);
        int[] roots = [.. Enumerable.Range(0, grids.Length).Where(grid => grids[grid].Parent < 0)];
        int[] leaf = [snapshot.City.Buildings[0].Grid];
        var list = new WorkList(city.Database, city.Protocols);
        using var counts = new WorkCounts(city.Database, city.Protocols);
        var figures = default(WorkFigures);
        (string Name, Func<Task> Run)[] all =
        [
            ("a page of the city", () => PageAsync(roots, null)),
            ("a page of what is critical in the city", () => PageAsync(roots, WorkState.Critical)),
            ("a page of a grid", () => PageAsync(leaf, null)),
            ("counts of a grid", () => counts.AtAsync(snapshot, leaf, at, DateTimeOffset.MaxValue, cancellation)),
            ("counts of the city", async () =>
                figures = (await counts.AtAsync(snapshot, roots, at, DateTimeOffset.MaxValue, cancellation)).ByGrid[roots[0]]
            ),
        ];
        foreach (var (name, run) in all)
        {
            var times = new List<double>();
            for (var round = 0; round <= rounds; round++)
            {
                var watch = Stopwatch.StartNew();
                await run();
                if (round > 0) // the first one warms up
                    times.Add(watch.Elapsed.TotalMilliseconds);
            }
            times.Sort();
            Console.WriteLine($"{name}: median {times[times.Count / 2]:N0} ms, slowest of {times.Count} {times[^1]:N0} ms");
        }
        Console.WriteLine($"{snapshot.City.Households.Length:N0} households; {figures}");

        Task PageAsync(int[] asked, WorkState? state) =>
            list.PageAsync(snapshot, new WorkQuery(asked, null, null, null, PageSize) { State = state }, at, cancellation);
    }
}
