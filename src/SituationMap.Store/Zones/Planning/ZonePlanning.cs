using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Core;
using SituationMap.Geo.Outlines;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Zones.Planning;

/// <summary>
/// The life of a zone, step by step. Each step locks the zone, compares what the caller has seen with what is there, and is one
/// transaction: its row in the history, the draft, and where it publishes, the version. Nobody approves what he has written.
/// </summary>
public sealed class ZonePlanning(NpgsqlDataSource database, ProtocolCatalog protocols, SnapshotHolder holder, TimeProvider clock)
{
    /// <summary>Plans a new zone. Without a code it gets the next free one.</summary>
    public async Task<StepResult> DraftAsync(string? code, ZonePlan plan, ZonePlanner actor, CancellationToken cancellation)
    {
        if (CheckLevel(plan) is { } fault)
            return StepResult.Refused(StepOutcome.Invalid, fault);
        if (actor.Check(holder, protocols.Plan, plan.Outline, "geometry") is { } outside)
            return StepResult.Refused(StepOutcome.Forbidden, outside);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        code ??= await NextCodeAsync(connection, cancellation);
        var id = await ZoneStore.LockAsync(connection, code, cancellation);
        if (
            await PlannedZones.ReadAsync(connection, code, clock.GetUtcNow(), cancellation) is { } zone
            && (zone.Draft is not null || zone.Versions.Count > 0)
        )
            return StepResult.Conflict(
                zone,
                "code-taken",
                "properties.code",
                "the code of no other zone; to change this one, PUT its draft"
            );
        await WriteAsync(connection, id, "drafted", new ZoneDraft("draft", 0, plan, [actor.Name]), actor.Name, cancellation);
        return await CommitAsync(connection, transaction, code, cancellation);
    }

    /// <summary>Changes the draft of a zone, or begins one.</summary>
    public Task<StepResult> ChangeAsync(string code, ZoneTag seen, ZonePlan plan, ZonePlanner actor, CancellationToken cancellation) =>
        StepAsync(
            code,
            seen,
            actor,
            async (connection, zone, _) =>
            {
                if (CheckLevel(plan) is { } fault)
                    return StepResult.Refused(StepOutcome.Invalid, fault);
                if (actor.Check(holder, protocols.Plan, plan.Outline, "geometry") is { } outside)
                    return StepResult.Refused(StepOutcome.Forbidden, outside, zone);
                if (zone.Draft is { State: "submitted" })
                    return StepResult.Conflict(zone, "state-wrong", "draft", "a draft that is not submitted; withdraw it first");
                var draft = zone.Draft is { } old
                    ? old with
                    {
                        State = "draft",
                        Plan = plan,
                        Authors = [.. old.Authors.Append(actor.Name).Distinct()],
                    }
                    : new ZoneDraft("draft", zone.Tag.Version, plan, [actor.Name]);
                await WriteAsync(connection, zone.Id, zone.Draft is null ? "drafted" : "changed", draft, actor.Name, cancellation);
                return null;
            },
            cancellation
        );

    public Task<StepResult> DiscardAsync(string code, ZoneTag seen, ZonePlanner actor, string reason, CancellationToken cancellation) =>
        StepAsync(
            code,
            seen,
            actor,
            async (connection, zone, now) =>
            {
                if (zone.Draft is null)
                    return NoDraft(zone);
                await PlannedZones.DeleteDraftAsync(connection, zone.Id, cancellation);
                await PlannedZones.NoteAsync(connection, zone.Id, "discarded", actor.Name, reason, plan: null, now, cancellation);
                return null;
            },
            cancellation
        );

    public Task<StepResult> SubmitAsync(string code, ZoneTag seen, ZonePlanner actor, string reason, CancellationToken cancellation) =>
        MoveAsync(code, seen, "submitted", ["draft", "rejected"], "submitted", actor, reason, cancellation);

    /// <summary>Takes a submitted draft back to change it.</summary>
    public Task<StepResult> WithdrawAsync(string code, ZoneTag seen, ZonePlanner actor, string reason, CancellationToken cancellation) =>
        MoveAsync(code, seen, "withdrawn", ["submitted"], "draft", actor, reason, cancellation);

    public Task<StepResult> RejectAsync(string code, ZoneTag seen, ZonePlanner actor, string reason, CancellationToken cancellation) =>
        MoveAsync(code, seen, "rejected", ["submitted"], "rejected", actor, reason, cancellation);

