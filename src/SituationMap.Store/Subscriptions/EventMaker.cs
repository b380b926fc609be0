using Npgsql;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses;

namespace SituationMap.Store.Subscriptions;

/// <summary>Makes the events of a subscription: from the feed after its cursor, from passages, and from who owes something now.</summary>
public sealed class EventMaker(NpgsqlDataSource database, OverdueHouseholds overdue, SnapshotHolder holder, TimeProvider clock)
{
    private const int MaxRows = 1_000;

    /// <summary>So many events wait for one subscription at most, or so many more as come of <see cref="MaxRows"/>. What happens meanwhile
    /// is in the feed, and is made into events as these are delivered: a receiver that never answers costs no more than that.</summary>
    private const int MaxWaiting = 1_000;

    /// <summary>Whether a subscription s asks for a household h in a building b, and its author may know of it ($4).</summary>
    private static readonly string Concerned =
        "(s.grids IS NULL OR h.grid <@ ANY (s.grids)) AND (s.bbox IS NULL OR ST_Covers(s.bbox, b.point)) AND " + Scope.Sql("h.grid", "$4");

    /// <summary>The events of the next rows of the feed and of the passages since; both cursors move with them, unless too many wait. Gives
    /// whether there may be more.</summary>
    /// <param name="scope">Where its author may have changes sent now; null: nowhere, and what happens meanwhile is never sent.</param>
    public async Task<bool> FollowAsync(Guid subscription, Scope? scope, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // Before the rows are read: a fact that is stored by then is seen, and one that is not was received after whoever stores it began.
        // When that was is told of one's own role's transactions alone; while others store facts the cursor stays where it is.
        await using var oldest = connection.Command(
            """
            SELECT LEAST($1, min(a.xact_start)), COALESCE(bool_or(a.xact_start IS NULL), false)
            FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND l.relation = 'fact'::regclass
              AND l.mode = 'RowExclusiveLock' AND l.pid <> pg_backend_pid()
            """,
            clock.GetUtcNow()
        );
        var (seenBy, isKnown) = await ReadAsync(oldest, cancellation);
        await using var follow = connection.Command(
            $"""
            WITH s AS MATERIALIZED (
              SELECT s.*, c.up_to,
                     -- where not all of the feed is followed, passages neither: they have their place among the statuses
                     CASE WHEN c.up_to < c.last THEN (SELECT recorded_at FROM feed WHERE sequence = c.up_to) END AS until
              FROM subscription s CROSS JOIN LATERAL (SELECT last, LEAST(last, s.feed_cursor + $2) AS up_to FROM feed_counter) c
              WHERE s.id = $1
                AND $7 > (SELECT count(*) FROM (SELECT FROM delivery WHERE subscription = $1 AND state = 'waiting' LIMIT $7) waiting)
              FOR UPDATE OF s
            ), statuses AS (
              SELECT f.sequence, NULL::timestamptz AS received_at, 'status-' || f.sequence AS event, 'status' AS kind, h.code AS lane,
                     jsonb_build_object(
                       'kind', 'status', 'sequence', f.sequence, 'at', f.recorded_at, 'household', h.code, 'building', b.code,
                       'grid', replace(ltree2text(h.grid), '.', '-'),
                       'status', f.status, 'surveyed', f.surveyed, 'since', f.since, 'until', f.until, 'edition', f.edition) AS body
              FROM s JOIN feed f ON f.sequence > s.feed_cursor AND f.sequence <= s.up_to AND f.kind = 'status'
              JOIN household h ON h.id = f.subject JOIN building b ON b.id = h.building
              WHERE 'status' = ANY (s.kinds) AND {Concerned}
            ), zones AS (
              SELECT f.sequence, NULL::timestamptz, 'zone-' || f.sequence, 'zone', z.code, jsonb_build_object(
                       'kind', 'zone', 'sequence', f.sequence, 'at', f.recorded_at, 'zone', z.code, 'version', f.version,
                       'name', v.name, 'level', v.level,
                       'from', v.effective_from, 'to', v.effective_to, 'outline', ST_AsGeoJSON(v.outline, 7)::jsonb)
              FROM s JOIN feed f ON f.sequence > s.feed_cursor AND f.sequence <= s.up_to AND f.kind = 'zone'
              JOIN zone z ON z.id = f.subject
              -- LEFT JOIN is intentional: without a version the zone has ended
              LEFT JOIN zone_version v ON v.zone = f.subject AND v.version = f.version
              WHERE $5 AND 'zone' = ANY (s.kinds) AND (s.bbox IS NULL OR ST_Intersects(s.bbox, f.touched))
                AND (s.grids IS NULL OR EXISTS (SELECT FROM grid g WHERE g.path = ANY (s.grids) AND ST_Intersects(g.outline, f.touched)))
            ), covers AS (
              SELECT f.sequence, NULL::timestamptz, 'cover-' || f.sequence, 'cover', p.code, jsonb_build_object(
                       'kind', 'cover', 'sequence', f.sequence, 'at', f.recorded_at, 'post', p.code, 'name', p.name,
                       'grid', replace(ltree2text(f.grid), '.', '-'), 'cover', f.cover, 'since', f.since, 'told', f.told, 'leader', w.code)
              FROM s JOIN feed f ON f.sequence > s.feed_cursor AND f.sequence <= s.up_to AND f.kind = 'cover'
              JOIN post p ON p.id = f.subject
              -- LEFT JOIN is intentional: a post need not have a leader
              LEFT JOIN worker w ON w.id = p.leader
              WHERE 'cover' = ANY (s.kinds) AND (s.grids IS NULL OR f.grid <@ ANY (s.grids)) AND {Scope.Sql("f.grid", "$4")}
                AND (s.bbox IS NULL OR ST_Covers(s.bbox, p.location))
            ), passages AS (
              -- A minute is looked at twice, for clocks differ, and the event's name keeps it from being made twice.
              SELECT NULL::bigint, f.received_at, 'passage-' || f.id, 'passage', h.code, jsonb_build_object(
                       'kind', 'passage', 'at', f.at, 'household', h.code, 'grid', replace(ltree2text(h.grid), '.', '-'),
                       'checkpoint', f.data->>'checkpoint', 'direction', f.data->>'direction')
              FROM s
              JOIN fact f ON f.received_at > s.fact_cursor - interval '1 minute' AND f.received_at >= s.created_at
                AND (s.until IS NULL OR f.received_at <= s.until) AND f.kind = 'passage'
              JOIN household h ON h.id = f.household JOIN building b ON b.id = h.building
              WHERE 'passage' = ANY (s.kinds) AND {Concerned}
                AND NOT EXISTS (SELECT FROM delivery d WHERE d.subscription = s.id AND d.event = 'passage-' || f.id)
            ), made AS (
              INSERT INTO delivery (subscription, event, kind, lane, body, made_at, next_at)
              SELECT $1, event, kind, lane, body, $3, $3
              FROM (SELECT * FROM statuses UNION ALL SELECT * FROM zones UNION ALL SELECT * FROM covers UNION ALL SELECT * FROM passages) e
              -- a passage before what follows from it
              ORDER BY sequence NULLS FIRST, received_at, event
              ON CONFLICT (subscription, event) DO NOTHING
            )
            UPDATE subscription u SET feed_cursor = s.up_to,
                   fact_cursor = CASE WHEN $6 IS NULL THEN s.fact_cursor ELSE GREATEST(s.fact_cursor, LEAST($6, s.until)) END
            FROM s WHERE u.id = s.id
            RETURNING u.feed_cursor < (SELECT last FROM feed_counter)
            """,
            subscription,
            (long)MaxRows,
            clock.GetUtcNow(),
            Paths(scope),
            scope is not null,
            isKnown ? seenBy : (DateTime?)null,
            (long)MaxWaiting
        );
        var hasMore = await follow.ExecuteScalarAsync(cancellation) is true;
        await transaction.CommitAsync(cancellation);
        return hasMore;
    }

