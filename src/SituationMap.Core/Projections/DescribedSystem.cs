using System.Globalization;
using ProjNet.CoordinateSystems;

namespace SituationMap.Core.Projections;

/// <summary>Reads coordinate systems that a file describes in WKT 1, by their own parameters. What it cannot compute exactly it does not
/// take.</summary>
internal static class DescribedSystem
{
    private const double SemiMajor = 6_378_137;
    private const double Degree = Math.PI / 180;

    /// <summary>Metres by which two definitions of one system differ at most.</summary>
    private const double Equal = 0.001;

    /// <summary>The system of a description; null: its datum, method or unit is another than those that are read.</summary>
    /// <param name="wkt">WKT 1.</param>
    /// <param name="known">Those with a code, one of which it is where it gives the same numbers.</param>
    public static CoordinateSystem? Read(string wkt, IReadOnlyList<CoordinateSystem> known)
    {
        try
        {
            return Web(wkt, known)
                ?? new CoordinateSystemFactory().CreateFromWkt(wkt) switch
                {
                    GeographicCoordinateSystem degrees when IsRead(degrees) => known.FirstOrDefault(system =>
                        system.Code == (IsChinese(degrees) ? "EPSG:4490" : "EPSG:4326")
                    ),
                    ProjectedCoordinateSystem metres when IsRead(metres) => Same(metres, wkt, known),
                    _ => null,
                };
        }
        catch (Exception failure)
            when (failure
                    is ArgumentException
                        or FormatException
                        or InvalidCastException
                        or NotSupportedException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or IndexOutOfRangeException
                        or System.Reflection.TargetInvocationException
            )
        {
            return null;
        }
    }

    private static CoordinateSystem? Same(ProjectedCoordinateSystem described, string wkt, IReadOnlyList<CoordinateSystem> known)
    {
        var (toLonLat, fromLonLat) = CoordinateSystem.Projected(wkt);
        var meridian = described.Projection.GetParameter("central_meridian")?.Value ?? 0;
        (double Longitude, double Latitude)[] positions = [(meridian - 1.4, 22), (meridian + 0.5, 38), (meridian + 1.4, 52)];
        var same = known.FirstOrDefault(system => !system.IsGeographic && Array.TrueForAll(positions, position =>
            {
                var (x, y) = fromLonLat(position.Longitude, position.Latitude);
                var (knownX, knownY) = system.FromLonLat(position.Longitude, position.Latitude);
                return Math.Abs(x - knownX) < Equal && Math.Abs(y - knownY) < Equal;
            }));
        if (same is not null)
            return same;
        string Parameter(string name) =>
            (described.Projection.GetParameter(name)?.Value ?? (name == "scale_factor" ? 1 : 0)).ToString(
                "0.##########",
                CultureInfo.InvariantCulture
            );
        var words =
            $"transverse Mercator, meridian {Parameter("central_meridian")}°, latitude of origin "
            + $"{Parameter("latitude_of_origin")}°, scale {Parameter("scale_factor")}, "
            + $"false easting {Parameter("false_easting")}, false northing {Parameter("false_northing")}, in {described.LinearUnit.Name}";
        return new CoordinateSystem(
            described.Name,
            words,
            described.Name,
            AxisOrder.EastNorth,
            isGeographic: false,
            [meridian - 6, -80, meridian + 6, 84],
            toLonLat,
            fromLonLat
        )
        {
            IsDescribed = true,
        };
    }

    private static bool IsRead(ProjectedCoordinateSystem system) =>
        IsRead(system.GeographicCoordinateSystem)
        && system.Projection.ClassName.Equals("Transverse_Mercator", StringComparison.OrdinalIgnoreCase)
        && system.LinearUnit.MetersPerUnit > 0;

    private static bool IsRead(GeographicCoordinateSystem system) =>
        system.PrimeMeridian.Longitude == 0
        && Math.Abs(system.AngularUnit.RadiansPerUnit - Degree) < 1e-12
        && Math.Abs(system.HorizontalDatum.Ellipsoid.SemiMajorAxis - SemiMajor) < 1e-4
        && (IsChinese(system) ? Flattened(system, 298.257222101) : IsWorld(system) && Flattened(system, 298.257223563))
        && system.HorizontalDatum.Wgs84Parameters is null or { Dx: 0, Dy: 0, Dz: 0, Ex: 0, Ey: 0, Ez: 0, Ppm: 0 };

    private static bool Flattened(GeographicCoordinateSystem system, double inverse) =>
        Math.Abs(system.HorizontalDatum.Ellipsoid.InverseFlattening - inverse) < 1e-6;

    private static bool IsChinese(GeographicCoordinateSystem system) =>
        system.HorizontalDatum.Name.TrimStart('D', '_') is "China_2000" or "CGCS2000" or "China Geodetic Coordinate System 2000";

    private static bool IsWorld(GeographicCoordinateSystem system) =>
        system.HorizontalDatum.Name.TrimStart('D', '_') is "WGS_1984" or "WGS84" or "World Geodetic System 1984";

    /// <summary>The web's Mercator is a sphere over degrees of an ellipsoid, which WKT 1 can say only as PROJ's words beside it.</summary>
    private static CoordinateSystem? Web(string wkt, IReadOnlyList<CoordinateSystem> known) =>
        wkt.Contains("+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m", StringComparison.Ordinal)
            ? known.FirstOrDefault(system => system.Code == "EPSG:3857")
            : null;
}
