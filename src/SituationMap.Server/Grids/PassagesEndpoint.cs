using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Server.Http;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Grids;

/// <summary>How many went through a checkpoint, and who reported them; nobody is named.</summary>
/// <param name="Manned">Whether someone is there now: by the shifts of its post, else as it was imported.</param>
/// <param name="Hours">The first one first; the last one ends at <paramref name="To"/>.</param>
/// <param name="Last">The last passage by then; null: none in these hours.</param>
/// <param name="Sources">Who reported how many of them, those with most first.</param>
internal sealed record PassagesResponse(
    string Code,
    string Name,
    bool Manned,
    DateTimeOffset From,
    DateTimeOffset To,
    IReadOnlyList<PassageHour> Hours,
    DateTimeOffset? Last,
    IReadOnlyList<PassageSource> Sources
);

internal sealed record PassageHour(DateTimeOffset From, int In, int Out);

internal sealed record PassageSource(string Source, int Passages);

/// <summary>The passages of one checkpoint in the last hours, as counts.</summary>
internal static class PassagesEndpoint
{
    private const int DefaultHours = 24;
    private const int MostHours = 72;

    public static async Task<Results<Ok<PassagesResponse>, ProblemHttpResult>> GetAsync(
        string code,
        HttpContext context,
        SnapshotHolder holder,
        CheckpointPassages passages,
        TimeProvider clock,
        CancellationToken cancellation,
        int hours = DefaultHours,
        string? at = null
    )
    {
        var to = clock.GetUtcNow();
        if (at is not null && Instants.ParsePast("at", at, to, out to) is { } wrong)
            return Problems.BadRequest(wrong);
        var snapshot = holder.Current;
        if (hours is < 1 or > MostHours)
            return Problems.BadRequest(new Fault("value-wrong", "hours", $"a whole number from 1 to {MostHours}"));
        if (snapshot.City.Checkpoints.FirstOrDefault(checkpoint => checkpoint.Code == code) is not { } found)
            return Problems.NotFound("code", "the code of a checkpoint");
        var from = to.AddHours(-hours);
        var counts = await passages.CountAsync(code, from, hours, cancellation);
        Caching.Apply(context, isFinal: false);
        return TypedResults.Ok(
            new PassagesResponse(
                found.Code,
                found.Name,
                snapshot.IsManned(found),
                from,
                to,
                [
                    .. Enumerable
                        .Range(0, hours)
                        .Select(hour => new PassageHour(from.AddHours(hour), Sum(hour, isIn: true), Sum(hour, isIn: false))),
                ],
                counts.Length == 0 ? null : counts.Max(row => row.Last),
                [
                    .. counts
                        .GroupBy(row => row.Source)
                        .Select(source => new PassageSource(source.Key, source.Sum(row => row.Count)))
                        .OrderByDescending(source => source.Passages)
                        .ThenBy(source => source.Source, StringComparer.Ordinal),
                ]
            )
        );

        int Sum(int hour, bool isIn) => counts.Where(row => row.Hour == hour && row.IsIn == isIn).Sum(row => row.Count);
    }
}
