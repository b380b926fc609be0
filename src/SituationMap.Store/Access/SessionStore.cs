using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Access;

/// <param name="Secret">Of the new session; null: the name, the password or the code is wrong, or the account is disabled, and
/// nobody is told which.</param>
/// <param name="NeedsCode">The password is right, and a code of the second factor is wanted as well.</param>
/// <param name="Wait">How long to wait before the next try; nothing was compared.</param>
public sealed record SignInResult(string? Secret, bool NeedsCode = false, TimeSpan? Wait = null);

/// <param name="Kind">session or token.</param>
/// <param name="UsedAt">To some minutes.</param>
/// <param name="Origin">The address where it was begun.</param>
/// <param name="Own">Whether it is the one that asks.</param>
public sealed record SessionRow(
    Guid Id,
    string Kind,
    DateTimeOffset CreatedAt,
    DateTimeOffset UsedAt,
    DateTimeOffset ExpiresAt,
    string Origin,
    bool Own
);

/// <summary>Signs people in and out. Whoever keeps in memory who may do what has to read it anew afterwards.</summary>
public sealed class SessionStore(NpgsqlDataSource database, SecondFactor factor)
{
    /// <summary>A working day; who stays longer signs in again.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromHours(12);

    /// <summary>Signs in.</summary>
    /// <param name="code">Of the second factor, where the account has one: a code, or a recovery code.</param>
    /// <param name="origin">Where the request comes from.</param>
    public async Task<SignInResult> SignInAsync(string name, string password, string? code, string origin, CancellationToken cancellation)
    {
        await using (var first = await database.OpenConnectionAsync(cancellation))
            if (await SignInTries.BeginAsync(first, name, origin, cancellation) is { } wait)
                return new SignInResult(null, Wait: wait);
        var (hash, isKnown, isClosed, takesCode) = await FindAsync(name, cancellation);
        // The work is done in any case: how long it takes tells nothing. No connection waits for it.
        var isRight = Passwords.Is(name, hash, password) && !isClosed;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (isRight && takesCode && string.IsNullOrEmpty(code))
        {
            await SignInTries.PassAsync(connection, name, origin, isIn: false, cancellation);
            await transaction.CommitAsync(cancellation);
            return new SignInResult(null, NeedsCode: true);
        }
        if (!isRight || (takesCode && !await factor.UseAsync(connection, name, code!, cancellation)))
        {
            // what was typed as a name may be a password: only names of accounts are recorded
            await new AuditEntry("nobody", "sign-in refused", isKnown ? name : "a name that no account has", origin).AppendAsync(
                connection,
                cancellation
            );
            await transaction.CommitAsync(cancellation);
            return new SignInResult(null);
        }
        var secret = Secret.Make();
        await using var begin = connection.Command(
            """
            WITH gone AS (DELETE FROM credential WHERE account = $1 AND expires_at < now() AND kind <> 'key')
            INSERT INTO credential (hash, account, kind, expires_at, origin) VALUES ($2, $1, 'session', now() + $3, $4)
            """,
            name,
            Secret.Hash(secret),
            Lasts,
            origin
        );
        await begin.ExecuteNonQueryAsync(cancellation);
        await SignInTries.PassAsync(connection, name, origin, isIn: true, cancellation);
        await new AuditEntry(name, "sign-in", name, origin).AppendAsync(connection, cancellation);
        await transaction.CommitAsync(cancellation);
        return new SignInResult(secret);
    }

    /// <summary>Whether it is the account's password, asked of whoever is signed in already; not null: he has to wait before.</summary>
    public Task<(bool IsRight, TimeSpan? Wait)> CheckAsync(string name, string password, string origin, CancellationToken cancellation) =>
        TryAsync(name, origin, async _ => Passwords.Is(name, (await FindAsync(name, cancellation)).Hash, password), cancellation);

    /// <summary>The same of a code of its second factor, which it uses up.</summary>
    public Task<(bool IsRight, TimeSpan? Wait)> CheckCodeAsync(string name, string code, string origin, CancellationToken cancellation) =>
        TryAsync(name, origin, connection => factor.UseAsync(connection, name, code, cancellation), cancellation);

    private async Task<(bool IsRight, TimeSpan? Wait)> TryAsync(
        string name,
        string origin,
        Func<NpgsqlConnection, Task<bool>> check,
        CancellationToken cancellation
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (await SignInTries.BeginAsync(connection, name, origin, cancellation) is { } wait)
            return (false, wait);
        var isRight = await check(connection);
        if (isRight)
            await SignInTries.PassAsync(connection, name, origin, isIn: true, cancellation);
        return (isRight, null);
    }

