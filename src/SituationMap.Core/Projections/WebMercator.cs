namespace SituationMap.Core.Projections;

/// <summary>
/// The square world of web maps (EPSG:3857 scaled): x to the east and y to the SOUTH, both from 0 to 1 over the whole world.
/// A tile (z, x, y) covers [x, x+1) × [y, y+1) of 2^z.
/// </summary>
public static class WebMercator
{
    /// <summary>The latitude of the square's upper edge, in degrees.</summary>
    public const double MaxLatitude = 85.051128779806604;

    /// <summary>The x of a longitude in degrees (WGS 84).</summary>
    public static double X(double longitude) => (longitude + 180) / 360;

    /// <summary>The y of a latitude in degrees (WGS 84); beyond ±<see cref="MaxLatitude"/> it leaves the square.</summary>
    public static double Y(double latitude) => 0.5 - (Math.Asinh(Math.Tan(latitude * (Math.PI / 180))) / (2 * Math.PI));

    /// <summary>The longitude in degrees of an x.</summary>
    public static double Longitude(double x) => (x * 360) - 180;

    /// <summary>The latitude in degrees of a y.</summary>
    public static double Latitude(double y) => Math.Atan(Math.Sinh((0.5 - y) * 2 * Math.PI)) * (180 / Math.PI);
}
