using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using SituationMap.Core;

namespace SituationMap.Server.Lookups;

/// <summary>One point of many.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Id">What the asker wants to see again, as JSON; empty: nothing.</param>
/// <param name="X">Longitude or easting.</param>
/// <param name="Y">Latitude or northing.</param>
/// <param name="Fault">Why it is none.</param>
/// <param name="IsEnd">Nothing after it can be read.</param>
internal readonly record struct LookupRow(int Index, ReadOnlyMemory<byte> Id, double X, double Y, Fault? Fault = null, bool IsEnd = false);

/// <summary>Takes a stream of points apart, holding one of them at a time.</summary>
/// <param name="x">What the first number is called: lon or x.</param>
/// <param name="y">What the second number is called: lat or y.</param>
internal sealed class LookupRows(string x, string y)
{
    private const int MaxRowBytes = 64 << 10;

    /// <summary>Large ones: a point that lies in two pieces costs a copy.</summary>
    private static readonly StreamPipeReaderOptions Pieces = new(bufferSize: 128 << 10, minimumReadSize: 32 << 10);

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 8 };

    /// <summary>A JSON array of objects.</summary>
    public async IAsyncEnumerable<LookupRow> ReadJsonAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var pipe = PipeReader.Create(body, Pieces);
        var (state, index) = (new JsonReaderState(Strict), 0);
        while (true)
        {
            var read = await pipe.ReadAsync(cancellation);
            var buffer = read.Buffer;
            while (true)
            {
                var step = NextItem(ref buffer, ref state, read.IsCompleted, out var item);
                if (step == Step.More && (read.IsCompleted || buffer.Length > MaxRowBytes))
                    step = Step.Wrong;
                if (step == Step.Wrong)
                {
                    yield return End(
                        index,
                        new Fault(
                            "json-malformed",
                            "body",
                            $"a well-formed JSON array of objects with {x} and {y}, each of at most {MaxRowBytes >> 10} KiB"
                        )
                    );
                    yield break;
                }
                if (step == Step.Over)
                    yield break;
                if (step == Step.More)
                    break;
                yield return Row(index++, item);
            }
            pipe.AdvanceTo(buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>An object a line.</summary>
    public async IAsyncEnumerable<LookupRow> ReadLinesAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var pipe = PipeReader.Create(body, Pieces);
        var index = 0;
        while (true)
        {
            var read = await pipe.ReadAsync(cancellation);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                buffer = buffer.Slice(buffer.GetPosition(1, end));
                if (!IsBlank(line))
                    yield return Row(index++, line);
            }
            if (buffer.Length > MaxRowBytes)
            {
                yield return End(index, new Fault("line-too-long", "body", $"lines of at most {MaxRowBytes >> 10} KiB"));
                yield break;
            }
            if (read.IsCompleted)
            {
                if (!IsBlank(buffer))
                    yield return Row(index, buffer);
                yield break;
            }
            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>A first line with the names of the columns, then a point a line; other columns are left alone.</summary>
    public async IAsyncEnumerable<LookupRow> ReadCsvAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var text = new StreamReader(body);
        var bad = false;
        using var csv = new CsvParser(
            text,
            new CsvConfiguration(CultureInfo.InvariantCulture) { MaxFieldSize = MaxRowBytes, BadDataFound = _ => bad = true },
            leaveOpen: true
        );
        var (columnX, columnY, columnId, index) = (-1, -1, -1, -1);
        while (true)
        {
            var (any, broken) = (false, false);
            cancellation.ThrowIfCancellationRequested();
            try
            {
                any = await csv.ReadAsync();
            }
            catch (CsvHelperException)
            {
                broken = true;
            }
            if (broken || bad)
            {
                yield return End(
                    Math.Max(0, index),
                    new Fault(
                        "csv-malformed",
                        "body",
                        $"CSV as RFC 4180 has it, fields of at most {MaxRowBytes >> 10} KiB (line {csv.RawRow})"
                    )
                );
                yield break;
            }
            if (!any)
                yield break;
            if (index++ < 0)
            {
                var names = Array.ConvertAll(csv.Record!, name => name.Trim().TrimStart('\uFEFF').ToLowerInvariant());
                (columnX, columnY, columnId) = (Array.IndexOf(names, x), Array.IndexOf(names, y), Array.IndexOf(names, "id"));
                if (columnX >= 0 && columnY >= 0)
                    continue;
                yield return End(
                    0,
                    new Fault("field-missing", columnX < 0 ? x : y, $"a first line with the names of the columns, {x} and {y} among them")
                );
                yield break;
            }
            var id =
                columnId >= 0 && columnId < csv.Count ? JsonSerializer.SerializeToUtf8Bytes(csv[columnId], LookupTexts.Plain) : default;
            var fault = Number(csv, columnX, x, out var numberX) ?? Number(csv, columnY, y, out _);
            _ = Number(csv, columnY, y, out var numberY);
            yield return new LookupRow(index - 1, id, numberX, numberY, fault);
        }
    }

    private static Fault? Number(CsvParser csv, int column, string name, out double number)
    {
        number = 0;
        return column >= csv.Count || csv[column].Length == 0 ? new Fault("field-missing", name, "a number")
            : double.TryParse(csv[column], NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number) ? null
            : new Fault("value-wrong", name, "a number");
    }

    private LookupRow Row(int index, in ReadOnlySequence<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        double? numberX = null,
            numberY = null;
        ReadOnlyMemory<byte> id = default;
        Fault? fault = null;
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return new LookupRow(index, default, 0, 0, new Fault("type-wrong", "body", $"an object with {x} and {y}"));
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isX = reader.ValueTextEquals(x);
                var isY = !isX && reader.ValueTextEquals(y);
                var isId = !isX && !isY && reader.ValueTextEquals("id"u8);
                var name =
                    isX ? x
                    : isY ? y
                    : isId ? "id"
                    : reader.GetString()!;
                reader.Read();
                if (
                    (isX || isY)
                    && reader.TokenType == JsonTokenType.Number
                    && reader.TryGetDouble(out var number)
                    && double.IsFinite(number)
                )
                {
                    if (isX)
                        numberX = number;
                    else
                        numberY = number;
                }
                else if (isX || isY)
                    fault ??= new Fault("type-wrong", name, "a number");
                else if (isId && reader.TokenType is JsonTokenType.Number or JsonTokenType.Null)
                    id = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan.ToArray();
                else if (isId && reader.TokenType == JsonTokenType.String)
                    id = JsonSerializer.SerializeToUtf8Bytes(reader.GetString(), LookupTexts.Plain);
                else
                    fault ??= isId
                        ? new Fault("type-wrong", name, "a text or a number")
                        : new Fault("field-unknown", name, $"one of id, {x}, {y}");
                reader.Skip();
            }
            // what stands behind the object
            while (reader.Read()) { }
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException) // the latter: text that is no Unicode
        {
            return new LookupRow(index, default, 0, 0, new Fault("json-malformed", "body", "well-formed JSON"));
        }
        fault ??=
            numberX is null ? new Fault("field-missing", x, "a number")
            : numberY is null ? new Fault("field-missing", y, "a number")
            : null;
        return new LookupRow(index, id, numberX ?? 0, numberY ?? 0, fault);
    }

    private enum Step
    {
        Item,
        More,
        Over,
        Wrong,
    }

    /// <summary>Takes the next element off the buffer, once all of it is there.</summary>
    private static Step NextItem(ref ReadOnlySequence<byte> buffer, ref JsonReaderState state, bool isLast, out ReadOnlySequence<byte> item)
    {
        item = default;
        var reader = new Utf8JsonReader(buffer, isLast, state);
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth == 0)
                {
                    if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.EndArray))
                        return Step.Wrong;
                    buffer = buffer.Slice(reader.Position);
                    state = reader.CurrentState;
                    if (reader.TokenType == JsonTokenType.EndArray)
                        return IsBlank(buffer) ? Step.Over : Step.Wrong;
                    reader = new Utf8JsonReader(buffer, isLast, state);
                    continue;
                }
                var start = reader.TokenStartIndex;
                if (!reader.TrySkip())
                    return Step.More;
                item = buffer.Slice(start, reader.BytesConsumed - start);
                buffer = buffer.Slice(reader.Position);
                state = reader.CurrentState;
                return Step.Item;
            }
            return Step.More;
        }
        catch (JsonException)
        {
            return Step.Wrong;
        }
    }

    private static LookupRow End(int index, Fault fault) => new(index, default, 0, 0, fault, IsEnd: true);

    private static bool IsBlank(in ReadOnlySequence<byte> line)
    {
        foreach (var segment in line)
        {
            if (segment.Span.ContainsAnyExcept(" \t\r\n"u8))
                return false;
        }
        return true;
    }
}
