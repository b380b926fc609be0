using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Server.Http;
using SituationMap.Server.Snapshots;

namespace SituationMap.Server.Tiles;

internal static class TileEndpoints
{
    private const string MediaType = "application/vnd.mapbox-vector-tile";

    /// <summary>The name under which all layers come in one tile.</summary>
    private const string Everything = "situation";

    public static IEndpointRouteBuilder MapTiles(this IEndpointRouteBuilder routes)
    {
        var tiles = routes.MapGroup("/tiles").WithTags("Tiles");
        tiles.MapGet("/{layer}/{z}/{x}/{y}.mvt", GetTileAsync)
            .WithSummary("A vector tile (MVT 2.1, WebMercatorQuad)")
            .WithDescription("Layers: grids, roads, buildings, households, zones, checkpoints, or situation with all of them. at= asks for the tile of a past instant, as it was shown then.")
            .Produces<byte[]>(StatusCodes.Status200OK, MediaType)
            .Produces(StatusCodes.Status204NoContent)
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        tiles.MapGet("/{layer}.json", GetTileJsonAsync)
            .WithSummary("What the tiles hold (TileJSON 3.0)")
            .WithDescription("With at= the addresses of the tiles are those of the past instant.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    private static ValueTask<IResult> GetTileAsync(
        string layer, string z, string x, string y, HttpContext context, SnapshotHolder holder, PastSnapshots past, LayerCatalog layers, TileEncoder encoder,
        CancellationToken cancellation, string? at = null)
    {
        if (Choose(layers, layer) is not { } chosen)
            return ValueTask.FromResult<IResult>(UnknownLayer(layers));
        if (!TryParse(z, out var zoom) || !TryParse(x, out var column) || !TryParse(y, out var row) || new TileId(zoom, column, row) is not { IsValid: true } tile)
        {
            return ValueTask.FromResult<IResult>(
                Problems.BadRequest(new Fault("tile-invalid", "z/x/y", $"whole numbers: z from 0 to {TileId.MaxZoom}, x and y from 0 to 2^z - 1")));
        }
        // A live layer is asked again each time, and answered without a body where nothing has changed.
        return at is null ? ValueTask.FromResult(Answer(holder.Current, isFinal: false)) : PastAsync();

        async ValueTask<IResult> PastAsync()
        {
            var asked = await past.AskAsync(at, cancellation);
            return asked.Found is { } snapshot ? Answer(snapshot, asked.IsFinal) : Problems.BadRequest(asked.Fault!);
        }

        IResult Answer(Snapshot snapshot, bool isFinal)
        {
            var bytes = encoder.Encode(snapshot, tile, chosen);
            var etag = $"\"{Convert.ToHexStringLower(System.IO.Hashing.XxHash128.Hash(bytes))}\"";
            Caching.Apply(context, isFinal);
            context.Response.Headers.ETag = etag;
            context.Response.Headers["Situation-Sequence"] = snapshot.Sequence.ToString(CultureInfo.InvariantCulture);
            if (context.Request.Headers.IfNoneMatch.Contains(etag))
                return Results.StatusCode(StatusCodes.Status304NotModified);
            return bytes.Length == 0 ? Results.NoContent() : Results.Bytes(bytes, MediaType);
        }
    }

    private static async Task<Results<Ok<TileJson>, ProblemHttpResult>> GetTileJsonAsync(
        string layer, HttpRequest request, PastSnapshots past, LayerCatalog layers, CancellationToken cancellation, string? at = null)
    {
        if (Choose(layers, layer) is not { } chosen)
            return UnknownLayer(layers);
        var asked = await past.AskAsync(at, cancellation);
        if (asked.Found is not { } snapshot)
            return Problems.BadRequest(asked.Fault!);
        Caching.Apply(request.HttpContext, asked.IsFinal);
        return TypedResults.Ok(TileJson.Of(layer, chosen, snapshot, $"{request.Scheme}://{request.Host}{request.PathBase}", at));
    }

    private static LayerDefinition[]? Choose(LayerCatalog layers, string name) =>
        name == Everything ? [.. layers.All] : layers.All.Where(layer => layer.Id == name).ToArray() is { Length: 1 } one ? one : null;

    private static ProblemHttpResult UnknownLayer(LayerCatalog layers) =>
        Problems.NotFound("layer", $"one of {Everything}, {string.Join(", ", layers.All.Select(layer => layer.Id))}");

    private static bool TryParse(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
