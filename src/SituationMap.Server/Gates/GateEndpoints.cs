using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Core.Protocols;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Gates;
using SituationMap.Store.Protocols;

namespace SituationMap.Server.Gates;

/// <param name="Id">The number that tokens name.</param>
/// <param name="PublicKey">Ed25519, 32 bytes in Base64.</param>
internal sealed record GateKey(int Id, string PublicKey);

/// <param name="Place">The number of this place, which tokens name.</param>
internal sealed record GateKeysResponse(long Place, IReadOnlyList<GateKey> Keys);

/// <param name="Checkpoint">Where: its code.</param>
/// <param name="Direction">in or out.</param>
/// <param name="Token">What was read from a pass; or else household.</param>
/// <param name="Household">The household's code, of whoever has no pass with him.</param>
/// <param name="Celsius">What was measured, if it was.</param>
/// <param name="Purpose">doctor: he says that he goes to one.</param>
internal sealed record GateCheck(string? Checkpoint, string? Direction, string? Token, string? Household, double? Celsius, string? Purpose);

/// <param name="Rule">The rule of the edition of work, or of a pass that does not count: pass-forged, pass-foreign, pass-expired,
/// pass-revoked; null: there are no rules.</param>
/// <param name="Words">Why; null: there are no rules.</param>
/// <param name="Serial">The number of the pass, where it counts.</param>
internal sealed record GateCheckResponse(GateDecision Decision, string? Rule, WordsResponse? Words, long? Serial);

/// <summary>What a gate asks: the keys of passes, and a decision about whoever stands there.</summary>
internal static class GateEndpoints
{
    public static IEndpointRouteBuilder MapGates(this IEndpointRouteBuilder routes)
    {
        var gate = routes.MapGroup("/api/gate").WithTags("Gates");
        gate.MapGet("/keys", Keys).OpenToAll().WithSummary("The public keys by which passes of this place are told from others");
        gate.MapPost("/check", CheckAsync)
            .RequiresRight(Right.Guard)
            .ChangesNothing()
            .UsesStore()
            .WithSummary("Decide about somebody at a gate: go, stop, or refer to a doctor")
            .WithDescription(
                "By the rules in force in the household's grid. Says nothing about the household and stores nothing: what happened is "
                    + "reported as a passage. A guard asks at a checkpoint of his, in his hours."
            )
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden);
        return routes;
    }

    /// <summary>The refusal of whoever does not guard the checkpoint now.</summary>
    public static ProblemHttpResult? Elsewhere(HttpContext context, string checkpoint, DateTimeOffset now, TimeZoneInfo zone) =>
        context.Caller()!.Guards(checkpoint, TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime))
            ? null
            : Problems.From(
                StatusCodes.Status403Forbidden,
                new Fault("right-missing", "checkpoint", "the code of a checkpoint that you guard at this hour")
            );

    public static IReadOnlyList<GateKey> Listed(PassKeys keys) =>
        [.. keys.Public.Select(key => new GateKey(key.Key, Convert.ToBase64String(key.Value)))];

    private static Ok<GateKeysResponse> Keys(HttpContext context, PassKeys keys)
    {
        context.Response.Headers.CacheControl = "public, max-age=3600";
        return TypedResults.Ok(new GateKeysResponse(keys.Place, Listed(keys)));
    }

    private static async Task<Results<Ok<GateCheckResponse>, ProblemHttpResult>> CheckAsync(
        GateCheck body,
        HttpContext context,
        GateDesk desk,
        ProtocolCatalog protocols,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        if (Check(body) is { } fault)
            return Problems.BadRequest(fault);
        var now = clock.GetUtcNow();
        if (Elsewhere(context, body.Checkpoint!, now, protocols.Plan.TimeZone) is { } elsewhere)
            return elsewhere;
        var (pass, refused) = body.Token is { } token ? await desk.ReadAsync(token, now, cancellation) : (null, null);
        if (refused is not null)
            return TypedResults.Ok(new GateCheckResponse(refused.Decision, refused.Rule, refused.Words, Serial: null));
        var question = new GateQuestion(
            pass?.Code ?? body.Household!,
            pass?.Kind ?? PassKind.Resident,
            body.Direction == "in" ? GateDirection.In : GateDirection.Out,
            body.Purpose is null ? GatePurpose.None : GatePurpose.Doctor,
            body.Celsius,
            now
        );
        return (await desk.DecideAsync([question], cancellation))[0] is { } answer
            ? TypedResults.Ok(new GateCheckResponse(answer.Decision, answer.Rule, answer.Words, pass?.Serial))
            : Problems.BadRequest(new Fault("household-unknown", "household", "the code of a known household, such as H-01-0001"));
    }

    private static Fault? Check(GateCheck body) =>
        string.IsNullOrEmpty(body.Checkpoint) ? new Fault("field-missing", "checkpoint", "the code of a known checkpoint, such as C-1")
        : body.Direction is not ("in" or "out") ? new Fault("value-wrong", "direction", "in or out")
        : body.Token is null == body.Household is null ? new Fault("field-missing", "token", "either token or household, not both")
        : body.Household is { Length: 0 or > 64 } ? new Fault("value-wrong", "household", "the code of a known household")
        : body.Celsius is < 30 or > 45 ? new Fault("value-wrong", "celsius", "a temperature from 30 to 45")
        : Problems.UnlessOneOf("purpose", body.Purpose, ["doctor"]);
}
