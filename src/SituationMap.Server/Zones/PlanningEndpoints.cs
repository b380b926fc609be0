using Microsoft.AspNetCore.Mvc;
using SituationMap.Core;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Server.Zones;

/// <summary>
/// Planning over HTTP. Every step on a zone that is there carries <c>If-Match</c> with the zone's ETag: 428 without, and 412 where the
/// zone has changed, with three sides for a merge in the problem: <c>current</c> (as it is now, with its own <c>etag</c>), <c>yours</c>
/// (what was just sent) and <c>base</c> (what that ETag stood for). Each successful step answers with the zone and its new ETag.
/// </summary>
internal static class PlanningEndpoints
{
    private const int MaxBytes = 4 << 20;

    public static IEndpointRouteBuilder MapZonePlanning(this IEndpointRouteBuilder routes)
    {
        Describe(routes.MapPost("/api/zones", PostAsync).RequiresRight(Right.Plan), "Plan a new zone: a GeoJSON Feature")
            .WithDescription(
                "geometry: Polygon or MultiPolygon (lon, lat); properties: code?, name, level, from?, to?, reason. Answers 201 "
                    + "with Location and ETag; mended lists what was mended of the outline."
            )
            .Produces<ZoneResponse>(StatusCodes.Status201Created);
        Describe(routes.MapPut("/api/zones/{code}/draft", PutAsync).RequiresRight(Right.Plan), "Change the draft of a zone, or begin one")
            .Produces<ZoneResponse>();
        Describe(routes.MapDelete("/api/zones/{code}/draft", DeleteAsync).RequiresRight(Right.Plan), "Discard the draft of a zone")
            .Produces<ZoneResponse>();
        foreach (var step in ZoneSteps.All)
            MapStep(routes, step);
        return routes;
    }

    private static async Task<IResult> PostAsync(
        HttpContext context,
        ZoneWorkflow planning,
        ZoneReader zones,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        var (draft, refused) = await PlanningRequest.ReadDraftAsync(context, clock, cancellation);
        return draft is null
            ? refused!
            : await AnswerAsync(
                context,
                zones,
                clock,
                await planning.DraftAsync(draft.Code, draft.Content, RequestActor.Of(context, Right.Plan), cancellation),
                default,
                draft,
                cancellation,
                isNew: true
            );
    }

    private static async Task<IResult> PutAsync(
        string code,
        HttpContext context,
        ZoneWorkflow planning,
        ZoneReader zones,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        if (PlanningRequest.Seen(context) is not { } seen)
            return PlanningRequest.Unseen();
        var (draft, refused) = await PlanningRequest.ReadDraftAsync(context, clock, cancellation);
        if (draft is null)
            return refused!;
        if (draft.Code is not null && draft.Code != code)
            return Problems.BadRequest(new Fault("value-wrong", "properties.code", $"{code}, as in the path"));
        return await AnswerAsync(
            context,
            zones,
            clock,
            await planning.ChangeAsync(code, seen, draft.Content, RequestActor.Of(context, Right.Plan), cancellation),
            seen,
            draft,
            cancellation
        );
    }

    private static async Task<IResult> DeleteAsync(
        string code,
        HttpContext context,
        ZoneWorkflow planning,
        ZoneReader zones,
        TimeProvider clock,
        CancellationToken cancellation,
        string? reason = null
    ) =>
        PlanningRequest.Seen(context) is { } seen
            ? await AnswerAsync(
                context,
                zones,
                clock,
                await planning.DiscardAsync(code, seen, RequestActor.Of(context, Right.Plan), reason ?? "", cancellation),
                seen,
                sent: null,
                cancellation
            )
            : PlanningRequest.Unseen();

    private static void MapStep(IEndpointRouteBuilder routes, ZoneStep step)
    {
        var route = Describe(routes.MapPost($"/api/zones/{{code}}/{step.Name}", TakeAsync).RequiresRight(step.Right), step.Summary)
            .Produces<ZoneResponse>();
        if (step.MayWait)
            route.WithDescription(
                $"delaySeconds, 1 to {ZoneStep.LongestDelay}, has it take effect so much later: until then it is the zone's decision, "
                    + "take-back undoes it, and no other step is taken. Without, it takes effect at once."
            );

        async Task<IResult> TakeAsync(
            string code,
            HttpContext context,
            ZoneWorkflow planning,
            ZoneReader zones,
            TimeProvider clock,
            CancellationToken cancellation
        )
        {
            if (PlanningRequest.Seen(context) is not { } seen)
                return PlanningRequest.Unseen();
            var (body, fault) = await PlanningRequest.ReadJsonAsync(context.Request, isOptional: !step.NeedsReason, cancellation);
            if (fault is not null)
                return Problems.BadRequest(fault);
            var (take, delay, wrong) = step.Read(planning, code, body, cancellation);
            if (wrong is not null)
                return Problems.BadRequest(wrong);
            var actor = RequestActor.Of(context, step.Right);
            if (delay is { } wait)
                actor = actor with { Decision = step.Decide(body, actor, clock.GetUtcNow(), wait) };
            return await AnswerAsync(context, zones, clock, await take(seen, actor), seen, sent: null, cancellation);
        }
    }

    private static async Task<IResult> AnswerAsync(
        HttpContext context,
        ZoneReader zones,
        TimeProvider clock,
        StepResult result,
        ZoneTag seen,
        ReadDraft? sent,
        CancellationToken cancellation,
        bool isNew = false
    )
    {
        if (result.Zone is { } known)
            context.Response.Headers.ETag = known.Tag.Text;
        if (result is { Fault: null, Zone: { } zone })
        {
            var answer = ZoneResponse.Of(zone, clock.GetUtcNow(), sent?.Mended);
            return isNew ? TypedResults.Created(context.Request.Below($"/api/zones/{zone.Code}"), answer) : TypedResults.Ok(answer);
        }
        return await RefuseAsync(zones, clock, result, seen, sent?.Content, cancellation);
    }

    /// <summary>Why a step was not taken; of a zone that has changed meanwhile, with the three sides for a merge.</summary>
    public static async Task<IResult> RefuseAsync(
        ZoneReader zones,
        TimeProvider clock,
        StepResult result,
        ZoneTag seen,
        DraftContent? sent,
        CancellationToken cancellation
    )
    {
        if (result.Outcome != StepOutcome.Stale)
            return Problems.From(result.Outcome.ToStatusCode(), result.Fault!);
        var before = await zones.AsSeenAsync(result.Zone!, seen, cancellation);
        return Problems.From(
            result.Outcome.ToStatusCode(),
            result.Fault!,
            [
                new("current", ZoneResponse.Of(result.Zone!, clock.GetUtcNow())),
                new("yours", sent is null ? null : PlanResponse.Of(sent)),
                new("base", before is null ? null : PlanResponse.Of(before)),
            ]
        );
    }

    public static RouteHandlerBuilder Describe(RouteHandlerBuilder route, string summary, string tag = "Zones") =>
        route
            .WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
            .UsesStore()
            .WithTags(tag)
            .WithSummary(summary)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status428PreconditionRequired);
}
