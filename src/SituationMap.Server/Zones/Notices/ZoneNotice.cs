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
/// <param name="Addresses">Of the buildings in it where people live, by code.</param>
internal sealed record ZoneNotice(
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
                   ARRAY(SELECT DISTINCT b.address FROM building b WHERE ST_Covers(p.outline, b.point) AND b.units > 0 ORDER BY b.address)
            FROM zone_period p JOIN zone z ON z.id = p.zone JOIN zone_version v USING (zone, version)
            WHERE (p.ends_at IS NULL OR p.ends_at > $1) AND ($2::text IS NULL OR z.code = $2)
            ORDER BY v.recorded_at DESC, z.code, p.starts_at
            """);
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        command.Parameters.Add(new() { Value = code ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(row => new ZoneNotice(
            row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt32(3), StatusBatch.Instant(row, 4)!.Value, StatusBatch.Instant(row, 5),
            StatusBatch.Instant(row, 6)!.Value, row.GetFieldValue<MultiPolygon>(7), row.GetFieldValue<string[]>(8)), cancellation);
    }
}
