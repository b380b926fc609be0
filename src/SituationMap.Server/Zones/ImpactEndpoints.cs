using Microsoft.AspNetCore.Mvc;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Zones.Impact;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Server.Zones;

internal static class ImpactEndpoints
{
    private const int MaxBytes = 4 << 20;

    public static IEndpointRouteBuilder MapZonePreview(this IEndpointRouteBuilder routes)
    {
        routes
            .MapPost("/api/zones/preview", PostAsync)
            .RequiresRight(Right.Plan, or: Right.Approve)
            .ChangesNothing()
            .WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
            .UsesStore()
            .WithTags("Zones")
            .WithSummary("What a draft would do: households by status before and after, persons, buildings cut, crossings, other zones")
            .WithDescription(
                "The draft as POST /api/zones takes it; of the properties only level is required, and code where a zone is "
                    + "changed. Nothing is stored. "
                    + "borders offers the outline without gaps and slivers beside other zones of its level."
            )
            .Produces<ImpactResponse>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden);
        return routes;
    }

    private static async Task<IResult> PostAsync(
        HttpContext context,
        ImpactPreview preview,
        ZoneWorkflow planning,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        var (draft, refused) = await PlanningRequest.ReadDraftAsync(context, clock, cancellation, isComplete: false);
        if (draft is null)
            return refused!;
        if (planning.CheckLevel(draft.Content, mayEnd: draft.Code is not null) is { } fault)
            return Problems.BadRequest(fault);
        var (impact, outside) = await preview.OfAsync(
            draft.Code,
            draft.Content,
            draft.Mended,
            RequestActor.Of(context, RightOf(context)),
            cancellation
        );
        return impact is null ? Problems.From(StatusCodes.Status403Forbidden, outside!) : TypedResults.Ok(impact);
    }

    /// <summary>Who approves sees what who plans has seen; of the two rights, that which reaches farther.</summary>
    private static Right RightOf(HttpContext context)
    {
        var caller = context.Caller();
        return caller?.ScopeOf(Right.Plan) is null || caller.ScopeOf(Right.Approve) is { IsWholeCity: true } ? Right.Approve : Right.Plan;
    }
}
