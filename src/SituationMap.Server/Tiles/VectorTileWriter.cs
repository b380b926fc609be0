using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace SituationMap.Server.Tiles;

/// <summary>A value of a feature's attribute.</summary>
internal readonly record struct TileValue
{
    private TileValue(string? text, long number, byte kind) => (Text, Number, Kind) = (text, number, kind);

    public string? Text { get; }

    public long Number { get; }

    /// <summary>0: absent, 1: text, 2: whole number, 3: true or false.</summary>
    public byte Kind { get; }

    public static implicit operator TileValue(string? text) => text is null ? default : new(text, 0, 1);

    public static implicit operator TileValue(long number) => new(null, number, 2);

    public static implicit operator TileValue(bool truth) => new(null, truth ? 1 : 0, 3);
}

/// <summary>Writes one layer of a Mapbox Vector Tile 2.1. Holds its buffers for the next layer; not for several threads.</summary>
internal sealed class VectorTileLayerWriter
{
    private readonly ArrayBufferWriter<byte> _features = new(1 << 16);
    private readonly ArrayBufferWriter<byte> _values = new(1 << 12);
    private readonly ArrayBufferWriter<byte> _feature = new(1 << 10);
    private readonly ArrayBufferWriter<byte> _tail = new(1 << 12);
    private readonly Dictionary<TileValue, uint> _valueIndexes = [];
    private readonly List<uint> _tags = [];
    private string[] _keys = [];
    private string _name = "";

    public int FeatureCount { get; private set; }

    /// <param name="keys">The names of the attributes, in the order in which each feature gives its values.</param>
    public void Begin(string name, string[] keys)
    {
        (_name, _keys, FeatureCount) = (name, keys, 0);
        _features.ResetWrittenCount();
        _values.ResetWrittenCount();
        _valueIndexes.Clear();
    }

    /// <summary>Begins the attributes of the next feature.</summary>
    public void BeginFeature() => _tags.Clear();

    /// <summary>Sets the attribute <c>keys[key]</c> of the feature begun; an absent value is left out.</summary>
    public void Set(int key, TileValue value)
    {
        if (value.Kind == 0)
            return;
        ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(_valueIndexes, value, out var known);
        if (!known)
        {
            index = (uint)_valueIndexes.Count - 1;
            WriteValue(value);
        }
        _tags.Add((uint)key);
        _tags.Add(index);
    }

    /// <summary>Adds the feature begun.</summary>
    /// <param name="type">1 points, 2 lines, 3 polygons.</param>
    public void EndFeature(long id, byte type, List<uint> commands)
    {
        _feature.ResetWrittenCount();
        _feature.WriteVarintField(1, (ulong)id);
        _feature.WritePackedField(2, CollectionsMarshal.AsSpan(_tags));
        _feature.WriteVarintField(3, type);
        _feature.WritePackedField(4, CollectionsMarshal.AsSpan(commands));
        _features.WriteBytesField(2, _feature.WrittenSpan);
        FeatureCount++;
    }

    /// <summary>Appends the layer to a tile; a layer without features leaves no trace.</summary>
    public void End(IBufferWriter<byte> tile)
    {
        if (FeatureCount == 0)
            return;
        _feature.ResetWrittenCount();
        _tail.ResetWrittenCount();
        _feature.WriteVarintField(15, 2); // the version of the format
        _feature.WriteStringField(1, _name);
        foreach (var key in _keys)
            _tail.WriteStringField(3, key);
        _tail.Write(_values.WrittenSpan);
        _tail.WriteVarintField(5, TileId.Extent);

        tile.WriteLengthHeader(3, _feature.WrittenCount + _features.WrittenCount + _tail.WrittenCount);
        tile.Write(_feature.WrittenSpan);
        tile.Write(_features.WrittenSpan);
        tile.Write(_tail.WrittenSpan);
    }

    private void WriteValue(TileValue value)
    {
        _feature.ResetWrittenCount();
        switch (value.Kind)
        {
            case 1:
                _feature.WriteStringField(1, value.Text!);
                break;
            case 2 when value.Number < 0:
                _feature.WriteVarintField(6, (ulong)((value.Number << 1) ^ (value.Number >> 63)));
                break;
            case 2:
                _feature.WriteVarintField(5, (ulong)value.Number);
                break;
            default:
                _feature.WriteVarintField(7, (ulong)value.Number);
                break;
        }
        _values.WriteBytesField(4, _feature.WrittenSpan);
    }
}

/// <summary>The few forms of Protocol Buffers that a vector tile is made of.</summary>
internal static class ProtocolBufferExtensions
{
    public static void WriteVarint(this IBufferWriter<byte> writer, ulong value)
    {
        var span = writer.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
            span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        writer.Advance(length);
    }

    public static void WriteVarintField(this IBufferWriter<byte> writer, int field, ulong value)
    {
        writer.WriteVarint((ulong)field << 3);
        writer.WriteVarint(value);
    }

    public static void WriteLengthHeader(this IBufferWriter<byte> writer, int field, int length)
    {
        writer.WriteVarint(((ulong)field << 3) | 2);
        writer.WriteVarint((ulong)length);
    }

    public static void WriteBytesField(this IBufferWriter<byte> writer, int field, ReadOnlySpan<byte> bytes)
    {
        writer.WriteLengthHeader(field, bytes.Length);
        writer.Write(bytes);
    }

    public static void WriteStringField(this IBufferWriter<byte> writer, int field, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        writer.WriteLengthHeader(field, length);
        writer.Advance(Encoding.UTF8.GetBytes(text, writer.GetSpan(length)));
    }

    public static void WritePackedField(this IBufferWriter<byte> writer, int field, ReadOnlySpan<uint> values)
    {
        if (values.IsEmpty)
            return;
        var length = 0;
        foreach (var value in values)
            length += value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : value < 1 << 28 ? 4 : 5;
        writer.WriteLengthHeader(field, length);
        foreach (var value in values)
            writer.WriteVarint(value);
    }
}
