using System.Text.Json.Nodes;
using SituationMap.Core.Projections;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Tiles;

namespace SituationMap.Server.Ogc;

/// <summary>OGC API Features (parts 1 to 4) and OGC API Tiles: what there is. The features themselves are in
/// <see cref="FeatureEndpoints"/>.</summary>
internal static class OgcEndpoints
{
    private static readonly string[] Classes =
    [
        "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
        "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
        "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
        "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
        "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
        "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
        "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
        "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
        "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update",
        "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/optimistic-locking-etags",
        "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/features",
        "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
        "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
        "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
        "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
        "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
        "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
        "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
        "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
        "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
        "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
        "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
    ];

    public static IEndpointRouteBuilder MapOgc(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ogc/style.css", () => TypedResults.Text(OgcPage.Style, "text/css")).OpenToAll().ExcludeFromDescription();
        var ogc = routes
            .MapGroup("/ogc")
            .WithTags("OGC API")
            .RequiresRight(Right.See)
            .OpenToListedOrigins()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        var reads = ogc.MapGroup("").TakesQuery("f");
        reads.MapGet("/", (Delegate)GetLanding).WithSummary("OGC API Features and Tiles: where everything is").Produces<object>();
        reads.MapGet("/conformance", (Delegate)GetConformance).WithSummary("The conformance classes").Produces<object>();
        reads.MapGet("/collections", GetCollections).WithSummary("The collections of features").Produces<object>();
        reads.MapGet("/collections/{collection}", GetCollection).WithSummary("One collection").Produces<object>();
        reads
            .MapGet("/collections/{collection}/queryables", (string collection, HttpContext context) =>
                GetSchema(collection, "queryables", context)
            )
            .WithSummary("What a collection's features can be filtered by (JSON Schema)")
            .Produces<object>(StatusCodes.Status200OK, OgcAnswers.Schema);
        reads
            .MapGet("/collections/{collection}/schema", (string collection, HttpContext context) =>
                GetSchema(collection, "schema", context)
            )
            .WithSummary("What a collection's features have, and what of it can be written (JSON Schema)")
            .Produces<object>(StatusCodes.Status200OK, OgcAnswers.Schema);
        reads.MapFeatures();
        reads.MapOgcTiles();
        ogc.MapZoneEditing();
        return routes;
    }

    private static Task GetConformance(HttpContext context) =>
        OgcAnswers.AnswerAsync(
            context,
            new JsonObject
            {
                ["title"] = "What this API conforms to",
                ["conformsTo"] = Array(Classes),
                ["links"] = Array(OgcAnswers.Self(context.Request, OgcAnswers.Json)),
            }
        );

    private static Task GetLanding(HttpContext context)
    {
        var root = OgcAnswers.Root(context.Request);
        return OgcAnswers.AnswerAsync(
            context,
            new JsonObject
            {
                ["title"] = "SituationMap",
                ["description"] = "The live situation of a community: its grids, buildings, households, checkpoints, risk zones and roads.",
                ["links"] = Array([
                    .. OgcAnswers.Self(context.Request, OgcAnswers.Json),
                    OgcAnswers.Link(
                        root[..^4] + "/openapi/v1.json",
                        "service-desc",
                        "application/vnd.oai.openapi+json;version=3.1",
                        "The API's description (OpenAPI)"
                    ),
                    OgcAnswers.Link(root[..^4] + "/openapi", "service-doc", OgcAnswers.Html, "The API's description as a page"),
                    OgcAnswers.Link(root + "/conformance", "conformance", OgcAnswers.Json, "What this API conforms to"),
                    OgcAnswers.Link(
                        root + "/conformance",
                        "http://www.opengis.net/def/rel/ogc/1.0/conformance",
                        OgcAnswers.Json,
                        "What this API conforms to"
                    ),
                    OgcAnswers.Link(root + "/collections", "data", OgcAnswers.Json, "The collections"),
                    OgcAnswers.Link(
                        root + "/collections",
                        "http://www.opengis.net/def/rel/ogc/1.0/data",
                        OgcAnswers.Json,
                        "The collections"
                    ),
                    OgcAnswers.Link(
                        root + "/tiles",
                        "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector",
                        OgcAnswers.Json,
                        "Tiles with all collections"
                    ),
                    OgcAnswers.Link(
                        root + "/tileMatrixSets",
                        "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes",
                        OgcAnswers.Json,
                        "The tile matrix sets"
                    ),
                ]),
            }
        );
    }

    private static Task GetCollections(HttpContext context, SnapshotHolder holder, CoordinateSystems systems) =>
        OgcAnswers.AnswerAsync(
            context,
            new JsonObject
            {
                ["title"] = "Collections",
                ["links"] = Array(OgcAnswers.Self(context.Request, OgcAnswers.Json)),
                ["crs"] = Array(Uris(systems)),
                ["collections"] = Array(
                    FeatureCollections.All.Select(collection => Describe(collection, context.Request, holder.Current, systems, []))
                ),
            }
        );

