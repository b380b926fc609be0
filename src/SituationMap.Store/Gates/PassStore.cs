using Npgsql;
using SituationMap.Core.Protocols;
using SituationMap.Store.Access;
using SituationMap.Store.Database;

namespace SituationMap.Store.Gates;

/// <summary>A pass as it was given out, and whether it was ended.</summary>
/// <param name="Serial">Its number.</param>
/// <param name="Fact">The fact by which it was given out.</param>
/// <param name="Household">The household's id.</param>
/// <param name="Code">The household's code.</param>
/// <param name="Building">The code of its building.</param>
/// <param name="From">The beginning of its first local day.</param>
/// <param name="To">The end of its last one.</param>
/// <param name="EndedAt">When it was ended; null: it was not.</param>
/// <param name="Why">Why.</param>
public sealed record StoredPass(
    uint Serial,
    Guid Fact,
    int Household,
    string Code,
    string Building,
    PassKind Kind,
    DateTimeOffset From,
    DateTimeOffset To,
    DateTimeOffset? EndedAt,
    string? Why
)
{
    public DateOnly FirstDay(TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(From, zone).DateTime);

    public DateOnly LastDay(TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(To.AddTicks(-1), zone).DateTime);
}

/// <summary>Which passes.</summary>
/// <param name="Scope">Of households there.</param>
/// <param name="Grid">Of those of one grid and all below, by its path; null: all.</param>
/// <param name="Household">Of one, by its code; null: all.</param>
/// <param name="Serial">This one; null: all.</param>
/// <param name="Facts">Those that were given out by these facts; null: all.</param>
/// <param name="OnlyInUse">Whether those that were ended are left out.</param>
public sealed record PassFilter(
    Scope Scope,
    string? Grid = null,
    string? Household = null,
    long? Serial = null,
    Guid[]? Facts = null,
    bool OnlyInUse = false
);

/// <summary>Passes, as facts tell of them.</summary>
public sealed class PassStore(NpgsqlDataSource database)
{
    /// <summary>When and why a pass, the fact <c>f</c>, was ended; no row: it was not. What was given out by mistake and taken back counts
    /// no more either.</summary>
    internal const string Ending = """
        SELECT x.at, COALESCE(x.data->>'why', 'retracted') AS why FROM fact x
        WHERE x.household = f.household
          AND (x.kind = 'passEnd' AND x.data->'serial' = f.data->'serial' OR x.kind = 'retraction' AND x.refers_to = f.id)
          AND NOT EXISTS (SELECT FROM retracted_facts(ARRAY[x.id]))
        ORDER BY x.at LIMIT 1
        """;

    /// <summary>Draws so many numbers.</summary>
    public async Task<int[]> DrawAsync(int count, CancellationToken cancellation)
    {
        await using var command = database.Command("SELECT nextval('pass_serial')::int FROM generate_series(1, $1)", count);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(row => row.GetInt32(0), cancellation);
    }

    /// <summary>One of these codes that no household there has; null: each has one.</summary>
    public async Task<string?> UnknownAsync(Scope scope, string[] households, CancellationToken cancellation)
    {
        await using var command = database.Command(
            $"""
            SELECT asked.code FROM unnest($1::text[]) AS asked (code)
            WHERE NOT EXISTS (SELECT FROM household h WHERE h.code = asked.code AND {Scope.Sql("h.grid", "$2")}) LIMIT 1
            """,
            households,
            scope.Paths
        );
        return (string?)await command.ExecuteScalarAsync(cancellation);
    }

    /// <summary>In the order of their numbers.</summary>
    /// <param name="after">Only those with a higher number.</param>
    public async Task<StoredPass[]> ListAsync(PassFilter filter, long after, int limit, CancellationToken cancellation)
    {
        await using var command = database.Command(
            $"""
            SELECT (f.data->>'serial')::bigint, f.id, h.id, h.code, b.code, f.data->>'kind', (f.data->>'from')::timestamptz,
              (f.data->>'to')::timestamptz, e.at, e.why
            FROM fact f JOIN household h ON h.id = f.household JOIN building b ON b.id = h.building
            LEFT JOIN LATERAL (
              {Ending}
            ) e ON true
            WHERE f.data ? 'serial' AND f.data ? 'kind' AND f.kind = 'pass' AND (f.data->>'serial')::bigint > $1
              AND {Scope.Sql("h.grid", "$2")} AND ($3::text IS NULL OR h.grid <@ $3::ltree) AND ($4::text IS NULL OR h.code = $4)
              AND ($5::bigint IS NULL OR (f.data->>'serial')::bigint = $5) AND ($6::uuid[] IS NULL OR f.id = ANY ($6))
              AND NOT ($7 AND e.at IS NOT NULL)
            ORDER BY 1 LIMIT $8
            """,
            after,
            filter.Scope.Paths,
            filter.Grid,
            filter.Household,
            filter.Serial,
            SqlValue.Ids(filter.Facts),
            filter.OnlyInUse,
            limit
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new StoredPass(
                (uint)row.GetInt64(0),
                row.GetGuid(1),
                row.GetInt32(2),
                row.GetString(3),
                row.GetString(4),
                Enum.Parse<PassKind>(row.GetString(5), ignoreCase: true),
                row.InstantOrNull(6)!.Value,
                row.InstantOrNull(7)!.Value,
                row.InstantOrNull(8),
                row.TextOrNull(9)
            ),
            cancellation
        );
    }

    /// <summary>Null: there is none there.</summary>
    public async Task<StoredPass?> FindAsync(Scope scope, long serial, CancellationToken cancellation) =>
        (await ListAsync(new PassFilter(scope, Serial: serial), after: serial - 1, limit: 1, cancellation)).FirstOrDefault();
}
