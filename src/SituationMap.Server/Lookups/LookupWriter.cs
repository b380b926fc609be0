using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using SituationMap.Core;
using SituationMap.Core.Projections;

namespace SituationMap.Server.Lookups;

/// <summary>Writes what was found as JSON, most of it copied from where it stands written already (see
/// <see cref="LookupTexts"/>).</summary>
/// <param name="system">That of the points asked about, which stand in the answers as they were asked.</param>
internal sealed class LookupWriter(LookupView view, CoordinateSystem system)
{
    private readonly byte[] _x = Encoding.UTF8.GetBytes($"\"{system.NameOfX}\":");
    private readonly byte[] _y = Encoding.UTF8.GetBytes($",\"{system.NameOfY}\":");
    private readonly byte[] _picture = Encoding.UTF8.GetBytes(
        $",\"crs\":\"{system.Code}\",\"sequence\":{view.Snapshot.SequenceText},"
            + $"\"asOf\":{JsonSerializer.Serialize(view.Snapshot.AsOf)},\"grids\":"
    );
    private byte[] _line = new byte[1024];
    private int _length;

    /// <param name="x">As asked: longitude or easting.</param>
    /// <param name="y">As asked: latitude or northing.</param>
    /// <param name="id">What the asker wants to see again beside the answer, as JSON; empty: nothing.</param>
    public void Write(IBufferWriter<byte> output, double x, double y, Found found, ReadOnlySpan<byte> id)
    {
        _length = 0;
        Begin(id);
        Add(_x);
        Add(x);
        Add(_y);
        Add(y);
        Add(_picture);
        Add(found.Grid < 0 ? "[]"u8 : view.Texts.Grids(found.Grid));
        Add(",\"building\":"u8);
        Add(found.Building < 0 ? "null"u8 : view.Texts.Building(found.Building));
        Add(",\"zones\":["u8);
        for (var i = 0; i < found.Zones.Count; i++)
        {
            if (i > 0)
                Add(","u8);
            Add(LookupTexts.Zone(view.Zones, found.Zones[i]));
        }
        Add("],\"riskLevel\":"u8);
        Add(found.Zones.Count == 0 ? "null"u8 : view.Zones.Levels[found.Zones[0]]);
        Add(",\"checkpoints\":["u8);
        for (var i = 0; i < found.Checkpoints.Count; i++)
        {
            if (i > 0)
                Add(","u8);
            Add(view.Checkpoint(found.Checkpoints[i].Index));
            AddHundredths((long)Math.Round(found.Checkpoints[i].Metres * 100));
            Add("}"u8);
        }
        Add("]}"u8);
        output.Write(_line.AsSpan(0, _length));
    }

    /// <summary>Writes why a row has no answer.</summary>
    public void Write(IBufferWriter<byte> output, int index, Fault fault, ReadOnlySpan<byte> id)
    {
        _length = 0;
        Begin(id);
        Add(Encoding.UTF8.GetBytes($"\"index\":{index},\"error\":"));
        Add(JsonSerializer.SerializeToUtf8Bytes(fault, LookupTexts.Plain));
        Add("}"u8);
        output.Write(_line.AsSpan(0, _length));
    }

    public static void Add(IBufferWriter<byte> output, ReadOnlySpan<byte> text) => output.Write(text);

    private void Begin(ReadOnlySpan<byte> id)
    {
        Add("{"u8);
        if (id.IsEmpty)
            return;
        Add("\"id\":"u8);
        Add(id);
        Add(","u8);
    }

    private void Add(ReadOnlySpan<byte> text)
    {
        if (_line.Length - _length < text.Length)
            Array.Resize(ref _line, Math.Max(_line.Length * 2, _length + text.Length));
        text.CopyTo(_line.AsSpan(_length));
        _length += text.Length;
    }

    private void Add(double number)
    {
        MakeRoom(32);
        Utf8Formatter.TryFormat(number, _line.AsSpan(_length), out var written);
        _length += written;
    }

    private void AddHundredths(long number)
    {
        MakeRoom(32);
        Utf8Formatter.TryFormat(number / 100, _line.AsSpan(_length), out var written);
        _length += written;
        (_line[_length], _line[_length + 1], _line[_length + 2]) = (
            (byte)'.',
            (byte)('0' + (number / 10 % 10)),
            (byte)('0' + (number % 10))
        );
        _length += 3;
    }

    private void MakeRoom(int bytes)
    {
        if (_line.Length - _length < bytes)
            Array.Resize(ref _line, _line.Length * 2);
    }
}
