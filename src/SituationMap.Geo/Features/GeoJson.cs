using System.Text.Json;
using NetTopologySuite.Geometries;
using SituationMap.Core.Projections;

namespace SituationMap.Geo.Features;

/// <summary>Geometries in GeoJSON: to any coordinate system, and from it.</summary>
public static class GeoJson
{
    private static readonly GeometryFactory Factory = new(new PrecisionModel(), 4326);

    /// <summary>Writes a geometry, given in lon, lat, in the system's order of axes: degrees to a tenth of a millimetre, metres to a tenth
    /// of one.</summary>
    public static void Write(Utf8JsonWriter writer, Geometry geometry, CoordinateSystem crs)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, geometry.GeometryType);
        writer.WritePropertyName("coordinates"u8);
        Coordinates(writer, geometry, crs);
        writer.WriteEndObject();
    }

    /// <summary>Reads a geometry as it is written, whatever its system; null: it is none.</summary>
    public static Geometry? Read(JsonElement json)
    {
        if (
            json.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty("type", out var type)
            || type.ValueKind != JsonValueKind.String
            || !json.TryGetProperty("coordinates", out var numbers)
            || numbers.ValueKind != JsonValueKind.Array
        )
            return null;
        try
        {
            return type.GetString() switch
            {
                "Point" => Factory.CreatePoint(Position(numbers)),
                "LineString" => Factory.CreateLineString(Positions(numbers)),
                "Polygon" => Polygon(numbers),
                "MultiPoint" => Factory.CreateMultiPointFromCoords(Positions(numbers)),
                "MultiLineString" => Factory.CreateMultiLineString([
                    .. numbers.EnumerateArray().Select(line => Factory.CreateLineString(Positions(line))),
                ]),
                "MultiPolygon" => Factory.CreateMultiPolygon([.. numbers.EnumerateArray().Select(Polygon)]),
                _ => null,
            };
        }
        catch (Exception wrong)
            when (wrong is ArgumentException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static Polygon Polygon(JsonElement rings)
    {
        LinearRing[] all = [.. rings.EnumerateArray().Select(ring => Factory.CreateLinearRing(Positions(ring)))];
        return Factory.CreatePolygon(all[0], all[1..]);
    }

    private static Coordinate[] Positions(JsonElement positions) => [.. positions.EnumerateArray().Select(Position)];

    private static Coordinate Position(JsonElement position) => new(position[0].GetDouble(), position[1].GetDouble());

    private static void Coordinates(Utf8JsonWriter writer, Geometry geometry, CoordinateSystem crs)
    {
        switch (geometry)
        {
            case Point point:
                Position(writer, point.X, point.Y, crs);
                break;
            case LineString line:
                writer.WriteStartArray();
                for (var i = 0; i < line.NumPoints; i++)
                    Position(writer, line.CoordinateSequence.GetX(i), line.CoordinateSequence.GetY(i), crs);
                writer.WriteEndArray();
                break;
            case Polygon polygon:
                writer.WriteStartArray();
                // outer rings run against the clock and holes with it (RFC 7946)
                Ring(writer, polygon.Shell, true, crs);
                foreach (var hole in polygon.Holes)
                    Ring(writer, hole, false, crs);
                writer.WriteEndArray();
                break;
            default:
                writer.WriteStartArray();
                for (var i = 0; i < geometry.NumGeometries; i++)
                    Coordinates(writer, geometry.GetGeometryN(i), crs);
                writer.WriteEndArray();
                break;
        }
    }

    private static void Ring(Utf8JsonWriter writer, LineString ring, bool againstClock, CoordinateSystem crs)
    {
        var points = ring.CoordinateSequence;
        var reverse = NetTopologySuite.Algorithm.Orientation.IsCCW(points) != againstClock;
        writer.WriteStartArray();
        for (var i = 0; i < points.Count; i++)
        {
            var at = reverse ? points.Count - 1 - i : i;
            Position(writer, points.GetX(at), points.GetY(at), crs);
        }
        writer.WriteEndArray();
    }

    private static void Position(Utf8JsonWriter writer, double longitude, double latitude, CoordinateSystem crs)
    {
        var (x, y) = crs.FromLonLat(longitude, latitude);
        var digits = crs.IsGeographic ? 9 : 4;
        (x, y) = (Math.Round(x, digits), Math.Round(y, digits));
        writer.WriteStartArray();
        writer.WriteNumberValue(crs.Axes == AxisOrder.NorthEast ? y : x);
        writer.WriteNumberValue(crs.Axes == AxisOrder.NorthEast ? x : y);
        writer.WriteEndArray();
    }
}
