using Npgsql;
using SituationMap.Core;
using SituationMap.Store.Database;

namespace SituationMap.Store.Zones.Planning;

/// <content>What every step does: lock, compare, act, announce; and how versions are published.</content>
public sealed partial class ZoneWorkflow
{
    /// <param name="act">Gives why not; null: done.</param>
    private async Task<StepResult> StepAsync(
        string code,
        ZoneTag seen,
        ZoneActor actor,
        Func<NpgsqlConnection, ZoneRecord, DateTimeOffset, Task<StepResult?>> act,
        CancellationToken cancellation
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
        return await act(connection, zone, now) ?? await CommitAsync(connection, transaction, code, cancellation);
    }

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
