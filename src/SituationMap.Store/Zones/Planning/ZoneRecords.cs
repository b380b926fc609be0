using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Zones.Planning;

/// <summary>Reads and writes what is planned, in the caller's transaction.</summary>
public static class ZoneRecords
{
    /// <summary>Everything about a zone; null: there is none of that code, or nothing was ever planned or published under it.</summary>
    public static async Task<ZoneRecord?> ReadAsync(
        NpgsqlConnection connection,
        string code,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.InBatch(
                    """
                    SELECT z.id, p.code, COALESCE((SELECT max(version) FROM zone_version
                      WHERE zone = z.id), 0), COALESCE((SELECT max(step) FROM zone_step WHERE zone = z.id), 0),
                           ARRAY(SELECT c.code FROM zone c WHERE c.parent = z.id AND EXISTS (SELECT FROM zone_period o
                             WHERE o.zone = c.id AND (o.ends_at IS NULL OR o.ends_at > $2)) ORDER BY c.code)
                    FROM zone z LEFT JOIN zone p ON p.id = z.parent WHERE z.code = $1
                    """,
                    code,
                    now
                ),
                Sql.InBatch(
                    """
                    SELECT d.state, d.base, d.name, d.level, d.outline, d.effective_from, d.effective_to, d.reason, d.authors
                    FROM zone_draft d JOIN zone z ON z.id = d.zone WHERE z.code = $1
                    """,
                    code
                ),
                Sql.InBatch(
                    """
                    SELECT v.version, v.name, v.level, v.outline, v.effective_from, v.effective_to, v.author, v.approver, v.reason,
                      v.recorded_at
                    FROM zone_version v JOIN zone z ON z.id = v.zone WHERE z.code = $1 ORDER BY v.version
                    """,
                    code
                ),
                Sql.InBatch(ZoneDecisions.Select, code),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
            return null;
        var (id, parent, tag) = (
            reader.GetInt32(0),
            reader.IsDBNull(1) ? null : reader.GetString(1),
            new ZoneTag(reader.GetInt32(2), reader.GetInt32(3))
        );
        var parts = reader.GetFieldValue<string[]>(4);
        await reader.NextResultAsync(cancellation);
        ZoneDraft? draft = null;
        if (await reader.ReadAsync(cancellation))
            draft = ReadDraft(reader);
        await reader.NextResultAsync(cancellation);
        var versions = await reader.ReadAllAsync(
            row => new ZoneVersion(
                row.GetInt32(0),
                row.GetString(1),
                row.IsDBNull(2) ? null : row.GetString(2),
                row.GetFieldValue<MultiPolygon>(3),
                row.InstantOrNull(4)!.Value,
                row.InstantOrNull(5),
                row.GetString(6),
                row.IsDBNull(7) ? null : row.GetString(7),
                row.GetString(8),
                row.InstantOrNull(9)!.Value
            ),
            cancellation
        );
        await reader.NextResultAsync(cancellation);
        ZoneDecision? decision = null;
        if (await reader.ReadAsync(cancellation))
            decision = ZoneDecisions.Read(reader);
        return tag == default ? null : new ZoneRecord(id, code, parent, parts, tag, draft, versions, decision);
    }

    private const string Parts = """
        WITH RECURSIVE part AS (
          SELECT id, code, 1 AS depth FROM zone WHERE parent = $1
          UNION ALL
          SELECT z.id, z.code, p.depth + 1 FROM zone z JOIN part p ON z.parent = p.id
        )
        """;

