using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Server.Http;
using SituationMap.Store.Replay;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Grids;

/// <summary>What one grid looks like at a glance: now, at a past instant as it was known then, or as it has become known since.</summary>
internal static class SummaryEndpoint
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    public static async Task<Results<Ok<GridSummaryResponse>, ProblemHttpResult>> GetAsync(
        string code,
        HttpContext context,
        PastSnapshots past,
        CorrectedSnapshots corrected,
        OverdueHouseholds overdue,
        SharedSummaries shared,
        TimeProvider clock,
        CancellationToken cancellation,
        string? at = null,
        string? known = null
    )
    {
        var now = clock.GetUtcNow();
        var instant = now;
        if (at is not null && Instants.ParsePast("at", at, now, out instant) is { } atFault)
            return Problems.BadRequest(atFault);
        var knownAt = instant;
        if (known is not null && Instants.ParsePast("known", known, now, out knownAt) is { } knownFault)
            return Problems.BadRequest(knownFault);
        var asked = await past.AskAsync(at, cancellation);
        if (asked.Found is not { } snapshot)
            return Problems.BadRequest(asked.Fault!);
        if (!snapshot.City.GridByCode.TryGetValue(code, out var index))
            return Problems.NotFound("code", "the code of a known grid");
        if (at is null && known is null)
        {
            Caching.Apply(context, isFinal: false);
            // all who look at the map ask for the same at each change, and from one minute to the next for the same day before
            var minute = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
            return TypedResults.Ok(
                await shared.GetAsync(
                    (index, snapshot.Sequence, now.ToUnixTimeSeconds()),
                    async token =>
                        Answer(snapshot, await past.AtAsync(minute - Day, token), index, now, await overdue.NowAsync(code, token)),
                    cancellation
                )
            );
        }

        Snapshot before;
        if (known is null || knownAt == instant)
        {
            before = await past.AtAsync(instant - Day, cancellation);
        }
        else
        {
            // the map beside the counts asks for the whole city
            var pictures =
                snapshot.City.Grids[index].Parent < 0
                    ? await corrected.WholeAsync(instant, knownAt, cancellation)
                    : await corrected.AtAsync(index, [instant, instant - Day], knownAt, cancellation);
            (snapshot, before) = (pictures[0], pictures[1]);
        }
        var owing = await overdue.AtAsync(snapshot, index, instant, knownAt, cancellation);
        Caching.Apply(context, asked.IsFinal && past.IsFinal(knownAt));
        return TypedResults.Ok(Answer(snapshot, before, index, knownAt, owing));
    }

    /// <param name="before">The picture of a day before.</param>
    private static GridSummaryResponse Answer(Snapshot snapshot, Snapshot before, int index, DateTimeOffset knownAt, OverdueFound overdue)
    {
        var city = snapshot.City;
        var within = Enumerable.Range(0, city.Grids.Length).Where(grid => city.WithAncestors(grid).Contains(index)).ToHashSet();
        var outline = city.Grids[index].Outline;
        var owing = overdue.CountByGrid();
        // by its code: an import may have come between the two pictures
        var countsBefore = before.City.GridByCode.TryGetValue(city.Grids[index].Code, out var indexBefore)
            ? before.GridCounts[indexBefore]
            : default;
        return new GridSummaryResponse(GridCountsResponse.Of(snapshot, index) with { Overdue = owing[index] })
        {
            Sequence = snapshot.Sequence,
            AsOf = snapshot.AsOf,
            KnownAt = knownAt,
            OverdueAsOf = overdue.AsOf,
            Buildings = city.Buildings.Count(building => within.Contains(building.Grid)),
            Misplaced = Misplaced
                .Of(city)
                .Where(building => within.Contains(city.Buildings[building].Grid))
                .Sum(building => city.Buildings[building].HouseholdCount),
            Checkpoints = city.Checkpoints.Count(checkpoint => outline.Covers(checkpoint.Location)),
            CheckpointsManned = city.Checkpoints.Count(checkpoint => snapshot.IsManned(checkpoint) && outline.Covers(checkpoint.Location)),
            Zones =
            [
                .. snapshot
                    .Zones.Where(zone => zone.Outline.Intersects(outline))
                    .Select(zone => new GridZoneResponse(zone.Id, zone.Code, zone.Name, zone.Level, zone.Version)),
            ],
            Change24h = Enum.GetValues<Status>()
                .ToDictionary(StatusNames.Name, status => snapshot.GridCounts[index][status] - countsBefore[status]),
            HealthyUnsurveyedChange24h = snapshot.GridCounts[index].HealthyUnsurveyed - countsBefore.HealthyUnsurveyed,
            Children =
            [
                .. Enumerable
                    .Range(0, city.Grids.Length)
                    .Where(grid => city.Grids[grid].Parent == index)
                    .Select(grid => GridCountsResponse.Of(snapshot, grid) with { Overdue = owing[grid] }),
            ],
        };
    }
}

/// <summary>The latest summaries of the present, by the grid's index, the sequence and the second in which they were asked for.</summary>
internal sealed class SharedSummaries() : SharedWork<(int Grid, long Sequence, long Second), GridSummaryResponse>(kept: 64);
