using Npgsql;
using SituationMap.Core;
using SituationMap.Store.Database;

namespace SituationMap.Store.Zones.Planning;

/// <content>What every step does: lock, compare, act, announce; and how versions are published.</content>
public sealed partial class ZoneWorkflow
{
    /// <summary>
    /// Takes a step. One that takes effect later is taken and undone, so that what speaks against it is said at once, and kept.
    /// </summary>
    /// <param name="act">Gives why not; null: done.</param>
    /// <param name="endsDecision">Whether it puts an end to a decision that has not taken effect; all others wait for that.</param>
    private async Task<StepResult> StepAsync(
        string code,
        ZoneTag seen,
        ZoneActor actor,
        Func<NpgsqlConnection, ZoneRecord, DateTimeOffset, Task<StepResult?>> act,
        CancellationToken cancellation,
        bool endsDecision = false
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var take = connection.Command("SELECT FROM zone WHERE code = $1 FOR NO KEY UPDATE", code))
            await take.ExecuteNonQueryAsync(cancellation);
        if (await ZoneRecords.ReadAsync(connection, code, clock.GetUtcNow(), cancellation) is not { } zone)
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
        var takesDecided = actor.Decision?.TakesEffectAt <= now;
        if (zone.Decision is { } decided && !takesDecided && !endsDecision)
            return StepResult.Conflict(
                zone,
                "decision-pending",
                "code",
                $"a zone of which nothing waits to take effect; take back what {decided.Actor.Name} decided, or wait for it"
            );
        if (zone.Decision is not null)
            await ZoneDecisions.DeleteAsync(connection, zone.Id, cancellation);
        await transaction.SaveAsync("decided", cancellation);
        if (await act(connection, zone, now) is { } refused)
            return refused;
        if (actor.Decision is { } decision && !takesDecided)
        {
            await transaction.RollbackAsync("decided", cancellation);
            await ZoneDecisions.WriteAsync(connection, zone.Id, decision, cancellation);
            await ZoneRecords.NoteAsync(connection, zone.Id, "decided", actor.Name, decision.Reason, content: null, now, cancellation);
        }
        return await CommitAsync(connection, transaction, code, cancellation);
    }

    /// <summary>Takes back what was decided and has not taken effect: whoever may decide may do so, too.</summary>
    public Task<StepResult> TakeBackAsync(string code, ZoneTag seen, ZoneActor actor, string reason, CancellationToken cancellation) =>
        DropDecisionAsync(code, seen, "taken-back", actor, reason, cancellation);

    /// <summary>Drops a decision whose time has come but that cannot be taken any more.</summary>
    public Task<StepResult> LapseAsync(string code, ZoneTag seen, ZoneActor actor, string reason, CancellationToken cancellation) =>
        DropDecisionAsync(code, seen, "lapsed", actor, reason, cancellation);

    private Task<StepResult> DropDecisionAsync(
        string code,
        ZoneTag seen,
        string action,
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
                if (zone.Decision is null)
                    return StepResult.Conflict(zone, "decision-missing", "code", "a zone of which something waits to take effect");
                await ZoneRecords.NoteAsync(connection, zone.Id, action, actor.Name, reason, content: null, now, cancellation);
                return null;
            },
            cancellation,
            endsDecision: true
        );

    private async Task<StepResult> CommitAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        string code,
        CancellationToken cancellation
    )
    {
        var zone = await ZoneRecords.ReadAsync(connection, code, clock.GetUtcNow(), cancellation);
        await ZoneAnnouncer.AnnounceAsync(connection, clock, cancellation);
        await transaction.CommitAsync(cancellation);
        return new StepResult(zone);
    }

    private Task<int> PublishAsync(
        NpgsqlConnection connection,
        ZoneRecord zone,
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
        ZoneRecord zone,
        ZoneVersion standing,
        DateTimeOffset end,
        ZoneActor actor,
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
        ZoneRecord zone,
        DateTimeOffset from,
        ZoneActor actor,
        string reason,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        await ZoneRecords.LockPartsAsync(connection, zone.Id, cancellation);
        var parts = await ZoneRecords.ReadPartsAsync(connection, zone.Id, from, cancellation);
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

    private static StepResult NoDraft(ZoneRecord zone) => StepResult.Conflict(zone, "draft-missing", "draft", "a zone with a draft");

    private static StepResult NotInForce(ZoneRecord zone) => StepResult.Conflict(zone, "not-in-force", "code", "a zone that is in force");
}
