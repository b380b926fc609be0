using System.Text.Json.Nodes;
using SituationMap.Geo.VectorTiles;
using SituationMap.Server.Tiles;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Tiles;

namespace SituationMap.Server.Ogc;

/// <summary>OGC API Tiles over the same tiles that <see cref="TileEndpoints"/> serves.</summary>
internal static class OgcTiles
{
    private const string MatrixSet = "WebMercatorQuad";
    private const string MatrixSetUri = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad";
    private const string Crs = "http://www.opengis.net/def/crs/EPSG/0/3857";

    /// <summary>Half the side of the projected world, in metres.</summary>
    private const double Half = 20_037_508.3427892;

    public static void MapOgcTiles(this IEndpointRouteBuilder ogc)
    {
        ogc.MapGet("/tileMatrixSets", (Delegate)GetMatrixSets).WithSummary("The tile matrix sets").Produces<object>();
        ogc.MapGet($"/tileMatrixSets/{MatrixSet}", (Delegate)GetMatrixSet)
            .WithSummary("The tile matrix set of web maps")
            .Produces<object>();
        ogc.MapGet("/tiles", (Delegate)((HttpContext context) => GetTilesets(context, null)))
            .WithSummary("The tilesets with all collections")
            .Produces<object>();
        ogc.MapGet("/collections/{collection}/tiles", (string collection, HttpContext context) => GetTilesets(context, collection))
            .WithSummary("The tilesets of a collection")
            .Produces<object>();
        ogc.MapGet($"/tiles/{MatrixSet}", (HttpContext context, LayerCatalog layers, SnapshotHolder holder) =>
                GetTileset(context, null, layers, holder)
            )
            .WithSummary("The tileset with all collections")
            .Produces<object>();
        ogc.MapGet(
                $"/collections/{{collection}}/tiles/{MatrixSet}",
                (string collection, HttpContext context, LayerCatalog layers, SnapshotHolder holder) =>
                    GetTileset(context, collection, layers, holder)
            )
            .WithSummary("The tileset of a collection")
            .Produces<object>();
        ogc.MapGet($"/tiles/{MatrixSet}/{{z}}/{{y}}/{{x}}", (string z, string y, string x, HttpContext context) =>
                TileEndpoints.GetPresentAsync(LayerCatalog.Everything, z, x, y, context)
            )
            .WithSummary("A vector tile with all collections")
            .ProducesTile();
        ogc.MapGet(
                $"/collections/{{collection}}/tiles/{MatrixSet}/{{z}}/{{y}}/{{x}}",
                (string collection, string z, string y, string x, HttpContext context) =>
                    FeatureCollections.Find(collection) is null
                        ? OgcEndpoints.Unknown().ExecuteAsync(context)
                        : TileEndpoints.GetPresentAsync(collection, z, x, y, context)
            )
            .WithSummary("A vector tile of a collection")
            .ProducesTile();
    }

    private static Task GetMatrixSets(HttpContext context) =>
        OgcAnswers.AnswerAsync(
            context,
            new JsonObject
            {
                ["title"] = "Tile matrix sets",
                ["tileMatrixSets"] = new JsonArray(
                    new JsonObject
                    {
                        ["id"] = MatrixSet,
                        ["title"] = "Google Maps Compatible for the World",
                        ["uri"] = MatrixSetUri,
                        ["links"] = new JsonArray(
                            OgcAnswers.Link(
                                $"{OgcAnswers.Root(context.Request)}/tileMatrixSets/{MatrixSet}",
                                "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme",
                                OgcAnswers.Json,
                                MatrixSet
                            )
                        ),
                    }
                ),
            }
        );

    private static string Base(HttpRequest request, string? collection) =>
        OgcAnswers.Root(request) + (collection is null ? "/tiles" : $"/collections/{collection}/tiles");

