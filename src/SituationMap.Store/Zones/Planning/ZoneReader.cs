using System.Data;
using System.Text.Json;
using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Protocols;
using SituationMap.Store.Database;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Zones.Planning;

/// <param name="Level">Null: a draft that ends the zone.</param>
/// <param name="Version">Of a draft: the version it changes, 0 where it is a new zone.</param>
/// <param name="From">When this version began to hold; of a draft null: when it is approved.</param>
/// <param name="To">When it holds no more; null: open.</param>
/// <param name="State">inForce, scheduled, ended, draft, submitted or rejected.</param>
/// <param name="Outline">GeoJSON MultiPolygon, lon, lat.</param>
public sealed record ZonePeriodResponse(
    string Code,
    string Name,
    string? Level,
    int Version,
    DateTimeOffset? From,
    DateTimeOffset? To,
    [property: Schema("ZoneState")] string State,
    [property: Schema("MultiPolygon")] JsonElement Outline
);

/// <summary>Reads zones: those in force, of other times, and what is planned.</summary>
public sealed class ZoneReader(NpgsqlDataSource database)
{
    /// <summary>The zones of an instant, in the order of their codes.</summary>
    /// <param name="known">Counts only what was published by then.</param>
    /// <param name="state">One of those of <see cref="ZonePeriodResponse"/>, or all.</param>
    /// <param name="box">Only what reaches into it: west, south, east, north in degrees; null: everywhere.</param>
    public async Task<ZonePeriodResponse[]> ListAsync(
        DateTimeOffset at,
        DateTimeOffset known,
        string state,
        double[]? box,
        CancellationToken cancellation
    )
    {
        await using var command = database.Command(
            """
            WITH period AS (
              SELECT p.zone, p.name, p.level, p.version, p.starts_at, p.ends_at, p.outline,
                     CASE WHEN p.starts_at > $1 THEN 'scheduled' WHEN p.ends_at <= $1 THEN 'ended' ELSE 'inForce' END AS state,
                     max(p.ends_at) FILTER (WHERE p.ends_at <= $1) OVER z AS last_end,
                     bool_or(p.ends_at IS NULL OR p.ends_at > $1) OVER z AS goes_on
              FROM zone_periods_known($2) p WINDOW z AS (PARTITION BY p.zone)
            ), listed AS (
              SELECT zone, name, level, version, starts_at, ends_at, state, outline FROM period
              -- of a zone that is over, what it was last
              WHERE state <> 'ended' OR (NOT goes_on AND ends_at = last_end)
              UNION ALL
              SELECT zone, name, level, base, effective_from, effective_to, state, outline FROM zone_draft
            )
            SELECT z.code, l.name, l.level, l.version, l.starts_at, l.ends_at, l.state, ST_AsGeoJSON(l.outline, 7)::json
            FROM listed l JOIN zone z ON z.id = l.zone
            WHERE ($3 = 'all' OR l.state = $3)
              AND ($4::float8[] IS NULL OR ST_Intersects(l.outline, ST_MakeEnvelope($4[1], $4[2], $4[3], $4[4], 4326)))
            ORDER BY z.code, l.state, l.version
            """,
            at,
            known,
            state,
            box
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new ZonePeriodResponse(
                row.GetString(0),
                row.GetString(1),
                row.IsDBNull(2) ? null : row.GetString(2),
                row.GetInt32(3),
                row.InstantOrNull(4),
                row.InstantOrNull(5),
                row.GetString(6),
                row.GetFieldValue<JsonElement>(7)
            ),
            cancellation
        );
    }

    /// <summary>The versions of zones that hold at some time between two instants; null: open.</summary>
    public async Task<ZoneInForce[]> PeriodsAsync(DateTimeOffset? from, DateTimeOffset? to, string? code, CancellationToken cancellation)
    {
        await using var command = database.Command(
            """
            SELECT z.id, z.code, p.version, p.name, p.level, p.starts_at, p.ends_at, p.outline
            FROM zone_period p JOIN zone z ON z.id = p.zone
            WHERE ($1::timestamptz IS NULL OR p.ends_at IS NULL OR p.ends_at > $1) AND ($2::timestamptz IS NULL OR p.starts_at <= $2)
              AND ($3::text IS NULL OR z.code = $3)
            ORDER BY z.id, p.version
            """,
            from,
            to,
            code
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(SnapshotLoader.ReadZone, cancellation);
    }

    /// <summary>All drafts in a state, in the order of their zones.</summary>
    /// <param name="make">Of the zone's id, its code and the draft.</param>
    public async Task<T[]> DraftsAsync<T>(string state, Func<int, string, ZoneDraft, T> make, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await ZoneRecords.ReadDraftsAsync(connection, state, make, cancellation);
    }

    /// <summary>The codes of the zones of which a decision is to take effect by now, in the order in which they were decided.</summary>
    public async Task<string[]> DueDecisionsAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = database.Command(
            "SELECT z.code FROM zone_decision d JOIN zone z ON z.id = d.zone WHERE d.takes_effect_at <= $1 ORDER BY d.decided_at, z.id",
            now
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(row => row.GetString(0), cancellation);
    }

    /// <summary>Everything about a zone as of one moment; null: there is none of that code.</summary>
    public async Task<ZoneRecord?> FindAsync(string code, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        return await ZoneRecords.ReadAsync(connection, code, now, cancellation);
    }

    /// <summary>A zone with every version and step; null: there is none of that code.</summary>
    public async Task<(ZoneRecord Zone, ZoneHistoryResponse History)?> HistoryAsync(
        string code,
        ProtocolPlan plan,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        return await ZoneRecords.ReadAsync(connection, code, now, cancellation) is { } zone
            ? (zone, await ZoneHistory.ReadAsync(connection, zone, plan, now, cancellation))
            : null;
    }

    /// <summary>What the draft of a zone, or else its last version, said when the zone's life stood at <paramref name="tag"/>; null:
    /// nothing.</summary>
    public async Task<DraftContent?> AsSeenAsync(ZoneRecord zone, ZoneTag tag, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await ZoneRecords.AsSeenAsync(connection, zone, tag, cancellation);
    }
}
