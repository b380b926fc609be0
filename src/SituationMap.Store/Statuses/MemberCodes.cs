using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Statuses;

/// <summary>Reads by which codes the members of households are known.</summary>
internal static class MemberCodes
{
    /// <param name="connection">Whose transaction they are to belong to.</param>
    /// <param name="households">Their ids.</param>
    /// <returns>By household, in the order in which they are counted.</returns>
    public static async Task<ILookup<int, (int Id, string Code)>> LoadAsync(
        NpgsqlConnection connection,
        int[] households,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command(
            "SELECT household, id, code FROM person WHERE household = ANY ($1) ORDER BY id",
            households
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var members = await reader.ReadAllAsync(
            row => (Household: row.GetInt32(0), Id: row.GetInt32(1), Code: row.GetString(2)),
            cancellation
        );
        return members.ToLookup(member => member.Household, member => (member.Id, member.Code));
    }
}
