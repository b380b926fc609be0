using System.Text.Json;
using Npgsql;
using SituationMap.Core;
using SituationMap.Store.Database;

namespace SituationMap.Store.Access;

/// <summary>One row of the audit record.</summary>
public sealed record AuditRow(
    long Id,
    DateTimeOffset At,
    string Account,
    string Action,
    string Subject,
    string? Purpose,
    string Origin,
    [property: Schema("Object")] JsonElement? Details
);

/// <summary>The audit record.</summary>
public sealed class AuditStore(NpgsqlDataSource database)
{
    /// <summary>The newest rows first.</summary>
    /// <param name="account">Only of this account, and so on; null: of any.</param>
    /// <param name="before">Only rows with a lower id.</param>
    public async Task<AuditRow[]> ListAsync(
        string? account,
        string? action,
        string? subject,
        long before,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var command = database.Command(
            """
            SELECT id, at, account, action, subject, purpose, origin, details FROM audit
            WHERE ($1 IS NULL OR account = $1) AND ($2 IS NULL OR action = $2) AND ($3 IS NULL OR subject = $3) AND id < $4
            ORDER BY id DESC LIMIT $5
            """,
            account,
            action,
            subject,
            before,
            limit
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new AuditRow(
                row.GetInt64(0),
                row.InstantOrNull(1)!.Value,
                row.GetString(2),
                row.GetString(3),
                row.GetString(4),
                row.TextOrNull(5),
                row.GetString(6),
                row.IsDBNull(7) ? null : row.GetFieldValue<JsonElement>(7)
            ),
            cancellation
        );
    }

    /// <summary>Adds an entry by itself; it is durable when this returns.</summary>
    public async Task AppendAsync(AuditEntry entry, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await entry.AppendAsync(connection, cancellation);
    }
}