    /// <summary>
    /// Publishes a submitted draft; the caller is none of its authors. The parts into which the zone was split end when it takes over, as
    /// when it is rolled back.
    /// </summary>
    public Task<StepResult> ApproveAsync(string code, ZoneTag seen, ZonePlanner actor, CancellationToken cancellation) =>
        StepAsync(
            code,
            seen,
            actor,
            async (connection, zone, now) =>
            {
                if (zone.Draft is not { } draft)
                    return NoDraft(zone);
                if (draft.State != "submitted")
                    return StepResult.Conflict(zone, "state-wrong", "draft", "a draft that is submitted");
                if (
                    draft.Authors.Contains(actor.Name)
                    || !await AccountHands.AreApartAsync(connection, actor.Name, draft.Authors, cancellation)
                )
                    return StepResult.Refused(
                        StepOutcome.Forbidden,
                        new Fault(
                            "approver-is-author",
                            "approver",
                            "somebody who has not written the draft, nor had a hand in the account of who has, nor he in his"
                        ),
                        zone
                    );
                var from = draft.Plan.From is { } wanted && wanted > now ? wanted : now;
                if (draft.Plan.To <= from)
                    return StepResult.Conflict(zone, "time-too-early", "to", "an end after the approval");
                var (parts, refused) = await EndPartsAsync(connection, zone, from, actor, draft.Plan.Reason, now, cancellation);
                if (refused is not null)
                    return refused;
                // where the split was for a time, the zone as it was would come back after it
                var again = parts == 0 ? [] : zone.Scheduled(from).Where(scheduled => draft.Plan.To is null || scheduled < draft.Plan.To);
                foreach (var start in again.Prepend(from))
                    await ZoneStore.PublishAsync(
                        connection,
                        protocols.Plan,
                        zone.Id,
                        new ZoneVersionDraft(
                            code,
                            draft.Plan.Name,
                            draft.Plan.Level,
                            draft.Plan.Outline,
                            start,
                            draft.Plan.To,
                            draft.Authors[^1],
                            draft.Plan.Reason,
                            actor.Name
                        ),
                        "approved",
                        actor.Name,
                        now,
                        cancellation
                    );
                await PlannedZones.DeleteDraftAsync(connection, zone.Id, cancellation);
                return null;
            },
            cancellation
        );

