using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using SituationMap.Geo.Archives;
using SituationMap.Geo.VectorTiles;

namespace SituationMap.Testing;

/// <summary>Writes a PMTiles archive (version 3) with a root directory, leaf directories and runs of equal tiles.</summary>
internal static class PmTilesWriter
{
    /// <param name="tiles">Packed with gzip.</param>
    /// <param name="leafSize">Entries in a leaf directory.</param>
    public static void Write(string file, IReadOnlyDictionary<TileId, byte[]> tiles, string metadata, int leafSize)
    {
        var data = new MemoryStream();
        var entries = new List<(ulong Id, ulong Run, ulong Length, ulong Offset)>();
        byte[] before = [];
        foreach (var (tile, bytes) in tiles.OrderBy(tile => PmTiles.IdOf(tile.Key)))
        {
            var id = PmTiles.IdOf(tile);
            if (entries.Count > 0 && entries[^1] is var last && last.Id + last.Run == id && bytes.AsSpan().SequenceEqual(before))
            {
                entries[^1] = last with { Run = last.Run + 1 };
                continue;
            }
            entries.Add((id, 1, (ulong)bytes.Length, (ulong)data.Position));
            data.Write(before = bytes);
        }

        var leaves = new MemoryStream();
        var root = new List<(ulong Id, ulong Run, ulong Length, ulong Offset)>();
        foreach (var leaf in entries.Chunk(leafSize))
        {
            var bytes = Pack(Directory(leaf));
            root.Add((leaf[0].Id, 0, (ulong)bytes.Length, (ulong)leaves.Position));
            leaves.Write(bytes);
        }

        byte[][] parts = [Pack(Directory(root)), Pack(Encoding.UTF8.GetBytes(metadata)), leaves.ToArray(), data.ToArray()];
        var header = new byte[127];
        "PMTiles"u8.CopyTo(header);
        header[7] = 3;
        var offset = 127UL;
        for (var part = 0; part < parts.Length; part++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(8 + (16 * part)), offset);
            BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(16 + (16 * part)), (ulong)parts[part].Length);
            offset += (ulong)parts[part].Length;
        }
        (header[97], header[98], header[99]) = (2, 2, 1);
        (header[100], header[101]) = ((byte)tiles.Keys.Min(tile => tile.Z), (byte)tiles.Keys.Max(tile => tile.Z));
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(102), 1_239_000_000);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(106), 403_000_000);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(110), 1_242_000_000);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(114), 406_000_000);
        File.WriteAllBytes(file, [.. header, .. parts.SelectMany(part => part)]);
    }

    private static byte[] Directory(IReadOnlyList<(ulong Id, ulong Run, ulong Length, ulong Offset)> entries)
    {
        var bytes = new List<byte>();
        Varint((ulong)entries.Count);
        var before = 0UL;
        foreach (var entry in entries)
        {
            Varint(entry.Id - before);
            before = entry.Id;
        }
        foreach (var entry in entries)
            Varint(entry.Run);
        foreach (var entry in entries)
            Varint(entry.Length);
        for (var i = 0; i < entries.Count; i++)
            Varint(i > 0 && entries[i].Offset == entries[i - 1].Offset + entries[i - 1].Length ? 0 : entries[i].Offset + 1);
        return [.. bytes];

        void Varint(ulong value)
        {
            for (; value >= 0x80; value >>= 7)
                bytes.Add((byte)(value | 0x80));
            bytes.Add((byte)value);
        }
    }

    public static byte[] Pack(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(plain);
        return packed.ToArray();
    }
}
