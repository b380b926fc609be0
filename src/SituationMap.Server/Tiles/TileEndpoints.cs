using System.Globalization;
using System.IO.Hashing;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using SituationMap.Core;
using SituationMap.Geo.VectorTiles;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Replay;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Tiles;

namespace SituationMap.Server.Tiles;

internal static class TileEndpoints
{
    private const string Vary = $"Accept-Encoding, {Caching.ByCaller}";
    public const string MediaType = "application/vnd.mapbox-vector-tile";

    public static IEndpointRouteBuilder MapTiles(this IEndpointRouteBuilder routes)
    {
        // found once: a tile from memory takes microseconds, of which a scope of services for each request would be a good part
        var services = routes.ServiceProvider;
        var (holder, pictures, layers) = (
            services.GetRequiredService<SnapshotHolder>(),
            services.GetRequiredService<CorrectedSnapshots>(),
            services.GetRequiredService<LayerCatalog>()
        );
        var (cache, encoder) = (services.GetRequiredService<TileCache>(), services.GetRequiredService<TileEncoder>());
        var tiles = routes.MapGroup("/tiles").WithTags("Tiles").RequiresRight(Right.See).OpenToListedOrigins();
        tiles
            .MapGet(
                "/{layer}/{z}/{x}/{y}.mvt",
                (
                    string layer,
                    string z,
                    string x,
                    string y,
                    HttpContext context,
                    string? at = null,
                    string? known = null,
                    string? datum = null
                ) => GetTileAsync(layer, z, x, y, context, holder, pictures, layers, cache, encoder, at, known, datum)
            )
            .WithSummary("A vector tile (MVT 2.1, WebMercatorQuad)")
            .WithDescription(
                "Layers: grids, roads, buildings, households, zones, checkpoints, or situation with all of them. at= asks for "
                    + "the tile of a past instant, as it was shown then; with known= as it is known by that instant, with late facts "
                    + "and corrections. datum= gcj02 or bd09 moves everything to where a base map in those shifted degrees has it."
            )
            .ProducesTile();
        tiles
            .MapGet("/{layer}.json", GetTileJsonAsync)
            .WithSummary("What the tiles hold (TileJSON 3.0)")
            .WithDescription(
                "With at=, known= or datum= the addresses of the tiles have them too, and with datum= the bounds are moved as "
                    + "the tiles are."
            )
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    /// <summary>A tile of the present, for those who have another address for it: who sends them on to this one loses their key on the
    /// way.</summary>
    public static Task GetPresentAsync(string layer, string z, string x, string y, HttpContext context)
    {
        var services = context.RequestServices;
        return GetTileAsync(
            layer,
            z,
            x,
            y,
            context,
            services.GetRequiredService<SnapshotHolder>(),
            services.GetRequiredService<CorrectedSnapshots>(),
            services.GetRequiredService<LayerCatalog>(),
            services.GetRequiredService<TileCache>(),
            services.GetRequiredService<TileEncoder>(),
            at: null,
            known: null,
            datum: null
        );
    }

    /// <summary>Describes the answers that a tile has.</summary>
    public static RouteHandlerBuilder ProducesTile(this RouteHandlerBuilder tile) =>
        tile.Produces<byte[]>(StatusCodes.Status200OK, MediaType)
            .Produces(StatusCodes.Status204NoContent)
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static Task GetTileAsync(
        string layer,
        string z,
        string x,
        string y,
        HttpContext context,
        SnapshotHolder holder,
        CorrectedSnapshots pictures,
        LayerCatalog layers,
        TileCache cache,
        TileEncoder encoder,
        string? at,
        string? known,
        string? datum
    )
    {
        if (!layers.Tilesets.TryGetValue(layer, out var tileset))
            return UnknownLayer(layers).ExecuteAsync(context);
        if (Find(z, x, y) is not { } tile)
            return InvalidTile().ExecuteAsync(context);
        if (Problems.UnlessOneOf("datum", datum, Datum.Names) is { } unknown)
            return Problems.BadRequest(unknown).ExecuteAsync(context);
        var asked = new TileAsked(
            tileset,
            tile,
            Datum.Find(datum),
            AcceptEncoding.Choose(context.Request.Headers.AcceptEncoding),
            context.Scope() is { IsWholeCity: false } part ? part : null
        );
        return at is null && known is null
            ? AnswerPresentAsync(context, holder.Current, cache, asked)
            : AnswerPastAsync(context, at, known, pictures, encoder, asked);
    }

    /// <summary>A live tile is asked for again each time, and answered without a body, a render or packing where nothing has
    /// changed.</summary>
    private static Task AnswerPresentAsync(HttpContext context, Snapshot snapshot, TileCache cache, in TileAsked asked)
    {
        context.Response.Headers.CacheControl = "private, no-cache";
        if (
            context.Request.Headers.IfNoneMatch is { Count: > 0 } known
            && cache.ETagOf(snapshot, asked) is { } current
            && Matches(known, current)
        )
        {
            cache.CountUnchanged();
            AnswerUnchanged(context.Response, snapshot, current);
            return Task.CompletedTask;
        }
        var made = cache.GetAsync(snapshot, asked, context.RequestAborted);
        return made.IsCompletedSuccessfully ? AnswerAsync(context, snapshot, made.Result, asked.Coding) : WaitAsync(asked.Coding);

        async Task WaitAsync(ContentCoding coding) => await AnswerAsync(context, snapshot, await made, coding);
    }

    private static async Task AnswerPastAsync(
        HttpContext context,
        string? at,
        string? known,
        CorrectedSnapshots pictures,
        TileEncoder encoder,
        TileAsked asked
    )
    {
        var instant = await pictures.AskAsync(at, known, context.RequestAborted);
        if (instant.Found is not { } snapshot)
        {
            await Problems.BadRequest(instant.Fault!).ExecuteAsync(context);
            return;
        }
        Caching.Apply(context, instant.IsFinal);
        var bytes = encoder.Encode(
            asked.Datum?.Move(snapshot) ?? snapshot,
            asked.Tile,
            asked.Tileset.Layers,
            asked.Scope,
            context.RequestAborted
        );
        await AnswerMadeAsync(context, snapshot, bytes);
    }

    /// <summary>Answers with a tile that is kept nowhere: what it holds is its version.</summary>
    public static Task AnswerMadeAsync(HttpContext context, Snapshot snapshot, byte[] bytes)
    {
        var coding = AcceptEncoding.Choose(context.Request.Headers.AcceptEncoding);
        var etag = $"\"{Convert.ToHexStringLower(XxHash128.Hash(bytes))}-{(int)coding}\"";
        if (!Matches(context.Request.Headers.IfNoneMatch, etag))
            return AnswerAsync(context, snapshot, new CachedTile(coding.Pack(bytes), etag), coding);
        AnswerUnchanged(context.Response, snapshot, etag);
        return Task.CompletedTask;
    }

    /// <summary>The tile of an address; null: there is none.</summary>
    public static TileId? Find(string z, string x, string y) =>
        TryParse(z, out var zoom)
        && TryParse(x, out var column)
        && TryParse(y, out var row)
        && new TileId(zoom, column, row) is { IsValid: true } tile
            ? tile
            : null;

    public static ProblemHttpResult InvalidTile() =>
        Problems.BadRequest(new Fault("tile-invalid", "z/x/y", $"whole numbers: z from 0 to {TileId.MaxZoom}, x and y from 0 to 2^z - 1"));

    private static Task AnswerAsync(HttpContext context, Snapshot snapshot, CachedTile tile, ContentCoding coding)
    {
        var response = context.Response;
        Sign(response.Headers, snapshot, tile.ETag);
        if (tile.Bytes.Length == 0)
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }
        response.ContentType = MediaType;
        response.ContentLength = tile.Bytes.Length;
        if (coding.Name() is { } name)
            response.Headers.ContentEncoding = name;
        return response.Body.WriteAsync(tile.Bytes, 0, tile.Bytes.Length, context.RequestAborted);
    }