    private static async Task<(DateTime SeenBy, bool IsKnown)> ReadAsync(NpgsqlCommand oldest, CancellationToken cancellation)
    {
        await using var reader = await oldest.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetDateTime(0), !reader.GetBoolean(1));
    }

    /// <summary>An event for each household that has come to owe a reading or test since the last look.</summary>
    public async Task LookForOverdueAsync(Guid subscription, Scope? scope, CancellationToken cancellation)
    {
        var households = new HashSet<int>();
        foreach (var root in holder.Current.City.Grids.Where(grid => grid.Parent < 0))
        {
            var found = await overdue.NowAsync(root.Code, cancellation);
            households.UnionWith(found.Households.Select(index => found.City.Households[index].Id));
        }
        await using var look = database.Command(
            $"""
            WITH owing AS (
              SELECT h.id, h.code, h.grid, b.code AS building
              FROM subscription s JOIN household h ON h.id = ANY ($2) JOIN building b ON b.id = h.building
              WHERE s.id = $1 AND {Concerned}
            ), paid AS (
              DELETE FROM subscription_overdue WHERE subscription = $1 AND household <> ALL ($2)
            ), begun AS (
              INSERT INTO subscription_overdue (subscription, household) SELECT $1, id FROM owing ON CONFLICT DO NOTHING RETURNING household
            )
            INSERT INTO delivery (subscription, event, kind, lane, body, made_at, next_at)
            SELECT $1, 'overdue-' || o.code || '-' || extract(epoch FROM $3)::bigint, 'overdue', o.code, jsonb_build_object(
                     'kind', 'overdue', 'at', $3, 'household', o.code, 'building', o.building,
                     'grid', replace(ltree2text(o.grid), '.', '-')), $3, $3
            FROM owing o JOIN begun b ON b.household = o.id
            ON CONFLICT (subscription, event) DO NOTHING
            """,
            subscription,
            households.ToArray(),
            clock.GetUtcNow(),
            Paths(scope)
        );
        await look.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Gives up what waits to be sent and is none of its author's business any more: it is laid aside, and the log says
    /// why.</summary>
    public async Task WithdrawAsync(Guid subscription, Scope? scope, CancellationToken cancellation)
    {
        if (scope?.IsWholeCity == true)
            return;
        await using var withdraw = database.Command(
            $"""
            UPDATE delivery SET state = 'dead', fault = 'right-missing', ended_at = $3
            WHERE subscription = $1 AND state = 'waiting' AND NOT ($4 AND (NOT body ? 'grid' OR {Scope.Sql(
                "text2ltree(replace(body->>'grid', '-', '.'))",
                "$2"
            )}))
            """,
            subscription,
            Paths(scope),
            clock.GetUtcNow(),
            scope is not null
        );
        await withdraw.ExecuteNonQueryAsync(cancellation);
    }

    private static string[]? Paths(Scope? scope) => scope is null ? [] : scope.Paths;
}
