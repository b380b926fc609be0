using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace SituationMap.Geo.VectorTiles;

/// <summary>A value of a feature's attribute.</summary>
public readonly record struct TileValue
{
    private TileValue(string? text, long number, byte kind) => (Text, Number, Kind) = (text, number, kind);

    /// <summary>The text; null for a number, a truth or nothing.</summary>
    public string? Text { get; }

    /// <summary>The number.</summary>
    public long Number { get; }

    /// <summary>Whether it is a number.</summary>
    public const byte IsNumber = 2;

    /// <summary>0: absent, 1: text, 2: whole number, 3: true or false.</summary>
    public byte Kind { get; }

    /// <summary>A text, or nothing.</summary>
    public static implicit operator TileValue(string? text) => text is null ? default : new(text, 0, 1);

    /// <summary>A number.</summary>
    public static implicit operator TileValue(long number) => new(null, number, 2);

    /// <summary>True or false.</summary>
    public static implicit operator TileValue(bool truth) => new(null, truth ? 1 : 0, 3);
}

/// <summary>Writes one layer of a Mapbox Vector Tile 2.1. Holds its buffers for the next layer; not for several threads.</summary>
public sealed class VectorTileLayerWriter
{
    /// <summary>Numbers below this, nearly all there are, are found in a table.</summary>
    private const int SmallNumbers = 1024;

    private readonly ProtocolBuffer _features = new(1 << 16);
    private readonly ProtocolBuffer _values = new(1 << 12);
    private readonly ProtocolBuffer _feature = new(1 << 10);
    private readonly ProtocolBuffer _tail = new(1 << 12);

    // Where in the layer's list of values a value stands, counted from 1; the default is: nowhere yet. Apart by kind, since texts by
    // themselves are found in half the time.
    private readonly Dictionary<string, uint> _textIndexes = [];
    private readonly Dictionary<TileValue, uint> _otherIndexes = [];
    private readonly uint[] _numberIndexes = new uint[SmallNumbers];
    private uint _valueCount;
    private readonly List<uint> _tags = [];

    // the value that the feature begun alone has
    private string? _uniqueText;
    private uint _uniqueIndex;

    private string[] _keys = [];
    private string _name = "";

    /// <summary>How many features were ended so far.</summary>
    public int FeatureCount { get; private set; }

    /// <param name="keys">The names of the attributes, in the order in which each feature gives its values.</param>
    public void Begin(string name, string[] keys)
    {
        (_name, _keys, FeatureCount) = (name, keys, 0);
        _features.Clear();
        _values.Clear();
        _textIndexes.Clear();
        _otherIndexes.Clear();
        Array.Clear(_numberIndexes);
        _valueCount = 0;
    }

    /// <summary>Begins the attributes of the next feature.</summary>
    public void BeginFeature()
    {
        _tags.Clear();
        _uniqueText = null;
    }

    /// <summary>Sets the attribute <c>keys[key]</c> of the feature begun; an absent value is left out.</summary>
    /// <param name="isUnique">No other feature has this value: it is not looked for among the others. The feature itself may have it once
    /// more, as a building without an address is called by its code.</param>
    public void Set(int key, in TileValue value, bool isUnique = false)
    {
        if (value.Kind == 0)
            return;
        _tags.Add((uint)key);
        if (isUnique)
        {
            (_uniqueText, _uniqueIndex) = (value.Text, AddValue(value) - 1);
            _tags.Add(_uniqueIndex);
            return;
        }
        if (_uniqueText is not null && value.Text == _uniqueText)
        {
            _tags.Add(_uniqueIndex);
            return;
        }
        ref var index = ref value.Text is { } text
            ? ref CollectionsMarshal.GetValueRefOrAddDefault(_textIndexes, text, out _)
            : ref value.Kind == TileValue.IsNumber && (ulong)value.Number < SmallNumbers
                ? ref _numberIndexes[value.Number]
                : ref CollectionsMarshal.GetValueRefOrAddDefault(_otherIndexes, value, out _);
        if (index == 0)
            index = AddValue(value);
        _tags.Add(index - 1);
    }

