using System.Globalization;
using System.Text.RegularExpressions;

namespace SituationMap.Server.Imports;

/// <summary>Names the coordinate system that a file describes: by its code, else by what the description says (ESRI writes no codes).</summary>
internal static partial class CrsNames
{
    /// <param name="described">What ogrinfo tells of a layer, WKT 1 in it.</param>
    /// <returns>Such as <c>EPSG:4547</c>; a name that we do not know where it is another; null: it describes none.</returns>
    public static string? OfWkt(string described)
    {
        var start = described.IndexOf("PROJCS[", StringComparison.Ordinal);
        if (start < 0)
            start = described.IndexOf("GEOGCS[", StringComparison.Ordinal);
        if (start < 0)
            return null;
        var wkt = described[start..];
        var end = wkt.IndexOf("\nData axis", StringComparison.Ordinal);
        if (end >= 0)
            wkt = wkt[..end];
        if (LastCode().Match(wkt) is { Success: true } code)
            return $"EPSG:{code.Groups["code"].Value}";
        var name = FirstName().Match(wkt).Groups["name"].Value;
        var isChinese = wkt.Contains("China_2000", StringComparison.Ordinal) || wkt.Contains("China Geodetic", StringComparison.Ordinal);
        if (wkt.StartsWith("GEOGCS", StringComparison.Ordinal))
            return isChinese ? "EPSG:4490" : wkt.Contains("WGS_1984", StringComparison.Ordinal) || wkt.Contains("WGS 84", StringComparison.Ordinal) ? "EPSG:4326" : name;
        return isChinese && Parameter(wkt, "central_meridian") is { } meridian && Parameter(wkt, "false_easting") is { } easting
            && Zones(meridian, easting) is { } found ? found : name;
    }

    /// <summary>What to say instead of a system that is not read.</summary>
    public static string Expected(string declared) => $"one of CRS84, GCJ02, BD09, EPSG:4326, EPSG:4490, EPSG:3857, EPSG:4513 to EPSG:4554; it is {declared}"
        + (declared.Contains("1954", StringComparison.Ordinal) || declared.Contains("1980", StringComparison.Ordinal) || declared is "EPSG:4214" or "EPSG:4610"
            ? ", whose shift to CGCS2000 is local: ask the surveyors, and convert it first" : "");

    /// <summary>CGCS2000 in zones of three degrees: with eastings that begin with the zone, or without.</summary>
    private static string? Zones(double meridian, double easting)
    {
        var zone = (int)Math.Round(meridian / 3);
        if (zone is < 25 or > 45 || Math.Abs(meridian - (3 * zone)) > 1e-6)
            return null;
        return easting == 500_000 ? $"EPSG:{4534 + zone - 25}" : easting == (zone * 1e6) + 500_000 ? $"EPSG:{4513 + zone - 25}" : null;
    }

    private static double? Parameter(string wkt, string name) =>
        Regex.Match(wkt, $"""PARAMETER\["{name}",\s*(?<value>[-0-9.]+)""", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)) is { Success: true } found
            ? double.Parse(found.Groups["value"].Value, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex("""AUTHORITY\["EPSG","(?<code>[0-9]+)"\]\]\s*$""", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex LastCode();

    [GeneratedRegex("""^(PROJCS|GEOGCS)\["(?<name>[^"]*)""", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex FirstName();
}