    private static void AnswerUnchanged(HttpResponse response, Snapshot snapshot, string etag)
    {
        Sign(response.Headers, snapshot, etag);
        response.StatusCode = StatusCodes.Status304NotModified;
    }

    private static void Sign(IHeaderDictionary headers, Snapshot snapshot, string? etag)
    {
        headers.Vary = Vary;
        headers["Situation-Sequence"] = snapshot.SequenceText;
        if (etag is not null)
            headers.ETag = etag;
    }

    /// <summary>Whether If-None-Match names the tag; weakly, as RFC 9110 has it for GET.</summary>
    private static bool Matches(StringValues known, string etag) =>
        known.Count == 1 && known[0] == etag
        || (
            EntityTagHeaderValue.TryParseList(known!, out var tags)
            && tags.Any(tag => tag.Tag == etag || tag.Equals(EntityTagHeaderValue.Any))
        );

    private static async Task<Results<Ok<TileJson>, ProblemHttpResult>> GetTileJsonAsync(
        string layer,
        HttpRequest request,
        CorrectedSnapshots pictures,
        LayerCatalog layers,
        CancellationToken cancellation,
        string? at = null,
        string? known = null,
        string? datum = null
    )
    {
        if (!layers.Tilesets.TryGetValue(layer, out var tileset))
            return UnknownLayer(layers);
        if (Problems.UnlessOneOf("datum", datum, Datum.Names) is { } unknown)
            return Problems.BadRequest(unknown);
        var asked = await pictures.AskAsync(at, known, cancellation);
        if (asked.Found is not { } snapshot)
            return Problems.BadRequest(asked.Fault!);
        Caching.Apply(request.HttpContext, asked.IsFinal);
        return TypedResults.Ok(
            TileJson.Of(
                layer,
                tileset.Layers,
                layers.Metadata,
                Datum.Find(datum)?.Move(snapshot) ?? snapshot,
                request.Root(),
                Query(("at", at), ("known", known), ("datum", datum))
            )
        );
    }

    /// <summary>What tiles have to be asked for with.</summary>
    public static QueryString Query(params (string Name, string? Value)[] parameters) =>
        QueryString.Create(
            parameters
                .Where(parameter => parameter.Value is not null)
                .Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value))
        );

    private static ProblemHttpResult UnknownLayer(LayerCatalog layers) =>
        Problems.NotFound(
            "layer",
            $"one of {LayerCatalog.Everything}, {string.Join(", ", layers.All.Append(layers.Work).Select(layer => layer.Id))}"
        );

    private static bool TryParse(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
