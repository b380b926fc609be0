using System.Text.RegularExpressions;
using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Core.Protocols;
using SituationMap.Store.Database;

namespace SituationMap.Store.Zones.Notices;

/// <summary>
/// What everybody may know of a published zone. Neither who planned it nor why: a reason is free text, and may say who is ill.
/// </summary>
/// <param name="Published">When the version was published.</param>
/// <param name="Outline">Lon, lat.</param>
/// <param name="Addresses">Of the buildings in it where people live, number 2 before number 10.</param>
public sealed partial record ZoneNotice(
    string Code,
    string Name,
    string Level,
    int Version,
    DateTimeOffset From,
    DateTimeOffset? To,
    DateTimeOffset Published,
    MultiPolygon Outline,
    IReadOnlyList<string> Addresses
)
{
    /// <summary>The notices of the zones that are in force or will be, the latest first.</summary>
    /// <param name="code">Only of this zone; null: of all.</param>
    public static async Task<ZoneNotice[]> ReadAsync(
        NpgsqlDataSource database,
        ProtocolPlan plan,
        DateTimeOffset now,
        string? code,
        CancellationToken cancellation
    )
    {
        await using var command = database.Command(
            $"""
            SELECT z.code, p.name, p.level, p.version, p.starts_at, p.ends_at, v.recorded_at, p.outline, i.addresses, i.grids, i.cover_point
            FROM zone_period p JOIN zone z ON z.id = p.zone JOIN zone_version v USING (zone, version)
            CROSS JOIN LATERAL (
              SELECT COALESCE(array_agg(b.address), ARRAY[]::text[]) AS addresses,
                COALESCE(array_agg(replace(ltree2text(b.grid), '.', '-')), ARRAY[]::text[]) AS grids,
                     COALESCE(array_agg({plan.CoversPoint("p.outline")}), ARRAY[]::boolean[]) AS cover_point
              FROM building b WHERE {plan.MayBeIn("p.outline")} AND b.units > 0
            ) i
            WHERE (p.ends_at IS NULL OR p.ends_at > $1) AND ($2::text IS NULL OR z.code = $2)
            ORDER BY v.recorded_at DESC, z.code, p.starts_at
            """,
            now,
            code
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new ZoneNotice(
                row.GetString(0),
                row.GetString(1),
                row.GetString(2),
                row.GetInt32(3),
                row.InstantOrNull(4)!.Value,
                row.InstantOrNull(5),
                row.InstantOrNull(6)!.Value,
                row.GetFieldValue<MultiPolygon>(7),
                [.. Addresses(row).Distinct().OrderBy(ByNumbers, StringComparer.Ordinal)]
            ),
            cancellation
        );

        // of a zone to come those that will be in it when it begins
        IEnumerable<string> Addresses(NpgsqlDataReader row)
        {
            var at = row.InstantOrNull(4) is { } from && from > now ? from : now;
            return row.GetFieldValue<string[]>(8)
                .Zip(row.GetFieldValue<string[]>(9), row.GetFieldValue<bool[]>(10))
                .Where(building => plan.IsInZone(building.Second, at, building.Third))
                .Select(building => building.First);
        }
    }

    /// <summary>When what the notices say changed last: a version was published, began or ended; now where there never was one.</summary>
    public static async Task<DateTimeOffset> ChangedAsync(NpgsqlDataSource database, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = database.Command(
            """
            SELECT GREATEST((SELECT max(recorded_at) FROM zone_version),
              (SELECT max(starts_at) FROM zone_period WHERE starts_at <= $1), (SELECT max(ends_at) FROM zone_period WHERE ends_at <= $1))
            """,
            now
        );
        return await command.ExecuteScalarAsync(cancellation) is DateTime changed ? new DateTimeOffset(changed, TimeSpan.Zero) : now;
    }

    private static string ByNumbers(string address) => Number().Replace(address, number => number.Value.PadLeft(8, '0'));

    [GeneratedRegex(@"\d+", RegexOptions.NonBacktracking)]
    private static partial Regex Number();
}
