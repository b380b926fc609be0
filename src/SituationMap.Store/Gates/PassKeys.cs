using System.Buffers.Binary;
using System.Security.Cryptography;
using SituationMap.Core.Gate;
using SituationMap.Store.Access;

namespace SituationMap.Store.Gates;

/// <summary>
/// The keys that sign passes: one of each generation of the deployment's key, and rotated with it. None is stored, and the private ones
/// leave no process; a generation's number is its key's.
/// </summary>
public sealed class PassKeys(DeploymentKey key)
{
    private const string Purpose = "passes";

    private (int Current, IReadOnlyDictionary<byte, byte[]> Keys)? _known;

    /// <summary>The public keys by their numbers.</summary>
    public IReadOnlyDictionary<byte, byte[]> Public
    {
        get
        {
            if (_known is var (current, keys) && current == key.Current)
                return keys;
            var read = key.Generations.ToDictionary(Number, generation => PassToken.PublicKey(key.For(generation, Purpose)));
            _known = (key.Current, read);
            return read;
        }
    }

    /// <summary>The number of this place: of its first key, which no other place has.</summary>
    public uint Place => BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Public[Public.Keys.Min()]));

    /// <summary>The token of a pass, signed by the key in use.</summary>
    public string Sign(StoredPass pass, TimeZoneInfo zone)
    {
        var secret = key.For(key.Current, Purpose);
        var said = new Pass(
            pass.Serial,
            (uint)pass.Household,
            pass.Kind,
            pass.FirstDay(zone),
            pass.LastDay(zone),
            Number(key.Current),
            Place
        );
        return PassToken.Sign(said, secret);
    }

    private static byte Number(int generation) => checked((byte)generation);
}
