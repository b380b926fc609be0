namespace SituationMap.Core.Persons;

/// <summary>
/// Finds phone and identity numbers where none belong, such as in the place somebody came back from: there they would be seen by whoever
/// sees the report. Names cannot be told from other words.
/// </summary>
public static class PersonalNumbers
{
    private const string CheckDigits = "10X98765432";

    private static readonly int[] Weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    /// <summary>Whether a mobile number or a resident identity number (GB 11643) stands in it, also with spaces or hyphens
    /// between.</summary>
    public static bool AreIn(string text)
    {
        Span<char> run = stackalloc char[20];
        var length = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : '\n';
            if (char.IsAsciiDigit(c) || (c is 'X' or 'x' && length == 17))
            {
                if (length < run.Length)
                    run[length] = char.ToUpperInvariant(c);
                length++;
            }
            else if (!(c is ' ' or '-' && length > 0))
            {
                if (length <= run.Length && IsOne(run[..length]))
                    return true;
                length = 0;
            }
        }
        return false;
    }

    /// <summary>Whether 18 characters end in the right check digit.</summary>
    public static bool IsIdentityNumber(ReadOnlySpan<char> text)
    {
        if (text.Length != 18)
            return false;
        var sum = 0;
        for (var i = 0; i < Weights.Length; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
                return false;
            sum += (text[i] - '0') * Weights[i];
        }
        return CheckDigits[sum % 11] == char.ToUpperInvariant(text[17]);
    }

    private static bool IsOne(ReadOnlySpan<char> run) =>
        run.Length switch
        {
            11 => IsMobile(run),
            13 => run.StartsWith("86") && IsMobile(run[2..]),
            15 => run.StartsWith("0086") && IsMobile(run[4..]),
            18 => IsIdentityNumber(run),
            _ => false,
        };

    private static bool IsMobile(ReadOnlySpan<char> run) => run[0] == '1' && run[1] is >= '3' and <= '9';
}
