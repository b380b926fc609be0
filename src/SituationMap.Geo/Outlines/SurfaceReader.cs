using System.Text.Json;
using NetTopologySuite.Geometries;
using SituationMap.Core;
using SituationMap.Geo.Features;

namespace SituationMap.Geo.Outlines;

/// <summary>Reads surfaces that somebody drew, in GeoJSON (RFC 7946): positions are lon, lat in degrees (WGS 84).</summary>
public static class SurfaceReader
{
    /// <summary>
    /// Reads a Polygon or MultiPolygon as it is, valid or not, with positions rounded to <see cref="GeoJson.Decimals"/>. A ring whose last
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
            : (Surfaces.Factory.CreateMultiPolygon(polygons), reading.WasOpen, null);
    }

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
            return Fault is null ? Surfaces.Factory.CreatePolygon(rings[0], rings[1..]) : Surfaces.Factory.CreatePolygon();
        }

        private LinearRing Ring(JsonElement json, string name)
        {
            var positions = Items(json, name, 3).Select(item => Position(item.Json, item.Field)).ToList();
            if (Fault is not null)
                return Surfaces.Factory.CreateLinearRing();
            if (!positions[0].Equals2D(positions[^1]))
            {
                positions.Add(positions[0].Copy());
                WasOpen = true;
            }
            if (positions.Count < 4)
                Fault = new Fault("outline-invalid", name, "a ring of at least three different positions");
            return Fault is null ? Surfaces.Factory.CreateLinearRing([.. positions]) : Surfaces.Factory.CreateLinearRing();
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
            degrees = Math.Round(degrees, GeoJson.Decimals);
            return isNumber;
        }
    }
}
