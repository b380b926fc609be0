using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Duty;
using SituationMap.Store.Access;
using SituationMap.Store.Database;

namespace SituationMap.Store.Duty;

/// <summary>What became of the steps of one request: all were stored, or none and what is wrong with one of them.</summary>
/// <param name="Fault">Its field begins with the step, as <c>steps[2].worker</c>.</param>
/// <param name="Duplicates">Those that were there already.</param>
public sealed record DutyOutcome(Fault? Fault, int Accepted, int Duplicates);

/// <summary>Appends steps of shifts, and adds posts and workers. A step, the cover that follows from it and its row of the feed are one
/// transaction.</summary>
public sealed class DutyWriter(NpgsqlDataSource database, CoverSettler settler, TimeProvider clock)
{
    /// <summary>Appends steps of one post's shifts: all or none. A repeat is harmless.</summary>
    /// <param name="post">The post's id.</param>
    /// <param name="owner">The account whose shifts alone these may be, and of whoever it hands over to; null: anybody's.</param>
    /// <param name="entry">Of whoever sends them.</param>
    public async Task<DutyOutcome> AppendAsync(
        int post,
        IReadOnlyList<DutyStep> steps,
        string? owner,
        AuditEntry entry,
        CancellationToken cancellation
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await LockAsync(connection, post, cancellation);
        var known = await KnownShifts.LoadAsync(connection, post, steps, cancellation);
        if (known.Check(steps, owner) is { } fault)
            return new DutyOutcome(fault, 0, 0);
        var accepted = await InsertAsync(connection, post, steps, entry.Account, cancellation);
        await entry.AppendAsync(connection, cancellation);
        if (accepted > 0)
            await settler.SettleAsync(connection, [post], clock.GetUtcNow(), cancellation);
        await transaction.CommitAsync(cancellation);
        return new DutyOutcome(null, accepted, steps.Count - accepted);
    }

    /// <summary>Adds a post, or changes the name, the kind and the leader of one; where it is stays.</summary>
    /// <returns>What is wrong; null: it is done.</returns>
    public async Task<Fault?> PutPostAsync(Post post, Scope scope, AuditEntry entry, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var put = connection.Command(
            $"""
            INSERT INTO post (grid, code, name, kind, checkpoint, location, leader)
            SELECT COALESCE(c.grid, g.path), $1, $2, $3, c.id, COALESCE(c.location, ST_SetSRID(ST_MakePoint($6, $7), 4326)), w.id
            FROM (SELECT) AS one
            LEFT JOIN checkpoint c ON c.code = $4
            LEFT JOIN grid g ON g.path = text2ltree(replace($5, '-', '.'))
            LEFT JOIN worker w ON w.code = $8
            WHERE {Scope.Sql("COALESCE(c.grid, g.path)", "$9")}
            ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind, leader = excluded.leader
              WHERE {Scope.Sql("post.grid", "$9")}
            """,
            post.Code,
            post.Name,
            post.Kind,
            post.Checkpoint,
            post.Grid,
            post.Lon,
            post.Lat,
            post.Leader,
            scope.Paths
        );
        try
        {
            if (await put.ExecuteNonQueryAsync(cancellation) == 0)
                return new Fault("value-wrong", "code", "the code of no post in another grid");
        }
        catch (PostgresException conflict) when (conflict.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new Fault("value-wrong", "checkpoint", "a checkpoint at which no other post is");
        }
        await entry.AppendAsync(connection, cancellation);
        await transaction.CommitAsync(cancellation);
        return null;
    }

    /// <summary>Adds a worker, or changes his account.</summary>
    /// <returns>What is wrong; null: it is done.</returns>
    public async Task<Fault?> PutWorkerAsync(Worker worker, Scope scope, AuditEntry entry, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var put = connection.Command(
            $"""
            INSERT INTO worker (grid, code, account) SELECT path, $1, $3 FROM grid WHERE path = text2ltree(replace($2, '-', '.'))
            ON CONFLICT (code) DO UPDATE SET account = excluded.account WHERE {Scope.Sql("worker.grid", "$4")}
            """,
            worker.Code,
            worker.Grid,
            worker.Account,
            scope.Paths
        );
        try
        {
            if (await put.ExecuteNonQueryAsync(cancellation) == 0)
                return new Fault("value-wrong", "code", "the code of no worker of another grid");
        }
        catch (PostgresException conflict)
            when (conflict.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation)
        {
            return new Fault("value-wrong", "account", "the name of an account that no other worker has");
        }
        await entry.AppendAsync(connection, cancellation);
        await transaction.CommitAsync(cancellation);
        return null;
    }

    /// <summary>One at a time for a post: cover is compared with what was told last.</summary>
    private async Task LockAsync(NpgsqlConnection connection, int post, CancellationToken cancellation)
    {
        await using var begin = connection.Command(
            "INSERT INTO post_cover (post, cover, next_due) VALUES ($1, 'noPlan', $2) ON CONFLICT DO NOTHING",
            post,
            clock.GetUtcNow()
        );
        await begin.ExecuteNonQueryAsync(cancellation);
        await using var alone = connection.Command("SELECT FROM post_cover WHERE post = $1 FOR UPDATE", post);
        await alone.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<int> InsertAsync(
        NpgsqlConnection connection,
        int post,
        IReadOnlyList<DutyStep> steps,
        string account,
        CancellationToken cancellation
    )
    {
        await using var insert = connection.Command(
            """
            INSERT INTO duty_step (id, post, shift, kind, at, received_at, worker, starts_at, ends_at, step, account)
            SELECT s.id, $1, s.shift, s.kind, s.at, $2, w.id, s.starts_at, s.ends_at, s.step, $3
            FROM unnest($4::uuid[], $5::uuid[], $6::text[], $7::timestamptz[], $8::text[], $9::timestamptz[], $10::timestamptz[],
                $11::uuid[])
              AS s (id, shift, kind, at, worker, starts_at, ends_at, step)
            LEFT JOIN worker w ON w.code = s.worker
            ON CONFLICT (id) DO NOTHING
            """,
            post,
            clock.GetUtcNow(),
            account,
            steps.Select(step => step.Id).ToArray(),
            steps.Select(step => step.Shift).ToArray(),
            steps.Select(step => step.Kind.Name()).ToArray(),
            SqlValue.Instants(steps.Select(step => (DateTimeOffset?)step.At)),
            steps.Select(step => step.Worker).ToArray(),
            SqlValue.Instants(steps.Select(step => step.From)),
            SqlValue.Instants(steps.Select(step => step.To)),
            steps.Select(step => step.Step).ToArray()
        );
        return await insert.ExecuteNonQueryAsync(cancellation);
    }
}
