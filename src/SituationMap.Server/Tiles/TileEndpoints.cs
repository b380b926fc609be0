using System.Globalization;
using System.IO.Hashing;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using SituationMap.Server.Http;
using SituationMap.Server.Snapshots;

namespace SituationMap.Server.Tiles;

internal static class TileEndpoints
{
    private const string MediaType = "application/vnd.mapbox-vector-tile";

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

    private static async Task<IResult> GetTileAsync(
        string layer, string z, string x, string y, HttpContext context, SnapshotHolder holder, PastSnapshots past, LayerCatalog layers, TileCache cache, TileEncoder encoder,
        string? at = null)
    {
        if (!layers.Tilesets.TryGetValue(layer, out var tileset))
            return UnknownLayer(layers);
        if (!TryParse(z, out var zoom) || !TryParse(x, out var column) || !TryParse(y, out var row) || new TileId(zoom, column, row) is not { IsValid: true } tile)
            return Problems.BadRequest(new Fault("tile-invalid", "z/x/y", $"whole numbers: z from 0 to {TileId.MaxZoom}, x and y from 0 to 2^z - 1"));
        var coding = ContentCodings.Choose(context.Request.Headers.AcceptEncoding);
        return at is null ? await PresentAsync(context, holder.Current, cache, tileset, tile, coding) : await PastAsync(context, at, past, encoder, tileset, tile, coding);
    }

    /// <summary>A live tile is asked for again each time, and answered without a body, a render or packing where nothing has changed.</summary>
    private static async ValueTask<IResult> PresentAsync(HttpContext context, Snapshot snapshot, TileCache cache, Tileset tileset, TileId tile, ContentCoding coding)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-cache";
        headers["Situation-Sequence"] = snapshot.Sequence.ToString(CultureInfo.InvariantCulture);
        if (context.Request.Headers.IfNoneMatch is { Count: > 0 } known && cache.ETagOf(snapshot, tileset, tile, coding) is { } current && Matches(known, current))
        {
            cache.CountUnchanged();
            return NotModified(headers, current);
        }
        var made = await cache.GetAsync(snapshot, tileset, tile, coding, context.RequestAborted);
        return Answer(headers, made.Bytes, made.ETag, coding);
    }

    private static async Task<IResult> PastAsync(
        HttpContext context, string at, PastSnapshots past, TileEncoder encoder, Tileset tileset, TileId tile, ContentCoding coding)
    {
        var asked = await past.AskAsync(at, context.RequestAborted);
        if (asked.Found is not { } snapshot)
            return Problems.BadRequest(asked.Fault!);
        var headers = context.Response.Headers;
        Caching.Apply(context, asked.IsFinal);
        headers["Situation-Sequence"] = snapshot.Sequence.ToString(CultureInfo.InvariantCulture);
        var bytes = encoder.Encode(snapshot, tile, tileset.Layers, context.RequestAborted);
        var etag = $"\"{Convert.ToHexStringLower(XxHash128.Hash(bytes))}-{(int)coding}\"";
        return Matches(context.Request.Headers.IfNoneMatch, etag) ? NotModified(headers, etag) : Answer(headers, coding.Pack(bytes), etag, coding);
    }

    private static IResult Answer(IHeaderDictionary headers, byte[] bytes, string? etag, ContentCoding coding)
    {
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.ETag = etag;
        if (bytes.Length == 0)
            return Results.NoContent();
        headers.ContentEncoding = coding.Name();
        return Results.Bytes(bytes, MediaType);
    }

    private static IResult NotModified(IHeaderDictionary headers, string etag)
    {
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.ETag = etag;
        return Results.StatusCode(StatusCodes.Status304NotModified);
    }

    /// <summary>Whether If-None-Match names the tag; weakly, as RFC 9110 has it for GET.</summary>
    private static bool Matches(StringValues known, string etag) =>
        known.Count == 1 && known[0] == etag
        || (EntityTagHeaderValue.TryParseList(known!, out var tags) && tags.Any(tag => tag.Tag == etag || tag.Equals(EntityTagHeaderValue.Any)));

    private static async Task<Results<Ok<TileJson>, ProblemHttpResult>> GetTileJsonAsync(
        string layer, HttpRequest request, PastSnapshots past, LayerCatalog layers, CancellationToken cancellation, string? at = null)
    {
        if (!layers.Tilesets.TryGetValue(layer, out var tileset))
            return UnknownLayer(layers);
        var asked = await past.AskAsync(at, cancellation);
        if (asked.Found is not { } snapshot)
            return Problems.BadRequest(asked.Fault!);
        Caching.Apply(request.HttpContext, asked.IsFinal);
        return TypedResults.Ok(TileJson.Of(layer, tileset.Layers, snapshot, $"{request.Scheme}://{request.Host}{request.PathBase}", at));
    }

    private static ProblemHttpResult UnknownLayer(LayerCatalog layers) =>
        Problems.NotFound("layer", $"one of {LayerCatalog.Everything}, {string.Join(", ", layers.All.Select(layer => layer.Id))}");

    private static bool TryParse(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
