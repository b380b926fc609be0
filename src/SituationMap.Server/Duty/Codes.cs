using System.Text.RegularExpressions;
using SituationMap.Core;

namespace SituationMap.Server.Duty;

/// <summary>The codes that dispatchers give posts and workers.</summary>
internal static partial class Codes
{
    public static Fault? Check(string field, string? code) =>
        code is null ? new Fault("field-missing", field, "a code")
        : Code().IsMatch(code) ? null
        : new Fault("value-wrong", field, "1 to 40 letters, digits, - and _");

    [GeneratedRegex(@"^[\p{L}\p{Nd}_-]{1,40}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();
}
