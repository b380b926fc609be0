using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Core.Protocols;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;

namespace SituationMap.Store.Zones;

/// <summary>What a version of a zone says.</summary>
/// <param name="Code">The zone's code; a new one makes a new zone.</param>
/// <param name="Level">The edition's id of the level; null: not a zone any more.</param>
/// <param name="Outline">Lon, lat (EPSG:4326).</param>
/// <param name="From">When it takes over from the version before.</param>
/// <param name="To">When it ends by itself; null: open.</param>
/// <param name="Approver">Who approved it, another than the author; null: nobody had to.</param>
public sealed record ZoneVersionDraft(
    string Code,
    string Name,
    string? Level,
    MultiPolygon Outline,
    DateTimeOffset From,
    DateTimeOffset? To,
    string Author,
    string Reason,
    string? Approver = null
);

/// <summary>Publishes versions of zones: the one place that puts a version in force, whoever decided it.</summary>
public sealed class ZoneStore(NpgsqlDataSource database, ProtocolCatalog protocols, TimeProvider clock)
{
    /// <summary>
    /// Adds a version, marks the households it concerns, and announces it where it is in force at once: one transaction. One that takes
    /// over later is announced when its time has come. Gives the version's number.
    /// </summary>
    public async Task<int> PublishAsync(ZoneVersionDraft draft, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var zone = await LockAsync(connection, draft.Code, cancellation);
        var version = await PublishAsync(connection, protocols.Plan, zone, draft, "published", draft.Author, now, cancellation);
        await ZoneAnnouncer.AnnounceAsync(connection, clock, cancellation);
        await transaction.CommitAsync(cancellation);
        return version;
    }

    /// <summary>
    /// Locks a zone to the end of the transaction, so that two versions of it are never numbered alike; makes it where there is none.
    /// A statement of its own, since the next one must see what the transaction that had the lock before has added. NO KEY: whoever
    /// announces a version refers to the zone meanwhile. Gives the zone's id.
    /// </summary>
    public static async Task<int> LockAsync(NpgsqlConnection connection, string code, CancellationToken cancellation)
    {
        await using var name = connection.Command("INSERT INTO zone (code) VALUES ($1) ON CONFLICT (code) DO NOTHING", code);
        await name.ExecuteNonQueryAsync(cancellation);
        await using var take = connection.Command("SELECT id FROM zone WHERE code = $1 FOR NO KEY UPDATE", code);
        return (int)(await take.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>
    /// Adds a version with the step that brought it, in the transaction that has locked the zone, and marks the households it concerns.
    /// The caller announces, as the last act of its transaction. Gives the version's number.
    /// </summary>
    /// <param name="plan">What decides which households a zone may concern.</param>
    /// <param name="action">The step, as <c>zone_step</c> names it.</param>
    public static async Task<int> PublishAsync(
        NpgsqlConnection connection,
        ProtocolPlan plan,
        int zone,
        ZoneVersionDraft draft,
        string action,
        string actor,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        await using var add = connection.Command(
            """
            WITH added AS (
              INSERT INTO zone_version (zone, version, name, level, outline, effective_from, effective_to, author, reason, recorded_at,
                approver)
              SELECT $1, 1 + COALESCE((SELECT max(version) FROM zone_version WHERE zone = $1), 0), $2, $3, $4, $5, $6, $7, $8,
                     -- no earlier than the one before, also where the clock went back
                     GREATEST($9, (SELECT max(recorded_at) FROM zone_version)), $10
              RETURNING version
            ), recorded AS (
              INSERT INTO zone_step (zone, step, action, actor, reason, at, version)
              SELECT $1, 1 + COALESCE((SELECT max(step) FROM zone_step WHERE zone = $1), 0), $11, $12, $8, $9, version FROM added
            )
            SELECT version FROM added
            """,
            zone,
            draft.Name,
            draft.Level,
            draft.Outline,
            draft.From,
            draft.To,
            draft.Author,
            draft.Reason,
            now,
            draft.Approver,
            action,
            actor
        );
        var version = (int)(await add.ExecuteScalarAsync(cancellation))!;

        await using var mark = connection.Command(
            $"""
            -- Every version counts, not just the last two: a version that starts later can bring back an older outline in between.
            SELECT mark_dirty(array_agg(DISTINCT h.id), $2)
            FROM zone_version v JOIN building b ON {plan.MayBeIn("v.outline")} JOIN household h ON h.building = b.id
            WHERE v.zone = $1 HAVING count(*) > 0
            """,
            zone,
            now
        );
        await mark.ExecuteNonQueryAsync(cancellation);
        return version;
    }
}
