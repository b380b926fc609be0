using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Protocols;
using SituationMap.Geo.Outlines;
using SituationMap.Store.Database;

namespace SituationMap.Store.Zones.Planning;

/// <content>Steps on zones in force: end, lower, roll back, split.</content>
public sealed partial class ZoneWorkflow
{
    /// <summary>Ends a zone, now or at a set instant; what is scheduled from then on ends with it.</summary>
    /// <param name="forApproval">Whether it is only drafted, and submitted for somebody else to approve.</param>
    public Task<StepResult> EndAsync(
        string code,
        ZoneTag seen,
        DateTimeOffset? at,
        ZoneActor actor,
        string reason,
        bool forApproval,
        CancellationToken cancellation
    ) =>
        StepAsync(
            code,
            seen,
            actor,
            async (connection, zone, now) =>
            {
                if (zone.Standing(now) is not { } standing)
                    return NotInForce(zone);
                if (forApproval)
                    return await ProposeAsync(connection, zone, standing with { Level = null, To = null }, at, actor, reason, cancellation);
                if (protocols.Plan.EditionAt(at > now ? at.Value : now).EndingNeedsTwo)
                    return NeedsTwo(zone);
                await EndAsync(connection, zone, standing, at > now ? at.Value : now, actor, reason, now, cancellation);
                return null;
            },
            cancellation
        );

    /// <summary>Lowers a zone to a less strict level, now or at a set instant, with the outline it has.</summary>
    /// <param name="forApproval">Whether it is only drafted, and submitted for somebody else to approve.</param>
    public Task<StepResult> LowerAsync(
        string code,
        ZoneTag seen,
        string level,
        DateTimeOffset? at,
        ZoneActor actor,
        string reason,
        bool forApproval,
        CancellationToken cancellation
    ) =>
        StepAsync(
            code,
            seen,
            actor,
            async (connection, zone, now) =>
            {
                if (zone.InForceAt(now) is not { } current)
                    return NotInForce(zone);
                var from = at > now ? at.Value : now;
                var edition = protocols.Plan.EditionAt(from);
                if (
                    edition.ZoneLevel(level) is not { } lower
                    || (edition.ZoneLevel(current.Level!) is { } present && lower.Rank <= present.Rank)
                )
                    return StepResult.Refused(
                        StepOutcome.Invalid,
                        new Fault("level-unknown", "level", $"a level below {current.Level} of the edition {edition.Id}"),
                        zone
                    );
                if (current.To <= from)
                    return StepResult.Conflict(zone, "time-too-late", "at", "a time before the zone ends");
                if (forApproval)
                    return await ProposeAsync(connection, zone, current with { Level = level }, at, actor, reason, cancellation);
                if (edition.LoweringNeedsTwo)
                    return NeedsTwo(zone);
                await PublishAsync(
                    connection,
                    zone,
                    current with
                    {
                        Level = level,
                    },
                    from,
                    "lowered",
                    actor.Name,
                    reason,
                    now,
                    cancellation
                );
                return null;
            },
            cancellation
        );

    /// <summary>
    /// Makes everything as a version said, in one action and at once: a further version with its content, also in place of those that
    /// are scheduled. The parts into which the zone was split end with it, as long as they are as the split made them; what somebody has
    /// done to one since is not taken back unseen.
    /// </summary>
    public Task<StepResult> RollBackAsync(
        string code,
        ZoneTag seen,
        int version,
        ZoneActor actor,
        string reason,
        CancellationToken cancellation
    ) =>
        StepAsync(
            code,
            seen,
            actor,
            async (connection, zone, now) =>
            {
                if (zone.Versions.FirstOrDefault(candidate => candidate.Version == version) is not { } old)
                    return StepResult.Refused(
                        StepOutcome.NotFound,
                        new Fault("not-found", "version", $"a version of the zone: 1 to {zone.Versions.Count}"),
                        zone
                    );
                if (actor.Check(holder, protocols.Plan, old.Outline, "version") is { } outside)
                    return StepResult.Refused(StepOutcome.Forbidden, outside, zone);
                if (zone.InForceAt(now)?.Level is { } present && MakesLessAlone(protocols.Plan.EditionAt(now), present, old.Level))
                    return NeedsTwo(zone);
                if (
                    old.Level is not null
                    && (await EndPartsAsync(connection, zone, now, actor, reason, now, cancellation)).Refused is { } refused
                )
                    return refused;
                // an end that has passed meanwhile said nothing about today
                var back = old.To <= now ? old with { To = null } : old;
                foreach (var from in zone.Scheduled(now).Where(scheduled => back.To is null || scheduled < back.To).Prepend(now))
                    await PublishAsync(connection, zone, back, from, "rolled-back", actor.Name, reason, now, cancellation);
                return null;
            },
            cancellation
        );

