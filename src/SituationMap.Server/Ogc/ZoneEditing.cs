using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Core.Projections;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Server.Zones;
using SituationMap.Store.Access;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Server.Ogc;

/// <summary>
/// OGC API Features part 4 for zones: creating, replacing, updating and deleting, each as a step of a zone's life by way of
/// <see cref="ZoneWorkflow"/>, with the same <c>If-Match</c> and the same refusals as under <c>/api/zones</c>. What is created is a draft,
/// whose id ends with <c>:draft</c>. What is in force is never overwritten: replacing or updating it begins a draft, accepted (202) until
/// somebody else approves it. Deleting a draft discards it; deleting what is in force ends it.
/// </summary>
internal static class ZoneEditing
{
    private const string Items = "/collections/zones/items";
    private static readonly string[] Features = [OgcAnswers.GeoJson, OgcAnswers.Json];

    /// <summary>Properties that only the steps of a zone's life change.</summary>
    private static readonly string[] NotWritten = ["version", "state"];

    private static FeatureCollection Zones => FeatureCollections.Find("zones")!;

    public static void MapZoneEditing(this IEndpointRouteBuilder ogc)
    {
        Describe(ogc.MapPost(Items, PostAsync).RequiresRight(Right.Plan), "Plan a new zone: a GeoJSON Feature")
            .WithDescription(
                "properties: code?, name, level, from?, to?, reason; the geometry in the system that Content-Crs names. "
                    + "Answers with the draft, its address in Location and its ETag."
            )
            .Produces<object>(StatusCodes.Status201Created, OgcAnswers.GeoJson);
        Describe(
                ogc.MapPut(Items + "/{code}:draft", (string code, [AsParameters] Services services) =>
                        ChangeAsync(services, code, isDraft: true, isPatch: false)
                    )
                    .RequiresRight(Right.Plan),
                "Replace a draft"
            )
            .Produces<object>(StatusCodes.Status200OK, OgcAnswers.GeoJson);
        Describe(
                ogc.MapPatch(Items + "/{code}:draft", (string code, [AsParameters] Services services) =>
                        ChangeAsync(services, code, isDraft: true, isPatch: true)
                    )
                    .RequiresRight(Right.Plan),
                "Update parts of a draft (JSON merge patch)"
            )
            .Produces<object>(StatusCodes.Status200OK, OgcAnswers.GeoJson);
        Describe(
                ogc.MapDelete(Items + "/{code}:draft", (string code, [AsParameters] Services services, string? reason = null) =>
                        DeleteAsync(services, code, isDraft: true, reason)
                    )
                    .RequiresRight(Right.Plan),
                "Discard a draft"
            )
            .Produces(StatusCodes.Status204NoContent);
        Describe(
                ogc.MapPut(Items + "/{id}", (string id, [AsParameters] Services services) =>
                        ChangeAsync(services, id, isDraft: false, isPatch: false)
                    )
                    .RequiresRight(Right.Plan),
                "Begin a draft that replaces what is in force"
            )
            .WithDescription("Accepted until somebody else approves the draft, whose address is in Location.")
            .Produces<object>(StatusCodes.Status202Accepted, OgcAnswers.GeoJson);
        Describe(
                ogc.MapPatch(Items + "/{id}", (string id, [AsParameters] Services services) =>
                        ChangeAsync(services, id, isDraft: false, isPatch: true)
                    )
                    .RequiresRight(Right.Plan),
                "Begin a draft that updates parts of what is in force (JSON merge patch)"
            )
            .WithDescription("Accepted until somebody else approves the draft, whose address is in Location. properties.reason says why.")
            .Produces<object>(StatusCodes.Status202Accepted, OgcAnswers.GeoJson);
        Describe(
                ogc.MapDelete(Items + "/{id}", (string id, [AsParameters] Services services, string? reason = null) =>
                        DeleteAsync(services, id, isDraft: false, reason)
                    )
                    .RequiresRight(Right.Approve),
                "End a zone now: reason= says why"
            )
            .Produces(StatusCodes.Status204NoContent);
        ogc.MapMethods("/collections/{collection}/items", [HttpMethods.Options], GetMethods).ExcludeFromDescription();
        ogc.MapMethods("/collections/{collection}/items/{id}", [HttpMethods.Options], GetMethods).ExcludeFromDescription();
    }

