using System.Security.Cryptography;
using System.Text;

namespace SituationMap.Core;

/// <summary>Ids made of what they are of: the same wherever and whenever they are made, so none has to be kept.</summary>
public static class NamedUuid
{
    /// <summary>A UUID of version 5 (RFC 9562).</summary>
    /// <param name="within">The namespace.</param>
    /// <param name="name">What it is of.</param>
    public static Guid Of(Guid within, string name)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // the standard says which hash; nothing is kept secret by it
        SHA1.HashData([.. within.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(name)], hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
