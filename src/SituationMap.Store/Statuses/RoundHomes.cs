using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Statuses;

/// <summary>What is taken along of a home on a round, beside what is to be done there.</summary>
/// <param name="Until">When its status changes with nothing more reported; null: open.</param>
/// <param name="Members">The codes of its members, in the order in which they are counted.</param>
public sealed record RoundHome(DateTimeOffset? Until, IReadOnlyList<string> Members);

/// <summary>Reads what is taken along of homes on a round.</summary>
public sealed class RoundHomes(NpgsqlDataSource database)
{
    /// <param name="households">Their ids.</param>
    /// <returns>By household; names, numbers and phones are not even read.</returns>
    public async Task<IReadOnlyDictionary<int, RoundHome>> LoadAsync(int[] households, CancellationToken cancellation)
    {
        await using var command = database.Command(
            """
            SELECT household.id, household_status.until,
                   ARRAY(SELECT person.code FROM person WHERE person.household = household.id ORDER BY person.id)
            FROM household
            -- one that has just been imported has none yet
            LEFT JOIN household_status ON household_status.household = household.id
            WHERE household.id = ANY ($1)
            """,
            households
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var homes = new Dictionary<int, RoundHome>(households.Length);
        while (await reader.ReadAsync(cancellation))
        {
            var until = reader.IsDBNull(1) ? (DateTimeOffset?)null : reader.GetFieldValue<DateTimeOffset>(1);
            homes.Add(reader.GetInt32(0), new RoundHome(until, reader.GetFieldValue<string[]>(2)));
        }
        return homes;
    }
}
