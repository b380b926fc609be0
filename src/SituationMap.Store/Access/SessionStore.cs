using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Access;

/// <summary>Signs people in and out. Whoever keeps in memory who may do what has to read it anew afterwards.</summary>
public sealed class SessionStore(NpgsqlDataSource database)
{
    /// <summary>A working day; who stays longer signs in again.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromHours(12);

    /// <summary>So many wrong passwords, and the account is locked for a while: then fewer than a thousand can be tried in a day.</summary>
    private const int MaxFailures = 10;
    private static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(15);

    /// <summary>A new session's secret; null: the name or the password is wrong, or the account is disabled or locked, and nobody is told
    /// which.</summary>
    /// <param name="origin">Where the request comes from, for the audit record.</param>
    public async Task<string?> SignInAsync(string name, string password, string origin, CancellationToken cancellation)
    {
        var (hash, isKnown, isClosed) = await FindAsync(name, cancellation);
        // The work is done in any case: how long it takes tells nothing. No connection waits for it.
        var isRight = AccountStore.IsPassword(name, hash, password);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (!isRight || isClosed)
        {
            // what was typed as a name may be a password: only names of accounts are recorded
            if (!isKnown || await CountFailureAsync(connection, name, cancellation))
                await new AuditEntry("nobody", "sign-in refused", isKnown ? name : "a name that no account has", origin).AppendAsync(
                    connection,
                    cancellation
                );
            return null;
        }
        var secret = Secret.Make();
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var begin = connection.Command(
            """
            WITH forgiven AS (UPDATE account SET failures = 0, locked_until = NULL WHERE name = $1),
                 gone AS (DELETE FROM credential WHERE account = $1 AND expires_at < now())
            INSERT INTO credential (hash, account, kind, expires_at) VALUES ($2, $1, 'session', now() + $3)
            """,
            name,
            Secret.Hash(secret),
            Lasts
        );
        await begin.ExecuteNonQueryAsync(cancellation);
        await new AuditEntry(name, "sign-in", name, origin).AppendAsync(connection, cancellation);
        await transaction.CommitAsync(cancellation);
        return secret;
    }

    public async Task SignOutAsync(string secret, string origin, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var end = connection.Command(
            "DELETE FROM credential WHERE hash = $1 AND kind = 'session' RETURNING account",
            Secret.Hash(secret)
        );
        if (await end.ExecuteScalarAsync(cancellation) is string account)
            await new AuditEntry(account, "sign-out", account, origin).AppendAsync(connection, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private async Task<(string? Hash, bool IsKnown, bool IsClosed)> FindAsync(string name, CancellationToken cancellation)
    {
        await using var find = database.Command(
            "SELECT password, disabled OR locked_until > now() IS TRUE FROM account WHERE name = $1",
            name
        );
        await using var reader = await find.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? (reader.TextOrNull(0), true, reader.GetBoolean(1)) : (null, false, true);
    }

    /// <summary>False: the account is locked, and nothing more is counted.</summary>
    private static async Task<bool> CountFailureAsync(NpgsqlConnection connection, string name, CancellationToken cancellation)
    {
        await using var count = connection.Command(
            """
            UPDATE account SET failures = CASE WHEN failures + 1 >= $2 THEN 0 ELSE failures + 1 END,
                               locked_until = CASE WHEN failures + 1 >= $2 THEN now() + $3 ELSE locked_until END
            WHERE name = $1 AND locked_until > now() IS NOT TRUE
            """,
            name,
            MaxFailures,
            LockedFor
        );
        return await count.ExecuteNonQueryAsync(cancellation) > 0;
    }
}
