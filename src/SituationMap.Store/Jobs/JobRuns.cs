using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Jobs;

/// <param name="Progress">From 0 to 1; null: it cannot be told, or has ended.</param>
/// <param name="Succeeded">Null: it runs.</param>
public sealed record JobRun(string Job, DateTimeOffset BeganAt, DateTimeOffset? EndedAt, double? Progress, bool? Succeeded, string Summary);

/// <summary>What the jobs did and do, known to all servers: the latest runs of each job.</summary>
public sealed class JobRuns(NpgsqlDataSource database, TimeProvider clock)
{
    private const int MaxStored = 100;

    /// <summary>Notes that a job begins; to be called by whoever alone may run it. A run that has no end was broken off with its
    /// server.</summary>
    /// <param name="order">What it is made for; null: nothing that is known again.</param>
    /// <returns>The run's id.</returns>
    public async Task<long> BeginAsync(string job, string? order, CancellationToken cancellation)
    {
        await using var begin = database.CreateBatch();
        begin.BatchCommands.Add(
            Sql.InBatch(
                "UPDATE job_run SET ended_at = $2, succeeded = false, progress = NULL, summary = 'broken off with its server' "
                    + "WHERE job = $1 AND ended_at IS NULL",
                job,
                clock.GetUtcNow()
            )
        );
        begin.BatchCommands.Add(
            Sql.InBatch(
                "DELETE FROM job_run WHERE job = $1 AND id <= (SELECT id FROM job_run WHERE job = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)",
                job,
                MaxStored
            )
        );
        begin.BatchCommands.Add(
            Sql.InBatch("INSERT INTO job_run (job, began_at, ordered_as) VALUES ($1, $2, $3) RETURNING id", job, clock.GetUtcNow(), order)
        );
        return (long)(await begin.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Whether that order was carried out, though its server died before it could say so.</summary>
    public async Task<bool> IsDoneAsync(string job, string order, CancellationToken cancellation)
    {
        await using var find = database.Command(
            "SELECT EXISTS (SELECT FROM job_run WHERE job = $1 AND ordered_as = $2 AND succeeded)",
            job,
            order
        );
        return (bool)(await find.ExecuteScalarAsync(cancellation))!;
    }

    public async Task ProgressAsync(long run, double progress)
    {
        await using var update = database.Command("UPDATE job_run SET progress = $2 WHERE id = $1 AND ended_at IS NULL", run, progress);
        await update.ExecuteNonQueryAsync();
    }

    public async Task EndAsync(long run, bool succeeded, string summary, CancellationToken cancellation)
    {
        await using var end = database.Command(
            "UPDATE job_run SET ended_at = $2, succeeded = $3, summary = $4, progress = NULL WHERE id = $1",
            run,
            clock.GetUtcNow(),
            succeeded,
            summary
        );
        await end.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The latest runs of each job, newest first.</summary>
    public async Task<ILookup<string, JobRun>> LatestAsync(IEnumerable<string> jobs, int ofEach, CancellationToken cancellation)
    {
        await using var command = database.Command(
            """
            SELECT r.job, r.began_at, r.ended_at, r.progress, r.succeeded, r.summary
            FROM unnest($1::text[]) AS asked (job)
            CROSS JOIN LATERAL (SELECT * FROM job_run WHERE job_run.job = asked.job ORDER BY id DESC LIMIT $2) r
            """,
            jobs.ToArray(),
            ofEach
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var runs = await reader.ReadAllAsync(
            row => new JobRun(
                row.GetString(0),
                row.GetFieldValue<DateTimeOffset>(1),
                row.InstantOrNull(2),
                row.IsDBNull(3) ? null : row.GetDouble(3),
                row.IsDBNull(4) ? null : row.GetBoolean(4),
                row.GetString(5)
            ),
            cancellation
        );
        return runs.ToLookup(run => run.Job);
    }
}
