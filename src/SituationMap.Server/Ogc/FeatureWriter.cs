using System.Text.Json;
using System.Text.Json.Nodes;
using NetTopologySuite.Geometries;
using SituationMap.Core.Projections;
using SituationMap.Geo.Features;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Ogc;

/// <summary>Writes one feature: as GeoJSON, or its parts for people.</summary>
internal static class FeatureWriter
{
    public static void Write(
        Utf8JsonWriter writer,
        FeatureCollection collection,
        Snapshot snapshot,
        int index,
        CoordinateSystem crs,
        JsonObject[]? links = null,
        JsonNode? mended = null
    )
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Feature"u8);
        writer.WriteString("id"u8, collection.IdOf(snapshot, index));
        writer.WritePropertyName("geometry"u8);
        GeoJson.Write(writer, collection.Geometry(snapshot, index), crs);
        writer.WriteStartObject("properties"u8);
        foreach (var property in collection.Properties)
        {
            switch (property.Value(snapshot, index))
            {
                case null:
                    writer.WriteNull(property.Name);
                    break;
                case double number:
                    writer.WriteNumber(property.Name, number);
                    break;
                case bool truth:
                    writer.WriteBoolean(property.Name, truth);
                    break;
                case DateTimeOffset instant:
                    writer.WriteString(property.Name, instant.UtcDateTime);
                    break;
                case var text:
                    writer.WriteString(property.Name, (string)text);
                    break;
            }
        }
        writer.WriteEndObject();
        if (links is not null)
            WriteLinks(writer, links);
        if (mended is not null)
        {
            writer.WritePropertyName("mended"u8);
            mended.WriteTo(writer);
        }
        writer.WriteEndObject();
    }

    public static void WriteLinks(Utf8JsonWriter writer, JsonObject[] links)
    {
        writer.WriteStartArray("links"u8);
        foreach (var link in links)
            link.WriteTo(writer);
        writer.WriteEndArray();
    }

    /// <summary>A geometry for people: what it is, and where, in the order of the system's axes.</summary>
    public static string Words(Geometry geometry, CoordinateSystem system)
    {
        var box = geometry.EnvelopeInternal;
        return $"{geometry.GeometryType}, {geometry.NumPoints} positions, "
            + $"{Corner(box.MinX, box.MinY)}{(geometry is Point ? "" : $" – {Corner(box.MaxX, box.MaxY)}")} ({system.Code})";

        string Corner(double longitude, double latitude)
        {
            var (x, y) = system.FromLonLat(longitude, latitude);
            var (first, second) = system.Axes == AxisOrder.NorthEast ? (y, x) : (x, y);
            return FormattableString.Invariant(
                $"{Math.Round(first, system.IsGeographic ? 7 : 2)}, {Math.Round(second, system.IsGeographic ? 7 : 2)}"
            );
        }
    }

    public static JsonObject Properties(FeatureCollection collection, Snapshot snapshot, int index)
    {
        var properties = new JsonObject();
        foreach (var property in collection.Properties)
            properties[property.Name] = JsonValue.Create(property.Value(snapshot, index)?.ToString());
        return properties;
    }
}