    /// <summary>Ends a zone, now or at a set instant; what is scheduled from then on ends with it.</summary>
    public Task<StepResult> EndAsync(
        string code,
        ZoneTag seen,
        DateTimeOffset? at,
        ZonePlanner actor,
        string reason,
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
                await EndAsync(connection, zone, standing, at > now ? at.Value : now, actor, reason, now, cancellation);
                return null;
            },
            cancellation
        );

    /// <summary>Lowers a zone to a less strict level, now or at a set instant, with the outline it has.</summary>
    public Task<StepResult> LowerAsync(
        string code,
        ZoneTag seen,
        string level,
        DateTimeOffset? at,
        ZonePlanner actor,
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
        ZonePlanner actor,
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
        ZonePlanner actor,
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
                for (var place = 0; place < parts.Count; place++)
                {
                    var child = $"{code}-{(char)('a' + place)}";
                    var id = await ZoneStore.LockAsync(connection, child, cancellation);
                    await using (var belongs = connection.Command("UPDATE zone SET parent = $2 WHERE id = $1", id, zone.Id))
                        await belongs.ExecuteNonQueryAsync(cancellation);
                    var part = current with
                    {
                        Name = $"{current.Name}-{(char)('a' + place)}",
                        Outline = parts[place],
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

    /// <summary>The fault of a level that the edition in force at the plan's start does not know.</summary>
    public Fault? CheckLevel(ZonePlan plan)
    {
        var now = clock.GetUtcNow();
        var edition = protocols.Plan.EditionAt(plan.From is { } from && from > now ? from : now);
        return edition.ZoneLevel(plan.Level) is not null
            ? null
            : new Fault(
                "level-unknown",
                "properties.level",
                edition.ZoneLevels.Count == 0
                    ? $"no zone: the edition {edition.Id} knows none"
                    : $"one of {string.Join(", ", edition.ZoneLevels.Select(level => level.Id))}"
            );
    }

    private Task<StepResult> MoveAsync(
        string code,
        ZoneTag seen,
        string action,
        string[] from,
        string to,
        ZonePlanner actor,
        string reason,
        CancellationToken cancellation
    ) =>
        StepAsync(
            code,
            seen,
            actor,
            async (connection, zone, now) =>
            {
                if (zone.Draft is not { } draft)
                    return NoDraft(zone);
                if (!from.Contains(draft.State))
                    return StepResult.Conflict(zone, "state-wrong", "draft", $"a draft in the state {string.Join(" or ", from)}");
                await PlannedZones.WriteDraftAsync(connection, zone.Id, draft with { State = to }, cancellation);
                await PlannedZones.NoteAsync(connection, zone.Id, action, actor.Name, reason, plan: null, now, cancellation);
                return null;
            },
            cancellation
        );

    /// <param name="act">Gives why not; null: done.</param>
    private async Task<StepResult> StepAsync(
        string code,
        ZoneTag seen,
        ZonePlanner actor,
        Func<NpgsqlConnection, PlannedZone, DateTimeOffset, Task<StepResult?>> act,
        CancellationToken cancellation
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var take = connection.Command("SELECT FROM zone WHERE code = $1 FOR NO KEY UPDATE", code))
            await take.ExecuteNonQueryAsync(cancellation);
        if (await PlannedZones.ReadAsync(connection, code, clock.GetUtcNow(), cancellation) is not { } zone)
            return StepResult.Refused(StepOutcome.NotFound, new Fault("not-found", "code", "the code of a zone"));
        if (zone.Tag != seen)
            return new StepResult(
                zone,
                StepOutcome.Stale,
                new Fault("zone-changed", "If-Match", $"{zone.Tag.Text}, the zone as it is now")
            );
        var now = clock.GetUtcNow();
        if (actor.Check(holder, protocols.Plan, zone, now) is { } outside)
            return StepResult.Refused(StepOutcome.Forbidden, outside, zone);
        return await act(connection, zone, now) ?? await CommitAsync(connection, transaction, code, cancellation);
    }

    private async Task<StepResult> CommitAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        string code,
        CancellationToken cancellation
    )
    {
        var zone = await PlannedZones.ReadAsync(connection, code, clock.GetUtcNow(), cancellation);
        await ZoneAnnouncer.AnnounceAsync(connection, clock, cancellation);
        await transaction.CommitAsync(cancellation);
        return new StepResult(zone);
    }

    private async Task WriteAsync(
        NpgsqlConnection connection,
        int zone,
        string action,
        ZoneDraft draft,
        string actor,
        CancellationToken cancellation
    )
    {
        await PlannedZones.WriteDraftAsync(connection, zone, draft, cancellation);
        await PlannedZones.NoteAsync(connection, zone, action, actor, draft.Plan.Reason, draft.Plan, clock.GetUtcNow(), cancellation);
    }

    private Task<int> PublishAsync(
        NpgsqlConnection connection,
        PlannedZone zone,
        ZoneVersion content,
        DateTimeOffset from,
        string action,
        string actor,
        string reason,
        DateTimeOffset now,
        CancellationToken cancellation
    ) =>
        ZoneStore.PublishAsync(
            connection,
            protocols.Plan,
            zone.Id,
            Content(zone.Code, content, from, actor, reason),
            action,
            actor,
            now,
            cancellation
        );

    private static ZoneVersionDraft Content(string code, ZoneVersion content, DateTimeOffset from, string actor, string reason) =>
        new(code, content.Name, content.Level, content.Outline, from, content.To, actor, reason);

    private async Task EndAsync(
        NpgsqlConnection connection,
        PlannedZone zone,
        ZoneVersion standing,
        DateTimeOffset end,
        ZonePlanner actor,
        string reason,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        foreach (var from in zone.Scheduled(now).Where(scheduled => scheduled > end).Prepend(end))
            await PublishAsync(
                connection,
                zone,
                standing with
                {
                    Level = null,
                    To = null,
                },
                from,
                "ended",
                actor.Name,
                reason,
                now,
                cancellation
            );
    }

    /// <summary>Ends the parts of a zone; refused where one of them is not as the split made it, or reaches beyond the actor's
    /// grids.</summary>
    /// <param name="from">When the zone is whole again.</param>
    private async Task<(int Parts, StepResult? Refused)> EndPartsAsync(
        NpgsqlConnection connection,
        PlannedZone zone,
        DateTimeOffset from,
        ZonePlanner actor,
        string reason,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        await PlannedZones.LockPartsAsync(connection, zone.Id, cancellation);
        var parts = await PlannedZones.ReadPartsAsync(connection, zone.Id, from, cancellation);
        if (parts.Changed.Count > 0)
            return (
                0,
                StepResult.Conflict(
                    zone,
                    "parts-changed",
                    "code",
                    "a zone whose parts are as the split made them; these were changed since, so end them or discard their "
                        + $"drafts first: {string.Join(", ", parts.Changed)}"
                )
            );
        if (
            parts.AsSplit.Select(part => actor.Check(holder, protocols.Plan, part.Zone, from)).FirstOrDefault(fault => fault is not null) is
            { } outside
        )
            return (0, StepResult.Refused(StepOutcome.Forbidden, outside, zone));
        foreach (var (part, standing) in parts.AsSplit)
            await EndAsync(connection, part, standing, from, actor, reason, now, cancellation);
        return (parts.AsSplit.Count, null);
    }

    private static async Task<string> NextCodeAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // two at once would find the same one free
        await using var alone = connection.Command("LOCK TABLE zone_draft IN SHARE ROW EXCLUSIVE MODE");
        await alone.ExecuteNonQueryAsync(cancellation);
        await using var next = connection.Command(
            "SELECT 'Z-' || 1 + COALESCE(max(substring(code FROM '^Z-(\\d{1,8})$')::int), 0) FROM zone"
        );
        return (string)(await next.ExecuteScalarAsync(cancellation))!;
    }

    private static StepResult NoDraft(PlannedZone zone) => StepResult.Conflict(zone, "draft-missing", "draft", "a zone with a draft");

    private static StepResult NotInForce(PlannedZone zone) => StepResult.Conflict(zone, "not-in-force", "code", "a zone that is in force");
}
