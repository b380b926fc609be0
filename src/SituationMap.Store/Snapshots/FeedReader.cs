using System.Collections.Immutable;
using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Core;
using SituationMap.Store.Database;

namespace SituationMap.Store.Snapshots;

/// <summary>One row of the change feed.</summary>
/// <param name="Subject">The id of what changed.</param>
/// <param name="Grid">The path of the grid it belongs to, where it belongs to one.</param>
/// <param name="State">Kind status: what the household became.</param>
/// <param name="Version">Kind zone: the version in force from here on; null: the zone has ended.</param>
/// <param name="Direction">Kind passage: the last passage's, in or out; null: there is none.</param>
/// <param name="Touched">Other kinds than status: old and new place together, lon, lat.</param>
/// <param name="Acknowledges">Kind acknowledgement: the sequence of the change.</param>
/// <param name="Account">Kind acknowledgement: whose.</param>
public sealed record FeedRow(
    long Sequence,
    DateTimeOffset RecordedAt,
    FeedKind Kind,
    int Subject,
    string? Grid,
    HouseholdState State,
    int? Version,
    string? Direction,
    Geometry? Touched,
    long? Acknowledges = null,
    string? Account = null,
    CoverRow? Cover = null
);

/// <summary>What a row of kind cover says of a post.</summary>
/// <param name="Post">The post's code.</param>
/// <param name="State">noPlan, covered or gap.</param>
/// <param name="Since">From when on; null: for longer than is looked back.</param>
/// <param name="Checkpoint">The id of its checkpoint; null: it stands by itself.</param>
/// <param name="Manned">Whether somebody is there; null: there is no plan, and it is as it was imported.</param>
/// <param name="Told">Who is told of a gap, leader or chief.</param>
/// <param name="Leader">The code of the post's leader; null: it has none.</param>
public sealed record CoverRow(
    string Post,
    string State,
    DateTimeOffset? Since,
    int? Checkpoint,
    bool? Manned,
    string? Told,
    string? Leader
);

/// <summary>Reads the change feed in its order.</summary>
public static class FeedReader
{
    /// <summary>The rows after one sequence and up to another, at most <paramref name="limit"/> of them.</summary>
    public static async Task<FeedRow[]> ReadAsync(
        NpgsqlDataSource database,
        long after,
        long upTo,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var command = database.Command(
            """
            SELECT f.sequence, f.recorded_at, f.kind, f.subject, ltree2text(f.grid), f.status, f.surveyed, f.version, f.direction,
                   f.touched, f.acknowledges, f.account, p.code, f.cover, f.since, f.checkpoint, f.manned, f.told, w.code
            FROM feed f
            -- LEFT JOINs are intentional: only cover is of a post, which need not have a leader
            LEFT JOIN post p ON f.kind = 'cover' AND p.id = f.subject
            LEFT JOIN worker w ON w.id = p.leader
            WHERE f.sequence > $1 AND f.sequence <= $2 ORDER BY f.sequence LIMIT $3
            """,
            after,
            upTo,
            limit
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new FeedRow(
                row.GetInt64(0),
                new DateTimeOffset(row.GetDateTime(1), TimeSpan.Zero),
                row.GetFieldValue<FeedKind>(2),
                row.GetInt32(3),
                row.IsDBNull(4) ? null : row.GetString(4),
                row.IsDBNull(5) ? default : new HouseholdState(row.GetFieldValue<Status>(5), row.GetBoolean(6)),
                row.IsDBNull(7) ? null : row.GetInt32(7),
                row.IsDBNull(8) ? null : row.GetString(8),
                row.IsDBNull(9) ? null : LeftOut.OrNowhere(row.GetFieldValue<Geometry>(9)),
                row.IsDBNull(10) ? null : row.GetInt64(10),
                row.TextOrNull(11),
                row.IsDBNull(12)
                    ? null
                    : new CoverRow(
                        row.GetString(12),
                        row.GetString(13),
                        row.InstantOrNull(14),
                        row.IsDBNull(15) ? null : row.GetInt32(15),
                        row.IsDBNull(16) ? null : row.GetBoolean(16),
                        row.TextOrNull(17),
                        row.TextOrNull(18)
                    )
            ),
            cancellation
        );
    }

