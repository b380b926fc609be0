using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SituationMap.Core.Json;

/// <summary>Refuses text with U+0000, which PostgreSQL does not take, wherever a body is read into a type of ours.</summary>
public sealed class StorableTextConverter : JsonConverter<string>
{
    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is var text && text?.Contains('\0') == true ? throw new JsonException("text with U+0000") : text;

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

/// <summary>Looks through JSON for text that cannot be stored: lone surrogates, and U+0000, which PostgreSQL refuses.</summary>
public static class JsonText
{
    /// <summary>The path of the first member whose name or text cannot be stored; null where all can.</summary>
    /// <param name="element">Of valid UTF-8, which says such only by escapes: where there is none, nothing need be decoded.</param>
    public static string? FirstUnstorable(JsonElement element) =>
        JsonMarshal.GetRawUtf8Value(element).Contains((byte)'\\') ? FirstUnstorable(element, "") : null;

    private static string? FirstUnstorable(JsonElement element, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return IsStorable(element) ? null : Name(path);
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                {
                    if (FirstUnstorable(item, $"{path}[{index++}]") is { } within)
                        return within;
                }
                return null;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    if (NameOf(property) is not { } name)
                        return Name(path);
                    if (FirstUnstorable(property.Value, path.Length == 0 ? name : $"{path}.{name}") is { } within)
                        return within;
                }
                return null;
            default:
                return null;
        }
    }

    private static string Name(string path) => path.Length == 0 ? "body" : path;

    private static bool IsStorable(JsonElement text)
    {
        try
        {
            return text.GetString()?.Contains('\0') == false;
        }
        catch (InvalidOperationException) // an escaped lone surrogate: there is no way to ask beforehand
        {
            return false;
        }
    }

    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name.Contains('\0') ? null : property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
