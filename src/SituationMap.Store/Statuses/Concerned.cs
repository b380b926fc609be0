using Npgsql;
using SituationMap.Core.Protocols;
using SituationMap.Store.Database;
using SituationMap.Store.Zones;

namespace SituationMap.Store.Statuses;

/// <summary>The households about which something is reported, or over which there ever is a zone; all others are as they began.</summary>
internal static class Concerned
{
    /// <param name="connection">Whose transaction they are to belong to.</param>
    /// <param name="plan">What decides which zones count.</param>
    /// <param name="paths">Those of the grids within which they are; an empty one is the whole city's.</param>
    /// <param name="known">What was reported or published later is left aside.</param>
    /// <returns>Their ids.</returns>
    public static async Task<IReadOnlyList<int>> LoadAsync(
        NpgsqlConnection connection,
        ProtocolPlan plan,
        IEnumerable<string> paths,
        DateTimeOffset known,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command(
            $"""
            SELECT household FROM fact WHERE grid <@ ANY ($1) AND received_at <= $2
            UNION
            SELECT h.id
            FROM zone_version v JOIN building b ON {plan.MayBeIn("v.outline")} JOIN household h ON h.building = b.id
            WHERE v.recorded_at <= $2 AND b.grid <@ ANY ($1)
            """,
            SqlValue.LTree([.. paths]),
            known
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(row => row.GetInt32(0), cancellation);
    }
}
