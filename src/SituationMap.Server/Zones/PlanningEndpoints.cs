using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using SituationMap.Core;
using SituationMap.Core.Json;
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

    /// <summary>Reads the fields of a step's body beside its reason, and gives what takes the step.</summary>
    private delegate Func<ZoneTag, ZoneActor, Task<StepResult>> Step(
        ZoneWorkflow planning,
        string code,
        string reason,
        JsonElement body,
        JsonFields fields,
        CancellationToken cancellation
    );

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
        MapStep(
            routes,
            "submit",
            Right.Plan,
            "Hand the draft in for approval: {reason?}",
            (planning, code, reason, _, _, token) => (seen, actor) => planning.SubmitAsync(code, seen, actor, reason, token),
            needsReason: false
        );
        MapStep(
            routes,
            "withdraw",
            Right.Plan,
            "Take a submitted draft back: {reason?}",
            (planning, code, reason, _, _, token) => (seen, actor) => planning.WithdrawAsync(code, seen, actor, reason, token),
            needsReason: false
        );
        MapStep(
            routes,
            "approve",
            Right.Approve,
            "Publish a submitted draft that somebody else has written: {}",
            (planning, code, _, _, _, token) => (seen, actor) => planning.ApproveAsync(code, seen, actor, token),
            needsReason: false
        );
        MapStep(routes, "reject", Right.Approve, "Reject a submitted draft: {reason}", (planning, code, reason, _, _, token) =>
            (seen, actor) => planning.RejectAsync(code, seen, actor, reason, token)
        );
        MapStep(
            routes,
            "end",
            Right.Approve,
            "End a zone, now or at a set instant: {reason, at?}",
            (planning, code, reason, _, fields, token) =>
            {
                var at = PlanningRequest.OptionalInstant(fields, "at");
                return (seen, actor) => planning.EndAsync(code, seen, at, actor, reason, token);
            },
            fieldNames: ["at"]
        );
        MapStep(
            routes,
            "lower",
            Right.Approve,
            "Lower a zone to a less strict level, now or at a set instant: {reason, level, at?}",
            (planning, code, reason, _, fields, token) =>
            {
                var (level, at) = (fields.Text("level", 40), PlanningRequest.OptionalInstant(fields, "at"));
                return (seen, actor) => planning.LowerAsync(code, seen, level, at, actor, reason, token);
            },
            fieldNames: ["level", "at"]
        );
        MapStep(
            routes,
            "rollback",
            Right.Approve,
            "Make everything as a version said: {reason, version}",
            (planning, code, reason, _, fields, token) =>
            {
                var version = fields.WholeNumber("version", 1, int.MaxValue);
                return (seen, actor) => planning.RollBackAsync(code, seen, version, actor, reason, token);
            },
            fieldNames: ["version"]
        );
        MapStep(
            routes,
            "split",
            Right.Approve,
            "Split a zone into -a, -b, … for a time: {reason, parts: [Polygon, …], until?}",
            (planning, code, reason, body, fields, token) =>
            {
                var (parts, until) = (PlanningRequest.Parts(body, fields), PlanningRequest.OptionalInstant(fields, "until"));
                return (seen, actor) => planning.SplitAsync(code, seen, parts, until, actor, reason, token);
            },
            fieldNames: ["parts", "until"]
        );
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

    private static void MapStep(
        IEndpointRouteBuilder routes,
        string name,
        Right right,
        string summary,
        Step step,
        bool needsReason = true,
        string[]? fieldNames = null
    )
    {
        Describe(routes.MapPost($"/api/zones/{{code}}/{name}", TakeAsync).RequiresRight(right), summary).Produces<ZoneResponse>();

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
            var (body, fault) = await PlanningRequest.ReadJsonAsync(context.Request, isOptional: !needsReason, cancellation);
            if (fault is not null)
                return Problems.BadRequest(fault);
            var fields = new JsonFields(body);
            fields.RefuseOthersThan([.. fieldNames ?? [], "reason"]);
            var reason = needsReason || fields.Has("reason") ? fields.Text("reason", 1_000) : "";
            var take = step(planning, code, reason, body, fields, cancellation);
            return fields.Fault is { } wrong
                ? Problems.BadRequest(wrong)
                : await AnswerAsync(
                    context,
                    zones,
                    clock,
                    await take(seen, RequestActor.Of(context, right)),
                    seen,
                    sent: null,
                    cancellation
                );
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
