using System.Security.Cryptography;
using System.Text;
using SituationMap.Server.Database;

namespace SituationMap.Server.Access;

/// <summary>
/// The secret of this deployment, in a file outside the database (<c>SituationMap:KeyFile</c>), made at random where there is none. Whoever
/// has the database and not this file can neither forge the audit record nor read what is encrypted. All processes over one database share it.
/// </summary>
internal sealed class DeploymentKey
{
    private const int Bytes = 32;

    private readonly byte[] _key;

    private DeploymentKey(byte[] key) => _key = key;

    /// <exception cref="StartupException">The file cannot be read or made, or holds something else.</exception>
    public static DeploymentKey Open(SituationMapOptions options)
    {
        var path = Path.GetFullPath(options.KeyFile ?? Path.Combine(DataFolder.AsConfigured(options.DataFolder).Path, "deployment.key"));
        try
        {
            if (!File.Exists(path))
                Make(path);
            var key = Convert.FromHexString(File.ReadAllText(path).Trim());
            return key.Length == Bytes ? new DeploymentKey(key) : throw new FormatException();
        }
        catch (FormatException failure)
        {
            throw new StartupException($"{path} holds no key of {Bytes} bytes in hexadecimal. Put back the right file; without it the audit record cannot be checked.", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The deployment's key cannot be kept in {path}: {failure.Message} Name another file with --SituationMap:KeyFile=…", failure);
        }
    }

    /// <summary>A key for one purpose; those for different purposes tell nothing about one another.</summary>
    public byte[] For(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, Bytes, info: Encoding.UTF8.GetBytes(purpose));

    /// <summary>Makes the file whole or not at all; of several who make it at once, one wins.</summary>
    private static void Make(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = $"{path}.{Guid.NewGuid():N}";
        var settings = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            settings.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new StreamWriter(draft, settings))
            file.WriteLine(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes)));
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }
}
