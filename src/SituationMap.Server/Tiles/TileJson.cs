using System.Text.Json.Serialization;
using SituationMap.Core;
using SituationMap.Server.Http;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Tiles;

namespace SituationMap.Server.Tiles;

/// <summary>TileJSON 3.0.0.</summary>
/// <param name="Specification">Of TileJSON itself.</param>
/// <param name="Version">Of the tileset: its layers, their attributes and zooms.</param>
internal sealed record TileJson(
    [property: JsonPropertyName("tilejson")] string Specification,
    string Name,
    string Description,
    string Version,
    string Scheme,
    string[] Tiles,
    [property: JsonPropertyName("minzoom")] int MinZoom,
    [property: JsonPropertyName("maxzoom")] int MaxZoom,
    [property: Schema("Box")] double[] Bounds,
    double[] Center,
    [property: JsonPropertyName("vector_layers")] TileJsonLayer[] VectorLayers
)
{
    /// <param name="root">The server's address as the client sees it.</param>
    /// <param name="query">What tiles have to be asked for with, such as a past instant.</param>
    public static TileJson Of(
        string name,
        IReadOnlyList<LayerDefinition> layers,
        LayerDefinition metadata,
        Snapshot snapshot,
        string root,
        QueryString query
    )
    {
        // clients ask for no tile outside the bounds, so they hold the outermost grids, too; the centre is where people live
        var (bounds, centre) = (Extent.OfGrids(snapshot.City), Extent.Of(snapshot.City).Centre);
        return new TileJson(
            "3.0.0",
            name,
            string.Join(" ", layers.Select(layer => layer.Description)),
            ProductVersion.Text,
            "xyz",
            [$"{root}/tiles/{name}/{{z}}/{{x}}/{{y}}.mvt{query}"],
            layers.Min(layer => layer.MinZoom),
            layers.Max(layer => layer.MaxZoom),
            [bounds.MinX, bounds.MinY, bounds.MaxX, bounds.MaxY],
            [centre.X, centre.Y, Math.Max(14, layers.Min(layer => layer.MinZoom))],
            [
                .. layers
                    .Append(metadata)
                    .Select(layer => new TileJsonLayer(
                        layer.Id,
                        layer.Description,
                        layer.MinZoom,
                        layer.MaxZoom,
                        layer.Fields.ToDictionary(field => field.Key, field => $"{field.Value.Type}: {field.Value.Description}")
                    )),
            ]
        );
    }
}

internal sealed record TileJsonLayer(
    string Id,
    string Description,
    [property: JsonPropertyName("minzoom")] int MinZoom,
    [property: JsonPropertyName("maxzoom")] int MaxZoom,
    Dictionary<string, string> Fields
);
