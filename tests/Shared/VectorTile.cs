using System.Text;

namespace SituationMap.Testing;

/// <summary>A decoded feature; rings and lines in tile units, each a run of points, rings without their closing point.</summary>
public sealed record VectorTileFeature(
    ulong Id,
    int Type,
    IReadOnlyDictionary<string, object> Attributes,
    IReadOnlyList<(int X, int Y)[]> Parts
);

public sealed record VectorTileLayer(string Name, uint Extent, IReadOnlyList<VectorTileFeature> Features);

/// <summary>
/// Decodes Mapbox Vector Tiles and refuses whatever the specification 2.1 does not allow: unknown fields or commands, indexes out of
/// range, repeated layer names, keys twice in a feature, empty geometry, rings of no area, holes before their outer ring.
/// </summary>
public static class VectorTile
{
    public static IReadOnlyList<VectorTileLayer> Decode(byte[] tile)
    {
        var layers = new List<VectorTileLayer>();
        foreach (var (field, _, bytes) in Fields(tile))
        {
            Require(field == 3, $"field {field} in a tile");
            layers.Add(DecodeLayer(bytes));
        }
        Require(layers.Select(layer => layer.Name).Distinct().Count() == layers.Count, "a layer's name twice");
        return layers;
    }

    private static VectorTileLayer DecodeLayer(byte[] layer)
    {
        var (name, version, extent) = ("", 0UL, 4096U);
        var (keys, values, features) = (new List<string>(), new List<object>(), new List<byte[]>());
        foreach (var (field, number, bytes) in Fields(layer))
        {
            switch (field)
            {
                case 15:
                    version = number;
                    break;
                case 1:
                    name = Encoding.UTF8.GetString(bytes);
                    break;
                case 2:
                    features.Add(bytes);
                    break;
                case 3:
                    keys.Add(Encoding.UTF8.GetString(bytes));
                    break;
                case 4:
                    values.Add(DecodeValue(bytes));
                    break;
                case 5:
                    extent = (uint)number;
                    break;
                default:
                    throw new InvalidDataException($"field {field} in a layer");
            }
        }
        Require(version == 2, $"version {version}");
        Require(name.Length > 0, "a layer without a name");
        Require(features.Count > 0, "a layer without features");
        Require(keys.Distinct().Count() == keys.Count, "a key twice");
        Require(values.Distinct().Count() == values.Count, "a value twice");
        return new VectorTileLayer(name, extent, [.. features.Select(feature => DecodeFeature(feature, keys, values))]);
    }

    private static VectorTileFeature DecodeFeature(byte[] feature, List<string> keys, List<object> values)
    {
        var (id, type, tags, commands) = (0UL, 0, Array.Empty<ulong>(), Array.Empty<ulong>());
        foreach (var (field, number, bytes) in Fields(feature))
        {
            switch (field)
            {
                case 1:
                    id = number;
                    break;
                case 2:
                    tags = Packed(bytes);
                    break;
                case 3:
                    type = (int)number;
                    break;
                case 4:
                    commands = Packed(bytes);
                    break;
                default:
                    throw new InvalidDataException($"field {field} in a feature");
            }
        }
        Require(type is >= 1 and <= 3, $"geometry type {type}");
        Require(tags.Length % 2 == 0, "an odd number of tags");
        var attributes = new Dictionary<string, object>();
        for (var i = 0; i < tags.Length; i += 2)
        {
            Require(tags[i] < (ulong)keys.Count && tags[i + 1] < (ulong)values.Count, "a tag out of range");
            Require(attributes.TryAdd(keys[(int)tags[i]], values[(int)tags[i + 1]]), "a key twice in a feature");
        }
        return new VectorTileFeature(id, type, attributes, DecodeGeometry(type, commands));
    }

