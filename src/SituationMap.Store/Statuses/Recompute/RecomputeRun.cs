using System.Data;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Statuses.Recompute;

/// <summary>A part of a run that this worker has claimed: the households with ids from first to last, both included.</summary>
public readonly record struct RecomputePart(int First, int Last);

/// <summary>What has been done of a run so far.</summary>
public readonly record struct RecomputeProgress(int Parts, int Done, long Households, long Changes, long SetAside);

/// <summary>
/// One full recompute, shared by all who work on it at the time. As long as one of them lives the run is alive, which the database
/// knows by the advisory lock that each of them holds: no clock decides who is dead. A run that all have left is never taken up
/// again, since nobody can tell what happened since: the next one starts anew, and what is right already costs it only a look.
/// </summary>
public sealed class RecomputeRun : IAsyncDisposable
{
    /// <summary>Of the households that could not be worked out, so many are named.</summary>
    private const int MaxNamed = 20;

    private readonly NpgsqlConnection _alive;

    private RecomputeRun(NpgsqlConnection alive, int id, bool isJoined) => (_alive, Id, IsJoined) = (alive, id, isJoined);

    public int Id { get; }

    /// <summary>Whether others had begun it.</summary>
    public bool IsJoined { get; }

    /// <summary>Joins the run that is under way, or begins one.</summary>
    /// <param name="partSize">How many ids a part of a new run has.</param>
    /// <exception cref="StartupException">One that works by other rules is under way.</exception>
    public static async Task<RecomputeRun> JoinOrBeginAsync(
        NpgsqlDataSource database,
        string rules,
        int partSize,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var alive = await database.OpenConnectionAsync(cancellation);
        try
        {
            await using var transaction = await alive.BeginTransactionAsync(cancellation);
            // one newcomer at a time
            await ExecuteAsync(alive, "LOCK TABLE recompute_run IN SHARE ROW EXCLUSIVE MODE", cancellation);
            var id = await FindAliveAsync(alive, rules, cancellation);
            var isJoined = id is not null;
            id ??= await BeginAsync(alive, rules, partSize, now, cancellation);
            await ExecuteAsync(alive, "SELECT pg_advisory_lock_shared($1, $2)", cancellation, LockKeys.RecomputeRun, id.Value);
            await transaction.CommitAsync(cancellation);
            return new RecomputeRun(alive, id.Value, isJoined);
        }
        catch
        {
            await alive.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Claims a part in the caller's transaction, for as long as that lasts. Null: all parts are done. When others are at work on all
    /// that are left, waits for one of them to finish or to die.
    /// </summary>
    public async Task<RecomputePart?> ClaimAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        const string next = "SELECT first, last FROM recompute_part WHERE run = $1 AND done_at IS NULL ORDER BY first LIMIT 1 FOR UPDATE";
        if (await ReadPartAsync(connection, next + " SKIP LOCKED", cancellation) is { } free)
            return free;
        while (await AnyLeftAsync(connection, cancellation))
            // gives the part if whoever had it died, and nothing if it was finished
            if (await ReadPartAsync(connection, next, cancellation) is { } left)
                return left;
        return null;
    }

    /// <summary>Notes a claimed part as done, in the transaction that has done it.</summary>
    public Task FinishPartAsync(
        NpgsqlConnection connection,
        RecomputePart part,
        DateTimeOffset now,
        int households,
        int changes,
        int[] setAside,
        CancellationToken cancellation
    ) =>
        ExecuteAsync(
            connection,
            "UPDATE recompute_part SET done_at = $3, households = $4, changes = $5, set_aside = $6 WHERE run = $1 AND first = $2",
            cancellation,
            Id,
            part.First,
            now.UtcDateTime,
            households,
            changes,
            setAside
        );

    /// <summary>Notes the run as finished if it is; several may do so.</summary>
    public async Task FinishAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellation) =>
        await ExecuteAsync(
            connection,
            """
            UPDATE recompute_run SET finished_at = COALESCE(finished_at, $2)
            WHERE id = $1 AND NOT EXISTS (SELECT FROM recompute_part WHERE run = $1 AND done_at IS NULL)
            """,
            cancellation,
            Id,
            now.UtcDateTime
        );