    /// <summary>Adds the feature begun.</summary>
    /// <param name="type">1 points, 2 lines, 3 polygons.</param>
    public void EndFeature(long id, byte type, ProtocolBuffer commands)
    {
        _feature.Clear();
        _feature.WriteVarintField(1, (ulong)id);
        _feature.WritePackedField(2, CollectionsMarshal.AsSpan(_tags));
        _feature.WriteVarintField(3, type);
        _feature.WriteBytesField(4, commands.Written);
        _features.WriteBytesField(2, _feature.Written);
        FeatureCount++;
    }

    /// <summary>Appends the layer to a tile; a layer without features leaves no trace.</summary>
    public void End(ProtocolBuffer tile)
    {
        if (FeatureCount == 0)
            return;
        _feature.Clear();
        _tail.Clear();
        _feature.WriteVarintField(15, 2); // the version of the format
        _feature.WriteStringField(1, _name);
        foreach (var key in _keys)
            _tail.WriteStringField(3, key);
        _tail.Write(_values.Written);
        _tail.WriteVarintField(5, TileId.Extent);

        tile.WriteLengthHeader(3, _feature.Length + _features.Length + _tail.Length);
        tile.Write(_feature.Written);
        tile.Write(_features.Written);
        tile.Write(_tail.Written);
    }

    /// <summary>Its place in the list, counted from 1.</summary>
    private uint AddValue(in TileValue value)
    {
        _feature.Clear();
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
        _values.WriteBytesField(4, _feature.Written);
        return ++_valueCount;
    }
}

/// <summary>
/// A growing buffer of bytes with the few forms of Protocol Buffers that a vector tile is made of. A class of its own and not an
/// IBufferWriter: most of what is written is single bytes, and a call through an interface for each costs more than the byte.
/// </summary>
public sealed class ProtocolBuffer(int capacity)
{
    private const int LongestVarint = 10;

    private byte[] _bytes = new byte[capacity];

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What was written so far; overwritten by what comes after the next clearing.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Begins anew in the same memory.</summary>
    public void Clear() => Length = 0;

    /// <summary>A number in groups of seven bits, the lowest first.</summary>
    public void WriteVarint(ulong value)
    {
        if (_bytes.Length - Length < LongestVarint)
            Grow(LongestVarint);
        var (bytes, at) = (_bytes, Length);
        for (; value >= 0x80; value >>= 7)
            bytes[at++] = (byte)(value | 0x80);
        bytes[at++] = (byte)value;
        Length = at;
    }

    /// <summary>A field with a number.</summary>
    public void WriteVarintField(int field, ulong value)
    {
        WriteVarint((ulong)field << 3);
        WriteVarint(value);
    }

    /// <summary>The tag and length of a field whose bytes follow.</summary>
    public void WriteLengthHeader(int field, int length)
    {
        WriteVarint(((ulong)field << 3) | 2);
        WriteVarint((ulong)length);
    }

    /// <summary>Bytes as they are.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - Length < bytes.Length)
            Grow(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>A field with bytes.</summary>
    public void WriteBytesField(int field, ReadOnlySpan<byte> bytes)
    {
        WriteLengthHeader(field, bytes.Length);
        Write(bytes);
    }

    /// <summary>A field with text in UTF-8.</summary>
    public void WriteStringField(int field, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        WriteLengthHeader(field, length);
        if (_bytes.Length - Length < length)
            Grow(length);
        Length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length));
    }

    /// <summary>A field with packed numbers.</summary>
    public void WritePackedField(int field, ReadOnlySpan<uint> values)
    {
        if (values.IsEmpty)
            return;
        var length = 0;
        foreach (var value in values)
            length += LengthOf(value);
        WriteLengthHeader(field, length);
        foreach (var value in values)
            WriteVarint(value);
    }

    /// <summary>How many bytes a number takes.</summary>
    private static int LengthOf(uint value) => (BitOperations.Log2(value | 1) / 7) + 1;

    private void Grow(int needed) => Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + needed));
}
