using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Utilities;

namespace SituationMap.Geo.Outlines;

/// <summary>
/// Metres in the neighbourhood of one place: degrees scaled by the radii of curvature of WGS 84 there. Within ten kilometres, off by less
/// than a thousandth; made for tolerances and areas of zones, not for positions.
/// </summary>
public sealed class LocalMetres
{
    private const double SemiMajor = 6378137;
    private const double Eccentricity2 = 0.00669437999014;

    private readonly double _x;
    private readonly double _y;

    private LocalMetres(double latitude)
    {
        var phi = latitude * Math.PI / 180;
        var w = 1 - (Eccentricity2 * Math.Sin(phi) * Math.Sin(phi));
        _x = SemiMajor / Math.Sqrt(w) * Math.Cos(phi) * Math.PI / 180;
        _y = SemiMajor * (1 - Eccentricity2) / Math.Pow(w, 1.5) * Math.PI / 180;
    }

    /// <param name="lonLat">Degrees.</param>
    public static LocalMetres Around(Geometry lonLat) => new(lonLat.IsEmpty ? 0 : lonLat.EnvelopeInternal.Centre.Y);

    /// <summary>From degrees to metres east and north of the middle.</summary>
    public Geometry ToMetres(Geometry lonLat) => AffineTransformation.ScaleInstance(_x, _y).Transform(lonLat);

    /// <summary>From metres east and north of the middle to degrees.</summary>
    public Geometry ToDegrees(Geometry metres) => AffineTransformation.ScaleInstance(1 / _x, 1 / _y).Transform(metres);

    /// <summary>The area of a surface in degrees.</summary>
    public double SquareMetres(Geometry lonLat) => lonLat.Area * _x * _y;

    /// <summary>The border's length, holes included.</summary>
    public double Perimeter(Geometry lonLat) => ToMetres(lonLat).Length;

    /// <summary>Between two points, in degrees.</summary>
    public double Distance(double longitude1, double latitude1, double longitude2, double latitude2) =>
        Math.Sqrt(Math.Pow((longitude2 - longitude1) * _x, 2) + Math.Pow((latitude2 - latitude1) * _y, 2));
}
