using System.Globalization;
using System.Text.RegularExpressions;

namespace SituationMap.Store.Files;

/// <summary>Numbers as texts: whatever format a code came through, it is the same text, or none.</summary>
public static partial class Numbers
{
    /// <summary>A spreadsheet, and a number of eight bytes, keeps fifteen digits.</summary>
    private const double MaxExact = 1e15;

    public static string TextOf(double number) =>
        Math.Abs(number) >= MaxExact ? number.ToString("0.##############E+0", CultureInfo.InvariantCulture)
        : number == Math.Truncate(number) ? number.ToString("0", CultureInfo.InvariantCulture)
        : number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A number of eight bytes as GDAL writes it, such as 1001.00000000000.</summary>
    public static string TextOf(string written) =>
        double.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? TextOf(number)
            : written;

    /// <summary>Whether a number was rounded where it was written with an exponent: 1.10101E+17. A code such as 3E2 is none.</summary>
    public static bool IsRounded(string text) => Exponent().IsMatch(text);

    /// <summary>1001 of 1001.0, which is what some programs make of a column of whole numbers; other texts as they are.</summary>
    public static string Whole(string text) => Zeros().Match(text) is { Success: true } found ? found.Groups["whole"].Value : text;

    /// <summary>Whether it is a number with a fraction, such as 65123456.5.</summary>
    public static bool IsFraction(string text) => Fraction().IsMatch(text);

    /// <summary>A number; null: it is none, or its exponent stands for digits that it does not have, as in 1.3E+03.</summary>
    public static double? Read(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && !IsCut(text)
            ? number
            : null;

    private static bool IsCut(string text) =>
        Exponent().Match(text) is { Success: true } found
        && int.Parse(found.Groups["exponent"].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
            > found.Groups["fraction"].Length;

    [GeneratedRegex(
        @"^[+-]?[0-9](\.(?<fraction>[0-9]+)[eE](?<exponent>[+-]?[0-9]{1,3})|[eE](?<exponent>[+-][0-9]{1,3}))$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Exponent();

    [GeneratedRegex(@"^(?<whole>[0-9]{1,15})\.0+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Zeros();

    [GeneratedRegex(@"^[+-]?[0-9]+\.[0-9]+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fraction();
}
