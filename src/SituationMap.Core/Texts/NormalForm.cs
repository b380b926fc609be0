using System.Globalization;
using System.Text;
using ICU4N.Text;

namespace SituationMap.Core.Texts;

/// <summary>
/// The forms in which texts are compared (Unicode NFKC). ICU4N has the tables: .NET without the machine's ICU leaves every text as it is.
/// </summary>
public static class NormalForm
{
    /// <summary>
    /// For finding: full width, case, ligatures, composed and decomposed letters are alike, and what nobody sees is not there
    /// (NFKC_Casefold).
    /// </summary>
    public static string Folded(string text) => IsPlain(text) ? text.ToLowerInvariant() : Normalizer2.NFKCCaseFoldInstance.Normalize(text);

    /// <summary>For what is read and kept, such as codes and numbers: without what nobody sees, in half width, hyphens of every kind alike;
    /// case stays.</summary>
    public static string Typed(string text)
    {
        if (IsPlain(text))
            return text;
        var typed = new StringBuilder(text.Length);
        foreach (var rune in Normalizer2.NFKCInstance.Normalize(text).EnumerateRunes())
        {
            if (!IsUnseen(rune))
                typed.Append(Rune.GetUnicodeCategory(rune) == UnicodeCategory.DashPunctuation || rune.Value == '−' ? "-" : rune.ToString());
        }
        return typed.ToString();
    }

    private static bool IsPlain(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static bool IsUnseen(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format
        // variation selectors, the joiner of graphemes, fillers: marks and letters that draw nothing
        || rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) or 0x034F or 0x115F or 0x1160 or 0x3164 or 0xFFA0;
}
