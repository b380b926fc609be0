using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Server.Http;
using SituationMap.Store.Replay;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Grids;

/// <param name="At">The end of the step.</param>
/// <param name="Changes">How often a household changed in it.</param>
internal sealed record SeriesPoint(
    DateTimeOffset At,
    int Quarantined,
    int Observed,
    int Out,
    int Healthy,
    int HealthyUnsurveyed,
    int Surveyed,
    int Changes
);

internal sealed record SeriesResponse(
    string Grid,
    DateTimeOffset From,
    DateTimeOffset To,
    int Households,
    IReadOnlyList<SeriesPoint> Points
);

/// <summary>How the counts of one grid went over time.</summary>
internal static class SeriesEndpoint
{
    private const int DefaultSteps = 90;
    private const int MaxSteps = 1_000;
    private static readonly TimeSpan DefaultSpan = TimeSpan.FromDays(90);

    public static async Task<Results<Ok<SeriesResponse>, ProblemHttpResult>> GetAsync(
        string code,
        HttpContext context,
        SnapshotHolder holder,
        PastSnapshots past,
        CountSeries series,
        TimeProvider clock,
        CancellationToken cancellation,
        string? from = null,
        string? to = null,
        int steps = DefaultSteps
    )
    {
        var now = clock.GetUtcNow();
        var end = now;
        if (to is not null && Instants.ParsePast("to", to, now, out end) is { } toFault)
            return Problems.BadRequest(toFault);
        var start = end - DefaultSpan;
        if (from is not null && !Instants.TryParse(from, out start))
            return Problems.BadRequest(Instants.Fault("from"));
        if (start >= end)
            return Problems.BadRequest(new Fault("value-wrong", "from", "a time before to"));
        if (steps is < 1 or > MaxSteps)
            return Problems.BadRequest(new Fault("value-wrong", "steps", $"a whole number from 1 to {MaxSteps}"));
        var city = holder.Current.City;
        if (!city.GridByCode.TryGetValue(code, out var index))
            return Problems.NotFound("code", "the code of a known grid");
        var households = holder.Current.GridCounts[index].Households;
        var points = await series.ReadAsync(city.Grids[index].Path, households, start, end, steps, cancellation);
        Caching.Apply(context, to is not null && past.IsFinal(end));
        return TypedResults.Ok(
            new SeriesResponse(
                code,
                start,
                end,
                households,
                [
                    .. points.Select(point => new SeriesPoint(
                        point.At,
                        point.Counts.Quarantined,
                        point.Counts.Observed,
                        point.Counts.Out,
                        point.Counts.Healthy,
                        point.Counts.HealthyUnsurveyed,
                        point.Counts.Surveyed,
                        point.Changes
                    )),
                ]
            )
        );
    }
}
