namespace SituationMap.Core.Protocols;

/// <summary>What a placeholder of a <see cref="Template"/> stands for.</summary>
public enum Placeholder : byte
{
    /// <summary>No placeholder: plain text.</summary>
    None,

    /// <summary>The day of the fact, or the day from which the zone holds.</summary>
    At,

    /// <summary>The same with the time of day.</summary>
    Time,

    /// <summary>The day on which the days begin to count.</summary>
    Clock,

    /// <summary>The end, with its connecting word.</summary>
    Until,

    /// <summary>The status, as the edition calls it.</summary>
    Status,

    /// <summary>The zone's name.</summary>
    Zone,

    /// <summary>The zone's level.</summary>
    Level,

    /// <summary>A field of the data that holds the code or the name of a division: <c>{place:from|elsewhere}</c>.</summary>
    Division,

    /// <summary>A field of the data that holds an instant, said as a day.</summary>
    Date,

    /// <summary>A field of the data as it stands.</summary>
    Data,

    /// <summary>Of what is due or overdue: by when.</summary>
    Due,

    /// <summary>Of what is due or overdue: how many are missing.</summary>
    Missing,
}

/// <summary>
/// A sentence with placeholders in braces, such as <c>Returned from {place:from|elsewhere} on {at}; {status} {until}.</c>
/// What stands after the bar is said where the field is not there.
/// </summary>
public sealed class Template
{
    private Template(IReadOnlyList<TemplatePart> parts) => Parts = parts;

    /// <summary>Text and placeholders in order.</summary>
    public IReadOnlyList<TemplatePart> Parts { get; }

    /// <summary>Reads a template; null, with what was expected, where it is none.</summary>
    public static Template? TryParse(string text, out string? expected)
    {
        expected = null;
        var parts = new List<TemplatePart>();
        var position = 0;
        while (position < text.Length)
        {
            var open = text.IndexOf('{', position);
            if (open < 0)
                open = text.Length;
            if (open > position)
                parts.Add(new TemplatePart(Placeholder.None, text[position..open], ""));
            if (open == text.Length)
                break;
            var close = text.IndexOf('}', open);
            if (close < 0)
            {
                expected = $"a closing brace after '{text[open..]}'";
                return null;
            }
            if (ParsePlaceholder(text[(open + 1)..close]) is not { } part)
            {
                expected =
                    $"one of {{at}} {{time}} {{clock}} {{until}} {{status}} {{zone}} {{level}} {{place:field}} {{date:field}} "
                    + $"{{data:field}} {{due}} {{missing}}, found '{text[open..(close + 1)]}'";
                return null;
            }
            parts.Add(part);
            position = close + 1;
        }
        return new Template(parts);
    }

    private static TemplatePart? ParsePlaceholder(string inside)
    {
        var bar = inside.IndexOf('|', StringComparison.Ordinal);
        var (what, fallback) = bar < 0 ? (inside, "") : (inside[..bar], inside[(bar + 1)..]);
        var colon = what.IndexOf(':', StringComparison.Ordinal);
        var (name, field) = colon < 0 ? (what, "") : (what[..colon], what[(colon + 1)..]);
        var placeholder = name switch
        {
            "at" => Placeholder.At,
            "time" => Placeholder.Time,
            "clock" => Placeholder.Clock,
            "until" => Placeholder.Until,
            "status" => Placeholder.Status,
            "zone" => Placeholder.Zone,
            "level" => Placeholder.Level,
            "place" => Placeholder.Division,
            "date" => Placeholder.Date,
            "data" => Placeholder.Data,
            "due" => Placeholder.Due,
            "missing" => Placeholder.Missing,
            _ => Placeholder.None,
        };
        var takesField = placeholder is Placeholder.Division or Placeholder.Date or Placeholder.Data;
        return placeholder == Placeholder.None || takesField != field.Length > 0 ? null : new TemplatePart(placeholder, field, fallback);
    }
}

/// <summary>A piece of a template.</summary>
/// <param name="Placeholder">What it stands for.</param>
/// <param name="Text">The text itself, or the field of the data.</param>
/// <param name="Fallback">What is said where the field is not there.</param>
public readonly record struct TemplatePart(Placeholder Placeholder, string Text, string Fallback);

/// <summary>A sentence in both languages.</summary>
/// <param name="Zh">In Chinese.</param>
/// <param name="En">In English.</param>
public sealed record Words(Template Zh, Template En);
