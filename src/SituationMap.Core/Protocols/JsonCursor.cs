using System.Globalization;
using System.Text.Json;

namespace SituationMap.Core.Protocols;

/// <summary>
/// Walks a JSON document and notes down what is not as expected, with the path to it, instead of stopping at the first fault.
/// A value that is asked for and faulty comes back as its default, so reading goes on.
/// </summary>
internal sealed class JsonCursor(JsonElement element, string path, List<string> errors)
{
    private HashSet<string>? _asked;

    public JsonElement Element => element;

    public string Path => path;

    public static JsonCursor? Open(string file, string text, List<string> errors)
    {
        try
        {
            using var document = JsonDocument.Parse(
                text,
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
            );
            return new JsonCursor(document.RootElement.Clone(), file + "/", errors);
        }
        catch (JsonException fault)
        {
            errors.Add($"{file}/: JSON was expected; line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1} is not");
            return null;
        }
    }

    public void Expect(string what) => errors.Add($"{path}: {what} was expected");

    public void Complain(string what) => errors.Add($"{path}: {what}");

    public JsonCursor? Optional(string name)
    {
        (_asked ??= []).Add(name);
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? At(name, value) : null;
    }

    public JsonCursor? Required(string name, string what)
    {
        var found = Optional(name);
        if (found is null)
            errors.Add($"{Below(name)}: {what} was expected");
        return found;
    }

    /// <summary>Call last: complains of properties that nobody asked for, which are misspelt most of the time.</summary>
    public void NothingElse()
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Expect("an object");
            return;
        }
        foreach (var property in element.EnumerateObject())
            if (_asked?.Contains(property.Name) != true && property.Name != "$schema")
                errors.Add($"{Below(property.Name)}: no such property was expected, only {string.Join(", ", _asked ?? [])}");
    }

    public IEnumerable<JsonCursor> Items()
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            Expect("an array");
            yield break;
        }
        var i = 0;
        foreach (var item in element.EnumerateArray())
            yield return At((i++).ToString(CultureInfo.InvariantCulture), item);
    }

    public IEnumerable<(string Name, JsonCursor Value)> Properties()
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Expect("an object");
            yield break;
        }
        foreach (var property in element.EnumerateObject())
            yield return (property.Name, At(property.Name, property.Value));
    }

    public string Text(string what)
    {
        if (element.ValueKind == JsonValueKind.String && element.GetString() is { Length: > 0 } text)
            return text;
        Expect(what);
        return "";
    }

    public int WholeNumber(int least, int most)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var number) && number >= least && number <= most)
            return number;
        Expect($"a whole number from {least} to {most}");
        return least;
    }

    public bool YesNo()
    {
        if (element.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            Expect("true or false");
        return element.ValueKind == JsonValueKind.True;
    }

    public T OneOf<T>(params ReadOnlySpan<(string Name, T Value)> choices)
    {
        if (element.ValueKind == JsonValueKind.String)
            foreach (var (name, value) in choices)
                if (element.ValueEquals(name))
                    return value;
        Expect("one of " + string.Join(", ", choices.ToArray().Select(choice => choice.Name)));
        return choices[0].Value;
    }

    public LocalText LocalText()
    {
        var text = new LocalText(
            Required("zh-CN", "the words in Chinese")?.Text("the words in Chinese") ?? "",
            Required("en", "the words in English")?.Text("the words in English") ?? ""
        );
        NothingElse();
        return text;
    }

    private JsonCursor At(string name, JsonElement value) => new(value, Below(name), errors);

    private string Below(string name) => path.EndsWith('/') ? path + name : $"{path}/{name}";
}
