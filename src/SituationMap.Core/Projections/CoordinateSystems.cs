using System.Text.Json;

namespace SituationMap.Core.Projections;

/// <summary>The coordinate systems that positions can be given in and asked for in.</summary>
public sealed class CoordinateSystems
{
    /// <summary>WGS 84 with longitude first, what GeoJSON is in: taken where nothing else is said.</summary>
    public const string Default = "CRS84";

    private const string OgcUri = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
    private const string EpsgUri = "http://www.opengis.net/def/crs/EPSG/0/";

    private static readonly double[] World = [-180, -90, 180, 90];

    /// <summary>The rectangle in which <see cref="ChineseOffsets"/> shifts, with room for the shift.</summary>
    private static readonly double[] China = [72.004, 0.8293, 137.8347, 55.8271];

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectRequiredConstructorParameters = true,
    };

    private readonly Dictionary<string, CoordinateSystem> _byName = new(StringComparer.OrdinalIgnoreCase);

    private CoordinateSystems(IEnumerable<CoordinateSystem> all)
    {
        All = [.. all];
        foreach (var system in All)
        {
            _byName[system.Code] = system;
            _byName[system.Uri] = system;
        }
    }

    /// <summary>In the order of the file, our own first.</summary>
    public IReadOnlyList<CoordinateSystem> All { get; }

    /// <summary>Reads <c>data/crs/epsg.json</c> and adds CRS84, GCJ02 and BD09.</summary>
    /// <param name="json">An array of objects with code, name, axes, area and wkt (WKT 1).</param>
    /// <exception cref="InvalidDataException">It is not such an array, or a definition cannot be computed; the message says
    /// which.</exception>
    public static CoordinateSystems Read(string json)
    {
        List<Definition> definitions;
        try
        {
            definitions = JsonSerializer.Deserialize<List<Definition>>(json, Json) ?? [];
        }
        catch (JsonException wrong)
        {
            throw new InvalidDataException($"data/crs/epsg.json: {wrong.Message}", wrong);
        }
        return new CoordinateSystems([
            new CoordinateSystem(
                Default,
                "WGS 84 (longitude, latitude)",
                OgcUri,
                AxisOrder.EastNorth,
                isGeographic: true,
                World,
                Same,
                Same
            ),
            new CoordinateSystem(
                "GCJ02",
                "GCJ-02, the shifted degrees of Chinese map services",
                "GCJ02",
                AxisOrder.EastNorth,
                isGeographic: true,
                China,
                ChineseOffsets.FromGcj02,
                ChineseOffsets.ToGcj02
            ),
            new CoordinateSystem(
                "BD09",
                "BD-09, the shifted degrees of Baidu's maps",
                "BD09",
                AxisOrder.EastNorth,
                isGeographic: true,
                China,
                ChineseOffsets.FromBd09,
                ChineseOffsets.ToBd09
            ),
            .. definitions.Select(Of),
        ]);
    }

    /// <summary>The system of a name: <c>EPSG:4547</c>, its number alone, OGC's address or URN of it, <c>CRS84</c>, <c>GCJ02</c>,
    /// <c>BD09</c>; null: there is none.</summary>
    public CoordinateSystem? Find(string name)
    {
        if (_byName.TryGetValue(name, out var found) || _byName.TryGetValue($"EPSG:{name}", out found))
            return found;
        const string Urn = "urn:ogc:def:crs:";
        if (!name.StartsWith(Urn, StringComparison.OrdinalIgnoreCase))
            return null;
        var parts = name[Urn.Length..].Split(':');
        return _byName.GetValueOrDefault(parts[0].Equals("EPSG", StringComparison.OrdinalIgnoreCase) ? $"EPSG:{parts[^1]}" : parts[^1]);
    }

    /// <summary>
    /// The system that a file describes, by what its parameters compute: one with a code where that gives the same numbers to a millimetre,
    /// else one of its own (transverse Mercator over CGCS2000 or WGS 84, as towns have them); null: it cannot be computed exactly.
    /// </summary>
    /// <param name="wkt">WKT 1.</param>
    public CoordinateSystem? OfWkt(string wkt) => DescribedSystem.Read(wkt, All);

    private static CoordinateSystem Of(Definition definition)
    {
        var code = FormattableString.Invariant($"EPSG:{definition.Code}");
        var isGeographic = definition.Wkt.StartsWith("GEOGCS", StringComparison.Ordinal);
        var axes = definition.Axes is "latitude, longitude" or "northing, easting" ? AxisOrder.NorthEast : AxisOrder.EastNorth;
        try
        {
            var (toLonLat, fromLonLat) =
                isGeographic ? (Same, Same)
                // its sphere over degrees of an ellipsoid is a projection that no WKT 1 says right
                : definition.Code == 3857 ? (FromWebMercator, ToWebMercator)
                : CoordinateSystem.Projected(definition.Wkt);
            return new CoordinateSystem(
                code,
                definition.Name,
                EpsgUri + code[5..],
                axes,
                isGeographic,
                definition.Area,
                toLonLat,
                fromLonLat
            );
        }
        catch (Exception wrong) when (wrong is ArgumentException or InvalidCastException or NotSupportedException)
        {
            throw new InvalidDataException($"data/crs/epsg.json: {code}: wkt: {wrong.Message}", wrong);
        }
    }

    private static (double, double) Same(double x, double y) => (x, y);

    private static (double, double) FromWebMercator(double x, double y) =>
        (WebMercator.Longitude((x / Earth) + 0.5), WebMercator.Latitude(0.5 - (y / Earth)));

    private static (double, double) ToWebMercator(double longitude, double latitude) =>
        ((WebMercator.X(longitude) - 0.5) * Earth, (0.5 - WebMercator.Y(latitude)) * Earth);

    /// <summary>The equator's length in metres, the side of the projected world.</summary>
    private const double Earth = 2 * Math.PI * 6_378_137;

    private sealed record Definition(int Code, string Name, string Axes, double[] Area, string Wkt);
}
