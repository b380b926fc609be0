using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using SituationMap.Core;
using SituationMap.Core.Protocols;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Gates;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Gates;

/// <summary>What a gate needs without a network: no household, no person, no status, no address.</summary>
/// <param name="AsOf">The server's clock, by which that of a phone is put right.</param>
/// <param name="Until">So long it may be used without a network.</param>
/// <param name="Name">The checkpoint's.</param>
/// <param name="Place">The number of this place, which tokens name.</param>
/// <param name="Keys">The public keys of this place.</param>
/// <param name="Rules">Those in force in the grid in which the checkpoint stands; the first that applies decides.</param>
/// <param name="Refused">What is said of a pass that does not count: forged, foreign, expired, revoked.</param>
/// <param name="Held">The serials of passes that are of no use for going out now, in order: ended, or of a household of which nobody goes
/// out, without the reason.</param>
/// <param name="Outs">The serials of passes of households of which somebody went out on the days that the rules count.</param>
internal sealed record GatePackResponse(
    DateTimeOffset AsOf,
    DateTimeOffset Until,
    string Checkpoint,
    string Name,
    string TimeZone,
    long Place,
    IReadOnlyList<GateKey> Keys,
    IReadOnlyList<GateRuleResponse> Rules,
    IReadOnlyDictionary<string, WordsResponse> Refused,
    IReadOnlyList<uint> Held,
    IReadOnlyList<GateOuts> Outs
);

/// <param name="When">What it takes, all of it; what is not there is not asked for.</param>
internal sealed record GateRuleResponse(string Id, GateWhenResponse When, GateDecision Decision, WordsResponse Words);

/// <param name="Kinds">A pass of one of these kinds.</param>
/// <param name="Stays">Whether it is a household of which nobody goes out.</param>
/// <param name="CelsiusOver">A temperature above this.</param>
/// <param name="OutWithinDays">Somebody of the household went out on this day or one of so many before it, this one counted.</param>
internal sealed record GateWhenResponse(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] GateDirection? Direction,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<PassKind>? Kinds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Purpose,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Stays,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? CelsiusOver,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] GateHours? Between,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? OutWithinDays
);

/// <param name="From">A local time of day such as 22:00.</param>
/// <param name="To">Likewise, excluded; before it: of the next day.</param>
internal sealed record GateHours(string From, string To);

/// <param name="Day">A local day.</param>
internal sealed record GateOuts(DateOnly Day, IReadOnlyList<uint> Serials);

internal static class GatePackEndpoint
{
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(36);

    public static IEndpointRouteBuilder MapGatePack(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/api/gate/pack", GetAsync)
            .RequiresRight(Right.Guard)
            .UsesStore()
            .IsCompressed()
            .WithTags("Gates")
            .WithSummary("What a gate needs for 36 hours without a network: keys, rules, and which passes are of no use")
            .WithDescription(
                "For whoever guards the checkpoint now. It names no household and no person, and does not tell why a pass is of no use. "
                    + "With If-None-Match it answers 304 as long as nothing in it has changed."
            )
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden);
        return routes;
    }

    private static async Task<Results<Ok<GatePackResponse>, StatusCodeHttpResult, ProblemHttpResult>> GetAsync(
        HttpContext context,
        SnapshotHolder holder,
        GatePasses passes,
        PassKeys keys,
        ProtocolCatalog protocols,
        IOptions<JsonOptions> json,
        TimeProvider clock,
        CancellationToken cancellation,
        string? checkpoint = null
    )
    {
        if (string.IsNullOrEmpty(checkpoint))
            return Problems.BadRequest(new Fault("field-missing", "checkpoint", "the code of a known checkpoint, such as C-1"));
        var (city, now) = (holder.Current.City, clock.GetUtcNow());
        if (GateEndpoints.Elsewhere(context, checkpoint, now, protocols.Plan.TimeZone) is { } elsewhere)
            return elsewhere;
        if (city.Checkpoints.FirstOrDefault(one => one.Code == checkpoint) is not { } known)
            return Problems.BadRequest(new Fault("checkpoint-unknown", "checkpoint", "the code of a known checkpoint, such as C-1"));
        var gate = PlanAt(city, known, protocols.Plan).WorkAt(now).Gate;
        var atGate = await passes.LoadAsync(now, gate.DaysOfOuts, cancellation);
        var pack = new GatePackResponse(
            AsOf: default,
            Until: default,
            checkpoint,
            known.Name,
            protocols.Plan.TimeZone.Id,
            keys.Place,
            GateEndpoints.Listed(keys),
            [.. gate.Rules.Select(Response)],
            gate.Refused.ToDictionary(one => JsonNamingPolicy.CamelCase.ConvertName($"{one.Key}"), one => WordsResponse.Of(one.Value)),
            atGate.Held,
            [.. atGate.Outs.Select(day => new GateOuts(day.Day, day.Serials))]
        );
        // the clock goes on while nothing changes
        var digest = XxHash128.HashToUInt128(JsonSerializer.SerializeToUtf8Bytes(pack, json.Value.SerializerOptions));
        var tag = new EntityTagHeaderValue($"\"{digest:x32}\"", isWeak: true);
        Caching.Apply(context, isFinal: false);
        context.Response.GetTypedHeaders().ETag = tag;
        return context.Request.GetTypedHeaders().IfNoneMatch.Any(had => had.Compare(tag, useStrongComparison: false))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(pack with { AsOf = now, Until = now + Ahead });
    }

    /// <summary>The plan of the grid in which a checkpoint stands; in none, that of the city.</summary>
    private static ProtocolPlan PlanAt(City city, Checkpoint checkpoint, ProtocolPlan plan)
    {
        var grids = new List<int>();
        city.LookupIndex.Grids.Find(checkpoint.Location.X, checkpoint.Location.Y, grids);
        return grids.Count == 0 ? plan : plan.ForGrid(city.Grids[grids.MaxBy(grid => city.LookupIndex.Depths[grid])].Code);
    }

    private static GateRuleResponse Response(GateRule rule) =>
        new(
            rule.Id,
            new GateWhenResponse(
                rule.Direction,
                rule.Kinds.Count == 0 ? null : rule.Kinds,
                rule.Purpose is GatePurpose.Doctor ? "doctor" : null,
                rule.Stays,
                rule.CelsiusOver,
                rule.Between is var (from, to) ? new GateHours(Time(from), Time(to)) : null,
                rule.OutWithinDays
            ),
            rule.Decision,
            WordsResponse.Of(rule.Words)
        );

    private static string Time(int minutes) => $"{minutes / 60:00}:{minutes % 60:00}";
}
