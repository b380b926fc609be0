using Npgsql;
using SituationMap.Core;
using SituationMap.Store.Access;
using SituationMap.Store.Database;

namespace SituationMap.Store.Households;

/// <summary>What changed in a city, household by household and zone by zone.</summary>
public sealed class ChangeStore(NpgsqlDataSource database)
{
    // The feed's times never go back, so that a span of time is a span of sequences: however much was recorded before it, nothing of that
    // is looked at.
    private const string InSpan = """
        f.sequence < $1
          AND f.sequence > $2
          AND f.sequence >= (SELECT sequence FROM feed WHERE recorded_at >= $3 ORDER BY recorded_at, sequence LIMIT 1)
          AND f.recorded_at < $4
        """;

    /// <summary>Whether the row f of the feed tells of another status than the one before it of its household.</summary>
    internal const string IsAnother = "f.was <> f.status";

    /// <summary>
    /// Households whose status is another than before, newest first. One that was worked out for the first time was healthy before, as is
    /// every household of which nothing is known.
    /// </summary>
    public async Task<HouseholdChange[]> StatusesAsync(ChangeQuery query, Status? to, CancellationToken cancellation)
    {
        await using var command = database.Command(
            $"""
            SELECT f.sequence, f.recorded_at, h.id, h.code, b.code, b.address, replace(ltree2text(h.grid), '.', '-'),
                   f.was, f.status, a.account, a.recorded_at
            FROM feed f
            JOIN household h ON h.id = f.subject
            JOIN building b ON b.id = h.building
            LEFT JOIN feed a ON a.acknowledges = f.sequence
            WHERE {InSpan}
              AND {IsAnother}
              AND ($9::boolean IS NULL OR $9 = (a.sequence IS NOT NULL))
              AND ($5::status IS NULL OR f.status = $5)
              AND ($6::text IS NULL OR h.grid <@ text2ltree($6))
              AND {Scope.Sql("h.grid", "$7")}
            ORDER BY f.sequence DESC
            LIMIT $8
            """,
            query.Before,
            query.Since,
            query.From,
            query.To,
            to,
            query.GridPath,
            query.Scope.Paths,
            query.Limit,
            query.Acknowledged
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new HouseholdChange(
                row.GetInt64(0),
                row.InstantOrNull(1)!.Value,
                row.GetInt32(2),
                row.GetString(3),
                row.GetString(4),
                row.GetString(5),
                row.GetString(6),
                row.GetFieldValue<Status>(7),
                row.GetFieldValue<Status>(8),
                AcknowledgementOf(row, 9)
            ),
            cancellation
        );
    }

    /// <summary>Zones that came into force, changed or ended, newest first; they are the same for everybody who may see the map.</summary>
    public async Task<ZoneChange[]> ZonesAsync(ChangeQuery query, CancellationToken cancellation)
    {
        await using var command = database.Command(
            $"""
            SELECT f.sequence, f.recorded_at, z.code, COALESCE(v.name, was.name), was.level, v.level,
                   ST_XMin(f.touched), ST_YMin(f.touched), ST_XMax(f.touched), ST_YMax(f.touched), a.account, a.recorded_at
            FROM feed f
            JOIN zone z ON z.id = f.subject
            LEFT JOIN zone_version v ON v.zone = f.subject AND v.version = f.version
            LEFT JOIN LATERAL (
              SELECT version FROM feed WHERE kind = 'zone' AND subject = f.subject AND sequence < f.sequence
              ORDER BY sequence DESC LIMIT 1
            ) p ON true
            LEFT JOIN zone_version was ON was.zone = f.subject AND was.version = p.version
            LEFT JOIN feed a ON a.acknowledges = f.sequence
            WHERE {InSpan}
              AND f.kind = 'zone'
              AND ($7::boolean IS NULL OR $7 = (a.sequence IS NOT NULL))
              AND ($5::text IS NULL OR EXISTS (SELECT FROM grid g WHERE g.path = text2ltree($5) AND ST_Intersects(g.outline, f.touched)))
            ORDER BY f.sequence DESC
            LIMIT $6
            """,
            query.Before,
            query.Since,
            query.From,
            query.To,
            query.GridPath,
            query.Limit,
            query.Acknowledged
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new ZoneChange(
                row.GetInt64(0),
                row.InstantOrNull(1)!.Value,
                row.GetString(2),
                row.GetString(3),
                row.TextOrNull(4),
                row.TextOrNull(5),
                row.IsDBNull(6) ? null : [row.GetDouble(6), row.GetDouble(7), row.GetDouble(8), row.GetDouble(9)],
                AcknowledgementOf(row, 10)
            ),
            cancellation
        );
    }

    private static Acknowledgement? AcknowledgementOf(NpgsqlDataReader row, int column) =>
        row.InstantOrNull(column + 1) is { } at ? new Acknowledgement(row.GetInt64(0), row.GetString(column), at) : null;
}

/// <summary>Which changes.</summary>
/// <param name="Before">Only those with a lower sequence of the feed.</param>
/// <param name="Since">Only those with a higher one.</param>
/// <param name="From">Only those recorded then or later.</param>
/// <param name="To">Only those recorded earlier.</param>
/// <param name="GridPath">The path of a grid, for it and all below; null: everywhere.</param>
/// <param name="Acknowledged">Only those of which somebody has taken note, or nobody; null: all.</param>
public sealed record ChangeQuery(
    Scope Scope,
    long Before,
    long Since,
    DateTimeOffset From,
    DateTimeOffset To,
    string? GridPath,
    bool? Acknowledged,
    int Limit
);

/// <summary>A household got another status.</summary>
/// <param name="Sequence">Of the feed.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="HouseholdId">As in tiles.</param>
/// <param name="Building">The building's code.</param>
/// <param name="Grid">The grid's code.</param>
public sealed record HouseholdChange(
    long Sequence,
    DateTimeOffset At,
    int HouseholdId,
    string Household,
    string Building,
    string Address,
    string Grid,
    Status From,
    Status To,
    Acknowledgement? Acknowledged
);

/// <summary>A zone came into force, changed or ended.</summary>
/// <param name="From">Its level before; null: it was not in force.</param>
/// <param name="To">Its level since; null: it is not in force.</param>
/// <param name="Bounds">Around its old outline and its new one: west, south, east, north in degrees (WGS 84).</param>
public sealed record ZoneChange(
    long Sequence,
    DateTimeOffset At,
    string Code,
    string Name,
    string? From,
    string? To,
    double[]? Bounds,
    Acknowledgement? Acknowledged
);