    private static Task GetCollection(string collection, HttpContext context, SnapshotHolder holder, CoordinateSystems systems) =>
        FeatureCollections.Find(collection) is { } found
            ? OgcAnswers.AnswerAsync(
                context,
                Describe(found, context.Request, holder.Current, systems, OgcAnswers.Self(context.Request, OgcAnswers.Json))
            )
            : Unknown().ExecuteAsync(context);

    /// <param name="name">queryables; or schema, which also says what is written and what is not.</param>
    private static Task GetSchema(string collection, string name, HttpContext context)
    {
        if (FeatureCollections.Find(collection) is not { } found)
            return Unknown().ExecuteAsync(context);
        var isWritten = found.Properties.Any(property => property.IsWritten);
        var geometry = new JsonObject
        {
            ["title"] = "Geometry",
            ["x-ogc-role"] = "primary-geometry",
            ["format"] = $"geometry-{found.GeometryType.ToLowerInvariant()}",
        };
        if (name == "schema" && !isWritten)
            geometry["readOnly"] = true;
        var properties = new JsonObject { ["geometry"] = geometry };
        foreach (var property in found.Properties)
        {
            var schema = new JsonObject { ["title"] = property.Title, ["type"] = property.Type };
            if (property.Format is not null)
                schema["format"] = property.Format;
            if (property.Values is not null)
                schema["enum"] = Array(property.Values);
            if (name == "schema" && !property.IsWritten)
                schema["readOnly"] = true;
            properties[property.Name] = schema;
        }
        return OgcAnswers.AnswerAsync(
            context,
            new JsonObject
            {
                ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
                ["$id"] = $"{OgcAnswers.Root(context.Request)}/collections/{found.Id}/{name}",
                ["type"] = "object",
                ["title"] = found.Title,
                ["properties"] = properties,
                ["additionalProperties"] = false,
            },
            OgcAnswers.Schema
        );
    }

    private static JsonObject Describe(
        FeatureCollection collection,
        HttpRequest request,
        Snapshot snapshot,
        CoordinateSystems systems,
        JsonObject[] self
    )
    {
        var (root, extent) = ($"{OgcAnswers.Root(request)}/collections/{collection.Id}", Extent.OfGrids(snapshot.City));
        var answer = new JsonObject
        {
            ["id"] = collection.Id,
            ["title"] = collection.Title,
            ["description"] = collection.Description,
            ["itemType"] = "feature",
            ["extent"] = new JsonObject
            {
                ["spatial"] = new JsonObject
                {
                    ["bbox"] = new JsonArray(Array([extent.MinX, extent.MinY, extent.MaxX, extent.MaxY])),
                    ["crs"] = systems.Find(CoordinateSystems.Default)!.Uri,
                },
            },
            ["crs"] = Array(Uris(systems)),
            ["storageCrs"] = systems.Find(CoordinateSystems.Default)!.Uri,
            ["links"] = Array([
                .. self.Length > 0 ? self : [OgcAnswers.Link(root, "self", OgcAnswers.Json, "This collection")],
                OgcAnswers.Link(root + "/items?f=json", "items", OgcAnswers.GeoJson, "Its features (GeoJSON)"),
                OgcAnswers.Link(root + "/items?f=html", "items", OgcAnswers.Html, "Its features as a page"),
                OgcAnswers.Link(
                    root + "/queryables",
                    "http://www.opengis.net/def/rel/ogc/1.0/queryables",
                    OgcAnswers.Schema,
                    "What its features can be filtered by"
                ),
                OgcAnswers.Link(
                    root + "/schema",
                    "http://www.opengis.net/def/rel/ogc/1.0/schema",
                    OgcAnswers.Schema,
                    "What its features have"
                ),
                OgcAnswers.Link(root + "/tiles", "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", OgcAnswers.Json, "Its tiles"),
            ]),
        };
        if (collection.HasTime)
            answer["extent"]!["temporal"] = new JsonObject
            {
                ["interval"] = new JsonArray(new JsonArray(null, null)),
                ["trs"] = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
            };
        return answer;
    }

    /// <summary>The systems that have a name of OGC's.</summary>
    private static IEnumerable<string> Uris(CoordinateSystems systems) =>
        systems.All.Select(system => system.Uri).Where(uri => uri.StartsWith("http", StringComparison.Ordinal));

    public static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult Unknown() =>
        Problems.NotFound("collection", $"one of {string.Join(", ", FeatureCollections.All.Select(collection => collection.Id))}");

    public static JsonArray Array<T>(IEnumerable<T> items) => new([.. items.Select(item => item as JsonNode ?? JsonValue.Create(item))]);
}
