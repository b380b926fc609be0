namespace SituationMap.Store.Imports;

/// <summary>
/// A grid's code is its path, such as 210682-004-03. National statistical codes of twelve digits are split where the standard does:
/// six of the district, three of the street, three of the community; zeros at the end stand for nothing.
/// </summary>
public static class GridCodes
{
    /// <summary>The path of a code, labels joined by dots; null: it is none.</summary>
    /// <param name="parent">The code of the grid above, where the file names it.</param>
    public static (string? Path, bool IsStatistical) Path(string code, string? parent)
    {
        if (code.Length is 9 or 12 && code.All(char.IsAsciiDigit))
        {
            string[] parts = [code[..6], code[6..9], code.Length == 12 ? code[9..] : "000"];
            var last =
                parts[2] != "000" ? 3
                : parts[1] != "000" ? 2
                : 1;
            return (string.Join('.', parts[..last]), true);
        }
        var labels = code.Split('-', '.');
        if (!Array.TrueForAll(labels, label => label.Length > 0 && label.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')))
            return (null, false);
        var own = string.Join('.', labels);
        if (parent is null || Path(parent, null).Path is not { } above || own.StartsWith(above + ".", StringComparison.Ordinal))
            return (own, false);
        return ($"{above}.{own}", false);
    }

    /// <summary>The level where the file says none.</summary>
    public static string Level(string path, bool isStatistical)
    {
        var depth = path.Count(letter => letter == '.') + 1;
        if (depth == 1 && path.Length == 6 && path.All(char.IsAsciiDigit))
            return path.EndsWith("0000", StringComparison.Ordinal) ? "province"
                : path.EndsWith("00", StringComparison.Ordinal) ? "city"
                : "district";
        return isStatistical
            ? depth == 2
                ? "street"
                : "community"
            : depth switch
            {
                1 => "district",
                2 => "community",
                _ => "grid",
            };
    }
}
