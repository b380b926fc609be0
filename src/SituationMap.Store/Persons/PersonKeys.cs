using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SituationMap.Store.Access;
using SituationMap.Store.Settings;

namespace SituationMap.Store.Persons;

/// <summary>
/// The keys under which what is known of persons is encrypted, in a file outside the database (<c>SituationMap:PersonKeys</c>): a
/// generation and a key of 256 bits a line, the last one in use, the others until nothing bears them any more. Unchangeable; read anew when
/// a rotation has changed the file.
/// </summary>
public sealed class PersonKeys
{
    private const int Bytes = 32;

    private readonly SortedDictionary<int, byte[]> _keys;

    private PersonKeys(string path, SortedDictionary<int, byte[]> keys) => (Path, _keys) = (path, keys);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The generation in use; 0: there is none.</summary>
    public int Current => _keys.Count == 0 ? 0 : _keys.Keys.Last();

    public IEnumerable<int> Generations => _keys.Keys;

    public bool Has(int generation) => _keys.ContainsKey(generation);

    /// <summary>A key of a generation for one use; those for different uses tell nothing about one another.</summary>
    public byte[] For(int generation, string use) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _keys[generation], Bytes, info: Encoding.UTF8.GetBytes(use));

    public static string PathOf(SituationMapOptions options) =>
        System.IO.Path.GetFullPath(
            options.PersonKeys ?? System.IO.Path.Combine(System.IO.Path.GetDirectoryName(DeploymentKey.PathOf(options))!, "persons.keys")
        );

    /// <summary>Reads the file; of none there are no keys.</summary>
    /// <exception cref="StartupException">It cannot be read, or holds something else.</exception>
    public static PersonKeys Read(string path)
    {
        var keys = new SortedDictionary<int, byte[]>();
        try
        {
            foreach (var line in File.Exists(path) ? File.ReadAllLines(path) : [])
            {
                var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (parts.Length == 0)
                    continue;
                var key = parts.Length == 2 ? Convert.FromHexString(parts[1]) : [];
                if (
                    key.Length != Bytes
                    || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
                    || generation == 0
                )
                    throw new FormatException();
                keys.Add(generation, key);
            }
        }
        catch (Exception failure) when (failure is FormatException or ArgumentException)
        {
            throw new StartupException(
                $"{path} holds no keys, a generation and {Bytes} bytes in hexadecimal a line. Put back the right file; without it nothing of persons can be read.",
                failure
            );
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The keys of what is known of persons cannot be read from {path}: {failure.Message}", failure);
        }
        return new PersonKeys(path, keys);
    }

    /// <summary>The same with one more generation, random; in the file when this returns.</summary>
    public PersonKeys WithNext() =>
        Write(new SortedDictionary<int, byte[]>(_keys) { [Current + 1] = RandomNumberGenerator.GetBytes(Bytes) });

    /// <summary>The same without those before a generation; from the file too when this returns.</summary>
    public PersonKeys Without(int before) => Write(new SortedDictionary<int, byte[]>(_keys.Where(key => key.Key >= before).ToDictionary()));

    private PersonKeys Write(SortedDictionary<int, byte[]> keys)
    {
        SecretFile.Write(
            Path,
            string.Concat(keys.Select(key => $"{key.Key.ToString(CultureInfo.InvariantCulture)} {Convert.ToHexStringLower(key.Value)}\n")),
            isNew: _keys.Count == 0
        );
        // where two made the first one at the same time, one file is there
        return Read(Path);
    }
}