    /// <summary>What the households that changed between two sequences were at a third, one at either end: forward or back.</summary>
    public static async Task<List<(int Index, HouseholdState State)>> StatesBetweenAsync(
        NpgsqlDataSource database,
        City city,
        long after,
        long upTo,
        long at,
        CancellationToken cancellation
    )
    {
        await using var command = database.Command(
            at == upTo
                ? "SELECT DISTINCT ON (subject) subject, status, surveyed FROM feed WHERE kind = 'status' AND sequence > $1 AND "
                    + "sequence <= $2 ORDER BY subject, sequence DESC"
                : """
                SELECT c.subject, f.status, f.surveyed
                FROM (SELECT DISTINCT subject FROM feed WHERE kind = 'status' AND sequence > $1 AND sequence <= $2) c
                -- LEFT JOIN is intentional: nothing was recorded yet, so it is as every household begins
                LEFT JOIN LATERAL (
                  SELECT status, surveyed FROM feed WHERE kind = 'status' AND subject = c.subject
                    AND sequence <= $1 ORDER BY sequence DESC LIMIT 1
                ) f ON true
                """,
            after,
            upTo
        );
        var states = new List<(int, HouseholdState)>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            if (city.IndexOfHousehold(reader.GetInt32(0)) is >= 0 and var index)
                states.Add(
                    (index, reader.IsDBNull(1) ? default : new HouseholdState(reader.GetFieldValue<Status>(1), reader.GetBoolean(2)))
                );
        }
        return states;
    }

    /// <summary>The zones in force at a sequence, given those at another, with the two sequences in their order.</summary>
    public static async Task<IReadOnlyList<ZoneInForce>> ZonesBetweenAsync(
        NpgsqlDataSource database,
        IReadOnlyList<ZoneInForce> before,
        long after,
        long upTo,
        long at,
        CancellationToken cancellation
    )
    {
        await using var command = database.Command(
            """
            SELECT z.id, z.code, v.version, v.name, v.level, v.effective_from, v.effective_to, v.outline
            FROM (SELECT DISTINCT subject FROM feed WHERE kind = 'zone' AND sequence > $1 AND sequence <= $2) c
            JOIN zone z ON z.id = c.subject
            -- LEFT JOINs are intentional: a zone that was not yet, or no more, has no version
            LEFT JOIN LATERAL (
              SELECT version FROM feed WHERE kind = 'zone' AND subject = c.subject AND sequence <= $3 ORDER BY sequence DESC LIMIT 1
            ) f ON true
            LEFT JOIN zone_version v ON v.zone = z.id AND v.version = f.version
            """,
            after,
            upTo,
            at
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var touched = await reader.ReadAllAsync(
            row => (Id: row.GetInt32(0), Zone: row.IsDBNull(2) ? null : SnapshotLoader.ReadZone(row)),
            cancellation
        );
        if (touched.Length == 0)
            return before;
        var ids = touched.Select(zone => zone.Id).ToHashSet();
        return
        [
            .. before
                .Where(zone => !ids.Contains(zone.Id))
                .Concat(touched.Select(zone => zone.Zone).OfType<ZoneInForce>())
                .OrderBy(zone => zone.Id),
        ];
    }

    /// <summary>The directions of the last passages at a sequence, given those at another, with the two sequences in their order.</summary>
    public static async Task<ImmutableDictionary<int, string>> PassagesBetweenAsync(
        NpgsqlDataSource database,
        ImmutableDictionary<int, string> before,
        long after,
        long upTo,
        long at,
        CancellationToken cancellation
    )
    {
        await using var command = database.Command(
            """
            SELECT c.subject, f.direction
            FROM (SELECT DISTINCT subject FROM feed WHERE kind = 'passage' AND sequence > $1 AND sequence <= $2) c
            -- LEFT JOIN is intentional: nobody had passed yet
            LEFT JOIN LATERAL (
              SELECT direction FROM feed WHERE kind = 'passage' AND subject = c.subject AND sequence <= $3 ORDER BY sequence DESC LIMIT 1
            ) f ON true
            """,
            after,
            upTo,
            at
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return With(before, await reader.ReadAllAsync(row => (row.GetInt32(0), row.IsDBNull(1) ? null : row.GetString(1)), cancellation));
    }

    /// <summary>The directions of the last passages after these rows, given those before them.</summary>
    public static ImmutableDictionary<int, string> FollowPassages(ImmutableDictionary<int, string> before, IEnumerable<FeedRow> rows) =>
        With(before, rows.Where(row => row.Kind == FeedKind.Passage).Select(row => (row.Subject, row.Direction)));

    /// <summary>At which checkpoints somebody is, where that is known by a plan, at a sequence, given it at another.</summary>
    public static async Task<ImmutableDictionary<int, bool>> MannedBetweenAsync(
        NpgsqlDataSource database,
        ImmutableDictionary<int, bool> before,
        long after,
        long upTo,
        long at,
        CancellationToken cancellation
    )
    {
        await using var command = database.Command(
            """
            SELECT c.checkpoint, f.manned
            FROM (SELECT DISTINCT checkpoint FROM feed WHERE checkpoint IS NOT NULL AND sequence > $1 AND sequence <= $2) c
            -- LEFT JOIN is intentional: nothing was planned yet
            LEFT JOIN LATERAL (
              SELECT manned FROM feed WHERE checkpoint = c.checkpoint AND sequence <= $3 ORDER BY sequence DESC LIMIT 1
            ) f ON true
            """,
            after,
            upTo,
            at
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = await reader.ReadAllAsync(row => (row.GetInt32(0), row.IsDBNull(1) ? (bool?)null : row.GetBoolean(1)), cancellation);
        return With(before, rows);
    }

    /// <summary>At which checkpoints somebody is after these rows, given it before them.</summary>
    public static ImmutableDictionary<int, bool> FollowManned(ImmutableDictionary<int, bool> before, IEnumerable<FeedRow> rows) =>
        With(
            before,
            rows.Select(row => row.Cover)
                .Where(cover => cover?.Checkpoint is not null)
                .Select(cover => (cover!.Checkpoint!.Value, cover.Manned))
        );

    private static ImmutableDictionary<int, string> With(
        ImmutableDictionary<int, string> passages,
        IEnumerable<(int Checkpoint, string? Direction)> changes
    ) =>
        changes.Aggregate(passages, (all, change) =>
            change.Direction is { } direction ? all.SetItem(change.Checkpoint, direction) : all.Remove(change.Checkpoint)
        );

    private static ImmutableDictionary<int, bool> With(
        ImmutableDictionary<int, bool> manned,
        IEnumerable<(int Checkpoint, bool? IsManned)> changes
    ) =>
        changes.Aggregate(manned, (all, change) =>
            change.IsManned is { } isManned ? all.SetItem(change.Checkpoint, isManned) : all.Remove(change.Checkpoint)
        );

    /// <summary>The zones in force after these rows, given those before them.</summary>
    public static async Task<IReadOnlyList<ZoneInForce>> FollowZonesAsync(
        NpgsqlDataSource database,
        IReadOnlyList<ZoneInForce> before,
        IEnumerable<FeedRow> rows,
        CancellationToken cancellation
    )
    {
        var last = rows.Where(row => row.Kind == FeedKind.Zone).GroupBy(row => row.Subject).Select(zone => zone.Last()).ToArray();
        if (last.Length == 0)
            return before;
        await using var command = database.Command(
            """
            SELECT z.id, z.code, v.version, v.name, v.level, v.effective_from, v.effective_to, v.outline
            FROM unnest($1::int[], $2::int[]) AS s (zone, version) JOIN zone z ON z.id = s.zone JOIN zone_version v USING (zone, version)
            """,
            last.Select(row => row.Subject).ToArray(),
            last.Select(row => row.Version).ToArray()
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var now = await reader.ReadAllAsync(SnapshotLoader.ReadZone, cancellation);
        var touched = last.Select(row => row.Subject).ToHashSet();
        return [.. before.Where(zone => !touched.Contains(zone.Id)).Concat(now).OrderBy(zone => zone.Id)];
    }
}
