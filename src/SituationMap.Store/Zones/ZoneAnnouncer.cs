using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Zones;

/// <summary>
/// Tells the feed which zone versions are in force. Publishing a version and the passing of time both end here: what should be in
/// force at an instant is compared with what was announced, and each difference becomes one row of the feed.
/// </summary>
public static class ZoneAnnouncer
{
    /// <summary>Announces what has come into force, or ended, by itself. Costs one look at a small table when nothing has.</summary>
    public static async Task AnnounceDueAsync(NpgsqlDataSource database, TimeProvider clock, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await AnnounceAsync(connection, clock, cancellation) > 0)
            await transaction.CommitAsync(cancellation);
    }

    /// <summary>
    /// Announces, in the caller's transaction and as its last act (it draws sequences), every difference between what is in force now
    /// and what was announced. Gives the number of differences.
    /// </summary>
    public static async Task<int> AnnounceAsync(NpgsqlConnection connection, TimeProvider clock, CancellationToken cancellation)
    {
        // one announcer at a time: two would announce the same difference twice
        await using (var alone = connection.Command("LOCK TABLE zone_in_force IN SHARE ROW EXCLUSIVE MODE"))
            await alone.ExecuteNonQueryAsync(cancellation);
        // The clock is read with the lock held: an announcer that waited with an earlier time would take back what the one before it
        // announced.
        await using var announce = connection.Command(
            """
            WITH due AS (
              SELECT zone, version FROM zone_period WHERE starts_at <= $1 AND (ends_at IS NULL OR ends_at > $1)
            ), difference AS MATERIALIZED (
              -- FULL JOIN is intentional: zones that start, change and end
              SELECT zone, d.version, f.version AS previous, row_number() OVER (ORDER BY zone) AS ordinal
              FROM due d FULL JOIN zone_in_force f USING (zone)
              WHERE d.version IS DISTINCT FROM f.version
            ), drawn AS MATERIALIZED (
              SELECT d.* FROM (SELECT count(*)::int AS n FROM difference HAVING count(*) > 0) f, draw_sequences(f.n, $1) d
            ), ended AS (
              DELETE FROM zone_in_force USING difference d WHERE zone_in_force.zone = d.zone AND d.version IS NULL
            ), begun AS (
              INSERT INTO zone_in_force (zone, version) SELECT zone, version FROM difference WHERE version IS NOT NULL
              ON CONFLICT (zone) DO UPDATE SET version = excluded.version
            )
            INSERT INTO feed (sequence, recorded_at, kind, subject, version, touched)
            SELECT first + ordinal - 1, recorded_at, 'zone', d.zone, d.version,
                   -- where the map changes: the old outline and the new one (either may be missing)
                   (SELECT ST_Collect(outline) FROM zone_version v WHERE v.zone = d.zone AND v.version IN (d.version, d.previous))
            FROM difference d CROSS JOIN drawn
            """,
            clock.GetUtcNow()
        );
        var announced = await announce.ExecuteNonQueryAsync(cancellation);
        if (announced > 0)
        {
            await using var notify = connection.Command($"SELECT pg_notify('{Channels.Feed}', last::text) FROM feed_counter");
            await notify.ExecuteNonQueryAsync(cancellation);
        }
        return announced;
    }
}