    private static async Task<IResult> PostAsync([AsParameters] Services services)
    {
        var context = services.Context;
        var (body, refused) = await FeatureBody.ReadAsync(context.Request, services.Systems, Features, context.RequestAborted);
        if (body is null)
            return refused!;
        var (draft, wrong) = PlanningRequest.ReadDraft(JsonSerializer.SerializeToElement(body.Json), services.Clock.GetUtcNow());
        if (draft is null)
            return wrong!;
        var result = await services.Planning.DraftAsync(
            draft.Code,
            draft.Content,
            RequestActor.Of(context, Right.Plan),
            context.RequestAborted
        );
        return await AnswerAsync(services, result, default, draft, body.System, StatusCodes.Status201Created);
    }

    /// <param name="id">The code, where <paramref name="isDraft"/>; else the id of what is in force.</param>
    private static async Task<IResult> ChangeAsync(Services services, string id, bool isDraft, bool isPatch)
    {
        var (context, now, cancellation) = (services.Context, services.Clock.GetUtcNow(), services.Context.RequestAborted);
        var (body, refused) = await FeatureBody.ReadAsync(
            context.Request,
            services.Systems,
            isPatch ? [OgcAnswers.MergePatch] : Features,
            cancellation
        );
        if (body is null)
            return refused!;
        var (code, version) = isDraft ? (id, null) : ZoneFeatures.Split(id);
        var zone = await services.Zones.FindAsync(code, now, cancellation);
        var standing = zone?.Standing(now);
        var shown =
            isDraft ? zone?.Draft?.Content
            : standing is null ? null
            : new DraftContent(standing.Name, standing.Level!, standing.Outline, standing.From, standing.To, "");
        if (zone is null || shown is null)
            return Missing();
        if (PlanningRequest.Seen(context) is not { } seen)
            return PlanningRequest.Unseen();
        if (zone.Tag == seen && !isDraft && version is not null && version != standing!.Version)
            return Problems.From(
                StatusCodes.Status409Conflict,
                new Fault("not-in-force", "id", $"{code}:{standing.Version}, the version that is in force")
            );
        if (zone.Tag == seen && !isDraft && zone.Draft is not null)
            return Problems.From(
                StatusCodes.Status409Conflict,
                new Fault("draft-present", "id", $"{code}{ZoneFeatures.DraftSuffix}: the zone has a draft already")
            );
        // of a zone that has changed, what the caller has seen of it: the refusal tells what he wants to be
        if (zone.Tag != seen && isPatch)
            shown = await services.Zones.AsSeenAsync(zone, seen, cancellation) ?? shown;
        var document = isPatch ? (JsonObject)FeatureBody.Merge(ZoneFeatures.Write(code, shown, zone, isDraft, now), body.Json)! : body.Json;
        if (document["properties"] is JsonObject properties)
        {
            var state = ZoneFeatures.Write(code, shown, zone, isDraft, now)["properties"]!;
            if (
                zone.Tag == seen
                && NotWritten.FirstOrDefault(name => properties[name] is { } sent && !JsonNode.DeepEquals(sent, state[name])) is { } changed
            )
                return Problems.BadRequest(
                    new Fault(
                        "value-wrong",
                        $"properties.{changed}",
                        $"{state[changed]}, as it is: only the steps of the zone's life change it"
                    )
                );
            foreach (var name in NotWritten)
                properties.Remove(name);
        }
        var (draft, wrong) = PlanningRequest.ReadDraft(JsonSerializer.SerializeToElement(document), now);
        if (draft is null)
            return wrong!;
        if (draft.Code is not null && draft.Code != code)
            return Problems.BadRequest(new Fault("value-wrong", "properties.code", $"{code}, as in the path"));
        var result = await services.Planning.ChangeAsync(code, seen, draft.Content, RequestActor.Of(context, Right.Plan), cancellation);
        return await AnswerAsync(
            services,
            result,
            seen,
            draft,
            body.System,
            isDraft ? StatusCodes.Status200OK : StatusCodes.Status202Accepted
        );
    }

