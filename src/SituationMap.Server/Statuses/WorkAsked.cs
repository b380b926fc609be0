using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Server.Access;
using SituationMap.Store.Access;
using SituationMap.Store.Replay;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Statuses;

/// <summary>What work is asked about.</summary>
/// <param name="Snapshot">The picture of the instant; null where there is a fault.</param>
/// <param name="At">The instant.</param>
/// <param name="Known">What was reported later is left aside.</param>
/// <param name="Grids">The indexes of the grid asked for, or of the topmost ones that the caller may see.</param>
/// <param name="Fault">What is wrong with the question.</param>
internal sealed record WorkAsked(Snapshot? Snapshot, DateTimeOffset At, DateTimeOffset Known, int[] Grids, Fault? Fault)
{
    public static async Task<WorkAsked> OfAsync(
        Scope scope,
        CorrectedSnapshots pictures,
        string? grid,
        string? at,
        string? known,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var picture = await pictures.AskAsync(at, known, cancellation);
        if (picture.Found is not { } snapshot)
            return new WorkAsked(null, now, now, [], picture.Fault);
        var city = snapshot.City;
        if (grid is not null && !city.GridByCode.ContainsKey(grid))
            return new WorkAsked(null, now, now, [], new Fault("value-wrong", "grid", "the code of a known grid"));
        if (ScopeFilter.Check(scope, city, grid, building: null) is { } outside)
            return new WorkAsked(null, now, now, [], outside);
        var grids = GridsOf(city, scope, grid);
        if (known is not null && Instants.TryParse(known, out var knownAt))
            return new WorkAsked(snapshot, snapshot.AsOf, knownAt, grids, null);
        // what came while the clock was ahead is known as well
        return at is null
            ? new WorkAsked(snapshot, now, DateTimeOffset.MaxValue, grids, null)
            : new WorkAsked(snapshot, snapshot.AsOf, snapshot.AsOf, grids, null);
    }

    private static int[] GridsOf(City city, Scope scope, string? grid) =>
        grid is not null ? [city.GridByCode[grid]]
        : scope.IsWholeCity ? [.. Enumerable.Range(0, city.Grids.Length).Where(index => city.Grids[index].Parent < 0)]
        : [.. scope.Grids.Where(city.GridByCode.ContainsKey).Select(code => city.GridByCode[code])];
}
