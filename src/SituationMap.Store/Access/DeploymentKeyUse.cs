using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Access;

/// <summary>That a store has been used with a generation of the deployment's key.</summary>
/// <param name="FirstSeal">The first seal of the audit record that bears it.</param>
/// <param name="AfterLoss">Whether those before were given up as lost.</param>
public sealed record DeploymentKeyUse(int Generation, byte[] Proof, long FirstSeal, bool AfterLoss)
{
    /// <summary>Whether it is the key of a file that says so.</summary>
    public bool IsProvenBy(KeyRing keys) => keys.IsProven(Generation, Proof, Said(FirstSeal, AfterLoss));

    /// <summary>All, in order.</summary>
    public static async Task<IReadOnlyList<DeploymentKeyUse>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT generation, proof, first_seal, after_loss FROM situation.deployment_key ORDER BY generation",
            connection
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new DeploymentKeyUse(row.GetInt32(0), row.GetFieldValue<byte[]>(1), row.GetInt64(2), row.GetBoolean(3)),
            cancellation
        );
    }

    /// <summary>Notes that the present generation is used from now on; of several who do so at once one is first.</summary>
    public static async Task AddAsync(
        NpgsqlConnection connection,
        KeyRing keys,
        long firstSeal,
        CancellationToken cancellation,
        bool afterLoss = false
    )
    {
        await using var add = connection.Command(
            "INSERT INTO deployment_key (generation, proof, first_seal, after_loss) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            keys.Current,
            keys.Proof(keys.Current, Said(firstSeal, afterLoss)),
            firstSeal,
            afterLoss
        );
        await add.ExecuteNonQueryAsync(cancellation);
    }

    private static string Said(long firstSeal, bool afterLoss) =>
        FormattableString.Invariant($" from seal {firstSeal}{(afterLoss ? " after a loss" : "")}");

    /// <summary>The generation that a seal bears.</summary>
    public static int Of(IReadOnlyList<DeploymentKeyUse> uses, long seal) =>
        uses.LastOrDefault(use => use.FirstSeal <= seal)?.Generation ?? 1;
}
