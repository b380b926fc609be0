using System.Globalization;
using SituationMap.Core;
using SituationMap.Core.Projections;

namespace SituationMap.Server.Lookups;

/// <summary>A position as it was asked, and where it is.</summary>
/// <param name="System">Null: it is none.</param>
/// <param name="X">Longitude in degrees or easting in metres, in the system.</param>
/// <param name="Y">Latitude in degrees or northing in metres, in the system.</param>
/// <param name="Longitude">Degrees, WGS 84.</param>
/// <param name="Latitude">Degrees, WGS 84.</param>
internal readonly record struct Position(CoordinateSystem? System, double X, double Y, double Longitude, double Latitude);

/// <summary>Reads the position that a request names, in whatever coordinate system it is.</summary>
internal static class PositionReader
{
    private const string Known = "CRS84, GCJ02, BD09, EPSG:4326, EPSG:4490, EPSG:3857, or one of EPSG:4513 to EPSG:4554";

    /// <summary>Reads the definitions beside the program.</summary>
    public static CoordinateSystems LoadSystems() =>
        CoordinateSystems.Read(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "data", "crs", "epsg.json")));

    /// <summary>The position, or what is wrong. The parameters name their axes, so the order of the authority plays no part.</summary>
    /// <param name="lon">Degrees; with a geographic system.</param>
    /// <param name="lat">Degrees; with a geographic system.</param>
    /// <param name="x">Easting in metres; with a projected system.</param>
    /// <param name="y">Northing in metres; with a projected system.</param>
    /// <param name="crs">The system's name; null: <see cref="CoordinateSystems.Default"/>.</param>
    public static (Position Position, Fault? Fault) Read(
        CoordinateSystems systems,
        string? lon,
        string? lat,
        string? x,
        string? y,
        string? crs
    )
    {
        if (systems.Find(crs ?? CoordinateSystems.Default) is not { } system)
            return (default, UnknownSystem("crs"));
        return system.IsGeographic ? ReadDegrees(system, lon, lat) : ReadMetres(system, x, y);
    }

    private static (Position, Fault?) ReadDegrees(CoordinateSystem system, string? lon, string? lat)
    {
        if (!TryParse(lon, 180, out var longitude))
            return Refuse(lon is null ? "field-missing" : "value-wrong", "lon", "a longitude in degrees from -180 to 180");
        if (!TryParse(lat, 90, out var latitude))
        {
            var swapped = TryParse(lat, 180, out _) && Math.Abs(longitude) <= 90;
            return Refuse(
                lat is null ? "field-missing"
                    : swapped ? "axes-swapped"
                    : "value-wrong",
                "lat",
                "a latitude in degrees from -90 to 90" + (swapped ? "; this looks like lat, lon, and lon, lat is wanted" : "")
            );
        }
        return Of(system, longitude, latitude);
    }

    private static (Position, Fault?) ReadMetres(CoordinateSystem system, string? x, string? y)
    {
        if (!TryParse(x, double.MaxValue, out var easting))
            return Refuse(x is null ? "field-missing" : "value-wrong", "x", $"an easting in metres ({system.Code})");
        if (!TryParse(y, double.MaxValue, out var northing))
            return Refuse(y is null ? "field-missing" : "value-wrong", "y", $"a northing in metres ({system.Code})");
        return Of(system, easting, northing);
    }

    public static Fault UnknownSystem(string parameter) => new("crs-unknown", parameter, Known);

    /// <summary>The position whose numbers are read already, or what is wrong with it.</summary>
    public static (Position Position, Fault? Fault) Of(CoordinateSystem system, double x, double y)
    {
        if (system.Fault(x, y) is { } fault)
            return Refuse("outside-area", $"{system.NameOfX}, {system.NameOfY}", fault);
        var (longitude, latitude) = system.ToLonLat(x, y);
        return (new Position(system, x, y, longitude, latitude), null);
    }

    private static (Position, Fault?) Refuse(string code, string field, string expected) => (default, new Fault(code, field, expected));

    private static bool TryParse(string? text, double most, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && Math.Abs(number) <= most;
}
