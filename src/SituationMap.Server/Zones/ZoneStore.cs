using NetTopologySuite.Geometries;
using Npgsql;
using NpgsqlTypes;

namespace SituationMap.Server.Zones;

/// <summary>What a version of a zone says.</summary>
/// <param name="Code">The zone's code; a new one makes a new zone.</param>
/// <param name="Level">The edition's id of the level; null: not a zone any more.</param>
/// <param name="Outline">Lon, lat (EPSG:4326).</param>
/// <param name="From">When it takes over from the version before.</param>
/// <param name="To">When it ends by itself; null: open.</param>
internal sealed record ZoneVersionDraft(
    string Code, string Name, string? Level, MultiPolygon Outline, DateTimeOffset From, DateTimeOffset? To, string Author, string Reason);

/// <summary>Publishes versions of zones.</summary>
internal sealed class ZoneStore(NpgsqlDataSource database, TimeProvider clock)
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
        // Locks the zone, so that two versions of it are never numbered alike: by a statement of its own, since the next one must see
        // what the transaction that had the lock before has added. NO KEY: whoever announces a version refers to the zone meanwhile.
        await using (var name = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("INSERT INTO zone (code) VALUES ($1) ON CONFLICT (code) DO NOTHING") { Parameters = { new() { Value = draft.Code } } },
                new("SELECT id FROM zone WHERE code = $1 FOR NO KEY UPDATE") { Parameters = { new() { Value = draft.Code } } },
            },
        })
        {
            await name.ExecuteNonQueryAsync(cancellation);
        }

        await using var add = new NpgsqlCommand(
            """
            INSERT INTO zone_version (zone, version, name, level, outline, effective_from, effective_to, author, reason, recorded_at)
            SELECT id, 1 + COALESCE((SELECT max(version) FROM zone_version WHERE zone = id), 0), $2, $3, $4, $5, $6, $7, $8, $9
            FROM zone WHERE code = $1
            RETURNING zone, version
            """, connection);
        add.Parameters.Add(new() { Value = draft.Code });
        add.Parameters.Add(new() { Value = draft.Name });
        add.Parameters.Add(new() { Value = draft.Level ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        add.Parameters.Add(new() { Value = draft.Outline });
        add.Parameters.Add(new() { Value = draft.From.UtcDateTime });
        add.Parameters.Add(new() { Value = draft.To?.UtcDateTime ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        add.Parameters.Add(new() { Value = draft.Author });
        add.Parameters.Add(new() { Value = draft.Reason });
        add.Parameters.Add(new() { Value = now.UtcDateTime });
        int zone, version;
        await using (var reader = await add.ExecuteReaderAsync(cancellation))
        {
            await reader.ReadAsync(cancellation);
            (zone, version) = (reader.GetInt32(0), reader.GetInt32(1));
        }

        await using var mark = new NpgsqlCommand(
            """
            -- Every version counts, not just the last two: a version that starts later can bring back an older outline in between.
            SELECT mark_dirty(array_agg(DISTINCT h.id), $2)
            FROM zone_version v JOIN building b ON ST_Covers(v.outline, b.point) JOIN household h ON h.building = b.id
            WHERE v.zone = $1 HAVING count(*) > 0
            """, connection);
        mark.Parameters.Add(new() { Value = zone });
        mark.Parameters.Add(new() { Value = now.UtcDateTime });
        await mark.ExecuteNonQueryAsync(cancellation);
        await ZoneAnnouncer.AnnounceAsync(connection, now, cancellation);
        await transaction.CommitAsync(cancellation);
        return version;
    }
}
