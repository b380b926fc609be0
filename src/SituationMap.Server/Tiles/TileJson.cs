using System.Text.Json.Serialization;
using NetTopologySuite.Geometries;
using SituationMap.Server.Snapshots;

namespace SituationMap.Server.Tiles;

/// <summary>TileJSON 3.0.0.</summary>
internal sealed record TileJson(
    [property: JsonPropertyName("tilejson")] string Version,
    string Name,
    string Description,
    string Scheme,
    string[] Tiles,
    [property: JsonPropertyName("minzoom")] int MinZoom,
    [property: JsonPropertyName("maxzoom")] int MaxZoom,
    double[] Bounds,
    double[] Center,
    [property: JsonPropertyName("vector_layers")] TileJsonLayer[] VectorLayers)
{
    /// <param name="root">The server's address as the client sees it.</param>
    public static TileJson Of(string name, IReadOnlyList<LayerDefinition> layers, Snapshot snapshot, string root)
    {
        var bounds = Extent.Of(snapshot.City);
        return new TileJson(
            "3.0.0", name, string.Join(" ", layers.Select(layer => layer.Description)), "xyz", [$"{root}/tiles/{name}/{{z}}/{{x}}/{{y}}.mvt"],
            layers.Min(layer => layer.MinZoom), layers.Max(layer => layer.MaxZoom),
            [bounds.MinX, bounds.MinY, bounds.MaxX, bounds.MaxY],
            [bounds.Centre.X, bounds.Centre.Y, Math.Max(14, layers.Min(layer => layer.MinZoom))],
            [.. layers.Select(layer => new TileJsonLayer(
                layer.Id, layer.Description, layer.MinZoom, layer.MaxZoom, layer.Fields.ToDictionary(field => field.Key, field => $"{field.Value.Type}: {field.Value.Description}")))]);
    }
}

internal sealed record TileJsonLayer(
    string Id, string Description, [property: JsonPropertyName("minzoom")] int MinZoom, [property: JsonPropertyName("maxzoom")] int MaxZoom, Dictionary<string, string> Fields);

/// <summary>Where there is something to see, in lon, lat.</summary>
internal static class Extent
{
    public static Envelope Of(City city)
    {
        var extent = new Envelope();
        foreach (var building in city.Buildings)
            extent.ExpandToInclude(building.Outline.EnvelopeInternal);
        if (!extent.IsNull)
            return extent;
        foreach (var grid in city.Grids)
            extent.ExpandToInclude(grid.Outline.EnvelopeInternal);
        return extent.IsNull ? new Envelope(-180, 180, -85, 85) : extent;
    }
}