    private static async Task<IResult> DeleteAsync(Services services, string id, bool isDraft, string? reason)
    {
        var (context, cancellation) = (services.Context, services.Context.RequestAborted);
        var (zone, _) = await ZoneFeatures.FindAsync(
            services.Zones,
            isDraft ? id + ZoneFeatures.DraftSuffix : id,
            services.Clock.GetUtcNow(),
            cancellation
        );
        if (zone is null)
            return Missing();
        if (PlanningRequest.Seen(context) is not { } seen)
            return PlanningRequest.Unseen();
        if ((reason ?? "") is { Length: > MaxOfReason } || (!isDraft && string.IsNullOrWhiteSpace(reason)))
            return Problems.BadRequest(
                new Fault(
                    reason is null ? "field-missing" : "value-wrong",
                    "reason",
                    $"why the zone ends, in 1 to {MaxOfReason} characters"
                )
            );
        var actor = RequestActor.Of(context, isDraft ? Right.Plan : Right.Approve);
        var result = isDraft
            ? await services.Planning.DiscardAsync(zone.Code, seen, actor, reason ?? "", cancellation)
            : await services.Planning.EndAsync(zone.Code, seen, at: null, actor, reason!, forApproval: false, cancellation);
        return result.Fault is null ? TypedResults.NoContent() : await RefuseAsync(services, result, seen, null);
    }

    private const int MaxOfReason = 1_000;

    /// <summary>What the caller may do with a resource: by the collection, and by what he has been granted.</summary>
    private static IResult GetMethods(string collection, HttpContext context, string? id = null)
    {
        if (FeatureCollections.Find(collection) is not { } found)
            return OgcEndpoints.Unknown();
        var (mayPlan, mayApprove) =
            found == Zones && context.Caller() is { } caller ? (caller.May(Right.Plan), caller.May(Right.Approve)) : default;
        var isDraft = id?.EndsWith(ZoneFeatures.DraftSuffix, StringComparison.Ordinal) == true;
        var methods = new List<string> { HttpMethods.Get, HttpMethods.Options };
        if (mayPlan && id is null)
        {
            methods.Add(HttpMethods.Post);
            context.Response.Headers["Accept-Post"] = string.Join(", ", Features);
        }
        if (mayPlan && id is not null)
        {
            methods.AddRange([HttpMethods.Put, HttpMethods.Patch]);
            context.Response.Headers["Accept-Patch"] = OgcAnswers.MergePatch;
        }
        if (id is not null && (isDraft ? mayPlan : mayApprove))
            methods.Add(HttpMethods.Delete);
        context.Response.Headers.Allow = string.Join(", ", methods);
        return TypedResults.Ok();
    }

    private static async Task<IResult> AnswerAsync(
        Services services,
        StepResult result,
        ZoneTag seen,
        ReadDraft sent,
        CoordinateSystem system,
        int status
    )
    {
        if (result.Fault is not null)
            return await RefuseAsync(services, result, seen, sent.Content);
        var (context, zone) = (services.Context, new DraftedZone(result.Zone!.Id, result.Zone.Code, result.Zone.Draft!));
        var (root, id) = ($"{OgcAnswers.Root(context.Request)}/collections/zones", ZoneFeatures.IdOf(zone));
        context.Response.StatusCode = status;
        context.Response.Headers.ETag = result.Zone.Tag.Text;
        if (status != StatusCodes.Status200OK)
            context.Response.Headers.Location = $"{root}/items/{id}";
        await FeatureEndpoints.WriteAsync(
            context,
            Zones,
            services.Holder.Current with
            {
                Zones = [zone],
                AsOf = services.Clock.GetUtcNow(),
            },
            0,
            system,
            [
                OgcAnswers.Link($"{root}/items/{id}", "self", OgcAnswers.GeoJson, "This document"),
                OgcAnswers.Link(root, "collection", OgcAnswers.Json, Zones.Title),
            ],
            context.RequestAborted,
            sent.Mended.Count == 0 ? null : JsonSerializer.SerializeToNode(sent.Mended, JsonSerializerOptions.Web)
        );
        return TypedResults.Empty;
    }

    private static async Task<IResult> RefuseAsync(Services services, StepResult result, ZoneTag seen, DraftContent? sent)
    {
        if (result.Zone is { } known)
            services.Context.Response.Headers.ETag = known.Tag.Text;
        return await PlanningEndpoints.RefuseAsync(services.Zones, services.Clock, result, seen, sent, services.Context.RequestAborted);
    }

    private static ProblemHttpResult Missing() => Problems.NotFound("id", "the id of a draft, or of a zone that is in force or will be");

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route, string summary) =>
        PlanningEndpoints.Describe(route, summary, "OGC API").ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    /// <summary>What every handler uses.</summary>
    internal sealed record Services(
        HttpContext Context,
        ZoneWorkflow Planning,
        ZoneReader Zones,
        SnapshotHolder Holder,
        CoordinateSystems Systems,
        TimeProvider Clock
    );
}
