using Npgsql;
using SituationMap.Store.Access;
using SituationMap.Store.Database;

namespace SituationMap.Store.Persons;

/// <param name="Household">The code of the household.</param>
/// <param name="Born">The year.</param>
public sealed record PersonRow(int Id, string Code, string Household, string Grid, int? Born, string? Sex, PersonDetails Details);

/// <summary>Reads and writes what is known of persons. Whoever calls it has asked for the right and recorded the purpose.</summary>
public sealed class PersonStore(NpgsqlDataSource database, PersonVault vault)
{
    private const string Select = """
        SELECT p.id, p.code, h.code, replace(ltree2text(p.grid), '.', '-'), p.born, p.sex, d.generation, d.name, d.phone, d.number
        FROM person p
        JOIN household h ON h.id = p.household
        -- LEFT JOIN is intentional: of most persons nothing more is known
        LEFT JOIN person_detail d ON d.person = p.id
        """;

    /// <summary>The known members of a household, in the order in which they became known.</summary>
    public Task<PersonRow[]> MembersAsync(string household, Scope scope, CancellationToken cancellation) =>
        ReadAsync($"{Select} WHERE h.code = $1 AND {Scope.Sql("p.grid", "$2")} ORDER BY p.id", cancellation, household, scope.Paths);

    /// <summary>Null: there is none of that code within the scope.</summary>
    public async Task<PersonRow?> FindAsync(string code, Scope scope, CancellationToken cancellation) =>
        (await ReadAsync($"{Select} WHERE p.code = $1 AND {Scope.Sql("p.grid", "$2")}", cancellation, code, scope.Paths)).FirstOrDefault();

    /// <summary>Those of exactly that name, phone or number.</summary>
    /// <param name="field">One of <see cref="PersonDetails.Fields"/>.</param>
    public Task<PersonRow[]> SearchAsync(string field, string value, Scope scope, int most, CancellationToken cancellation) =>
        ReadAsync(
            // the field is one of three literals of ours
            $"{Select} WHERE d.{field}_index = ANY ($1) AND {Scope.Sql("p.grid", "$2")} ORDER BY p.id LIMIT $3",
            cancellation,
            vault.Indexes(field, value),
            scope.Paths,
            most
        );

    /// <summary>Puts what is known in the place of what was known. False: there is no such person within the scope.</summary>
    public async Task<bool> PutAsync(string code, PersonDetails details, Scope scope, AuditEntry entry, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var sealer = await vault.SealerAsync(connection, cancellation);
        await using var put = connection.Command(
            $"""
            INSERT INTO person_detail (person, generation, name, name_index, phone, phone_index, number, number_index, changed_at)
            SELECT id, $3, $4, $5, $6, $7, $8, $9, clock_timestamp() FROM person WHERE code = $1 AND {Scope.Sql("grid", "$2")}
            ON CONFLICT (person) DO UPDATE SET generation = EXCLUDED.generation, name = EXCLUDED.name, name_index = EXCLUDED.name_index,
              phone = EXCLUDED.phone,
              phone_index = EXCLUDED.phone_index, number = EXCLUDED.number, number_index = EXCLUDED.number_index,
              changed_at = EXCLUDED.changed_at
            """,
            [code, scope.Paths, sealer.Generation, .. PersonDetails.Fields.SelectMany(Sealed)]
        );
        SqlValue[] Sealed(string field) =>
            details.Of(field) is { } value ? [sealer.Seal(value, field, code), sealer.Index(field, value)] : [(byte[]?)null, (byte[]?)null];
        if (await put.ExecuteNonQueryAsync(cancellation) == 0)
            return false;
        await entry.AppendAsync(connection, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    private async Task<PersonRow[]> ReadAsync(string sql, CancellationToken cancellation, params SqlValue[] values)
    {
        await using var command = database.Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row =>
            {
                var code = row.GetString(1);
                string? Open(int column, string field) =>
                    row.IsDBNull(column) ? null : vault.Open(row.GetInt32(6), row.GetFieldValue<byte[]>(column), field, code);
                return new PersonRow(
                    row.GetInt32(0),
                    code,
                    row.GetString(2),
                    row.GetString(3),
                    row.IsDBNull(4) ? null : row.GetInt16(4),
                    row.TextOrNull(5),
                    new PersonDetails(
                        Open(7, PersonDetails.NameField),
                        Open(8, PersonDetails.PhoneField),
                        Open(9, PersonDetails.NumberField)
                    )
                );
            },
            cancellation
        );
    }
}
