using System.Text.Json.Nodes;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Access;

/// <summary>Something that was done.</summary>
/// <param name="Action">Such as <c>grant</c> or <c>POST /api/facts</c>.</param>
/// <param name="Subject">What it was done to: an account, a path. Never anything personal.</param>
/// <param name="Origin">An address, or the console.</param>
/// <param name="Purpose">What a look at personal data was for.</param>
public sealed record AuditEntry(
    string Account,
    string Action,
    string Subject,
    string Origin,
    string? Purpose = null,
    JsonObject? Details = null
)
{
    /// <summary>The holder of what is required of all accounts: never an account's name.</summary>
    public const string AllAccounts = "*";

    /// <summary>By whoever runs a verb.</summary>
    public static AuditEntry OfConsole(string action, string subject, JsonObject? details = null) =>
        new("console", action, subject, $"console of {Environment.UserName}", null, details);

    /// <summary>Writes it in the transaction of the change.</summary>
    /// <param name="holder">The account that was changed, or all, if any was: what it holds now is recorded with it.</param>
    public async Task AppendAsync(NpgsqlConnection connection, CancellationToken cancellation, string? holder = null)
    {
        await using var command = connection.Command(
            """
            INSERT INTO audit (at, account, action, subject, purpose, origin, details, holder, holds)
            VALUES (clock_timestamp(), $1, $2, $3, $4, $5, $6, $7, CASE WHEN $7 IS NOT NULL THEN access_held($7) END)
            """,
            Account,
            Action,
            Subject,
            Purpose,
            Origin,
            SqlValue.Json(Details?.ToJsonString()),
            holder
        );
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Writes several in the transaction of what was done.</summary>
    public static NpgsqlBatchCommand InBatch(IReadOnlyCollection<AuditEntry> entries) =>
        Sql.InBatch(
            """
            INSERT INTO audit (at, account, action, subject, purpose, origin, details)
            SELECT clock_timestamp(), * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[])
            """,
            entries.Select(entry => entry.Account).ToArray(),
            entries.Select(entry => entry.Action).ToArray(),
            entries.Select(entry => entry.Subject).ToArray(),
            entries.Select(entry => entry.Purpose).ToArray(),
            entries.Select(entry => entry.Origin).ToArray(),
            SqlValue.Json(entries.Select(entry => entry.Details?.ToJsonString()).ToArray())
        );
}
