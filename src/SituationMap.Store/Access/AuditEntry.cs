using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

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
    private const string Sql =
        "INSERT INTO audit (at, account, action, subject, purpose, origin, details) VALUES (clock_timestamp(), $1, $2, $3, $4, $5, $6)";

    /// <summary>By whoever runs a verb.</summary>
    public static AuditEntry OfConsole(string action, string subject, JsonObject? details = null) =>
        new("console", action, subject, $"console of {Environment.UserName}", null, details);

    /// <summary>Writes it in the transaction of the change.</summary>
    public async Task AppendAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        Bind(command);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Writes it by itself; durable when this returns.</summary>
    public async Task AppendAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Sql);
        Bind(command);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private void Bind(NpgsqlCommand command)
    {
        foreach (var text in (string?[])[Account, Action, Subject, Purpose, Origin])
            command.Parameters.Add(new() { Value = text ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = Details?.ToJsonString() ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb });
    }
}
