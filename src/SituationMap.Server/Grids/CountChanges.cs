using Npgsql;
using SituationMap.Core.Statuses;

namespace SituationMap.Server.Grids;

/// <summary>How the counts of a grid changed, from the history that the feed is.</summary>
internal sealed class CountChanges(NpgsqlDataSource database)
{
    /// <summary>For each status, the households in it at sequence <paramref name="upTo"/> less those in it at <paramref name="since"/>.</summary>
    /// <param name="path">The grid's path; what is below it counts.</param>
    public async Task<IReadOnlyDictionary<Status, int>> SinceAsync(string path, DateTimeOffset since, long upTo, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            """
            WITH latest AS (
              -- the households that changed in that time, with what they became
              SELECT DISTINCT ON (subject) subject, status
              FROM feed
              WHERE kind = 'status' AND recorded_at > $2 AND sequence <= $3 AND grid <@ text2ltree($1)
              ORDER BY subject, sequence DESC
            ), change AS (
              SELECT status, 1 AS n FROM latest
              UNION ALL
              -- and what they were before: healthy where nothing was recorded yet
              SELECT COALESCE(before.status, 'healthy'), -1
              FROM latest
              LEFT JOIN LATERAL (
                SELECT status FROM feed f
                WHERE f.kind = 'status' AND f.subject = latest.subject AND f.recorded_at <= $2
                ORDER BY f.sequence DESC LIMIT 1
              ) before ON true
            )
            SELECT status, sum(n)::int FROM change GROUP BY status
            """);
        command.Parameters.Add(new() { Value = path });
        command.Parameters.Add(new() { Value = since.UtcDateTime });
        command.Parameters.Add(new() { Value = upTo });
        var changes = new Dictionary<Status, int>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            changes.Add(reader.GetFieldValue<Status>(0), reader.GetInt32(1));
        return changes;
    }
}
