using System.Formats.Cbor;
using NSec.Cryptography;
using SimpleBase;
using SituationMap.Core.Protocols;

namespace SituationMap.Core.Gate;

/// <summary>
/// A pass as the text of a QR code: <c>SMP1:</c> and, in Base45 (RFC 9285), a map of CBOR (RFC 8949) in its canonical form with the keys 1
/// serial, 2 household, 3 kind, 4 first day, 5 last day, 6 key, 7 place, all numbers, days counted from 1 January 2020; after it the
/// Ed25519 signature of the map (RFC 8032), 64 bytes.
/// </summary>
public static class PassToken
{
    /// <summary>As long is a token at most: more is not even looked at.</summary>
    public const int MaxLength = 150;

    private const string Prefix = "SMP1:";
    private const int SignatureBytes = 64;
    private const int Fields = 7;

    private static readonly SignatureAlgorithm Algorithm = SignatureAlgorithm.Ed25519;
    private static readonly int Epoch = new DateOnly(2020, 1, 1).DayNumber;

    /// <summary>The public key of a private one.</summary>
    /// <param name="secret">32 bytes.</param>
    public static byte[] PublicKey(ReadOnlySpan<byte> secret)
    {
        using var key = Key.Import(Algorithm, secret, KeyBlobFormat.RawPrivateKey);
        return key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
    }

    /// <summary>Signs a pass.</summary>
    /// <param name="pass">What it says.</param>
    /// <param name="secret">32 bytes.</param>
    public static string Sign(Pass pass, ReadOnlySpan<byte> secret)
    {
        using var key = Key.Import(Algorithm, secret, KeyBlobFormat.RawPrivateKey);
        var said = Said(pass);
        return Prefix + Base45.Default.Encode([.. said, .. Algorithm.Sign(key, said)]);
    }

    /// <summary>Reads a token; null with a fault where it does not count on that local day.</summary>
    /// <param name="token">What was read from the paper.</param>
    /// <param name="place">The number of this place.</param>
    /// <param name="keys">Its public keys by their numbers.</param>
    /// <param name="ended">The serials of passes that were ended.</param>
    /// <param name="today">The local day.</param>
    public static (Pass? Pass, PassFault? Fault) Read(
        string token,
        uint place,
        IReadOnlyDictionary<byte, byte[]> keys,
        IReadOnlySet<uint> ended,
        DateOnly today
    )
    {
        if (Decoded(token) is not { } bytes || ReadSaid(bytes.AsSpan(..^SignatureBytes)) is not { } pass)
            return (null, PassFault.Forged);
        if (pass.Place != place)
            return (null, PassFault.Foreign);
        if (!keys.TryGetValue(pass.Key, out var key) || !IsSigned(bytes, key))
            return (null, PassFault.Forged);
        if (today < pass.From || today > pass.To)
            return (null, PassFault.Expired);
        return ended.Contains(pass.Serial) ? (null, PassFault.Revoked) : (pass, null);
    }

    private static byte[]? Decoded(string token)
    {
        // the decoder throws at some characters that are none of its alphabet, all of which lie between these two
        if (
            token.Length > MaxLength
            || !token.StartsWith(Prefix, StringComparison.Ordinal)
            || token.AsSpan().ContainsAnyExceptInRange(' ', 'Z')
        )
            return null;
        var buffer = new byte[MaxLength];
        return Base45.Default.TryDecode(token.AsSpan(Prefix.Length), buffer, out var length) && length > SignatureBytes
            ? buffer[..length]
            : null;
    }

    private static bool IsSigned(byte[] bytes, byte[] key) =>
        NSec.Cryptography.PublicKey.TryImport(Algorithm, key, KeyBlobFormat.RawPublicKey, out var known)
        && Algorithm.Verify(known!, bytes.AsSpan(..^SignatureBytes), bytes.AsSpan(^SignatureBytes..));

    private static byte[] Said(Pass pass)
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartMap(Fields);
        uint[] values =
        [
            pass.Serial,
            pass.Household,
            (uint)pass.Kind,
            (uint)(pass.From.DayNumber - Epoch),
            (uint)(pass.To.DayNumber - Epoch),
            pass.Key,
            pass.Place,
        ];
        for (var i = 0; i < Fields; i++)
        {
            writer.WriteInt32(i + 1);
            writer.WriteUInt32(values[i]);
        }
        writer.WriteEndMap();
        return writer.Encode();
    }

    /// <summary>Null where it is anything else than what <see cref="Said"/> writes.</summary>
    private static Pass? ReadSaid(Span<byte> said)
    {
        try
        {
            var reader = new CborReader(said.ToArray(), CborConformanceMode.Canonical);
            if (reader.ReadStartMap() != Fields)
                return null;
            var values = new uint[Fields];
            for (var i = 0; i < Fields; i++)
            {
                if (reader.ReadInt32() != i + 1)
                    return null;
                values[i] = reader.ReadUInt32();
            }
            reader.ReadEndMap();
            return
                reader.BytesRemaining == 0
                && values[2] <= (uint)PassKind.Carer
                && values[3] <= ushort.MaxValue
                && values[4] <= ushort.MaxValue
                && values[5] <= byte.MaxValue
                ? new Pass(
                    values[0],
                    values[1],
                    (PassKind)values[2],
                    DateOnly.FromDayNumber(Epoch + (int)values[3]),
                    DateOnly.FromDayNumber(Epoch + (int)values[4]),
                    (byte)values[5],
                    values[6]
                )
                : null;
        }
        catch (Exception fault) when (fault is CborContentException or InvalidOperationException or OverflowException)
        {
            return null;
        }
    }
}
