using System.Data;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Access;

public sealed record StoredGrant(string Account, string Role, string? Grid, DateTimeOffset? ExpiresAt);

/// <param name="Kind">session or key.</param>
/// <param name="Role">It has only this one of its account's roles; null: all of them.</param>
/// <param name="Grid">It reaches only this grid and those below; null: as far as its account.</param>
public sealed record StoredCredential(byte[] Hash, string Account, string Kind, string? Role, string? Grid, DateTimeOffset ExpiresAt);

/// <summary>Everything that says who may do what as of one moment: of disabled accounts nothing.</summary>
/// <param name="Version">Grows with every change of it.</param>
public sealed record GrantedAccess(long Version, string[] Accounts, StoredGrant[] Grants, StoredCredential[] Credentials)
{
    private const string CurrentVersion = "SELECT version FROM access_version";

    public static async Task<GrantedAccess> ReadAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // all of them as of one moment: who is disabled between two of them has no account and yet a key
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.InBatch(CurrentVersion),
                Sql.InBatch("SELECT name FROM account WHERE NOT disabled"),
                Sql.InBatch(
                    """
                    SELECT g.account, g.role, g.grid, g.expires_at
                    FROM access_grant g JOIN account a ON a.name = g.account WHERE NOT a.disabled
                    """
                ),
                Sql.InBatch(
                    """
                    SELECT c.hash, c.account, c.kind, c.role, c.grid, c.expires_at
                    FROM credential c JOIN account a ON a.name = c.account WHERE NOT a.disabled AND c.expires_at > now()
                    """
                ),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var version = reader.GetInt64(0);
        await reader.NextResultAsync(cancellation);
        var accounts = await reader.ReadAllAsync(row => row.GetString(0), cancellation);
        await reader.NextResultAsync(cancellation);
        var grants = await reader.ReadAllAsync(
            row => new StoredGrant(row.GetString(0), row.GetString(1), row.TextOrNull(2), row.InstantOrNull(3)),
            cancellation
        );
        await reader.NextResultAsync(cancellation);
        var credentials = await reader.ReadAllAsync(
            row => new StoredCredential(
                row.GetFieldValue<byte[]>(0),
                row.GetString(1),
                row.GetString(2),
                row.TextOrNull(3),
                row.TextOrNull(4),
                row.InstantOrNull(5)!.Value
            ),
            cancellation
        );
        return new GrantedAccess(version, accounts, grants, credentials);
    }

    /// <summary>The version there is now.</summary>
    public static async Task<long> VersionAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.Command(CurrentVersion);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
