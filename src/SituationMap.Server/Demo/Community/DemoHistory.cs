using NetTopologySuite.Geometries;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Statuses;
using SituationMap.Core.Zones;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Demo.Community;

/// <summary>
/// A row of the change feed: what a household became, a zone version that came into force with what it touched, or a checkpoint that was
/// passed in the other direction.
/// </summary>
internal sealed record DemoChange(
    long Sequence,
    DateTimeOffset At,
    DemoHousehold? Household,
    StoredStatus? Status,
    DemoZoneVersion? Zone,
    DemoPassage? Passage,
    Geometry? Touched
);

/// <param name="Direction">in or out.</param>
internal sealed record DemoPassage(DemoCheckpoint Checkpoint, string Direction);

/// <summary>
/// The history that the thirty days would have left behind had the server run through them: every household is evaluated at each
/// instant at which something about it came in or fell due, with what was known then, and each visible change is a row of the feed.
/// </summary>
internal sealed class DemoHistory
{
    public DemoHistory(
        IReadOnlyList<DemoCheckpoint> checkpoints,
        IReadOnlyList<DemoHousehold> households,
        DemoReports reports,
        ProtocolPlan plan,
        DateTimeOffset now
    )
    {
        var facts = reports.Facts.ToLookup(entry => entry.Household, entry => entry.Fact);
        var found = new (List<(DateTimeOffset At, StoredStatus Status)> Changes, StoredStatus? Last)[households.Count];
        Parallel.For(0, households.Count, i => found[i] = Follow(households[i], [.. facts[households[i]]], reports.Zone, plan, now));

        var changes = reports
            .Zone.Select(version => new DemoChange(0, version.From, null, null, version, null, Touched(version, reports.Zone)))
            .ToList();
        for (var i = 0; i < households.Count; i++)
            changes.AddRange(
                found[i].Changes.Select(change => new DemoChange(0, change.At, households[i], change.Status, null, null, null))
            );
        changes.AddRange(checkpoints.SelectMany(checkpoint => Passed(checkpoint, reports)));
        // in order of time; zones, which have no household, before the households that they change
        Feed =
        [
            .. changes
                .OrderBy(change => change.At)
                .ThenBy(change => change.Household?.Id ?? 0)
                .Select((change, i) => change with { Sequence = i + 1 }),
        ];
        var last = Feed.Where(change => change.Household is not null)
            .GroupBy(change => change.Household!)
            .ToDictionary(rows => rows.Key, rows => rows.Last().Sequence);
        Statuses =
        [
            .. households
                .Zip(found)
                .Where(pair => pair.Second.Last is not null)
                .Select(pair => (pair.First, pair.Second.Last!, last.GetValueOrDefault(pair.First))),
        ];
    }

    /// <summary>The change feed, in its order.</summary>
    public IReadOnlyList<DemoChange> Feed { get; }

    /// <summary>The present statuses, each with the sequence that brought it.</summary>
    public IReadOnlyList<(DemoHousehold Household, StoredStatus Status, long Sequence)> Statuses { get; }

    private static (List<(DateTimeOffset, StoredStatus)>, StoredStatus?) Follow(
        DemoHousehold household,
        Fact[] facts,
        IReadOnlyList<DemoZoneVersion> zone,
        ProtocolPlan plan,
        DateTimeOffset now
    )
    {
        var members = household.Members.Select(member => member.Id).ToArray();
        var isCovered = zone.Select(version => DemoReports.Covers(version.Outline, household.Building)).ToArray();
        var news = facts
            .Select(fact => fact.ReceivedAt)
            .Concat(isCovered.Contains(true) ? zone.Select(version => version.From) : [])
            .Distinct()
            .Order()
            .ToArray();

        var changes = new List<(DateTimeOffset, StoredStatus)>();
        StoredStatus? stored = null;
        var (next, known) = (0, 0);
        while (true)
        {
            // whichever comes first: something reported or published, or something due
            var at =
                stored?.NextDue is { } due && (next == news.Length || due < news[next]) ? due
                : next < news.Length ? news[next]
                : DateTimeOffset.MaxValue;
            if (at > now)
                return (changes, stored);
            while (next < news.Length && news[next] <= at)
                next++;
            while (known < facts.Length && facts[known].ReceivedAt <= at)
                known++;
            var status = StoredStatus.Of(
                StatusRules.Evaluate(new HouseholdFacts(members, facts[..known]), Periods(zone, isCovered, at), plan, at)
            );
            if (status == stored || (stored is null && status.IsInitial))
                continue;
            if (!status.LooksLike(stored))
                changes.Add((at, status));
            stored = status;
        }
    }

    /// <summary>When the last passage known became one in the other direction; a passage of which a report comes in late may be the last no
    /// more.</summary>
    private static IEnumerable<DemoChange> Passed(DemoCheckpoint checkpoint, DemoReports reports)
    {
        var (last, lastDirection) = (DateTimeOffset.MinValue, (string?)null);
        foreach (
            var fact in reports
                .Facts.Select(entry => entry.Fact)
                .Where(fact => fact.Kind == FactKind.Passage && fact.Data.GetProperty("checkpoint").ValueEquals(checkpoint.Code))
        )
        {
            if (fact.At < last)
                continue;
            last = fact.At;
            var direction = fact.Data.GetProperty("direction").GetString()!;
            if (direction != lastDirection)
                yield return new DemoChange(
                    0,
                    fact.ReceivedAt,
                    null,
                    null,
                    null,
                    new DemoPassage(checkpoint, lastDirection = direction),
                    new MultiPoint([checkpoint.Location])
                );
        }
    }

    /// <summary>The periods over a building as far as they are published at an instant; the demo's versions take over when they are
    /// published.</summary>
    private static ZonePeriod[] Periods(IReadOnlyList<DemoZoneVersion> zone, bool[] isCovered, DateTimeOffset at)
    {
        var published = zone.Where(version => version.From <= at)
            .Select(version => new ZoneVersionTimes(version.Version, version.Level, version.From, To: null));
        return [.. ZoneVersions.Periods(RiskZoneId, published).Where(period => isCovered[period.Version - 1])];
    }

    /// <summary>The store's id of the demo's one zone.</summary>
    public const int RiskZoneId = 1;

    private static GeometryCollection Touched(DemoZoneVersion version, IReadOnlyList<DemoZoneVersion> zone) =>
        new([
            .. zone.Where(other => other.Version == version.Version || other.Version == version.Version - 1).Select(other => other.Outline),
        ]);
}
