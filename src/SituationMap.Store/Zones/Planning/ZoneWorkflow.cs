using Npgsql;
using SituationMap.Core;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Zones.Planning;

/// <summary>
/// The life of a zone, step by step. Each step locks the zone, compares what the caller has seen with what is there, and is one
/// transaction: its row in the history, the draft, and where it publishes, the version. Nobody approves what he has written.
/// <para>Here: drafts, to their approval. Beside it: what becomes of zones in force, and what every step does.</para>
/// </summary>
public sealed partial class ZoneWorkflow(NpgsqlDataSource database, ProtocolCatalog protocols, SnapshotHolder holder, TimeProvider clock)
{
    /// <summary>Plans a new zone. Without a code it gets the next free one.</summary>
    public async Task<StepResult> DraftAsync(string? code, DraftContent content, ZoneActor actor, CancellationToken cancellation)
    {
        if (CheckLevel(content, mayEnd: false) is { } fault)
            return StepResult.Refused(StepOutcome.Invalid, fault);
        if (actor.Check(holder, protocols.Plan, content.Outline, "geometry") is { } outside)
            return StepResult.Refused(StepOutcome.Forbidden, outside);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        code ??= await NextCodeAsync(connection, cancellation);
        var id = await ZoneStore.LockAsync(connection, code, cancellation);
        if (
            await ZoneRecords.ReadAsync(connection, code, clock.GetUtcNow(), cancellation) is { } zone
            && (zone.Draft is not null || zone.Versions.Count > 0)
        )
            return StepResult.Conflict(
                zone,
                "code-taken",
                "properties.code",
                "the code of no other zone; to change this one, PUT its draft"
            );
        await WriteAsync(connection, id, "drafted", new ZoneDraft("draft", 0, content, [actor.Name]), actor.Name, cancellation);
        return await CommitAsync(connection, transaction, code, cancellation);
    }

    /// <summary>Changes the draft of a zone, or begins one.</summary>
    public Task<StepResult> ChangeAsync(string code, ZoneTag seen, DraftContent content, ZoneActor actor, CancellationToken cancellation) =>
        StepAsync(
            code,
            seen,
            actor,
            async (connection, zone, now) =>
            {
                if (CheckLevel(content, mayEnd: zone.Standing(now) is not null) is { } fault)
                    return StepResult.Refused(StepOutcome.Invalid, fault);
                if (actor.Check(holder, protocols.Plan, content.Outline, "geometry") is { } outside)
                    return StepResult.Refused(StepOutcome.Forbidden, outside, zone);
                if (zone.Draft is { State: "submitted" })
                    return StepResult.Conflict(zone, "state-wrong", "draft", "a draft that is not submitted; withdraw it first");
                var draft = zone.Draft is { } old
                    ? old with
                    {
                        State = "draft",
                        Content = content,
                        Authors = [.. old.Authors.Append(actor.Name).Distinct()],
                    }
                    : new ZoneDraft("draft", zone.Tag.Version, content, [actor.Name]);
                await WriteAsync(connection, zone.Id, zone.Draft is null ? "drafted" : "changed", draft, actor.Name, cancellation);
                return null;
            },
            cancellation
        );

    public Task<StepResult> DiscardAsync(string code, ZoneTag seen, ZoneActor actor, string reason, CancellationToken cancellation) =>
        StepAsync(
            code,
            seen,
            actor,
            async (connection, zone, now) =>
            {
                if (zone.Draft is null)
                    return NoDraft(zone);
                await ZoneRecords.DeleteDraftAsync(connection, zone.Id, cancellation);
                await ZoneRecords.NoteAsync(connection, zone.Id, "discarded", actor.Name, reason, content: null, now, cancellation);
                return null;
            },
            cancellation
        );

    public Task<StepResult> SubmitAsync(string code, ZoneTag seen, ZoneActor actor, string reason, CancellationToken cancellation) =>
        MoveAsync(code, seen, "submitted", ["draft", "rejected"], "submitted", actor, reason, cancellation);

