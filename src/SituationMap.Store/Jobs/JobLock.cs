using System.Data;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Jobs;

/// <summary>
/// Holds an advisory lock on a connection of its own, for as long as it is not disposed and its process lives: unlike a row, it never
/// outlives a crash.
/// </summary>
public sealed class JobLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly int _what;
    private readonly string _which;

    private JobLock(NpgsqlConnection connection, int what, string which) => (_connection, _what, _which) = (connection, what, which);

    /// <summary>Takes it; null: somebody has it.</summary>
    /// <param name="what">One of <see cref="LockKeys"/> that takes a second number.</param>
    /// <param name="which">The name or id whose hash is that number.</param>
    public static async Task<JobLock?> TryTakeAsync(NpgsqlDataSource connections, int what, string which, CancellationToken cancellation)
    {
        var connection = await connections.OpenConnectionAsync(cancellation);
        try
        {
            await using var take = connection.Command("SELECT pg_try_advisory_lock($1, hashtext($2))", what, which);
            if ((bool)(await take.ExecuteScalarAsync(cancellation))!)
                return new JobLock(connection, what, which);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
        await connection.DisposeAsync();
        return null;
    }

    /// <summary>Takes it as soon as nobody has it.</summary>
    /// <inheritdoc cref="TryTakeAsync" path="/param"/>
    public static async Task<JobLock> TakeAsync(NpgsqlDataSource connections, int what, string which, CancellationToken cancellation)
    {
        var connection = await connections.OpenConnectionAsync(cancellation);
        try
        {
            await using var take = connection.Command("SELECT pg_advisory_lock($1, hashtext($2))", what, which).Unlimited();
            await take.ExecuteNonQueryAsync(cancellation);
            return new JobLock(connection, what, which);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The lock belongs to the session, and a pooled session lives on. If the connection is broken, the lock is gone already.
        if (_connection.FullState == ConnectionState.Open)
        {
            await using var free = _connection.Command("SELECT pg_advisory_unlock($1, hashtext($2))", _what, _which);
            await free.ExecuteNonQueryAsync(CancellationToken.None);
        }
        await _connection.DisposeAsync();
    }
}
