using System.Data;
using Microsoft.AspNetCore.Identity;
using Npgsql;
using SituationMap.Core;
using SituationMap.Store.Database;

namespace SituationMap.Store.Access;

public sealed record GrantResponse(Guid Id, string Role, string? Grid, DateTimeOffset? ExpiresAt);

public sealed record AccountResponse(
    string Name,
    bool HasPassword,
    bool Disabled,
    DateTimeOffset? LockedUntil,
    IReadOnlyList<GrantResponse> Grants
);

/// <param name="Role">It has only this one of its account's roles; null: all of them.</param>
/// <param name="Grid">It reaches only this grid and those below; null: as far as its account.</param>
public sealed record KeyResponse(
    Guid Id,
    string Account,
    string Label,
    string? Role,
    string? Grid,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt
);

/// <summary>Changes accounts, what is granted to them, and their keys; each change and its row in the audit record are one
/// transaction.</summary>
public sealed class AccountStore(NpgsqlDataSource database)
{
    public const int ShortestPassword = 10;

    private static readonly PasswordHasher<string> Hasher = new();

    public static string HashPassword(string account, string password) => Hasher.HashPassword(account, password);

    /// <summary>Whether the password is right; of an account without one, or of none, only after as much work.</summary>
    public static bool IsPassword(string account, string? hash, string password) =>
        Hasher.VerifyHashedPassword(account, hash ?? NobodysHash.Value, password) != PasswordVerificationResult.Failed && hash is not null;

    private static readonly Lazy<string> NobodysHash = new(() => Hasher.HashPassword("", Secret.Make()));

    public static Fault? CheckPassword(string? password) =>
        password is { Length: >= ShortestPassword and <= 200 }
            ? null
            : new Fault("password-weak", "password", $"{ShortestPassword} to 200 characters");

    public async Task<IReadOnlyList<AccountResponse>> ListAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // what is granted to an account as of the moment that it is listed
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.InBatch("SELECT id, account, role, grid, expires_at FROM access_grant ORDER BY account, role, grid"));
        batch.BatchCommands.Add(
            Sql.InBatch(
                """
                SELECT name, password IS NOT NULL, disabled, CASE WHEN locked_until > now() THEN locked_until END
                FROM account ORDER BY name
                """
            )
        );
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var grants = (
            await reader.ReadAllAsync(
                row =>
                    (
                        Account: row.GetString(1),
                        Grant: new GrantResponse(row.GetGuid(0), row.GetString(2), row.TextOrNull(3), row.InstantOrNull(4))
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
                [.. grants[row.GetString(0)]]
            ),
            cancellation
        );
    }

    public async Task<IReadOnlyList<KeyResponse>> ListKeysAsync(CancellationToken cancellation)
    {
        await using var command = database.Command(
            """
            SELECT id, account, label, role, grid, created_at, expires_at FROM credential
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
                row.InstantOrNull(6)!.Value
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
            password is null ? null : HashPassword(name, password)
        );

    /// <summary>Whether it may sign in; its sessions end when not. False: there is none of that name.</summary>
    public Task<bool> DisableAsync(string name, bool disabled, AuditEntry entry, CancellationToken cancellation) =>
        ChangeAsync(
            """
            WITH ended AS (DELETE FROM credential WHERE account = $1 AND kind = 'session' AND $2)
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
            WITH ended AS (DELETE FROM credential WHERE account = $1 AND kind = 'session')
            UPDATE account SET password = $2, failures = 0, locked_until = NULL WHERE name = $1
            """,
            entry,
            cancellation,
            name,
            HashPassword(name, password)
        );

    /// <summary>False: there is no such account.</summary>
    public Task<bool> GrantAsync(
        string name,
        Role role,
        string? grid,
        DateTimeOffset? expiresAt,
        AuditEntry entry,
        CancellationToken cancellation
    ) =>
        ChangeAsync(
            "INSERT INTO access_grant (account, role, grid, expires_at) SELECT name, $2, $3, $4 FROM account WHERE name = $1",
            entry,
            cancellation,
            name,
            role.Name,
            grid,
            expiresAt
        );

    /// <summary>False: the account has no such grant.</summary>
    public Task<bool> RevokeAsync(string name, Guid grant, AuditEntry entry, CancellationToken cancellation) =>
        ChangeAsync("DELETE FROM access_grant WHERE account = $1 AND id = $2", entry, cancellation, name, grant);

    /// <summary>Takes a role from an account, of one grid or of none. False: it has not been granted.</summary>
    public Task<bool> RevokeAsync(string name, string role, string? grid, AuditEntry entry, CancellationToken cancellation) =>
        ChangeAsync(
            "DELETE FROM access_grant WHERE account = $1 AND role = $2 AND grid IS NOT DISTINCT FROM $3",
            entry,
            cancellation,
            name,
            role,
            grid
        );

    /// <summary>The key, which nobody can see again; null: there is no such account.</summary>
    public async Task<string?> AddKeyAsync(
        string account,
        string label,
        string? role,
        string? grid,
        DateTimeOffset expiresAt,
        AuditEntry entry,
        CancellationToken cancellation
    )
    {
        var key = Secret.KeyPrefix + Secret.Make();
        var made = await ChangeAsync(
            """
            INSERT INTO credential (hash, account, kind, label, role, grid, expires_at)
            SELECT $2, name, 'key', $3, $4, $5, $6 FROM account WHERE name = $1
            """,
            entry,
            cancellation,
            account,
            Secret.Hash(key),
            label,
            role,
            grid,
            expiresAt
        );
        return made ? key : null;
    }

    /// <summary>False: there is none with that id.</summary>
    public Task<bool> RevokeKeyAsync(Guid id, AuditEntry entry, CancellationToken cancellation) =>
        ChangeAsync("DELETE FROM credential WHERE id = $1 AND kind = 'key'", entry, cancellation, id);

    /// <summary>What changes nothing leaves no row in the record.</summary>
    private async Task<bool> ChangeAsync(string sql, AuditEntry entry, CancellationToken cancellation, params SqlValue[] values)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var command = connection.Command(sql, values);
        if (await command.ExecuteNonQueryAsync(cancellation) == 0)
            return false;
        await entry.AppendAsync(connection, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }
}
