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

/// <summary>Which account brought a fact.</summary>
/// <param name="Account">Null: of before accounts were kept.</param>
/// <param name="AccountKind">By what it had made itself known: local, session, key or token.</param>
/// <param name="Hands">Of an override: the accounts that had had a hand in that one by then.</param>
public sealed record FactOrigin(
    Guid Id,
    string Kind,
    DateTimeOffset At,
    DateTimeOffset ReceivedAt,
    string Source,
    string? Account,
    string? AccountKind,
    IReadOnlyList<string>? Hands
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

    /// <summary>Null: there is no such fact.</summary>
    public async Task<FactOrigin?> FindFactAsync(Guid id, CancellationToken cancellation)
    {
        await using var command = database.Command(
            "SELECT kind::text, at, received_at, source, account, account_kind, hands FROM fact WHERE id = $1",
            id
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new FactOrigin(
                id,
                reader.GetString(0),
                reader.InstantOrNull(1)!.Value,
                reader.InstantOrNull(2)!.Value,
                reader.GetString(3),
                reader.TextOrNull(4),
                reader.TextOrNull(5),
                reader.IsDBNull(6) ? null : reader.GetFieldValue<string[]>(6)
            )
            : null;
    }

    /// <summary>Adds an entry by itself; it is durable when this returns.</summary>
    public async Task AppendAsync(AuditEntry entry, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await entry.AppendAsync(connection, cancellation);
    }
}
