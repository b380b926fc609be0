using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Server.Statuses;
using SituationMap.Store.Access;
using SituationMap.Store.Replay;
using SituationMap.Store.Statuses;
using SituationMap.Store.Tiles;

namespace SituationMap.Server.Tiles;

/// <summary>The tileset of what is to be done, beside those that are made from the snapshot.</summary>
internal static class WorkTileEndpoints
{
    public static IEndpointRouteBuilder MapWorkTiles(this IEndpointRouteBuilder routes)
    {
        var tiles = routes.MapGroup("/tiles").WithTags("Tiles").RequiresRight(Right.See).OpenToListedOrigins();
        tiles
            .MapGet("/work/{z}/{x}/{y}.mvt", GetTileAsync)
            .UsesStore()
            .WithSummary("A vector tile of the buildings where something is to be done, and how much (zoom 14 to 16)")
            .WithDescription(
                "Worked out when it is asked for, as GET /api/work is: at= asks for the tile of a past instant, as it was listed then; "
                    + "with known= as it is known by that instant. Its ETag changes only when something in it does."
            )
            .ProducesTile();
        tiles
            .MapGet("/work.json", GetTileJsonAsync)
            .WithSummary("What the tiles of what is to be done hold (TileJSON 3.0)")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return routes;
    }

    private static async Task GetTileAsync(
        string z,
        string x,
        string y,
        HttpContext context,
        WorkTiles tiles,
        CorrectedSnapshots pictures,
        TimeProvider clock,
        string? at = null,
        string? known = null,
        string? datum = null
    )
    {
        var (scope, cancellation) = (context.Scope(), context.RequestAborted);
        if (TileEndpoints.Find(z, x, y) is not { } tile)
        {
            await TileEndpoints.InvalidTile().ExecuteAsync(context);
            return;
        }
        if (Problems.UnlessOneOf("datum", datum, Datum.Names) is { } unknown)
        {
            await Problems.BadRequest(unknown).ExecuteAsync(context);
            return;
        }
        var asked = await WorkAsked.OfAsync(scope, pictures, grid: null, at, known, clock.GetUtcNow(), cancellation);
        if (asked.Fault is { } fault)
        {
            await Problems.BadRequest(fault).ExecuteAsync(context);
            return;
        }
        Caching.Apply(context, isFinal: false);
        var drawn = Datum.Find(datum)?.Move(asked.Snapshot!) ?? asked.Snapshot!;
        await TileEndpoints.AnswerMadeAsync(
            context,
            asked.Snapshot!,
            await tiles.EncodeAsync(drawn, tile, scope, asked.At, asked.Known, cancellation)
        );
    }

    private static async Task<Results<Ok<TileJson>, ProblemHttpResult>> GetTileJsonAsync(
        HttpRequest request,
        CorrectedSnapshots pictures,
        LayerCatalog layers,
        CancellationToken cancellation,
        string? at = null,
        string? known = null,
        string? datum = null
    )
    {
        if (Problems.UnlessOneOf("datum", datum, Datum.Names) is { } unknown)
            return Problems.BadRequest(unknown);
        var asked = await pictures.AskAsync(at, known, cancellation);
        if (asked.Found is not { } snapshot)
            return Problems.BadRequest(asked.Fault!);
        Caching.Apply(request.HttpContext, asked.IsFinal);
        return TypedResults.Ok(
            TileJson.Of(
                layers.Work.Id,
                [layers.Work],
                layers.Metadata,
                Datum.Find(datum)?.Move(snapshot) ?? snapshot,
                request.Root(),
                TileEndpoints.Query(("at", at), ("known", known), ("datum", datum))
            )
        );
    }
}