    public async Task<RecomputeProgress> ProgressAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = connection.Command(
            """
            SELECT count(*), count(done_at), COALESCE(sum(households), 0), COALESCE(sum(changes), 0),
              COALESCE(sum(cardinality(set_aside)), 0)
            FROM recompute_part WHERE run = $1
            """,
            Id
        );
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellation);
        await reader.ReadAsync(cancellation);
        return new RecomputeProgress(
            (int)reader.GetInt64(0),
            (int)reader.GetInt64(1),
            reader.GetInt64(2),
            reader.GetInt64(3),
            reader.GetInt64(4)
        );
    }

    /// <summary>The ids of some of the households that could not be worked out.</summary>
    public async Task<int[]> SetAsideAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = connection.Command(
            "SELECT ARRAY(SELECT unnest(set_aside) AS household FROM recompute_part WHERE run = $1 ORDER BY household LIMIT $2)",
            Id,
            MaxNamed
        );
        return (int[])(await command.ExecuteScalarAsync(cancellation))!;
    }

    public async ValueTask DisposeAsync()
    {
        // The lock belongs to the session, and a pooled session lives on. If the connection is broken, the lock is gone already.
        if (_alive.FullState == ConnectionState.Open)
            await ExecuteAsync(_alive, "SELECT pg_advisory_unlock_shared($1, $2)", CancellationToken.None, LockKeys.RecomputeRun, Id);
        await _alive.DisposeAsync();
    }

    private static async Task<int?> FindAliveAsync(NpgsqlConnection connection, string rules, CancellationToken cancellation)
    {
        await using var find = connection.Command("SELECT id, rules FROM recompute_run WHERE finished_at IS NULL ORDER BY id DESC LIMIT 1");
        int id;
        string theirs;
        await using (var reader = await find.ExecuteReaderAsync(cancellation))
        {
            if (!await reader.ReadAsync(cancellation))
                return null;
            (id, theirs) = (reader.GetInt32(0), reader.GetString(1));
        }
        // whoever can have the lock alone is alone
        await using var isLeft = connection.Command("SELECT pg_try_advisory_xact_lock($1, $2)", LockKeys.RecomputeRun, id);
        if ((bool)(await isLeft.ExecuteScalarAsync(cancellation))!)
            return null;
        return theirs == rules
            ? id
            : throw new StartupException(
                $"A full recompute by other rules ({theirs}) is under way; this program works by {rules}. Wait for it, or give "
                    + "both the same protocols."
            );
    }

    private static async Task<int> BeginAsync(
        NpgsqlConnection connection,
        string rules,
        int partSize,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        // Of earlier runs, those that were left are removed, of the others all but the fact that they were.
        await ExecuteAsync(connection, "DELETE FROM recompute_run WHERE finished_at IS NULL", cancellation);
        await ExecuteAsync(connection, "DELETE FROM recompute_part", cancellation);
        await using var begin = connection.Command(
            """
            WITH begun AS (INSERT INTO recompute_run (rules, started_at) VALUES ($1, $2) RETURNING id),
            parts AS (
              INSERT INTO recompute_part (run, first, last)
              SELECT begun.id, first, first + $3 - 1
              -- from a multiple of the size on, so that parts and blocks of locks begin together
              FROM begun,
                (SELECT min(id) / $3 * $3 AS lowest, max(id) AS highest FROM household) h,
                generate_series(h.lowest, h.highest, $3) AS first
            )
            SELECT id FROM begun
            """,
            rules,
            now,
            partSize
        );
        return (int)(await begin.ExecuteScalarAsync(cancellation))!;
    }

    private async Task<bool> AnyLeftAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = connection.Command("SELECT EXISTS (SELECT FROM recompute_part WHERE run = $1 AND done_at IS NULL)", Id);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private async Task<RecomputePart?> ReadPartAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = connection.Command(sql, Id).Unlimited();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new RecomputePart(reader.GetInt32(0), reader.GetInt32(1)) : null;
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection,
        string sql,
        CancellationToken cancellation,
        params SqlValue[] values
    )
    {
        await using var command = connection.Command(sql, values).Unlimited();
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
