using Npgsql;
using SituationMap.Store.Access;
using SituationMap.Store.Database;

namespace SituationMap.Store.Persons;

/// <summary>Indexes persons anew whose names and numbers were indexed in an earlier form: they would not be found any more.</summary>
public static class PersonIndexing
{
    private const int BatchSize = 1_000;

    /// <summary>All or nothing, and once: whoever seals waits meanwhile, since each new value has to be of the one form.</summary>
    public static async Task BringUpAsync(NpgsqlDataSource database, KeyRing keys, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (await FormAsync(connection, "", cancellation) >= PersonDetails.Form)
            return;
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // another server may have been first
        if (await FormAsync(connection, " FOR UPDATE", cancellation) >= PersonDetails.Form)
            return;
        int? last = 0;
        while (last is { } after)
            last = await IndexAsync(connection, keys, after, cancellation);
        await using var say = connection.Command("UPDATE person_key SET form = $1", PersonDetails.Form);
        await say.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static async Task<int> FormAsync(NpgsqlConnection connection, string locking, CancellationToken cancellation)
    {
        // locking is a literal of ours
        await using var find = connection.Command("SELECT form FROM person_key" + locking);
        return (int?)await find.ExecuteScalarAsync(cancellation) ?? PersonDetails.Form;
    }

    /// <summary>Indexes a batch in the order of their ids; gives the last of them, null: there are no more.</summary>
    private static async Task<int?> IndexAsync(NpgsqlConnection connection, KeyRing keys, int after, CancellationToken cancellation)
    {
        await using var find = connection.Command(
            """
            SELECT d.person, p.code, d.generation, d.name, d.phone, d.number FROM person_detail d JOIN person p ON p.id = d.person
            WHERE d.person > $1 ORDER BY d.person LIMIT $2
            """,
            after,
            BatchSize
        );
        var persons = new List<int>();
        var indexes = PersonDetails.Fields.Select(_ => new List<byte[]?>()).ToArray();
        await using (var reader = await find.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                persons.Add(reader.GetInt32(0));
                var sealer = new PersonSealer(keys, reader.GetInt32(2));
                foreach (var (index, field) in PersonDetails.Fields.Index())
                    indexes[index]
                        .Add(
                            reader.IsDBNull(3 + index)
                                ? null
                                : sealer.Index(field, sealer.Open(reader.GetFieldValue<byte[]>(3 + index), field, reader.GetString(1)))
                        );
            }
        }
        if (persons.Count == 0)
            return null;
        await using var write = connection.Command(
            """
            UPDATE person_detail d SET name_index = n.name_index, phone_index = n.phone_index, number_index = n.number_index
            FROM unnest($1::int[], $2::bytea[], $3::bytea[], $4::bytea[]) AS n (person, name_index, phone_index, number_index)
              WHERE d.person = n.person
            """,
            [persons.ToArray(), .. indexes.Select(values => (SqlValue)values.ToArray())]
        );
        await write.ExecuteNonQueryAsync(cancellation);
        return persons[^1];
    }
}
