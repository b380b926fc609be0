using System.Security.Cryptography;
using System.Text;
using Npgsql;
using SituationMap.Store.Database;
using SituationMap.Store.Settings;

namespace SituationMap.Store.Access;

/// <summary>
/// The secret of this deployment, in a file outside the database (<c>SituationMap:KeyFile</c>). Whoever has the
/// database and not this file can neither forge the audit record nor guess what is hashed. All processes over one database share it.
/// </summary>
public sealed class DeploymentKey
{
    private const int Bytes = 32;

    private readonly byte[] _key;

    private DeploymentKey(byte[] key) => _key = key;

    /// <summary>Opens that of a store.</summary>
    /// <param name="mayMake">Whether it is made where there is none and the store has never had one.</param>
    /// <exception cref="StartupException">As <see cref="Open"/>, or the store has had one and it is not there.</exception>
    public static async Task<DeploymentKey> OpenAsync(
        NpgsqlDataSource database,
        SituationMapOptions options,
        bool mayMake,
        CancellationToken cancellation
    )
    {
        var path = PathOf(options);
        if (!File.Exists(path))
        {
            await using var command = database.Command("SELECT EXISTS (SELECT FROM person_key) OR EXISTS (SELECT FROM audit_seal)");
            if ((bool)(await command.ExecuteScalarAsync(cancellation))!)
                throw new StartupException(
                    $"{path}, which holds the deployment's key, is not there, and the audit record of this database cannot be checked with another one: put it back from its backup, or, where it is lost for good, make a new one with the verb: secrets make"
                );
        }
        return Open(options, mayMake);
    }

    /// <param name="mayMake">Whether it is made where there is none.</param>
    /// <exception cref="StartupException">The file is missing, cannot be read or made, or holds something else.</exception>
    public static DeploymentKey Open(SituationMapOptions options, bool mayMake)
    {
        var path = PathOf(options);
        try
        {
            if (!File.Exists(path))
            {
                if (!mayMake)
                    throw SecretFile.Missing(path, "the deployment's key");
                SecretFile.Write(path, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes)) + "\n", isNew: true);
            }
            var key = Convert.FromHexString(File.ReadAllText(path).Trim());
            return key.Length == Bytes ? new DeploymentKey(key) : throw new FormatException();
        }
        catch (FormatException failure)
        {
            throw new StartupException(
                $"{path} holds no key of {Bytes} bytes in hexadecimal. Put back the right file; without it the audit record cannot be checked.",
                failure
            );
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"The deployment's key cannot be read from {path}: {failure.Message} Name another file with --SituationMap:KeyFile=…",
                failure
            );
        }
    }

    public static string PathOf(SituationMapOptions options) =>
        Path.GetFullPath(options.KeyFile ?? Path.Combine(DataFolder.AsConfigured(options.DataFolder).Path, "deployment.key"));

    /// <summary>A key for one purpose; those for different purposes tell nothing about one another.</summary>
    public byte[] For(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, Bytes, info: Encoding.UTF8.GetBytes(purpose));
}
