using System.Text;

namespace SituationMap.Geo.Filters;

/// <summary>A pattern of CQL2's LIKE: % stands for any characters, _ for one, and a backslash takes that meaning away.</summary>
public sealed class LikePattern
{
    private static readonly Rune Any = new('%');
    private static readonly Rune One = new('_');

    private readonly (Rune Letter, bool IsLiteral)[] _parts;

    /// <param name="pattern">As it is written in a filter.</param>
    public LikePattern(string pattern)
    {
        var parts = new List<(Rune, bool)>();
        var isEscaped = false;
        foreach (var letter in pattern.EnumerateRunes())
        {
            if (!isEscaped && letter.Value == '\\')
            {
                isEscaped = true;
                continue;
            }
            parts.Add((letter, isEscaped || (letter != Any && letter != One)));
            isEscaped = false;
        }
        if (isEscaped)
            parts.Add((new Rune('\\'), true));
        _parts = [.. parts];
    }

    /// <summary>
    /// Whether the whole text is like it. Only the last % seen is ever gone back to, for an earlier one could gain nothing by taking
    /// more: so the steps are at most the text's length times the pattern's.
    /// </summary>
    public bool Matches(string text)
    {
        Rune[] letters = [.. text.EnumerateRunes()];
        var (at, part, any, from) = (0, 0, -1, 0);
        while (at < letters.Length)
        {
            if (part < _parts.Length && Is(_parts[part], Any))
                (any, from, part) = (part, at, part + 1);
            else if (part < _parts.Length && (Is(_parts[part], One) || (_parts[part].IsLiteral && _parts[part].Letter == letters[at])))
                (at, part) = (at + 1, part + 1);
            else if (any >= 0)
                (at, part) = (++from, any + 1);
            else
                return false;
        }
        while (part < _parts.Length && Is(_parts[part], Any))
            part++;
        return part == _parts.Length;
    }

    private static bool Is((Rune Letter, bool IsLiteral) part, Rune wild) => !part.IsLiteral && part.Letter == wild;
}
