using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace SituationMap.Store.Access;

/// <summary>What a session's cookie or an API key holds: 256 random bits. The store has only their SHA-256.</summary>
public static class Secret
{
    /// <summary>API keys begin with this, so that one who finds one knows what it is, and no token is taken for one.</summary>
    public const string KeyPrefix = "sm_";

    private const int Bytes = 32;
    private const int DoorCodeBytes = 16;

    public static string Make() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>What stands on a door: 128 random bits, in 22 letters.</summary>
    public static string MakeDoorCode() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(DoorCodeBytes));

    public static byte[] Hash(ReadOnlySpan<char> secret)
    {
        var hash = new byte[SHA256.HashSizeInBytes];
        Hash(secret, hash);
        return hash;
    }

    /// <summary>The first half of the hash, by which a secret is found in memory.</summary>
    public static UInt128 Key(ReadOnlySpan<char> secret)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(secret, hash);
        return Key(hash);
    }

    /// <summary>Of a token of the authority, which is of any length.</summary>
    public static byte[] HashToken(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    public static UInt128 Key(ReadOnlySpan<byte> hash) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);

    /// <summary>The first half of a hash as it stands in the store.</summary>
    public static byte[] Begin(UInt128 key)
    {
        var half = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(half, key);
        return half;
    }

    private static void Hash(ReadOnlySpan<char> secret, Span<byte> hash)
    {
        // what is longer than any of ours is none of ours
        Span<byte> bytes = stackalloc byte[128];
        SHA256.HashData(Encoding.UTF8.TryGetBytes(secret, bytes, out var written) ? bytes[..written] : bytes[..0], hash);
    }
}
