using System.Text.Json;
using NetTopologySuite.Geometries;

namespace SituationMap.Store.Exports;

/// <summary>Writes geometries as GeoJSON (RFC 7946): lon, lat.</summary>
public static class GeoJson
{
    public static void Write(Utf8JsonWriter json, Geometry geometry)
    {
        json.WriteStartObject();
        json.WriteString("type", geometry.GeometryType);
        json.WritePropertyName("coordinates");
        switch (geometry)
        {
            case Point point:
                Position(json, point.Coordinate);
                break;
            case MultiPolygon surfaces:
                json.WriteStartArray();
                foreach (var surface in surfaces.Geometries.Cast<Polygon>())
                    Rings(json, surface);
                json.WriteEndArray();
                break;
            default:
                throw new ArgumentException($"A {geometry.GeometryType} is not exported.", nameof(geometry));
        }
        json.WriteEndObject();
    }

    private static void Rings(Utf8JsonWriter json, Polygon surface)
    {
        json.WriteStartArray();
        foreach (var ring in surface.Holes.Prepend(surface.Shell))
        {
            json.WriteStartArray();
            foreach (var corner in ring.Coordinates)
                Position(json, corner);
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    private static void Position(Utf8JsonWriter json, Coordinate at)
    {
        json.WriteStartArray();
        json.WriteNumberValue(at.X);
        json.WriteNumberValue(at.Y);
        json.WriteEndArray();
    }
}
