using SituationMap.Geo.VectorTiles;

namespace SituationMap.Store.Tiles;

/// <summary>
/// The version of every tile: the sequence of the last change that touched it. Kept in a table of fixed size in which tiles may share
/// a slot; then a change of one gives the other a new version too, which costs a render and is never wrong.
/// <para>
/// A tile is stale nowhere because of the order of things. The follower first touches the tiles of an advance, then lets the snapshot
/// be seen. A reader first takes the snapshot, then the version. So the reader knows of all touches that its snapshot contains; where
/// the version is no later than the snapshot, this picture and that version belong together, and whatever was made under that version
/// is what this picture would give. Where it is later, the picture has just been overtaken, and what is made from it is kept nowhere.
/// </para>
/// </summary>
public sealed class TileVersions(LayerCatalog layers)
{
    /// <summary>Slots for each layer, a power of two: a city has some ten thousand tiles, and each slot takes 8 bytes.</summary>
    private const int Slots = 1 << 17;

    private readonly long[][] _touched = [.. layers.All.Select(_ => new long[Slots])];

    /// <summary>Tells processes, and starts of one, apart: their sequences are the same, what they count from is not.</summary>
    public string Epoch { get; } = Convert.ToHexStringLower(Guid.NewGuid().ToByteArray().AsSpan(0, 6));

    /// <summary>How many tiles were touched since the start.</summary>
    public long Invalidated { get; private set; }

    /// <summary>Only the follower calls this, before the snapshot of this sequence is seen.</summary>
    /// <param name="tiles">With the bits of the layers that differ.</param>
    public void Touch(IReadOnlyDictionary<TileId, int> tiles, long sequence)
    {
        foreach (var (tile, bits) in tiles)
        {
            var slot = SlotOf(tile);
            for (var layer = 0; layer < _touched.Length; layer++)
            {
                if ((bits & (1 << layer)) != 0)
                    Volatile.Write(ref _touched[layer][slot], sequence);
            }
        }
        Invalidated += tiles.Count;
    }

    /// <summary>Like <see cref="Touch"/>, of every tile.</summary>
    public void TouchAll(long sequence)
    {
        foreach (var layer in _touched)
        {
            for (var slot = 0; slot < layer.Length; slot++)
                Volatile.Write(ref layer[slot], sequence);
        }
    }

    /// <summary>The version of a tile with these layers.</summary>
    public long Of(TileId tile, int bits)
    {
        var slot = SlotOf(tile);
        var version = 0L;
        for (var layer = 0; layer < _touched.Length; layer++)
        {
            if ((bits & (1 << layer)) != 0)
                version = Math.Max(version, Volatile.Read(ref _touched[layer][slot]));
        }
        return version;
    }

    private static int SlotOf(TileId tile)
    {
        // neighbours lie apart, and so do zooms (Knuth's multiplicative hashing)
        var mixed =
            ((ulong)(uint)tile.X * 0x9E3779B97F4A7C15)
            ^ ((ulong)(uint)tile.Y * 0xC2B2AE3D27D4EB4F)
            ^ ((ulong)(uint)tile.Z * 0x165667B19E3779F9);
        return (int)((mixed * 0xD6E8FEB86659FD93) >> 47);
    }
}
