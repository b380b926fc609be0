using System.Globalization;
using System.Text.Json;

namespace SituationMap.Store.Files;

/// <summary>
/// Writes the numbers among a GeoJSON's properties as the texts they stand as: GDAL takes a column with one fraction in it for numbers of
/// eight bytes, and 1001 comes out as 1001.00000000000.
/// </summary>
public static class GeoJsonNumbers
{
    private const int Buffer = 1 << 20;
    private const int LongestToken = 64 << 20;

    /// <exception cref="ImportRefusedException">It is no JSON, breaks off, or is nested too deeply.</exception>
    public static async Task QuoteAsync(string from, string to, CancellationToken cancellation)
    {
        await using var source = File.OpenRead(from);
        await using var target = new FileStream(to, FileMode.Create, FileAccess.Write);
        await using var writer = new Utf8JsonWriter(target, new JsonWriterOptions { SkipValidation = true });
        var buffer = new byte[Buffer];
        var (filled, properties) = (0, -1);
        var state = new JsonReaderState();
        try
        {
            for (var isFirst = true; ; isFirst = false)
            {
                cancellation.ThrowIfCancellationRequested();
                var read = await source.ReadAsync(buffer.AsMemory(filled), cancellation);
                filled += read;
                var skipped = isFirst && buffer.AsSpan(0, filled).StartsWith("\uFEFF"u8) ? 3 : 0;
                var used = skipped + Copy(buffer.AsSpan(skipped, filled - skipped), isLast: read == 0, ref state, ref properties, writer);
                await writer.FlushAsync(cancellation);
                if (read == 0)
                    return;
                buffer.AsSpan(used, filled - used).CopyTo(buffer);
                filled -= used;
                if (filled == buffer.Length && buffer.Length < LongestToken)
                    Array.Resize(ref buffer, buffer.Length * 2);
                else if (filled == buffer.Length)
                    throw new ImportRefusedException("file-unreadable", "file", $"GeoJSON with values of at most {LongestToken >> 20} MB");
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            var line = failure is JsonException { LineNumber: { } number }
                ? $"; it breaks off or goes wrong in line {(number + 1).ToString(CultureInfo.InvariantCulture)}"
                : "";
            throw new ImportRefusedException("file-unreadable", "file", $"GeoJSON that is whole{line}");
        }
    }

    /// <param name="properties">The depth of the object of properties that is being read; -1: none is.</param>
    private static int Copy(ReadOnlySpan<byte> buffer, bool isLast, ref JsonReaderState state, ref int properties, Utf8JsonWriter writer)
    {
        var reader = new Utf8JsonReader(buffer, isLast, state);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    if (properties < 0 && reader.ValueTextEquals("properties"u8))
                        properties = reader.CurrentDepth;
                    writer.WritePropertyName(reader.GetString()!);
                    break;
                case JsonTokenType.StartObject:
                    writer.WriteStartObject();
                    break;
                case JsonTokenType.EndObject:
                    writer.WriteEndObject();
                    break;
                case JsonTokenType.StartArray:
                    writer.WriteStartArray();
                    break;
                case JsonTokenType.EndArray:
                    writer.WriteEndArray();
                    break;
                case JsonTokenType.String:
                    writer.WriteStringValue(reader.GetString());
                    break;
                case JsonTokenType.Number when properties >= 0 && reader.CurrentDepth == properties + 1:
                    writer.WriteStringValue(TextOf(reader.ValueSpan));
                    break;
                default:
                    writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                    break;
            }
            if (
                reader.CurrentDepth == properties
                && reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.StartObject or JsonTokenType.StartArray)
            )
                properties = -1;
        }
        state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }

    /// <summary>1001 of 1001.0 and 1.001e3; what has more digits than a number of eight bytes keeps as it stands.</summary>
    private static string TextOf(ReadOnlySpan<byte> number)
    {
        var text = System.Text.Encoding.ASCII.GetString(number);
        return text.Contains('e', StringComparison.OrdinalIgnoreCase) ? Numbers.TextOf(text) : Numbers.Whole(text);
    }
}
