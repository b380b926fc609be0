namespace SituationMap.Core.Protocols;

/// <summary>The names of administrative divisions by their codes (two digits for a province, six for what is below it).</summary>
public sealed class Divisions
{
    private readonly Dictionary<string, LocalText> _names;

    private Divisions(Dictionary<string, LocalText> names) => _names = names;

    /// <summary>No divisions: every code stays as it is.</summary>
    public static Divisions None { get; } = new([]);

    /// <summary>Reads <c>data/divisions/divisions.json</c>.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="errors">What is wrong with it; empty where nothing is.</param>
    public static Divisions Read(string text, out IReadOnlyList<string> errors)
    {
        var faults = new List<string>();
        errors = faults;
        var names = new Dictionary<string, LocalText>();
        if (JsonCursor.Open("divisions.json", text, faults) is { } json)
            foreach (var (code, name) in json.Properties())
            {
                if (!IsCode(code))
                    name.Complain("a code of two or six digits was expected");
                names[code] = name.LocalText();
            }
        return new Divisions(names);
    }

    /// <summary>
    /// What a division is called: that of its code, else of its prefecture, else of its province; an unknown code and free text are
    /// given back as they are.
    /// </summary>
    public string NameOf(string codeOrText, string language)
    {
        if (!IsCode(codeOrText))
            return codeOrText;
        var name = _names.GetValueOrDefault(codeOrText)
            ?? (codeOrText.Length == 6 ? _names.GetValueOrDefault(codeOrText[..4] + "00") : null)
            ?? _names.GetValueOrDefault(codeOrText[..2]);
        return name?.In(language) ?? codeOrText;
    }

    private static bool IsCode(string text) => text.Length is 2 or 6 && text.All(char.IsAsciiDigit);
}
