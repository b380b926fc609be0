using System.Globalization;
using ProjNet.CoordinateSystems;
using ProjNet.CoordinateSystems.Transformations;

namespace SituationMap.Core.Projections;

/// <summary>The order in which a coordinate system's authority writes the two numbers of a position.</summary>
public enum AxisOrder
{
    /// <summary>Longitude or easting first.</summary>
    EastNorth,

    /// <summary>Latitude or northing first.</summary>
    NorthEast,
}

/// <summary>
/// A coordinate reference system and how its positions become longitude and latitude (WGS 84) and back. Positions are always given
/// here as x, y: x is the longitude or the easting, y the latitude or the northing, whatever <see cref="Axes"/> says of how the
/// authority writes them. CGCS2000 and WGS 84 are taken to be one, as PROJ does: they differ by centimetres.
/// </summary>
public sealed class CoordinateSystem
{
    private readonly Func<double, double, (double, double)> _toLonLat;
    private readonly Func<double, double, (double, double)> _fromLonLat;

    internal CoordinateSystem(
        string code,
        string name,
        string uri,
        AxisOrder axes,
        bool isGeographic,
        double[] area,
        Func<double, double, (double, double)> toLonLat,
        Func<double, double, (double, double)> fromLonLat
    )
    {
        (Code, Name, Uri, Axes, IsGeographic, Area) = (code, name, uri, axes, isGeographic, area);
        (_toLonLat, _fromLonLat) = (toLonLat, fromLonLat);
    }

    /// <summary>Such as <c>EPSG:4547</c>, <c>CRS84</c>, <c>GCJ02</c>.</summary>
    public string Code { get; }

    /// <summary>In words.</summary>
    public string Name { get; }

    /// <summary>As OGC's APIs name it; the code where OGC has no name for it.</summary>
    public string Uri { get; }

    /// <summary>How its authority writes a position.</summary>
    public AxisOrder Axes { get; }

    /// <summary>Whether its positions are degrees; metres otherwise.</summary>
    public bool IsGeographic { get; }

    /// <summary>Whether a file described it, with parameters that no code stands for.</summary>
    public bool IsDescribed { get; internal init; }

    /// <summary>What x is called in what is read and answered: lon in degrees, or x, the easting in metres. The names tell which is which,
    /// whatever <see cref="Axes"/> is.</summary>
    public string NameOfX => IsGeographic ? "lon" : "x";

    /// <summary>What y is called in what is read and answered: lat in degrees, or y, the northing in metres.</summary>
    public string NameOfY => IsGeographic ? "lat" : "y";

    /// <summary>Where it is meant to be used: west, south, east, north in degrees (WGS 84).</summary>
    public IReadOnlyList<double> Area { get; }

    /// <summary>To longitude and latitude in degrees (WGS 84).</summary>
    /// <param name="x">Longitude in degrees, or easting in metres.</param>
    /// <param name="y">Latitude in degrees, or northing in metres.</param>
    public (double Longitude, double Latitude) ToLonLat(double x, double y) => _toLonLat(x, y);

    /// <summary>From longitude and latitude in degrees (WGS 84), to x (longitude or easting) and y (latitude or northing).</summary>
    public (double X, double Y) FromLonLat(double longitude, double latitude) => _fromLonLat(longitude, latitude);

    /// <summary>
    /// What is wrong with a position, in words that say what was expected; null: nothing. A position outside the area of use is
    /// refused, for it is nearly always one of another system.
    /// </summary>
    /// <param name="x">Longitude or easting.</param>
    /// <param name="y">Latitude or northing.</param>
    public string? Fault(double x, double y) => double.IsFinite(x) && double.IsFinite(y) && Holds(x, y) ? null : Hint(x, y);

    private string Hint(double x, double y)
    {
        var expected = IsGeographic
            ? FormattableString.Invariant($"a longitude from {Area[0]} to {Area[2]} and a latitude from {Area[1]} to {Area[3]} ({Code})")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"an easting and a northing in metres that lie between {Area[0]}° and {Area[2]}° east and {Area[1]}° and "
                    + $"{Area[3]}° north ({Code})"
            );
        if (!double.IsFinite(x) || !double.IsFinite(y))
            return expected;
        if (Holds(y, x))
            return expected + (IsGeographic ? "; this looks like lat, lon" : "; this looks like northing, easting");
        if (!IsGeographic && Math.Abs(x) <= 180 && Math.Abs(y) <= 180)
            return expected + "; this looks like degrees";
        if (!IsGeographic && Zone(x) is { } zone)
            return expected + $"; this easting begins with the zone {zone}, so it looks like EPSG:{4513 + zone - 25}";
        return expected;
    }

    /// <summary>The zone of three degrees that an easting of eight digits begins with; null: it begins with none, or with this system's
    /// own.</summary>
    private int? Zone(double easting) =>
        (int)(easting / 1_000_000) is var zone and >= 25 and <= 45 && Code != $"EPSG:{4513 + zone - 25}" ? zone : null;

    private bool Holds(double x, double y)
    {
        // far from home a projection's series give any number at all
        if (IsGeographic ? Math.Abs(x) > 180 || Math.Abs(y) > 90 : Math.Abs(x) > 1e8 || Math.Abs(y) > 1e8)
            return false;
        var (longitude, latitude) = ToLonLat(x, y);
        // what lies on the edge lies in it, however the last digit was rounded
        const double Edge = 1e-9;
        if (!(longitude >= Area[0] - Edge && longitude <= Area[2] + Edge && latitude >= Area[1] - Edge && latitude <= Area[3] + Edge))
            return false;
        if (IsGeographic)
            return true;
        // the series of an inverse may land in the area by chance: going back must lead to where one came from
        var (backX, backY) = FromLonLat(longitude, latitude);
        return Math.Abs(backX - x) < 1 && Math.Abs(backY - y) < 1;
    }

    /// <summary>A projection that ProjNET computes, from its definition in WKT 1.</summary>
    internal static (Func<double, double, (double, double)> ToLonLat, Func<double, double, (double, double)> FromLonLat) Projected(
        string wkt
    )
    {
        var system = (ProjectedCoordinateSystem)new CoordinateSystemFactory().CreateFromWkt(wkt);
        var transforms = new CoordinateTransformationFactory();
        // to its own degrees: no datum is changed
        var forward = transforms.CreateFromCoordinateSystems(system.GeographicCoordinateSystem, system).MathTransform;
        var inverse = transforms.CreateFromCoordinateSystems(system, system.GeographicCoordinateSystem).MathTransform;
        return ((x, y) => inverse.Transform(x, y), (longitude, latitude) => forward.Transform(longitude, latitude));
    }
}