    /// <summary>
    /// Locks the parts into which a zone was split, and theirs, to the end of the transaction: a statement of its own, since the next one
    /// must see what whoever had a lock before has added.
    /// </summary>
    public static async Task LockPartsAsync(NpgsqlConnection connection, int zone, CancellationToken cancellation)
    {
        await using var take = connection.Command(
            $"{Parts} SELECT FROM zone WHERE id IN (SELECT id FROM part) ORDER BY code FOR NO KEY UPDATE",
            zone
        );
        await take.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>What stands of the parts into which a zone was split, and of theirs, from an instant on, by code.</summary>
    public static async Task<ZoneParts> ReadPartsAsync(
        NpgsqlConnection connection,
        int zone,
        DateTimeOffset from,
        CancellationToken cancellation
    )
    {
        (string Code, int Depth, string LastAction, int? LastVersion)[] found;
        await using (
            var command = connection.Command(
                $"""
                {Parts}
                SELECT p.code, p.depth, s.action, s.version
                FROM part p JOIN LATERAL (SELECT action, version FROM zone_step WHERE zone = p.id ORDER BY step DESC LIMIT 1) s ON true
                ORDER BY p.code
                """,
                zone
            )
        )
        {
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            found = await reader.ReadAllAsync(
                row => (row.GetString(0), row.GetInt32(1), row.GetString(2), row.IsDBNull(3) ? (int?)null : row.GetInt32(3)),
                cancellation
            );
        }
        var (asSplit, changed) = (new List<(ZoneRecord, ZoneVersion)>(), new List<string>());
        foreach (var (code, depth, lastAction, lastVersion) in found)
        {
            var part = (await ReadAsync(connection, code, from, cancellation))!;
            if (depth == 1 && lastAction == "split" && part.InForceAt(from) is { } standing && standing.Version == lastVersion)
                asSplit.Add((part, standing));
            else if (part.Draft is not null || part.Standing(from) is not null)
                changed.Add(code);
        }
        return new ZoneParts(asSplit, changed);
    }

    /// <summary>All drafts in a state, in the order of their zones.</summary>
    /// <param name="make">Of the zone's id, its code and the draft.</param>
    public static async Task<T[]> ReadDraftsAsync<T>(
        NpgsqlConnection connection,
        string state,
        Func<int, string, ZoneDraft, T> make,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command(
            """
            SELECT d.state, d.base, d.name, d.level, d.outline, d.effective_from, d.effective_to, d.reason, d.authors, z.id, z.code
            FROM zone_draft d JOIN zone z ON z.id = d.zone WHERE d.state = $1 ORDER BY z.id
            """,
            state
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(row => make(row.GetInt32(9), row.GetString(10), ReadDraft(row)), cancellation);
    }

    private static ZoneDraft ReadDraft(NpgsqlDataReader row) =>
        new(
            row.GetString(0),
            row.GetInt32(1),
            new DraftContent(
                row.GetString(2),
                row.IsDBNull(3) ? null : row.GetString(3),
                row.GetFieldValue<MultiPolygon>(4),
                row.InstantOrNull(5),
                row.InstantOrNull(6),
                row.GetString(7)
            ),
            row.GetFieldValue<string[]>(8)
        );

    /// <summary>What the draft of a zone, or else its last version, said when the zone's life stood at <paramref name="tag"/>; null:
    /// nothing.</summary>
    public static async Task<DraftContent?> AsSeenAsync(
        NpgsqlConnection connection,
        ZoneRecord zone,
        ZoneTag tag,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command(
            """
            SELECT s.name, s.level, s.outline, s.effective_from, s.effective_to, s.reason FROM zone_step s
            WHERE s.zone = $1 AND s.step <= $2 AND s.outline IS NOT NULL
              -- one that was discarded or approved by then was no draft any more
              AND NOT EXISTS (SELECT FROM zone_step e WHERE e.zone = $1 AND e.step > s.step AND e.step <= $2
                AND e.action IN ('discarded', 'approved'))
            ORDER BY s.step DESC LIMIT 1
            """,
            zone.Id,
            tag.Step
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (await reader.ReadAsync(cancellation))
        {
            return new DraftContent(
                reader.GetString(0),
                reader.IsDBNull(1) ? null : reader.GetString(1),
                reader.GetFieldValue<MultiPolygon>(2),
                reader.InstantOrNull(3),
                reader.InstantOrNull(4),
                reader.GetString(5)
            );
        }
        return zone.Versions.LastOrDefault(version => version.Version <= tag.Version) is { Level: { } level } last
            ? new DraftContent(last.Name, level, last.Outline, last.From, last.To, last.Reason)
            : null;
    }

    public static async Task WriteDraftAsync(NpgsqlConnection connection, int zone, ZoneDraft draft, CancellationToken cancellation)
    {
        await using var write = connection.Command(
            """
            INSERT INTO zone_draft (zone, state, base, name, level, outline, effective_from, effective_to, reason, authors)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (zone) DO UPDATE SET state = excluded.state, base = excluded.base, name = excluded.name, level = excluded.level,
              outline = excluded.outline,
              effective_from = excluded.effective_from, effective_to = excluded.effective_to, reason = excluded.reason,
                  authors = excluded.authors
            """,
            [zone, draft.State, draft.Base, .. Values(draft.Content), draft.Content.Reason, draft.Authors.ToArray()]
        );
        await write.ExecuteNonQueryAsync(cancellation);
    }

    public static async Task DeleteDraftAsync(NpgsqlConnection connection, int zone, CancellationToken cancellation)
    {
        await using var delete = connection.Command("DELETE FROM zone_draft WHERE zone = $1", zone);
        await delete.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Notes a step that publishes nothing.</summary>
    /// <param name="content">What the draft says from now on; null: as before.</param>
    public static async Task NoteAsync(
        NpgsqlConnection connection,
        int zone,
        string action,
        string actor,
        string reason,
        DraftContent? content,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        await using var note = connection.Command(
            """
            INSERT INTO zone_step (zone, step, action, actor, reason, at, name, level, outline, effective_from, effective_to)
            SELECT $1, 1 + COALESCE((SELECT max(step) FROM zone_step WHERE zone = $1), 0), $2, $3, $4, $5, $6, $7, $8, $9, $10
            """,
            [zone, action, actor, reason, now, .. Values(content)]
        );
        await note.ExecuteNonQueryAsync(cancellation);
    }

    private static SqlValue[] Values(DraftContent? content) =>
        [content?.Name, content?.Level, content?.Outline, content?.From, content?.To];
}