    /// <summary>The account's sessions and tokens that have not ended, the newest first.</summary>
    public async Task<SessionRow[]> ListAsync(string account, UInt128 own, TimeSpan idle, CancellationToken cancellation)
    {
        await using var command = database.Command(
            """
            SELECT id, kind, created_at, used_at, expires_at, origin, substring(hash FOR 16) = $2 FROM credential
            WHERE account = $1 AND kind <> 'key' AND NOT ended AND expires_at > now() AND (kind = 'token' OR used_at > now() - $3)
            ORDER BY created_at DESC, id
            """,
            account,
            Secret.Begin(own),
            idle
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new SessionRow(
                row.GetGuid(0),
                row.GetString(1),
                row.InstantOrNull(2)!.Value,
                row.InstantOrNull(3)!.Value,
                row.InstantOrNull(4)!.Value,
                row.GetString(5),
                row.GetBoolean(6)
            ),
            cancellation
        );
    }

    /// <summary>Ends sessions and tokens of an account; gives how many.</summary>
    /// <param name="id">Only this one; null: all others than his own.</param>
    public async Task<int> EndAsync(string account, Guid? id, UInt128 own, AuditEntry entry, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var end = connection.Command(
            """
            WITH meant AS (
              SELECT id, kind FROM credential
              WHERE account = $1 AND kind <> 'key' AND NOT ended AND CASE WHEN $2 IS NULL THEN substring(hash FOR 16) <> $3 ELSE id = $2 END
            ), gone AS (
              DELETE FROM credential c USING meant m WHERE c.id = m.id AND m.kind = 'session' RETURNING c.id
            ), stopped AS (
              UPDATE credential c SET ended = true FROM meant m WHERE c.id = m.id AND m.kind = 'token' RETURNING c.id
            )
            SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM stopped)
            """,
            account,
            id,
            Secret.Begin(own)
        );
        var ended = (int)(long)(await end.ExecuteScalarAsync(cancellation))!;
        if (ended == 0)
            return 0;
        await entry.AppendAsync(connection, cancellation);
        await transaction.CommitAsync(cancellation);
        return ended;
    }

    /// <summary>Keeps when sessions were last used.</summary>
    /// <param name="used">By the first half of the hash of each.</param>
    public async Task KeepUseAsync(IReadOnlyCollection<(UInt128 Key, DateTimeOffset At)> used, CancellationToken cancellation)
    {
        await using var command = database.Command(
            """
            UPDATE credential c SET used_at = u.at FROM unnest($1::bytea[], $2::timestamptz[]) AS u (key, at)
            WHERE substring(c.hash FOR 16) = u.key AND c.used_at < u.at
            """,
            used.Select(one => Secret.Begin(one.Key)).ToArray(),
            SqlValue.Instants(used.Select(one => (DateTimeOffset?)one.At))
        );
        await command.ExecuteNonQueryAsync(cancellation);
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

    /// <summary>Keeps a token of the authority at its first use, so that it can be listed, and ended before it runs out.</summary>
    public async Task BindTokenAsync(string token, string account, DateTimeOffset expiresAt, string origin, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var bind = connection.Command(
            """
            INSERT INTO credential (hash, account, kind, expires_at, origin) SELECT $2, name, 'token', $3, $4 FROM account WHERE name = $1
            ON CONFLICT (hash) DO NOTHING
            """,
            account,
            Secret.HashToken(token),
            expiresAt,
            origin
        );
        if (await bind.ExecuteNonQueryAsync(cancellation) == 0)
            return;
        await new AuditEntry(account, "sign-in by token", account, origin).AppendAsync(connection, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private async Task<(string? Hash, bool IsKnown, bool IsClosed, bool TakesCode)> FindAsync(string name, CancellationToken cancellation)
    {
        await using var find = database.Command(
            """
            SELECT a.password, a.disabled, COALESCE(f.confirmed, false)
            FROM account a LEFT JOIN second_factor f ON f.account = a.name WHERE a.name = $1
            """,
            name
        );
        await using var reader = await find.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? (reader.TextOrNull(0), true, reader.GetBoolean(1), reader.GetBoolean(2))
            : (null, false, true, false);
    }
}
