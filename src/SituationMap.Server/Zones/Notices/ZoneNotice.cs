using System.Text.RegularExpressions;
using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Server.Database;
using SituationMap.Server.Statuses;

namespace SituationMap.Server.Zones.Notices;

/// <summary>
/// What everybody may know of a published zone. Neither who planned it nor why: a reason is free text, and may say who is ill.
/// </summary>
/// <param name="Published">When the version was published.</param>
/// <param name="Outline">Lon, lat.</param>
/// <param name="Addresses">Of the buildings in it where people live, number 2 before number 10.</param>
internal sealed partial record ZoneNotice(
    string Code, string Name, string Level, int Version, DateTimeOffset From, DateTimeOffset? To, DateTimeOffset Published, MultiPolygon Outline,
    IReadOnlyList<string> Addresses)
{
    /// <summary>The notices of the zones that are in force or will be, the latest first.</summary>
    /// <param name="code">Only of this zone; null: of all.</param>
    public static async Task<ZoneNotice[]> ReadAsync(NpgsqlDataSource database, DateTimeOffset now, string? code, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            """
            SELECT z.code, p.name, p.level, p.version, p.starts_at, p.ends_at, v.recorded_at, p.outline,
                   ARRAY(SELECT DISTINCT b.address FROM building b WHERE ST_Covers(p.outline, b.point) AND b.units > 0)
            FROM zone_period p JOIN zone z ON z.id = p.zone JOIN zone_version v USING (zone, version)
            WHERE (p.ends_at IS NULL OR p.ends_at > $1) AND ($2::text IS NULL OR z.code = $2)
            ORDER BY v.recorded_at DESC, z.code, p.starts_at
            """);
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        command.Parameters.Add(new() { Value = code ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(row => new ZoneNotice(
            row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt32(3), StatusBatch.Instant(row, 4)!.Value, StatusBatch.Instant(row, 5),
            StatusBatch.Instant(row, 6)!.Value, row.GetFieldValue<MultiPolygon>(7), [.. row.GetFieldValue<string[]>(8).OrderBy(ByNumbers, StringComparer.Ordinal)]), cancellation);
    }

    /// <summary>When what the notices say changed last: a version was published, began or ended; now where there never was one.</summary>
    public static async Task<DateTimeOffset> ChangedAsync(NpgsqlDataSource database, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            """
            SELECT GREATEST((SELECT max(recorded_at) FROM zone_version), (SELECT max(starts_at) FROM zone_period WHERE starts_at <= $1), (SELECT max(ends_at) FROM zone_period WHERE ends_at <= $1))
            """);
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        return await command.ExecuteScalarAsync(cancellation) is DateTime changed ? new DateTimeOffset(changed, TimeSpan.Zero) : now;
    }

    private static string ByNumbers(string address) => Number().Replace(address, number => number.Value.PadLeft(8, '0'));

    [GeneratedRegex(@"\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();
}
