using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetTopologySuite.Geometries;
using SituationMap.Core.Projections;

namespace SituationMap.Geo.Features;

/// <summary>Geometries in GeoJSON: to any coordinate system, and from it.</summary>
public static class GeoJson
{
    private static readonly GeometryFactory Factory = new(new PrecisionModel(), 4326);

    /// <summary>As exact as outlines are kept and told: seven decimals of a degree, about a centimetre.</summary>
    public const int Decimals = 7;

    /// <summary>Writes a geometry, given in lon, lat, in the system's order of axes: degrees to a tenth of a millimetre, metres to a tenth
    /// of one.</summary>
    public static void Write(Utf8JsonWriter writer, Geometry geometry, CoordinateSystem crs)
    {
        var digits = crs.IsGeographic ? 9 : 4;
        Write(writer, geometry, (longitude, latitude) =>
        {
            var (x, y) = crs.FromLonLat(longitude, latitude);
            (x, y) = (Math.Round(x, digits), Math.Round(y, digits));
            return crs.Axes == AxisOrder.NorthEast ? (y, x) : (x, y);
        });
    }

    /// <summary>Writes a geometry in lon, lat, to the last digit: what is read back is the same.</summary>
    public static void Write(Utf8JsonWriter writer, Geometry geometry) =>
        Write(writer, geometry, (longitude, latitude) => (longitude, latitude));

    /// <summary>A surface in lon, lat with <see cref="Decimals"/>; a single one of several as a Polygon.</summary>
    public static JsonObject ToJson(Geometry surface)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            Write(writer, surface is MultiPolygon { NumGeometries: 1 } single ? single.GetGeometryN(0) : surface, (longitude, latitude) =>
                (Math.Round(longitude, Decimals), Math.Round(latitude, Decimals))
            );
        }
        return JsonNode.Parse(bytes.WrittenSpan)!.AsObject();
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

    private static void Write(Utf8JsonWriter writer, Geometry geometry, Func<double, double, (double, double)> position)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, geometry.GeometryType);
        writer.WritePropertyName("coordinates"u8);
        WriteCoordinates(writer, geometry, position);
        writer.WriteEndObject();
    }

    private static void WriteCoordinates(Utf8JsonWriter writer, Geometry geometry, Func<double, double, (double, double)> position)
    {
        if (geometry is Point point)
        {
            WritePosition(writer, position(point.X, point.Y));
            return;
        }
        writer.WriteStartArray();
        switch (geometry)
        {
            case LineString line:
                for (var i = 0; i < line.NumPoints; i++)
                    WritePosition(writer, position(line.CoordinateSequence.GetX(i), line.CoordinateSequence.GetY(i)));
                break;
            case Polygon polygon:
                // outer rings run against the clock and holes with it (RFC 7946)
                WriteRing(writer, polygon.Shell, true, position);
                foreach (var hole in polygon.Holes)
                    WriteRing(writer, hole, false, position);
                break;
            default:
                for (var i = 0; i < geometry.NumGeometries; i++)
                    WriteCoordinates(writer, geometry.GetGeometryN(i), position);
                break;
        }
        writer.WriteEndArray();
    }

    private static void WriteRing(
        Utf8JsonWriter writer,
        LinearRing ring,
        bool againstClock,
        Func<double, double, (double, double)> position
    )
    {
        var points = ring.CoordinateSequence;
        var reverse = ring.IsCCW != againstClock;
        writer.WriteStartArray();
        for (var i = 0; i < points.Count; i++)
        {
            var at = reverse ? points.Count - 1 - i : i;
            WritePosition(writer, position(points.GetX(at), points.GetY(at)));
        }
        writer.WriteEndArray();
    }

    private static void WritePosition(Utf8JsonWriter writer, (double First, double Second) position)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(position.First);
        writer.WriteNumberValue(position.Second);
        writer.WriteEndArray();
    }
}
