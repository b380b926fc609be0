using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Statuses;

/// <summary>How much there is to do at present: a grid is counted anew for each who asks, and a large city's is shared.</summary>
public sealed class PresentWorkCounts(WorkCounts counts, SnapshotHolder holder, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    private readonly SharedAnswers<WorkCounted> _shared = new(clock, isLong: TimeSpan.FromSeconds(2));

    /// <param name="grids">The grids' codes, none of them below another.</param>
    public Task<WorkCounted> AskAsync(IReadOnlyList<string> grids, CancellationToken cancellation) =>
        _shared.AskAsync(
            string.Join('\n', grids),
            () =>
            {
                var snapshot = holder.Current;
                int[] known = [.. grids.Where(snapshot.City.GridByCode.ContainsKey).Select(code => snapshot.City.GridByCode[code])];
                // what came while the clock was ahead is known as well
                return counts.AtAsync(snapshot, known, clock.GetUtcNow(), DateTimeOffset.MaxValue, lifetime.ApplicationStopping);
            },
            cancellation
        );
}