    private static Task GetTilesets(HttpContext context, string? collection)
    {
        if (collection is not null && FeatureCollections.Find(collection) is null)
            return OgcEndpoints.Unknown().ExecuteAsync(context);
        var tileset = Tileset(context.Request, collection);
        tileset["links"] = new JsonArray(
            OgcAnswers.Link($"{Base(context.Request, collection)}/{MatrixSet}", "self", OgcAnswers.Json, MatrixSet)
        );
        return OgcAnswers.AnswerAsync(
            context,
            new JsonObject
            {
                ["title"] = "Tilesets",
                ["tilesets"] = new JsonArray(tileset),
                ["links"] = OgcEndpoints.Array(OgcAnswers.Self(context.Request, OgcAnswers.Json)),
            }
        );
    }

    private static Task GetTileset(HttpContext context, string? collection, LayerCatalog layers, SnapshotHolder holder)
    {
        if (collection is not null && FeatureCollections.Find(collection) is null)
            return OgcEndpoints.Unknown().ExecuteAsync(context);
        var tileset = Tileset(context.Request, collection);
        var shown = layers.Tilesets[collection ?? LayerCatalog.Everything].Layers;
        var extent = Extent.OfGrids(holder.Current.City);
        tileset["boundingBox"] = new JsonObject
        {
            ["lowerLeft"] = new JsonArray(extent.MinX, extent.MinY),
            ["upperRight"] = new JsonArray(extent.MaxX, extent.MaxY),
            ["crs"] = "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        };
        tileset["tileMatrixSetLimits"] = new JsonArray();
        tileset["layers"] = OgcEndpoints.Array(
            shown.Select(layer => new JsonObject
            {
                ["id"] = layer.Id,
                ["description"] = layer.Description,
                ["dataType"] = "vector",
                ["minTileMatrix"] = layer.MinZoom.ToString(),
                ["maxTileMatrix"] = layer.MaxZoom.ToString(),
            })
        );
        var template = OgcAnswers.Link(
            $"{Base(context.Request, collection)}/{MatrixSet}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}",
            "item",
            TileEndpoints.MediaType,
            "The tiles"
        );
        template["templated"] = true;
        tileset["links"] = OgcEndpoints.Array([
            .. OgcAnswers.Self(context.Request, OgcAnswers.Json),
            template,
            OgcAnswers.Link(
                $"{OgcAnswers.Root(context.Request)}/tileMatrixSets/{MatrixSet}",
                "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme",
                OgcAnswers.Json,
                MatrixSet
            ),
        ]);
        return OgcAnswers.AnswerAsync(context, tileset);
    }

    private static JsonObject Tileset(HttpRequest request, string? collection) =>
        new()
        {
            ["title"] = collection is null ? "All collections" : FeatureCollections.Find(collection)!.Title,
            ["dataType"] = "vector",
            ["crs"] = Crs,
            ["tileMatrixSetURI"] = MatrixSetUri,
            ["tileMatrixSetDefinition"] = $"{OgcAnswers.Root(request)}/tileMatrixSets/{MatrixSet}",
        };

    private static Task GetMatrixSet(HttpContext context) =>
        OgcAnswers.AnswerAsync(
            context,
            new JsonObject
            {
                ["id"] = MatrixSet,
                ["title"] = "Google Maps Compatible for the World",
                ["uri"] = MatrixSetUri,
                ["crs"] = Crs,
                ["wellKnownScaleSet"] = "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
                ["tileMatrices"] = OgcEndpoints.Array(
                    Enumerable
                        .Range(0, TileId.MaxZoom + 1)
                        .Select(zoom =>
                        {
                            var cell = Half * 2 / 256 / Math.Pow(2, zoom);
                            return new JsonObject
                            {
                                ["id"] = zoom.ToString(),
                                ["scaleDenominator"] = cell / 0.00028,
                                ["cellSize"] = cell,
                                ["cornerOfOrigin"] = "topLeft",
                                ["pointOfOrigin"] = new JsonArray(-Half, Half),
                                ["tileWidth"] = 256,
                                ["tileHeight"] = 256,
                                ["matrixWidth"] = 1 << zoom,
                                ["matrixHeight"] = 1 << zoom,
                            };
                        })
                ),
            }
        );
}
