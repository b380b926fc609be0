using System.Text.Json;
using System.Text.Json.Nodes;
using NetTopologySuite.Geometries;
using SituationMap.Core;

namespace SituationMap.Geo.Outlines;

/// <summary>Surfaces as GeoJSON (RFC 7946): positions are lon, lat in degrees (WGS 84).</summary>
public static class GeoJson
{
    /// <summary>As exact as outlines are kept and told: seven decimals, about a centimetre.</summary>
    public const int Decimals = 7;

    /// <summary>Makes geometries in lon, lat (EPSG:4326).</summary>
    public static readonly GeometryFactory Factory = new(new PrecisionModel(), 4326);

    /// <summary>
    /// Reads a Polygon or MultiPolygon as it is, valid or not, with positions rounded to <see cref="Decimals"/>. A ring whose last
    /// position is not the first is closed. Heights are left out.
    /// </summary>
    /// <param name="field">Where it stands, for the fault.</param>
    /// <param name="maxVertices">More are refused.</param>
    public static (MultiPolygon? Surface, bool WasOpen, Fault? Fault) Read(JsonElement json, string field, int maxVertices)
    {
        var reading = new Reading(field, maxVertices);
        if (
            json.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty("type", out var type)
            || !json.TryGetProperty("coordinates", out var coordinates)
        )
            return (null, false, Wrong(field));
        Polygon[] polygons =
            type.ValueKind != JsonValueKind.String
                ? []
                : type.GetString() switch
                {
                    "Polygon" => [reading.Polygon(coordinates, $"{field}.coordinates")],
                    "MultiPolygon" => reading
                        .Items(coordinates, $"{field}.coordinates", 1)
                        .Select(item => reading.Polygon(item.Json, item.Field))
                        .ToArray(),
                    _ => [],
                };
        return reading.Fault is null && polygons.Length == 0 ? (null, false, Wrong(field))
            : reading.Fault is { } fault ? (null, false, fault)
            : (Factory.CreateMultiPolygon(polygons), reading.WasOpen, null);
    }

    /// <summary>A surface, or a collection of surfaces, as GeoJSON.</summary>
    public static JsonObject Write(Geometry surface) =>
        surface switch
        {
            Polygon polygon => Named("Polygon", Rings(polygon)),
            MultiPolygon { NumGeometries: 1 } single => Write(single.GetGeometryN(0)),
            _ => Named("MultiPolygon", new JsonArray([.. Surfaces(surface).Select(Rings)])),
        };

    /// <summary>The polygons in a geometry; lines and points in it are left out.</summary>
    public static IEnumerable<Polygon> Surfaces(Geometry geometry) =>
        geometry is GeometryCollection parts ? parts.Geometries.SelectMany(Surfaces)
        : geometry is Polygon { IsEmpty: false } polygon ? [polygon]
        : [];

    /// <summary>The surfaces in a geometry as one; lines and points in it are left out.</summary>
    public static MultiPolygon AsMulti(Geometry geometry) => Factory.CreateMultiPolygon([.. Surfaces(geometry)]);

    private static JsonObject Named(string type, JsonArray coordinates) => new() { ["type"] = type, ["coordinates"] = coordinates };

    private static JsonArray Rings(Polygon polygon) =>
        new([
            .. polygon
                .Holes.Prepend(polygon.Shell)
                .Select(ring => new JsonArray([
                    .. ring.Coordinates.Select(position => new JsonArray(
                        Math.Round(position.X, Decimals),
                        Math.Round(position.Y, Decimals)
                    )),
                ])),
        ]);

    private static Fault Wrong(string field) => new("type-wrong", field, "a GeoJSON Polygon or MultiPolygon with coordinates in lon, lat");

    private sealed class Reading(string field, int maxVertices)
    {
        private int _vertices;

        public Fault? Fault { get; private set; }

        public bool WasOpen { get; private set; }

        public IEnumerable<(JsonElement Json, string Field)> Items(JsonElement json, string name, int least)
        {
            if (Fault is not null)
                return [];
            if (json.ValueKind == JsonValueKind.Array && json.GetArrayLength() >= least)
                return json.EnumerateArray().Select((item, index) => (item, $"{name}[{index}]"));
            Fault = new Fault(
                "type-wrong",
                name,
                least == 4 ? "a ring of at least four positions, the last like the first" : "an array that is not empty"
            );
            return [];
        }

        public Polygon Polygon(JsonElement json, string name)
        {
            var rings = Items(json, name, 1).Select(ring => Ring(ring.Json, ring.Field)).ToArray();
            return Fault is null ? Factory.CreatePolygon(rings[0], rings[1..]) : Factory.CreatePolygon();
        }

        private LinearRing Ring(JsonElement json, string name)
        {
            var positions = Items(json, name, 3).Select(item => Position(item.Json, item.Field)).ToList();
            if (Fault is not null)
                return Factory.CreateLinearRing();
            if (!positions[0].Equals2D(positions[^1]))
            {
                positions.Add(positions[0].Copy());
                WasOpen = true;
            }
            if (positions.Count < 4)
                Fault = new Fault("outline-invalid", name, "a ring of at least three different positions");
            return Fault is null ? Factory.CreateLinearRing([.. positions]) : Factory.CreateLinearRing();
        }

        private Coordinate Position(JsonElement json, string name)
        {
            if (Fault is not null)
                return new Coordinate();
            if (++_vertices > maxVertices)
                Fault = new Fault("too-many-vertices", field, $"at most {maxVertices} positions");
            else if (
                json.ValueKind != JsonValueKind.Array
                || json.GetArrayLength() < 2
                || !Degrees(json[0], out var lon)
                || !Degrees(json[1], out var lat)
            )
                Fault = new Fault("type-wrong", name, "a position: longitude and latitude in degrees");
            else if (Math.Abs(lon) <= 180 && Math.Abs(lat) <= 85)
                return new Coordinate(lon, lat);
            else if (Math.Abs(lon) <= 85 && Math.Abs(lat) <= 180)
                Fault = new Fault("axes-swapped", name, "longitude, then latitude; this looks like lat, lon");
            else
                Fault = new Fault("outside-area", name, "a longitude from -180 to 180 and a latitude from -85 to 85");
            return new Coordinate();
        }

        private static bool Degrees(JsonElement json, out double degrees)
        {
            degrees = 0;
            var isNumber = json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out degrees) && double.IsFinite(degrees);
            degrees = Math.Round(degrees, Decimals);
            return isNumber;
        }
    }
}
