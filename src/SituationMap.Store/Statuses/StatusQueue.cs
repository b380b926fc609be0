using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Statuses;

/// <summary>What the workers still have to do.</summary>
/// <param name="Households">So many wait to be worked out.</param>
/// <param name="NextDue">When time alone changes a status next.</param>
public sealed record StatusQueue(long Households, DateTimeOffset? NextDue)
{
    public static async Task<StatusQueue> ReadAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.Command(
            "SELECT (SELECT count(DISTINCT household) FROM dirty_household), (SELECT min(next_due) FROM household_status)"
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new StatusQueue(reader.GetInt64(0), reader.InstantOrNull(1));
    }
}
