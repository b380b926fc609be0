using Npgsql;
using SituationMap.Store.Access;
using SituationMap.Store.Persons;
using SituationMap.Store.Settings;

namespace SituationMap.Store.Backups;

/// <summary>By which the files of keys that belong to a store are known, without telling anything about the keys.</summary>
/// <param name="Deployment">Empty: it has not been used with a key.</param>
/// <param name="PersonProof">Null: it has had no keys of persons.</param>
/// <param name="PersonGenerations">Those under which something in it is encrypted.</param>
public sealed record BackupKeyProofs(
    IReadOnlyList<DeploymentKeyUse> Deployment,
    int PersonGeneration,
    byte[]? PersonProof,
    IReadOnlyList<int> PersonGenerations
)
{
    /// <summary>Reads them in the connection's transaction.</summary>
    public static async Task<BackupKeyProofs> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var uses = await DeploymentKeyUse.ReadAsync(connection, cancellation);
        await using var command = new NpgsqlCommand(
            """
            SELECT (SELECT generation FROM situation.person_key), (SELECT proof FROM situation.person_key), ARRAY(
              SELECT generation FROM situation.person_detail UNION SELECT generation FROM situation.fact_text ORDER BY 1)
            """,
            connection
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return reader.IsDBNull(0)
            ? new BackupKeyProofs(uses, 0, null, [])
            : new BackupKeyProofs(uses, reader.GetInt32(0), reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<int[]>(2));
    }

    /// <summary>Refuses keys that are not those of the store.</summary>
    /// <param name="copyPath">Where they were read from; null: from where the settings say.</param>
    /// <exception cref="StartupException">They are others, or lack one.</exception>
    public void Check(KeyCopy copy, SituationMapOptions options, string? copyPath)
    {
        var (deploymentPath, personsPath) = (copyPath ?? DeploymentKey.PathOf(options), copyPath ?? PersonKeys.PathOf(options));
        if (Deployment.Count > 0)
            DeploymentKey.Parse(deploymentPath, copy.Deployment ?? throw Missing(deploymentPath)).Check(Deployment);
        if (PersonProof is null)
            return;
        var keys = PersonKeys.Parse(personsPath, copy.Persons ?? throw Missing(personsPath));
        if (!keys.IsProven(PersonGeneration, PersonProof) || !PersonGenerations.All(keys.Has))
            throw new StartupException(
                $"{personsPath} holds other keys than those under which the persons of this store are encrypted (generation "
                    + $"{string.Join(", ", PersonGenerations.Append(PersonGeneration).Distinct())}). Name the file that belongs to it."
            );
    }

    private static StartupException Missing(string path) =>
        new(
            $"There are no keys in {path}, and without those that belong to it nothing of persons can be read from this store, nor its "
                + "audit record be checked. Name the file of keys made with the backup: --keys FILE, or put the key files in place."
        );
}
