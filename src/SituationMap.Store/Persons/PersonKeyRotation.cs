using System.Text.Json.Nodes;
using Npgsql;
using SituationMap.Store.Access;
using SituationMap.Store.Database;

namespace SituationMap.Store.Persons;

/// <summary>
/// Turns the keys: a new one is made, everything sealed with those before is sealed with it, in batches beside running servers, and then
/// those before are removed from the file. Broken off anywhere, the next run goes on where it was.
/// </summary>
public sealed class PersonKeyRotation(NpgsqlDataSource database, string path)
{
    private const int BatchSize = 500;

    /// <param name="progress">Told how many values have been sealed anew.</param>
    /// <returns>The generation in use, and how many rows were sealed anew.</returns>
    /// <exception cref="StartupException">The file's keys are not the store's.</exception>
    public async Task<(int Generation, int Rows)> RunAsync(IProgress<int>? progress, CancellationToken cancellation)
    {
        var keys = await BeginAsync(cancellation);
        var rows = 0;
        foreach (var seal in (Func<NpgsqlConnection, KeyRing, CancellationToken, Task<int>>[])[SealDetailsAsync, SealReasonsAsync])
        {
            var sealedNow = BatchSize;
            while (sealedNow > 0)
            {
                await using var connection = await database.OpenConnectionAsync(cancellation);
                await using var transaction = await connection.BeginTransactionAsync(cancellation);
                sealedNow = await seal(connection, keys, cancellation);
                await transaction.CommitAsync(cancellation);
                rows += sealedNow;
                progress?.Report(rows);
            }
        }
        var turned = new JsonObject { ["generation"] = keys.Current, ["rows"] = rows };
        await new AuditStore(database).AppendAsync(AuditEntry.OfConsole("turned keys", "persons", turned), cancellation);
        keys.Without(keys.Current);
        return (keys.Current, rows);
    }

    /// <summary>Makes the next key and says that it is the present one; where a run before has done so, and not ended, it is that
    /// one.</summary>
    private async Task<KeyRing> BeginAsync(CancellationToken cancellation)
    {
        var keys = PersonKeys.Read(path);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var used = await PersonVault.UsedAsync(connection, " FOR UPDATE", cancellation)
            ?? throw new StartupException("This store has no keys yet, so there is nothing to turn.");
        if (!keys.IsProven(used.Generation, used.Proof))
            throw new StartupException(
                $"{path} holds other keys than those under which this store's persons are encrypted. Put back the right file; "
                    + "nothing was changed."
            );
        if (keys.Generations.Count() == 1)
            keys = keys.WithNext(); // in the file before anything is sealed with it
        await using var say = connection.Command(
            "UPDATE person_key SET generation = $1, proof = $2",
            keys.Current,
            keys.Proof(keys.Current)
        );
        await say.ExecuteNonQueryAsync(cancellation);
        await AuditEntry
            .OfConsole("turn keys", "persons", new JsonObject { ["generation"] = keys.Current })
            .AppendAsync(connection, cancellation);
        await transaction.CommitAsync(cancellation);
        return keys;
    }

    private static async Task<int> SealDetailsAsync(NpgsqlConnection connection, KeyRing keys, CancellationToken cancellation)
    {
        await using var find = connection.Command(
            """
            SELECT d.person, p.code, d.generation, d.name, d.phone, d.number FROM person_detail d JOIN person p ON p.id = d.person
            WHERE d.generation < $1 ORDER BY d.person LIMIT $2 FOR UPDATE OF d
            """,
            keys.Current,
            BatchSize
        );
        var next = new PersonSealer(keys, keys.Current);
        var persons = new List<int>();
        var values = PersonDetails.Fields.Select(_ => (Boxes: new List<byte[]?>(), Indexes: new List<byte[]?>())).ToArray();
        await using (var reader = await find.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                persons.Add(reader.GetInt32(0));
                var (code, before) = (reader.GetString(1), new PersonSealer(keys, reader.GetInt32(2)));
                for (var i = 0; i < values.Length; i++)
                {
                    var field = PersonDetails.Fields[i];
                    var value = reader.IsDBNull(3 + i) ? null : before.Open(reader.GetFieldValue<byte[]>(3 + i), field, code);
                    values[i].Boxes.Add(value is null ? null : next.Seal(value, field, code));
                    values[i].Indexes.Add(value is null ? null : next.Index(field, value));
                }
            }
        }
        await using var write = connection.Command(
            """
            UPDATE person_detail d SET generation = $2, name = n.name, name_index = n.name_index, phone = n.phone,
              phone_index = n.phone_index, number = n.number, number_index = n.number_index
            FROM unnest($1::int[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[], $8::bytea[])
              AS n (person, name, name_index, phone, phone_index, number, number_index)
            WHERE d.person = n.person
            """,
            [persons.ToArray(), keys.Current, .. values.SelectMany(field => (SqlValue[])[field.Boxes.ToArray(), field.Indexes.ToArray()])]
        );
        return persons.Count == 0 ? 0 : await write.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task<int> SealReasonsAsync(NpgsqlConnection connection, KeyRing keys, CancellationToken cancellation)
    {
        await using var find = connection.Command(
            "SELECT fact, generation, reason FROM fact_text WHERE generation < $1 ORDER BY fact LIMIT $2 FOR UPDATE",
            keys.Current,
            BatchSize
        );
        var next = new PersonSealer(keys, keys.Current);
        await using var reader = await find.ExecuteReaderAsync(cancellation);
        var rows = await reader.ReadAllAsync(
            row =>
            {
                var (fact, bound) = (row.GetGuid(0), row.GetGuid(0).ToString());
                return (
                    Fact: fact,
                    Box: next.Seal(
                        new PersonSealer(keys, row.GetInt32(1)).Open(row.GetFieldValue<byte[]>(2), FactTexts.Field, bound),
                        FactTexts.Field,
                        bound
                    )
                );
            },
            cancellation
        );
        await reader.DisposeAsync();
        if (rows.Length == 0)
            return 0;
        await using var write = connection.Command(
            "UPDATE fact_text t SET generation = $2, reason = n.reason FROM unnest($1::uuid[], $3::bytea[]) AS n (fact, "
                + "reason) WHERE t.fact = n.fact",
            Array.ConvertAll(rows, row => row.Fact),
            keys.Current,
            Array.ConvertAll(rows, row => row.Box)
        );
        return await write.ExecuteNonQueryAsync(cancellation);
    }
}
