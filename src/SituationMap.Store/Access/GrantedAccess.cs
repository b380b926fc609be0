using System.Data;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Access;

public sealed record StoredGrant(string Account, string Role, string? Grid, DateTimeOffset? ExpiresAt, GuardedCheckpoint? Checkpoint);

/// <param name="Kind">session, key or token.</param>
/// <param name="Role">It has only this one of its account's roles; null: all of them.</param>
/// <param name="Grid">It reaches only this grid and those below; null: as far as its account.</param>
/// <param name="Gateway">A key that passes on what others report.</param>
/// <param name="Ended">A token that opens nothing any more.</param>
/// <param name="UsedAt">To some minutes.</param>
public sealed record StoredCredential(
    byte[] Hash,
    string Account,
    string Kind,
    string? Role,
    string? Grid,
    DateTimeOffset ExpiresAt,
    bool Gateway,
    bool Ended,
    DateTimeOffset UsedAt
);

/// <summary>Everything that says who may do what as of one moment: of disabled accounts nothing.</summary>
/// <param name="Version">Grows with every change of it.</param>
/// <param name="Enrolled">The accounts with a second factor.</param>
/// <param name="SecondFactorRoles">The roles that hold in a session only where the account has one.</param>
public sealed record GrantedAccess(
    long Version,
    string[] Accounts,
    StoredGrant[] Grants,
    StoredCredential[] Credentials,
    string[] Enrolled,
    string[] SecondFactorRoles
)
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
                    SELECT g.account, g.role, g.grid, g.expires_at, g.checkpoint, g.from_time, g.to_time
                    FROM access_grant g JOIN account a ON a.name = g.account WHERE NOT a.disabled
                    """
                ),
                Sql.InBatch(
                    """
                    SELECT c.hash, c.account, c.kind, c.role, c.grid, c.expires_at, c.gateway, c.ended, c.used_at
                    FROM credential c JOIN account a ON a.name = c.account WHERE NOT a.disabled AND c.expires_at > now()
                    """
                ),
                Sql.InBatch("SELECT account FROM second_factor WHERE confirmed"),
                Sql.InBatch("SELECT role FROM second_factor_role"),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var version = reader.GetInt64(0);
        await reader.NextResultAsync(cancellation);
        var accounts = await reader.ReadAllAsync(row => row.GetString(0), cancellation);
        await reader.NextResultAsync(cancellation);
        var grants = await reader.ReadAllAsync(
            row => new StoredGrant(
                row.GetString(0),
                row.GetString(1),
                row.TextOrNull(2),
                row.InstantOrNull(3),
                row.TextOrNull(4) is { } checkpoint ? new GuardedCheckpoint(checkpoint, TimeOrNull(row, 5), TimeOrNull(row, 6)) : null
            ),
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
                row.InstantOrNull(5)!.Value,
                row.GetBoolean(6),
                row.GetBoolean(7),
                row.InstantOrNull(8)!.Value
            ),
            cancellation
        );
        await reader.NextResultAsync(cancellation);
        var enrolled = await reader.ReadAllAsync(row => row.GetString(0), cancellation);
        await reader.NextResultAsync(cancellation);
        var roles = await reader.ReadAllAsync(row => row.GetString(0), cancellation);
        return new GrantedAccess(version, accounts, grants, credentials, enrolled, roles);
    }

    private static TimeOnly? TimeOrNull(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<TimeOnly>(column);

    /// <summary>The version there is now.</summary>
    public static async Task<long> VersionAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.Command(CurrentVersion);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
