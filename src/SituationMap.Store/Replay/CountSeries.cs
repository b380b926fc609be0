using Npgsql;
using SituationMap.Store.Database;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Replay;

/// <summary>The counts of a grid at the end of a step, and how many households changed in it.</summary>
public readonly record struct CountPoint(DateTimeOffset At, StatusCounts Counts, int Changes);

/// <summary>How the counts of a grid went, from the history that the feed is.</summary>
public sealed class CountSeries(NpgsqlDataSource database)
{
    /// <summary>The counts at the end of each of <paramref name="steps"/> equal steps between two instants, as they were known
    /// then.</summary>
    /// <param name="path">The grid's path; what is below it counts.</param>
    /// <param name="households">How many households there are; all begin healthy and not surveyed.</param>
    public async Task<IReadOnlyList<CountPoint>> ReadAsync(
        string path,
        int households,
        DateTimeOffset from,
        DateTimeOffset to,
        int steps,
        CancellationToken cancellation
    )
    {
        await using var command = database.Command(
            """
            WITH step AS (
              SELECT CASE WHEN recorded_at <= $2 THEN 0 ELSE width_bucket(
                  extract(epoch FROM recorded_at), extract(epoch FROM $2), extract(epoch FROM $3) + 1e-6, $4) END AS step,
                     status, surveyed,
                     lag(status, 1, 'healthy') OVER household AS was,
                     lag(surveyed, 1, false) OVER household AS was_surveyed
              FROM feed
              WHERE kind = 'status' AND recorded_at <= $3 AND grid <@ text2ltree($1)
              WINDOW household AS (PARTITION BY subject ORDER BY sequence)
            )
            SELECT step, count(*)::int,
                   (count(*) FILTER (WHERE status = 'quarantined') - count(*) FILTER (WHERE was = 'quarantined'))::int,
                   (count(*) FILTER (WHERE status = 'observed') - count(*) FILTER (WHERE was = 'observed'))::int,
                   (count(*) FILTER (WHERE status = 'out') - count(*) FILTER (WHERE was = 'out'))::int,
                   (count(*) FILTER (WHERE surveyed) - count(*) FILTER (WHERE was_surveyed))::int,
                   (count(*) FILTER (WHERE status = 'healthy' AND NOT surveyed)
                     - count(*) FILTER (WHERE was = 'healthy' AND NOT was_surveyed))::int
            FROM step GROUP BY step ORDER BY step
            """,
            path,
            from,
            to,
            steps
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = (
            await reader.ReadAllAsync(
                row =>
                    (
                        Step: row.GetInt32(0),
                        Changes: row.GetInt32(1),
                        Quarantined: row.GetInt32(2),
                        Observed: row.GetInt32(3),
                        Out: row.GetInt32(4),
                        Surveyed: row.GetInt32(5),
                        HealthyUnsurveyed: row.GetInt32(6)
                    ),
                cancellation
            )
        ).ToDictionary(row => row.Step);
        var points = new List<CountPoint>(steps);
        var (quarantined, observed, away, surveyed, unknown) = (0, 0, 0, 0, households);
        for (var step = 0; step <= steps; step++)
        {
            var row = rows.GetValueOrDefault(step);
            (quarantined, observed, away, surveyed, unknown) = (
                quarantined + row.Quarantined,
                observed + row.Observed,
                away + row.Out,
                surveyed + row.Surveyed,
                unknown + row.HealthyUnsurveyed
            );
            if (step == 0)
                continue;
            points.Add(
                new CountPoint(
                    from + ((to - from) * step / steps),
                    new StatusCounts(
                        quarantined,
                        observed,
                        away,
                        households - quarantined - observed - away,
                        households - surveyed,
                        unknown
                    ),
                    row.Changes
                )
            );
        }
        return points;
    }
}
