using System.Text.Json;

namespace SituationMap.Core.Json;

/// <summary>
/// Reads the fields of a JSON object one after the other and keeps the first fault; after a fault what is read is meaningless,
/// so look at <see cref="Fault"/> before using anything.
/// </summary>
/// <param name="element">The object.</param>
/// <param name="prefix">Put before the names of fields in faults, such as <c>data.</c>.</param>
public sealed class JsonFields(JsonElement element, string prefix = "")
{
    /// <summary>The first fault; null: none so far.</summary>
    public Fault? Fault { get; private set; }

    /// <summary>Whether the field is there and not null.</summary>
    public bool Has(string name) => element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Keeps a fault, unless there is one already.</summary>
    public void Refuse(Fault fault) => Fault ??= fault;

    /// <summary>Keeps a fault of a field, unless there is one already.</summary>
    public void Refuse(string name, string code, string expected) => Refuse(new Fault(code, prefix + name, expected));

    /// <summary>A misspelt field is told rather than lost.</summary>
    public void RefuseOthersThan(IReadOnlyCollection<string> known)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (!known.Contains(property.Name))
                Refuse(property.Name, "field-unknown", known.Count == 0 ? "no field here" : "one of " + string.Join(", ", known));
        }
    }

    /// <summary>A UUID that is not all zeros.</summary>
    public Guid Uuid(string name) =>
        Get(name, "a UUID") is { } value
        && (value.TryGetGuid(out var id) && id != Guid.Empty || Wrong(name, "a UUID such as 0b6f3c1e-5a4d-4f0e-9c55-0d8f1d2f7a10"))
            ? id
            : Guid.Empty;

    /// <summary>What one of a few names stands for.</summary>
    public T OneOf<T>(string name, IReadOnlyDictionary<string, T> choices)
    {
        if (
            element.TryGetProperty(name, out var text)
            && text.ValueKind == JsonValueKind.String
            && choices.TryGetValue(text.GetString()!, out var choice)
        )
            return choice;
        var expected = "one of " + string.Join(", ", choices.Keys);
        if (Get(name, expected) is not null)
            Wrong(name, expected);
        return default!;
    }

    /// <summary>A text that is not empty.</summary>
    /// <param name="name">The field.</param>
    /// <param name="longest">In UTF-16 units.</param>
    public string Text(string name, int longest) =>
        Get(name, "a text") is { } value
        && (value.GetString() is { Length: > 0 } text && text.Length <= longest || Wrong(name, $"a text of 1 to {longest} characters"))
            ? value.GetString()!
            : "";

    /// <summary>Whether the field is there, and said to be null.</summary>
    public bool IsNull(string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Null;

    /// <summary>Such a text; null: the field is not there.</summary>
    public string? OptionalText(string name, int longest) => Has(name) ? Text(name, longest) : null;

    /// <summary>An instant in ISO 8601 with its offset, cut to microseconds as the store keeps it; both bounds are allowed.</summary>
    public DateTimeOffset Instant(string name, DateTimeOffset earliest, DateTimeOffset latest)
    {
        const string Example = "a time with its offset, such as 2020-02-05T09:00:00+08:00";
        if (Get(name, Example) is not { } value)
            return default;
        // without an offset the parser would take the server's own time zone
        if (!EndsWithOffset(value.GetString()!) || !value.TryGetDateTimeOffset(out var instant))
            Wrong(name, Example);
        else if (instant < earliest)
            Refuse(name, "time-too-early", $"a time not before {earliest:yyyy-MM-dd}");
        else if (instant > latest)
            Refuse(name, "time-too-late", $"a time not after {latest:yyyy-MM-ddTHH:mm:ssK}");
        else
            // as exact as the store
            return new DateTimeOffset(instant.Ticks - (instant.Ticks % TimeSpan.TicksPerMicrosecond), instant.Offset);
        return default;
    }

    /// <summary>A whole number; both bounds are allowed.</summary>
    public int WholeNumber(string name, int least, int most)
    {
        var expected = $"a whole number from {least} to {most}";
        return
            Get(name, expected, JsonValueKind.Number) is { } value
            && (value.TryGetInt32(out var number) && number >= least && number <= most || Wrong(name, expected))
            ? value.GetInt32()
            : default;
    }

    /// <summary>A number; both bounds are allowed.</summary>
    public double Number(string name, double least, double most)
    {
        var expected = $"a number from {least} to {most}";
        return
            Get(name, expected, JsonValueKind.Number) is { } value
            && (value.TryGetDouble(out var number) && number >= least && number <= most || Wrong(name, expected))
            ? value.GetDouble()
            : default;
    }

    /// <summary>True or false.</summary>
    public bool Boolean(string name)
    {
        if (!Has(name))
            Refuse(name, "field-missing", "true or false");
        else if (element.GetProperty(name) is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) })
            Refuse(name, "type-wrong", "true or false");
        else
            return element.GetProperty(name).GetBoolean();
        return default;
    }

    /// <summary>The object of that name; an empty one where it is missing.</summary>
    public JsonElement OptionalObject(string name)
    {
        if (!Has(name))
            return Empty;
        var value = element.GetProperty(name);
        if (value.ValueKind == JsonValueKind.Object)
            return value;
        Refuse(name, "type-wrong", "a JSON object");
        return Empty;
    }

    private static readonly JsonElement Empty = JsonSerializer.Deserialize<JsonElement>("{}");

    private JsonElement? Get(string name, string expected, JsonValueKind kind = JsonValueKind.String)
    {
        if (!Has(name))
        {
            Refuse(name, "field-missing", expected);
            return null;
        }
        var value = element.GetProperty(name);
        if (value.ValueKind == kind)
            return value;
        Refuse(name, "type-wrong", expected);
        return null;
    }

    private bool Wrong(string name, string expected)
    {
        Refuse(name, "value-wrong", expected);
        return false;
    }

    private static bool EndsWithOffset(string text) => text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
}