    /// <summary>
    /// Splits a zone into parts with codes of their own (<c>Z-1-a</c>, <c>Z-1-b</c>, …) until <paramref name="until"/>, when it is whole
    /// again; without that, for good.
    /// </summary>
    /// <param name="parts">Together the zone's outline, and not over one another.</param>
    public Task<StepResult> SplitAsync(
        string code,
        ZoneTag seen,
        IReadOnlyList<MultiPolygon> parts,
        DateTimeOffset? until,
        ZoneActor actor,
        string reason,
        CancellationToken cancellation
    ) =>
        StepAsync(
            code,
            seen,
            actor,
            async (connection, zone, now) =>
            {
                if (zone.InForceAt(now) is not { } current)
                    return NotInForce(zone);
                if (until <= now || (until is not null && current.To <= until))
                    return StepResult.Refused(
                        StepOutcome.Invalid,
                        new Fault("value-wrong", "until", "a time to come, before the zone ends"),
                        zone
                    );
                if (!Partition.IsOf(current.Outline, parts))
                    return StepResult.Refused(
                        StepOutcome.Invalid,
                        new Fault("parts-wrong", "parts", "parts that together are the zone's outline and do not overlap"),
                        zone
                    );
                await PublishAsync(
                    connection,
                    zone,
                    current with
                    {
                        Level = null,
                        To = null,
                    },
                    now,
                    "split",
                    actor.Name,
                    reason,
                    now,
                    cancellation
                );
                for (var index = 0; index < parts.Count; index++)
                {
                    var child = $"{code}-{(char)('a' + index)}";
                    var id = await ZoneStore.LockAsync(connection, child, cancellation);
                    await using (var belongs = connection.Command("UPDATE zone SET parent = $2 WHERE id = $1", id, zone.Id))
                        await belongs.ExecuteNonQueryAsync(cancellation);
                    var part = current with
                    {
                        Name = $"{current.Name}-{(char)('a' + index)}",
                        Outline = parts[index],
                        To = until ?? current.To,
                    };
                    await ZoneStore.PublishAsync(
                        connection,
                        protocols.Plan,
                        id,
                        Content(child, part, now, actor.Name, reason),
                        "split",
                        actor.Name,
                        now,
                        cancellation
                    );
                }
                if (until is { } whole)
                    await PublishAsync(connection, zone, current, whole, "split", actor.Name, reason, now, cancellation);
                return null;
            },
            cancellation
        );

    /// <summary>Whether going from one level to another is what an edition wants two persons for; null: no zone any more.</summary>
    private static bool MakesLessAlone(Edition edition, string from, string? to) =>
        to is null
            ? edition.EndingNeedsTwo
            : edition.LoweringNeedsTwo
                && edition.ZoneLevel(from) is { } present
                && edition.ZoneLevel(to) is { } next
                && next.Rank > present.Rank;

    private static StepResult NeedsTwo(ZoneRecord zone) =>
        StepResult.Refused(
            StepOutcome.Forbidden,
            new Fault("second-person-needed", "approver", "a draft that somebody else approves: send it with forApproval"),
            zone
        );

    /// <summary>Drafts what a zone is to become and submits it, in one step of one person.</summary>
    private async Task<StepResult?> ProposeAsync(
        NpgsqlConnection connection,
        ZoneRecord zone,
        ZoneVersion to,
        DateTimeOffset? at,
        ZoneActor actor,
        string reason,
        CancellationToken cancellation
    )
    {
        if (zone.Draft is not null)
            return StepResult.Conflict(zone, "draft-exists", "draft", "a zone without a draft; discard it first");
        var draft = new ZoneDraft(
            "submitted",
            zone.Tag.Version,
            new DraftContent(to.Name, to.Level, to.Outline, at, to.To, reason),
            [actor.Name]
        );
        await WriteAsync(connection, zone.Id, "drafted", draft, actor.Name, cancellation);
        await ZoneRecords.NoteAsync(connection, zone.Id, "submitted", actor.Name, reason, content: null, clock.GetUtcNow(), cancellation);
        return null;
    }
}
