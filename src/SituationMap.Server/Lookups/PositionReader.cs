using System.Globalization;
using SituationMap.Core.Projections;
using SituationMap.Server.Http;

namespace SituationMap.Server.Lookups;

/// <summary>Reads the position that a request names, in whatever coordinate system it is.</summary>
internal static class PositionReader
{
    private const string Known = "CRS84, GCJ02, BD09, EPSG:4326, EPSG:4490, EPSG:3857, or one of EPSG:4513 to EPSG:4554";

    /// <summary>Reads the definitions beside the program.</summary>
    public static CoordinateSystems LoadSystems() =>
        CoordinateSystems.Read(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "data", "crs", "epsg.json")));

    /// <summary>To longitude and latitude in degrees (WGS 84), or what is wrong. The parameters name their axes, so the order of the authority plays no part.</summary>
    /// <param name="lon">Degrees; with a geographic system.</param>
    /// <param name="lat">Degrees; with a geographic system.</param>
    /// <param name="x">Easting in metres; with a projected system.</param>
    /// <param name="y">Northing in metres; with a projected system.</param>
    /// <param name="crs">The system's name; null: <see cref="CoordinateSystems.Default"/>.</param>
    public static (double Longitude, double Latitude, Fault? Fault) Read(
        CoordinateSystems systems, string? lon, string? lat, string? x, string? y, string? crs)
    {
        if (systems.Find(crs ?? CoordinateSystems.Default) is not { } system)
            return (0, 0, UnknownSystem("crs"));
        return system.IsGeographic ? ReadDegrees(system, lon, lat) : ReadMetres(system, x, y);
    }

    private static (double, double, Fault?) ReadDegrees(CoordinateSystem system, string? lon, string? lat)
    {
        if (!TryParse(lon, 180, out var longitude))
            return Refuse(lon is null ? "field-missing" : "value-wrong", "lon", "a longitude in degrees from -180 to 180");
        if (!TryParse(lat, 90, out var latitude))
        {
            var swapped = TryParse(lat, 180, out _) && Math.Abs(longitude) <= 90;
            return Refuse(
                lat is null ? "field-missing" : swapped ? "axes-swapped" : "value-wrong", "lat",
                "a latitude in degrees from -90 to 90" + (swapped ? "; this looks like lat, lon, and lon, lat is wanted" : ""));
        }
        return ToLonLat(system, longitude, latitude);
    }

    private static (double, double, Fault?) ReadMetres(CoordinateSystem system, string? x, string? y)
    {
        if (!TryParse(x, double.MaxValue, out var easting))
            return Refuse(x is null ? "field-missing" : "value-wrong", "x", $"an easting in metres ({system.Code})");
        if (!TryParse(y, double.MaxValue, out var northing))
            return Refuse(y is null ? "field-missing" : "value-wrong", "y", $"a northing in metres ({system.Code})");
        return ToLonLat(system, easting, northing);
    }

    public static Fault UnknownSystem(string parameter) => new("crs-unknown", parameter, Known);

    /// <summary>A position that is read already, to longitude and latitude in degrees (WGS 84), or what is wrong with it.</summary>
    public static (double Longitude, double Latitude, Fault? Fault) ToLonLat(CoordinateSystem system, double x, double y)
    {
        if (system.Fault(x, y) is { } fault)
            return Refuse("outside-area", system.IsGeographic ? "lon, lat" : "x, y", fault);
        var (longitude, latitude) = system.ToLonLat(x, y);
        return (longitude, latitude, null);
    }

    private static (double, double, Fault?) Refuse(string code, string field, string expected) => (0, 0, new Fault(code, field, expected));

    private static bool TryParse(string? text, double most, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && Math.Abs(number) <= most;
}