    /// <summary>The parts of a geometry.</summary>
    /// <param name="type">1 points, 2 lines, 3 polygons.</param>
    public static IReadOnlyList<(int X, int Y)[]> DecodeGeometry(int type, ulong[] commands)
    {
        var (parts, part, x, y, closed) = (new List<(int, int)[]>(), new List<(int X, int Y)>(), 0, 0, true);
        var i = 0;
        while (i < commands.Length)
        {
            var (command, count) = ((int)(commands[i] & 7), (int)(commands[i] >> 3));
            i++;
            Require(count > 0, "a command of count 0");
            if (command == 7)
            {
                Require(type == 3 && count == 1 && part.Count >= 3, "ClosePath where it must not be");
                parts.Add([.. part]);
                part.Clear();
                closed = true;
                continue;
            }
            Require(command is 1 or 2, $"command {command}");
            Require(command == 1 ? type == 1 || count == 1 : type != 1 && part.Count > 0, "a command out of its place");
            if (command == 1 && part.Count > 0)
            {
                Require(type == 2 && part.Count > 1, "a part that is not finished");
                parts.Add([.. part]);
                part.Clear();
            }
            for (; count > 0; count--, i += 2)
            {
                Require(i + 1 < commands.Length, "too few parameters");
                var (dx, dy) = (ZigZag(commands[i]), ZigZag(commands[i + 1]));
                Require(command == 1 || dx != 0 || dy != 0, "a point twice");
                (x, y) = (x + dx, y + dy);
                part.Add((x, y));
            }
            closed = type != 3;
        }
        Require(closed, "a ring that is not closed");
        if (part.Count > 0)
            parts.Add([.. part]);
        Require(parts.Count > 0, "an empty geometry");
        if (type == 3)
        {
            Require(Area(parts[0]) > 0, "a hole before its outer ring");
            Require(parts.TrueForAll(ring => Area(ring) != 0), "a ring without area");
        }
        return parts;
    }

    /// <summary>Twice the area; positive for outer rings (y to the south).</summary>
    public static long Area((int X, int Y)[] ring) =>
        ring.Select((point, i) => (point, next: ring[(i + 1) % ring.Length]))
            .Sum(edge => ((long)edge.point.X * edge.next.Y) - ((long)edge.next.X * edge.point.Y));

    private static object DecodeValue(byte[] value)
    {
        var (field, number, bytes) = Fields(value).Single();
        return field switch
        {
            1 => Encoding.UTF8.GetString(bytes),
            4 or 5 => (long)number,
            6 => (long)(number >> 1) ^ -(long)(number & 1),
            7 => number != 0,
            _ => throw new InvalidDataException($"a value of kind {field}"),
        };
    }

    private static IEnumerable<(int Field, ulong Number, byte[] Bytes)> Fields(byte[] message)
    {
        var at = 0;
        while (at < message.Length)
        {
            var key = Varint(message, ref at);
            var number = Varint(message, ref at);
            var bytes = Array.Empty<byte>();
            if ((key & 7) == 2)
            {
                Require(at + (long)number <= message.Length, "a length beyond the end");
                bytes = message[at..(at + (int)number)];
                at += (int)number;
            }
            else
                Require((key & 7) == 0, $"wire type {key & 7}");
            yield return ((int)(key >> 3), number, bytes);
        }
    }

    /// <summary>Numbers one after the other, as a feature has its commands and tags.</summary>
    public static ulong[] Packed(byte[] bytes)
    {
        var numbers = new List<ulong>();
        var at = 0;
        while (at < bytes.Length)
            numbers.Add(Varint(bytes, ref at));
        return [.. numbers];
    }

    private static ulong Varint(byte[] bytes, ref int at)
    {
        var (value, shift) = (0UL, 0);
        while (true)
        {
            Require(at < bytes.Length && shift < 64, "a number beyond the end");
            var part = bytes[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
            shift += 7;
        }
    }

    private static int ZigZag(ulong value) => (int)(value >> 1) ^ -(int)(value & 1);

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidDataException($"Not a vector tile: {otherwise}.");
    }
}
