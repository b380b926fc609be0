using System.Text.RegularExpressions;
using SituationMap.Core.Projections;

namespace SituationMap.Store.Files;

/// <summary>The coordinate system that a file describes.</summary>
/// <param name="Name">Its code, such as <c>EPSG:4547</c>, else what the description calls it.</param>
/// <param name="System">How it is read; null: it is not.</param>
public sealed partial record FileCrs(string Name, CoordinateSystem? System)
{
    /// <param name="wkt">WKT 1 as GDAL writes it, which names projections and parameters alike whoever described them.</param>
    public static FileCrs Of(string wkt, CoordinateSystems systems)
    {
        var name = LastCode().Match(wkt) is { Success: true } code
            ? $"EPSG:{code.Groups["code"].Value}"
            : FirstName().Match(wkt).Groups["name"].Value;
        var read = systems.OfWkt(wkt);
        return new FileCrs(read?.Code ?? name, read);
    }

    /// <summary>Told where the file's own parameters are used, and no code stands for them.</summary>
    public Finding? Finding =>
        System is { IsDescribed: true }
            ? new Finding(
                "crs-described",
                $"The file describes a coordinate system of its own, {Name}, and was read by it: {System.Name}.",
                Crs: Name,
                Details: System.Name
            )
            : null;

    /// <summary>What to say instead of a system that is not read.</summary>
    public static string Expected(string declared) =>
        $"one of CRS84, GCJ02, BD09, EPSG:4326, EPSG:4490, EPSG:3857, EPSG:4513 to EPSG:4554, "
        + $"or a file that describes a transverse Mercator projection of CGCS2000 or WGS 84; it is {declared}"
        + (
            declared.Contains("1954", StringComparison.Ordinal)
            || declared.Contains("1980", StringComparison.Ordinal)
            || declared is "EPSG:4214" or "EPSG:4610"
                ? ", whose shift to CGCS2000 is local: ask the surveyors, and convert it first"
                : ""
        );

    [GeneratedRegex("""AUTHORITY\["EPSG","(?<code>[0-9]+)"\]\]\s*$""", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex LastCode();

    [GeneratedRegex("""^\w+\["(?<name>[^"]*)""", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex FirstName();
}
