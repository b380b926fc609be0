using System.Data;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Access;

/// <summary>Changes accounts, what is granted to them, and their keys; each change and its row in the audit record are one
/// transaction.</summary>
public sealed class AccountStore(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<AccountResponse>> ListAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // what is granted to an account as of the moment that it is listed
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(
            Sql.InBatch(
                """
                SELECT id, account, role, grid, expires_at, checkpoint, to_char(from_time, 'HH24:MI'), to_char(to_time, 'HH24:MI')
                FROM access_grant ORDER BY account, role, grid, checkpoint
                """
            )
        );
        batch.BatchCommands.Add(
            Sql.InBatch(
                """
                SELECT a.name, a.password IS NOT NULL, a.disabled,
                  (SELECT max(t.waits_until) FROM sign_in_try t
                   WHERE t.name = sha256(convert_to(a.name, 'UTF8')) AND t.waits_until > now()),
                  COALESCE(f.confirmed, false),
                  -- a key counts as used when it is made
                  (SELECT max(c.used_at) FROM credential c
                   WHERE c.account = a.name AND (c.kind <> 'key' OR c.used_at > c.created_at))
                FROM account a LEFT JOIN second_factor f ON f.account = a.name ORDER BY a.name
                """
            )
        );
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var grants = (
            await reader.ReadAllAsync(
                row =>
                    (
                        Account: row.GetString(1),
                        Grant: new GrantResponse(
                            row.GetGuid(0),
                            row.GetString(2),
                            row.TextOrNull(3),
                            row.InstantOrNull(4),
                            row.TextOrNull(5),
                            row.TextOrNull(6),
                            row.TextOrNull(7)
                        )
                    ),
                cancellation
            )
        ).ToLookup(row => row.Account, row => row.Grant);
        await reader.NextResultAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new AccountResponse(
                row.GetString(0),
                row.GetBoolean(1),
                row.GetBoolean(2),
                row.InstantOrNull(3),
                row.GetBoolean(4),
                row.InstantOrNull(5),
                [.. grants[row.GetString(0)]]
            ),
            cancellation
        );
    }

    public async Task<IReadOnlyList<KeyResponse>> ListKeysAsync(CancellationToken cancellation)
    {
        await using var command = database.Command(
            """
            SELECT id, account, label, role, grid, created_at, expires_at, gateway FROM credential
            WHERE kind = 'key' AND expires_at > now() ORDER BY account, created_at
            """
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new KeyResponse(
                row.GetGuid(0),
                row.GetString(1),
                row.GetString(2),
                row.TextOrNull(3),
                row.TextOrNull(4),
                row.InstantOrNull(5)!.Value,
                row.InstantOrNull(6)!.Value,
                row.GetBoolean(7)
            ),
            cancellation
        );
    }

    /// <summary>False: there is one of that name.</summary>
    public Task<bool> AddAsync(string name, string? password, AuditEntry entry, CancellationToken cancellation) =>
        ChangeAsync(
            "INSERT INTO account (name, password) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            entry,
            cancellation,
            name,
            password is null ? null : Passwords.Hash(name, password)
        );

    /// <summary>Whether it may sign in; its sessions end when not. False: there is none of that name.</summary>
    public Task<bool> DisableAsync(string name, bool disabled, AuditEntry entry, CancellationToken cancellation) =>
        ChangeAsync(
            """
            WITH gone AS (DELETE FROM credential WHERE account = $1 AND kind = 'session' AND $2),
                 ended AS (UPDATE credential SET ended = true WHERE account = $1 AND kind = 'token' AND $2)
            UPDATE account SET disabled = $2 WHERE name = $1
            """,
            entry,
            cancellation,
            name,
            disabled
        );

    /// <summary>Sets a password, ends the account's sessions, and lets it try again. False: there is none of that name.</summary>
    public Task<bool> SetPasswordAsync(string name, string password, AuditEntry entry, CancellationToken cancellation) =>
        ChangeAsync(
            """
            WITH gone AS (DELETE FROM credential WHERE account = $1 AND kind = 'session'),
                 ended AS (UPDATE credential SET ended = true WHERE account = $1 AND kind = 'token')
            UPDATE account SET password = $2 WHERE name = $1
            """,
            entry,
            cancellation,
            name,
            Passwords.Hash(name, password)
        );

    /// <summary>The owner sets it himself: his other sessions end, and this one goes on.</summary>
    /// <param name="session">The secret of the session in which he does.</param>
    public Task<bool> ChangePasswordAsync(string name, string password, string session, AuditEntry entry, CancellationToken cancellation) =>
        ChangeAsync(
            """
            WITH gone AS (DELETE FROM credential WHERE account = $1 AND kind = 'session' AND hash <> $3),
                 ended AS (UPDATE credential SET ended = true WHERE account = $1 AND kind = 'token')
            UPDATE account SET password = $2 WHERE name = $1
            """,
            entry,
            cancellation,
            name,
            Passwords.Hash(name, password),
            Secret.Hash(session)
        );

    /// <summary>Takes the second factor away. False: there is none.</summary>
    public Task<bool> ResetSecondFactorAsync(string name, AuditEntry entry, CancellationToken cancellation) =>
        ChangeAsync("DELETE FROM second_factor WHERE account = $1", entry, cancellation, name);

    /// <summary>Which roles hold in a session only where the account has a second factor.</summary>
    public async Task<string[]> SecondFactorRolesAsync(CancellationToken cancellation)
    {
        await using var command = database.Command("SELECT role FROM second_factor_role ORDER BY role");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(row => row.GetString(0), cancellation);
    }

    /// <param name="roles">These, and no others.</param>
    public Task<bool> RequireSecondFactorAsync(string[] roles, AuditEntry entry, CancellationToken cancellation) =>
        ChangeHeldByAsync(
            AuditEntry.AllAccounts,
            """
            WITH gone AS (DELETE FROM second_factor_role WHERE role <> ALL ($1) RETURNING role),
                 made AS (INSERT INTO second_factor_role (role) SELECT unnest($1) ON CONFLICT DO NOTHING RETURNING role)
            UPDATE access_version SET version = version + 1
            """,
            entry,
            cancellation,
            roles
        );

    /// <summary>False: there is no such account.</summary>
    /// <param name="checkpoint">Of a guard.</param>
    public Task<bool> GrantAsync(
        string name,
        Role role,
        string? grid,
        DateTimeOffset? expiresAt,
        AuditEntry entry,
        CancellationToken cancellation,
        GuardedCheckpoint? checkpoint = null
    ) =>
        ChangeAsync(
            """
            INSERT INTO access_grant (account, role, grid, expires_at, checkpoint, from_time, to_time)
            SELECT name, $2, $3, $4, $5, $6::time, $7::time FROM account WHERE name = $1
            """,
            entry,
            cancellation,
            name,
            role.Name,
            grid,
            expiresAt,
            checkpoint?.Code,
            GuardedCheckpoint.TimeText(checkpoint?.From),
            GuardedCheckpoint.TimeText(checkpoint?.To)
        );

    /// <summary>False: the account has no such grant.</summary>
    public Task<bool> RevokeAsync(string name, Guid grant, AuditEntry entry, CancellationToken cancellation) =>
        ChangeAsync("DELETE FROM access_grant WHERE account = $1 AND id = $2", entry, cancellation, name, grant);

    /// <summary>Takes a role from an account, of one grid or checkpoint or of none. False: it has not been granted.</summary>
    public Task<bool> RevokeAsync(
        string name,
        string role,
        string? grid,
        AuditEntry entry,
        CancellationToken cancellation,
        string? checkpoint = null
    ) =>
        ChangeAsync(
            """
            DELETE FROM access_grant
            WHERE account = $1 AND role = $2 AND grid IS NOT DISTINCT FROM $3 AND checkpoint IS NOT DISTINCT FROM $4
            """,
            entry,
            cancellation,
            name,
            role,
            grid,
            checkpoint
        );

    /// <summary>The key, which nobody can see again; null: there is no such account.</summary>
    public async Task<string?> AddKeyAsync(
        string account,
        string label,
        string? role,
        string? grid,
        DateTimeOffset expiresAt,
        AuditEntry entry,
        CancellationToken cancellation,
        bool gateway = false
    )
    {
        var key = Secret.KeyPrefix + Secret.Make();
        var made = await ChangeAsync(
            """
            INSERT INTO credential (hash, account, kind, label, role, grid, expires_at, gateway)
            SELECT $2, name, 'key', $3, $4, $5, $6, $7 FROM account WHERE name = $1
            """,
            entry,
            cancellation,
            account,
            Secret.Hash(key),
            label,
            role,
            grid,
            expiresAt,
            gateway
        );
        return made ? key : null;
    }

    /// <summary>False: there is none with that id.</summary>
    public async Task<bool> RevokeKeyAsync(Guid id, AuditEntry entry, CancellationToken cancellation)
    {
        await using var find = database.Command("SELECT account FROM credential WHERE id = $1 AND kind = 'key'", id);
        return await find.ExecuteScalarAsync(cancellation) is string account
            && await ChangeHeldByAsync(account, "DELETE FROM credential WHERE id = $1 AND kind = 'key'", entry, cancellation, id);
    }

    /// <summary>What changes nothing leaves no row in the record.</summary>
    private Task<bool> ChangeAsync(string sql, AuditEntry entry, CancellationToken cancellation, params SqlValue[] values) =>
        ChangeHeldByAsync(entry.Subject, sql, entry, cancellation, values);

    /// <param name="holder">The account that it changes, or all.</param>
    private async Task<bool> ChangeHeldByAsync(
        string holder,
        string sql,
        AuditEntry entry,
        CancellationToken cancellation,
        params SqlValue[] values
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var command = connection.Command(sql, values);
        if (await command.ExecuteNonQueryAsync(cancellation) == 0)
            return false;
        await entry.AppendAsync(connection, cancellation, holder);
        await transaction.CommitAsync(cancellation);
        return true;
    }
}
