using System.Text;
using SituationMap.Core.Texts;

namespace SituationMap.Store.Search;

/// <summary>
/// What somebody typed, compared with names: letter by letter or character by character, where a letter also stands for a character of
/// which a reading begins with it. Blanks, hyphens, case, full width and what nobody sees do not count.
/// </summary>
public sealed class Matcher(string typed, Pinyin pinyin)
{
    /// <summary>No match.</summary>
    public const int None = int.MaxValue;

    private readonly string _typed = Plain(typed);

    /// <summary>Whether nothing was typed that could be compared.</summary>
    public bool IsEmpty => _typed.Length == 0;

    /// <summary>How good a match is, the smaller the better: 0 the whole name, 1 its beginning, 2 within it; 3 more where letters stood for
    /// characters.</summary>
    /// <param name="plain">A name as <see cref="Plain"/> gives it.</param>
    public int Rank(string plain)
    {
        var best = None;
        for (var start = 0; start + _typed.Length <= plain.Length; start++)
        {
            if (Compare(plain, start) is not { } spelled)
                continue;
            var rank =
                start > 0 ? 2
                : plain.Length > _typed.Length ? 1
                : 0;
            best = Math.Min(best, rank + (spelled ? 3 : 0));
        }
        return best;
    }

    /// <summary>A name without what does not count in a comparison.</summary>
    public static string Plain(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var character in NormalForm.Folded(name))
        {
            if (!char.IsWhiteSpace(character) && character is not ('-' or '_'))
                plain.Append(character);
        }
        return plain.ToString();
    }

    /// <summary>Null: they differ. Else whether a letter had to stand for a character.</summary>
    private bool? Compare(string plain, int start)
    {
        var spelled = false;
        for (var i = 0; i < _typed.Length; i++)
        {
            if (plain[start + i] == _typed[i])
                continue;
            if (!pinyin.Begins(plain[start + i], _typed[i]))
                return null;
            spelled = true;
        }
        return spelled;
    }
}