    /// <summary>Takes a submitted draft back to change it.</summary>
    public Task<StepResult> WithdrawAsync(string code, ZoneTag seen, ZoneActor actor, string reason, CancellationToken cancellation) =>
        MoveAsync(code, seen, "withdrawn", ["submitted"], "draft", actor, reason, cancellation);

    public Task<StepResult> RejectAsync(string code, ZoneTag seen, ZoneActor actor, string reason, CancellationToken cancellation) =>
        MoveAsync(code, seen, "rejected", ["submitted"], "rejected", actor, reason, cancellation);

    /// <summary>
    /// Publishes a submitted draft; the caller is none of its authors. The parts into which the zone was split end when it takes over, as
    /// when it is rolled back.
    /// </summary>
    public Task<StepResult> ApproveAsync(string code, ZoneTag seen, ZoneActor actor, CancellationToken cancellation) =>
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
                var from = draft.Content.From is { } wanted && wanted > now ? wanted : now;
                if (draft.Content.To <= from)
                    return StepResult.Conflict(zone, "time-too-early", "to", "an end after the approval");
                var (parts, refused) = await EndPartsAsync(connection, zone, from, actor, draft.Content.Reason, now, cancellation);
                if (refused is not null)
                    return refused;
                // where the split was for a time, the zone as it was would come back after it; and what ends ends for good
                var again =
                    parts == 0 && draft.Content.Level is not null
                        ? []
                        : zone.Scheduled(from).Where(scheduled => draft.Content.To is null || scheduled < draft.Content.To);
                foreach (var start in again.Prepend(from))
                    await ZoneStore.PublishAsync(
                        connection,
                        protocols.Plan,
                        zone.Id,
                        new ZoneVersionDraft(
                            code,
                            draft.Content.Name,
                            draft.Content.Level,
                            draft.Content.Outline,
                            start,
                            draft.Content.To,
                            draft.Authors[^1],
                            draft.Content.Reason,
                            actor.Name
                        ),
                        "approved",
                        actor.Name,
                        now,
                        cancellation
                    );
                await ZoneRecords.DeleteDraftAsync(connection, zone.Id, cancellation);
                return null;
            },
            cancellation
        );

    /// <summary>The fault of a level that the edition in force at the start of the draft does not know.</summary>
    /// <param name="mayEnd">Whether there is a zone that it may end.</param>
    public Fault? CheckLevel(DraftContent content, bool mayEnd)
    {
        if (content.Level is null && mayEnd)
            return null;
        var now = clock.GetUtcNow();
        var edition = protocols.Plan.EditionAt(content.From is { } from && from > now ? from : now);
        return content.Level is { } level && edition.ZoneLevel(level) is not null
            ? null
            : new Fault(
                "level-unknown",
                "properties.level",
                edition.ZoneLevels.Count == 0
                    ? $"no zone: the edition {edition.Id} knows none"
                    : $"one of {string.Join(", ", edition.ZoneLevels.Select(known => known.Id))}"
            );
    }

    private Task<StepResult> MoveAsync(
        string code,
        ZoneTag seen,
        string action,
        string[] from,
        string to,
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
                if (zone.Draft is not { } draft)
                    return NoDraft(zone);
                if (!from.Contains(draft.State))
                    return StepResult.Conflict(zone, "state-wrong", "draft", $"a draft in the state {string.Join(" or ", from)}");
                await ZoneRecords.WriteDraftAsync(connection, zone.Id, draft with { State = to }, cancellation);
                await ZoneRecords.NoteAsync(connection, zone.Id, action, actor.Name, reason, content: null, now, cancellation);
                return null;
            },
            cancellation
        );

    private async Task WriteAsync(
        NpgsqlConnection connection,
        int zone,
        string action,
        ZoneDraft draft,
        string actor,
        CancellationToken cancellation
    )
    {
        await ZoneRecords.WriteDraftAsync(connection, zone, draft, cancellation);
        await ZoneRecords.NoteAsync(connection, zone, action, actor, draft.Content.Reason, draft.Content, clock.GetUtcNow(), cancellation);
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
}
