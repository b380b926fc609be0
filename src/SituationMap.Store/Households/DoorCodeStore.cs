using Npgsql;
using SituationMap.Store.Access;
using SituationMap.Store.Database;

namespace SituationMap.Store.Households;

/// <summary>Whose page a code opens.</summary>
/// <param name="Id">The code's, by which facts name who brought them; it opens nothing.</param>
/// <param name="Household">The household's code.</param>
/// <param name="Grid">The code of its grid.</param>
public sealed record DoorCodeHolder(Guid Id, string Household, string Grid);

/// <summary>The codes that stand on doors. The store has only their SHA-256: one that was lost is made anew.</summary>
public sealed class DoorCodeStore(NpgsqlDataSource database)
{
    /// <summary>Makes codes, and gives them by the ids of their households.</summary>
    /// <param name="renew">Also where there is one, which is not taken any more then; otherwise such a household is left out.</param>
    /// <param name="entry">The row of the audit record, written in the same transaction.</param>
    public async Task<IReadOnlyDictionary<int, string>> MakeAsync(
        IReadOnlyCollection<int> households,
        bool renew,
        AuditEntry entry,
        CancellationToken cancellation
    )
    {
        var made = households.Distinct().ToDictionary(household => household, _ => Secret.MakeDoorCode());
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await entry.AppendAsync(connection, cancellation);
        if (renew)
            await RevokeAsync(connection, [.. made.Keys], cancellation);
        await using var add = connection.Command(
            """
            INSERT INTO door_code (household, hash)
            SELECT h.id, s.hash FROM unnest($1::int[], $2::bytea[]) AS s (household, hash) JOIN household h ON h.id = s.household
            ORDER BY h.id
            -- two who print the same door at once: the first one's code stands
            ON CONFLICT (household) WHERE revoked_at IS NULL DO NOTHING
            RETURNING household
            """,
            made.Keys.ToArray(),
            made.Values.Select(code => Secret.Hash(code)).ToArray()
        );
        int[] added;
        await using (var reader = await add.ExecuteReaderAsync(cancellation))
            added = await reader.ReadAllAsync(row => row.GetInt32(0), cancellation);
        await transaction.CommitAsync(cancellation);
        return added.ToDictionary(household => household, household => made[household]);
    }

    /// <summary>Has the code of a household taken no more; false: it has none.</summary>
    public async Task<bool> RevokeAsync(int household, AuditEntry entry, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await entry.AppendAsync(connection, cancellation);
        var revoked = await RevokeAsync(connection, [household], cancellation);
        await transaction.CommitAsync(cancellation);
        return revoked > 0;
    }

    /// <summary>Whose page it opens; null: nobody's, be it that there never was such a code or that it is not taken any more.</summary>
    public async Task<DoorCodeHolder?> FindAsync(string code, CancellationToken cancellation)
    {
        await using var command = database.Command(
            """
            SELECT d.id, h.code, replace(ltree2text(h.grid), '.', '-') FROM door_code d JOIN household h ON h.id = d.household
            WHERE d.hash = $1 AND d.revoked_at IS NULL
            """,
            Secret.Hash(code)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new DoorCodeHolder(reader.GetGuid(0), reader.GetString(1), reader.GetString(2))
            : null;
    }

    private static async Task<int> RevokeAsync(NpgsqlConnection connection, int[] households, CancellationToken cancellation)
    {
        await using var end = connection.Command(
            "UPDATE door_code SET revoked_at = now() WHERE household = ANY ($1) AND revoked_at IS NULL",
            households
        );
        return await end.ExecuteNonQueryAsync(cancellation);
    }
}
