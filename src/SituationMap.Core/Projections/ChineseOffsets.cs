namespace SituationMap.Core.Projections;

/// <summary>
/// The shifted coordinates of Chinese map services: GCJ-02, which all of them must use, and BD-09, which one of them shifts once more. No
/// authority publishes either; these are the formulas that the field has agreed on. Forward they are exact by definition; backward they are
/// iterated, since a single step is off by up to 4.8 m.
/// </summary>
public static class ChineseOffsets
{
    // the ellipsoid of Krasovsky, on which the formula is written
    private const double Radius = 6_378_245;
    private const double EccentricitySquared = 0.00669342162296594323;

    /// <summary>Degrees, a hundredth of a millimetre: what an iteration ends at.</summary>
    private const double Close = 1e-10;

    /// <summary>Whether a point is shifted at all: the formula's own rectangle around China.</summary>
    /// <param name="longitude">Degrees, WGS 84.</param>
    /// <param name="latitude">Degrees, WGS 84.</param>
    public static bool IsShifted(double longitude, double latitude) =>
        longitude is >= 72.004 and <= 137.8347 && latitude is >= 0.8293 and <= 55.8271;

    /// <summary>WGS 84 to GCJ-02, both longitude and latitude in degrees.</summary>
    public static (double Longitude, double Latitude) ToGcj02(double longitude, double latitude)
    {
        if (!IsShifted(longitude, latitude))
            return (longitude, latitude);
        var (x, y) = (longitude - 105, latitude - 35);
        var shared = ((20 * Math.Sin(6 * x * Math.PI)) + (20 * Math.Sin(2 * x * Math.PI))) * 2 / 3;
        var north =
            -100
            + (2 * x)
            + (3 * y)
            + (0.2 * y * y)
            + (0.1 * x * y)
            + (0.2 * Math.Sqrt(Math.Abs(x)))
            + shared
            + (((20 * Math.Sin(y * Math.PI)) + (40 * Math.Sin(y / 3 * Math.PI))) * 2 / 3)
            + (((160 * Math.Sin(y / 12 * Math.PI)) + (320 * Math.Sin(y * Math.PI / 30))) * 2 / 3);
        var east =
            300
            + x
            + (2 * y)
            + (0.1 * x * x)
            + (0.1 * x * y)
            + (0.1 * Math.Sqrt(Math.Abs(x)))
            + shared
            + (((20 * Math.Sin(x * Math.PI)) + (40 * Math.Sin(x / 3 * Math.PI))) * 2 / 3)
            + (((150 * Math.Sin(x / 12 * Math.PI)) + (300 * Math.Sin(x / 30 * Math.PI))) * 2 / 3);
        var (sin, cos) = Math.SinCos(latitude * Math.PI / 180);
        var magic = 1 - (EccentricitySquared * sin * sin);
        var root = Math.Sqrt(magic);
        return (
            longitude + (east * 180 / (Radius / root * cos * Math.PI)),
            latitude + (north * 180 / (Radius * (1 - EccentricitySquared) / (magic * root) * Math.PI))
        );
    }

    /// <summary>GCJ-02 to WGS 84, both longitude and latitude in degrees.</summary>
    public static (double Longitude, double Latitude) FromGcj02(double longitude, double latitude) => Invert(ToGcj02, longitude, latitude);

    /// <summary>WGS 84 to BD-09, both longitude and latitude in degrees.</summary>
    public static (double Longitude, double Latitude) ToBd09(double longitude, double latitude)
    {
        if (!IsShifted(longitude, latitude))
            return (longitude, latitude);
        var (x, y) = ToGcj02(longitude, latitude);
        const double Turn = Math.PI * 3000 / 180;
        var distance = Math.Sqrt((x * x) + (y * y)) + (0.00002 * Math.Sin(y * Turn));
        var angle = Math.Atan2(y, x) + (0.000003 * Math.Cos(x * Turn));
        return ((distance * Math.Cos(angle)) + 0.0065, (distance * Math.Sin(angle)) + 0.006);
    }

    /// <summary>BD-09 to WGS 84, both longitude and latitude in degrees.</summary>
    public static (double Longitude, double Latitude) FromBd09(double longitude, double latitude) => Invert(ToBd09, longitude, latitude);

    /// <summary>Moves a guess by what it is off until it is not: the shift changes so slowly that each step gains two to three
    /// digits.</summary>
    private static (double, double) Invert(Func<double, double, (double X, double Y)> shift, double longitude, double latitude)
    {
        var (x, y) = (longitude, latitude);
        for (var step = 0; step < 20; step++)
        {
            var there = shift(x, y);
            var (offX, offY) = (there.X - longitude, there.Y - latitude);
            (x, y) = (x - offX, y - offY);
            if (Math.Abs(offX) < Close && Math.Abs(offY) < Close)
                break;
        }
        return (x, y);
    }
}
