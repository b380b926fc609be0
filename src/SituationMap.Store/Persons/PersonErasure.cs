using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Npgsql;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Settings;

namespace SituationMap.Store.Persons;

/// <summary>Erases what is known of persons: of one who asks for it, or of all whose time is over. Each leaves a row in the audit record,
/// in the same transaction.</summary>
public sealed class PersonErasure(NpgsqlDataSource database, PersonVault vault, SituationMapOptions options, TimeProvider clock)
{
    private const int BatchSize = 1_000;

    /// <summary>
    /// Erases one person: name, phone, number, year of birth, sex, and what people wrote about him. His code becomes a random one, so that
    /// what was reported, on which the household's status rests, is about somebody whom nobody knows. Null: there is no such person; else
    /// the new code.
    /// </summary>
    /// <param name="entry">The proof; what was erased is added to it.</param>
    public async Task<string?> EraseAsync(string code, Func<string, JsonObject, AuditEntry> entry, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var unknown = $"X-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        await using var erase = connection.Command(
            """
            WITH who AS (SELECT id FROM person WHERE code = $1 FOR UPDATE),
                 details AS (DELETE FROM person_detail USING who WHERE person = who.id RETURNING 1),
                 reasons AS (DELETE FROM fact_text t USING fact f, who WHERE f.id = t.fact AND f.person = who.id RETURNING 1),
                 person AS (UPDATE person p SET code = $2, born = NULL, sex = NULL FROM who WHERE p.id = who.id)
            SELECT (SELECT count(*) FROM details), (SELECT count(*) FROM reasons), (SELECT count(*) FROM fact f
              WHERE f.person = who.id) FROM who
            """,
            code,
            unknown
        );
        JsonObject proof;
        await using (var reader = await erase.ExecuteReaderAsync(cancellation))
        {
            if (!await reader.ReadAsync(cancellation))
                return null;
            // whoever knows the code can have it compared; nobody learns it from that
            proof = new JsonObject
            {
                ["was"] = vault.Stand(code),
                ["details"] = reader.GetInt64(0),
                ["reasons"] = reader.GetInt64(1),
                ["reports left without a name"] = reader.GetInt64(2),
            };
        }
        await entry(unknown, proof).AppendAsync(connection, cancellation);
        await transaction.CommitAsync(cancellation);
        return unknown;
    }

    /// <summary>Erases whatever is past its time, in batches.</summary>
    public async Task<(int Persons, int Reasons)> EraseWhatIsOverAsync(CancellationToken cancellation)
    {
        var (persons, reasons) = (0, 0);
        if (options.Retention.Persons > 0)
        {
            persons = await EraseAllAsync(
                "names, phones and identity numbers",
                options.Retention.Persons,
                """
                DELETE FROM person_detail WHERE person IN (
                  SELECT d.person FROM person_detail d JOIN person p ON p.id = d.person
                  WHERE d.changed_at < $1
                    AND NOT EXISTS (SELECT FROM household_status s WHERE s.household = p.household AND s.status <> 'healthy')
                    AND NOT EXISTS (SELECT FROM fact f WHERE f.household = p.household AND f.received_at >= $1)
                  LIMIT $2)
                """,
                cancellation
            );
        }
        if (options.Retention.Reasons > 0)
            reasons = await EraseAllAsync(
                "reasons",
                options.Retention.Reasons,
                "DELETE FROM fact_text WHERE fact IN (SELECT fact FROM fact_text WHERE made_at < $1 LIMIT $2)",
                cancellation
            );
        return (persons, reasons);
    }

    private async Task<int> EraseAllAsync(string what, int days, string sql, CancellationToken cancellation)
    {
        var (total, before) = (0, clock.GetUtcNow().AddDays(-days));
        var erased = BatchSize;
        while (erased == BatchSize)
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await using var erase = connection.Command(sql, before, BatchSize);
            erased = await erase.ExecuteNonQueryAsync(cancellation);
            total += erased;
            if (erased == 0)
                break;
            await new AuditEntry(
                "retention",
                "erase",
                what,
                "this server",
                Details: new JsonObject { ["rows"] = erased, ["before"] = before }
            ).AppendAsync(connection, cancellation);
            await transaction.CommitAsync(cancellation);
        }
        return total;
    }
}
