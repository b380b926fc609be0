using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Statuses;

/// <param name="Hour">Counted from the first one, 0.</param>
/// <param name="Source">Who reported them; a person only as such.</param>
/// <param name="Last">The last one of them.</param>
public sealed record PassageCount(int Hour, bool IsIn, string Source, int Count, DateTimeOffset Last);

/// <summary>How many went through a checkpoint, from what was reported and not taken back.</summary>
public sealed class CheckpointPassages(NpgsqlDataSource database)
{
    /// <param name="from">Excluded.</param>
    /// <param name="hours">How many hours from there on; their end is included.</param>
    public async Task<PassageCount[]> CountAsync(string code, DateTimeOffset from, int hours, CancellationToken cancellation)
    {
        await using var command = database.Command(
            """
            WITH passed AS MATERIALIZED (
              SELECT id, at, data->>'direction' AS direction,
                     -- a post is named, a person is not
                     CASE WHEN source LIKE 'person:%' THEN 'person' ELSE source END AS source
              FROM fact
              WHERE kind = 'passage' AND data->>'checkpoint' = $1 AND at > $2 AND at <= $3
            )
            SELECT LEAST(floor(extract(epoch FROM at - $2) / 3600)::int, $4 - 1), direction, source, count(*)::int, max(at) FROM passed
            WHERE id NOT IN (SELECT r FROM retracted_facts(ARRAY(SELECT id FROM passed)) r)
            GROUP BY 1, 2, 3
            """,
            code,
            from,
            from.AddHours(hours),
            hours
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new PassageCount(
                row.GetInt32(0),
                row.GetString(1) == "in",
                row.GetString(2),
                row.GetInt32(3),
                row.InstantOrNull(4)!.Value
            ),
            cancellation
        );
    }
}
