using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SituationMap.Store.Access;

/// <summary>
/// Keys that are kept outside the database, in a file: a generation and a key of 256 bits a line, the last one in use, the others as long
/// as something bears them. A line with a key alone is of generation 1. Unchangeable; read anew when a rotation has changed the file.
/// </summary>
public sealed class KeyRing
{
    private const int Bytes = 32;

    private readonly SortedDictionary<int, byte[]> _keys;
    private readonly KeyFileWords _words;

    private KeyRing(string path, KeyFileWords words, SortedDictionary<int, byte[]> keys) => (Path, _words, _keys) = (path, words, keys);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The generation in use; 0: there is none.</summary>
    public int Current => _keys.Count == 0 ? 0 : _keys.Keys.Last();

    public IEnumerable<int> Generations => _keys.Keys;

    /// <summary>As it stands in the file.</summary>
    public string Text =>
        string.Concat(_keys.Select(key => $"{key.Key.ToString(CultureInfo.InvariantCulture)} {Convert.ToHexStringLower(key.Value)}\n"));

    public bool Has(int generation) => _keys.ContainsKey(generation);

    /// <summary>A key of a generation for one use; those for different uses tell nothing about one another.</summary>
    public byte[] For(int generation, string use) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _keys[generation], Bytes, info: Encoding.UTF8.GetBytes(use));

    /// <summary>A value by which a store knows the key of a generation, without telling anything about it.</summary>
    /// <param name="also">What the store says of it, which nobody without the key can change then.</param>
    public byte[] Proof(int generation, string also = "") =>
        HMACSHA256.HashData(For(generation, "proof"), Encoding.UTF8.GetBytes(_words.What + also));

    public bool IsProven(int generation, ReadOnlySpan<byte> proof, string also = "") =>
        Has(generation) && CryptographicOperations.FixedTimeEquals(Proof(generation, also), proof);

    /// <summary>Reads the file; of none there are no keys.</summary>
    /// <exception cref="StartupException">It cannot be read, or holds something else.</exception>
    public static KeyRing Read(string path, KeyFileWords words)
    {
        try
        {
            return Parse(path, words, File.Exists(path) ? File.ReadAllText(path) : "");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{path}, which holds {words.Keys}, cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>Takes a text for the file's.</summary>
    /// <exception cref="StartupException">It is something else.</exception>
    public static KeyRing Parse(string path, KeyFileWords words, string text)
    {
        var keys = new SortedDictionary<int, byte[]>();
        try
        {
            foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                var generation = parts.Length == 1 ? 1 : int.Parse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture);
                var key = parts.Length <= 2 ? Convert.FromHexString(parts[^1]) : [];
                if (key.Length != Bytes || generation == 0)
                    throw new FormatException();
                keys.Add(generation, key);
            }
        }
        catch (Exception failure) when (failure is FormatException or OverflowException or ArgumentException)
        {
            throw new StartupException(
                $"{path} holds no keys, a generation and {Bytes} bytes in hexadecimal a line. Put back the right file; {words.Loss}.",
                failure
            );
        }
        return new KeyRing(path, words, keys);
    }

    /// <summary>The same with one more generation, random; in the file when this returns.</summary>
    public KeyRing WithNext() => With(Current + 1);

    /// <summary>The same with a random key of a generation; in the file when this returns.</summary>
    public KeyRing With(int generation) =>
        Write(new SortedDictionary<int, byte[]>(_keys) { [generation] = RandomNumberGenerator.GetBytes(Bytes) });

    /// <summary>The same without those before a generation; from the file too when this returns.</summary>
    public KeyRing Without(int before) => Write(new SortedDictionary<int, byte[]>(_keys.Where(key => key.Key >= before).ToDictionary()));

    private KeyRing Write(SortedDictionary<int, byte[]> keys)
    {
        SecretFile.Write(Path, new KeyRing(Path, _words, keys).Text, isNew: _keys.Count == 0);
        // where two made the first one at the same time, one file is there
        return Read(Path, _words);
    }
}

/// <summary>How a file of keys is spoken of.</summary>
/// <param name="Keys">Such as: the deployment's key.</param>
/// <param name="What">What they are for, which goes into their proofs: it never changes.</param>
/// <param name="Loss">What cannot be done without them.</param>
public sealed record KeyFileWords(string Keys, string What, string Loss);
