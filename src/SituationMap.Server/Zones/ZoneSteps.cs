using System.Text.Json;
using SituationMap.Core;
using SituationMap.Core.Json;
using SituationMap.Store.Access;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Server.Zones;

/// <summary>Takes a step on the zone as it was seen.</summary>
internal delegate Task<StepResult> TakeStep(ZoneTag seen, ZoneActor actor);

/// <summary>A step on a zone: what its address is called, who may take it, what it is sent with.</summary>
/// <param name="ReadFields">Reads the fields of the body beside its reason, and gives what takes the step.</param>
/// <param name="MayWait">Whether it may take effect later and be taken back until then.</param>
internal sealed record ZoneStep(
    string Name,
    Right Right,
    string Summary,
    Func<ZoneWorkflow, string, string, JsonElement, JsonFields, CancellationToken, TakeStep> ReadFields,
    bool NeedsReason = true,
    bool MayWait = false,
    params string[] Fields
)
{
    /// <summary>Seconds for which a step may wait: longer ones are planned with <c>at</c> or <c>from</c>.</summary>
    public const int LongestDelay = 60;

    /// <returns>What takes the step, and after how long it is to take effect (null: at once); or what is wrong.</returns>
    public (TakeStep Take, TimeSpan? Delay, Fault? Wrong) Read(
        ZoneWorkflow planning,
        string code,
        JsonElement body,
        CancellationToken cancellation
    )
    {
        var fields = new JsonFields(body);
        fields.RefuseOthersThan([.. Fields, "reason", .. MayWait ? ["delaySeconds"] : Array.Empty<string>()]);
        var reason = NeedsReason || fields.Has("reason") ? fields.Text("reason", 1_000) : "";
        TimeSpan? delay = fields.Has("delaySeconds") ? TimeSpan.FromSeconds(fields.WholeNumber("delaySeconds", 1, LongestDelay)) : null;
        var take = ReadFields(planning, code, reason, body, fields, cancellation);
        return (take, delay, fields.Fault);
    }

    public ZoneDecision Decide(JsonElement body, ZoneActor actor, DateTimeOffset now, TimeSpan delay) =>
        new(Name, body, actor, now, now + delay);
}

/// <summary>The steps on a zone that is there.</summary>
internal static class ZoneSteps
{
    public static IReadOnlyList<ZoneStep> All { get; } =
    [
        new(
            "submit",
            Right.Plan,
            "Hand the draft in for approval: {reason?}",
            (planning, code, reason, _, _, token) => (seen, actor) => planning.SubmitAsync(code, seen, actor, reason, token),
            NeedsReason: false
        ),
        new(
            "withdraw",
            Right.Plan,
            "Take a submitted draft back: {reason?}",
            (planning, code, reason, _, _, token) => (seen, actor) => planning.WithdrawAsync(code, seen, actor, reason, token),
            NeedsReason: false
        ),
        new(
            "approve",
            Right.Approve,
            "Publish a submitted draft that somebody else has written: {delaySeconds?}",
            (planning, code, _, _, _, token) => (seen, actor) => planning.ApproveAsync(code, seen, actor, token),
            NeedsReason: false,
            MayWait: true
        ),
        new("reject", Right.Approve, "Reject a submitted draft: {reason}", (planning, code, reason, _, _, token) =>
            (seen, actor) => planning.RejectAsync(code, seen, actor, reason, token)
        ),
        new(
            "end",
            Right.Approve,
            "End a zone, now or at a set instant: {reason, at?, delaySeconds?, forApproval?}",
            (planning, code, reason, _, fields, token) =>
            {
                var (at, forApproval) = (PlanningRequest.OptionalInstant(fields, "at"), ForApproval(fields));
                return (seen, actor) => planning.EndAsync(code, seen, at, actor, reason, forApproval, token);
            },
            MayWait: true,
            Fields: ["at", "forApproval"]
        ),
        new(
            "lower",
            Right.Approve,
            "Lower a zone to a less strict level, now or at a set instant: {reason, level, at?, delaySeconds?, forApproval?}",
            (planning, code, reason, _, fields, token) =>
            {
                var (level, at, forApproval) = (
                    fields.Text("level", 40),
                    PlanningRequest.OptionalInstant(fields, "at"),
                    ForApproval(fields)
                );
                return (seen, actor) => planning.LowerAsync(code, seen, level, at, actor, reason, forApproval, token);
            },
            MayWait: true,
            Fields: ["level", "at", "forApproval"]
        ),
        new(
            "rollback",
            Right.Approve,
            "Make everything as a version said: {reason, version, delaySeconds?}",
            (planning, code, reason, _, fields, token) =>
            {
                var version = fields.WholeNumber("version", 1, int.MaxValue);
                return (seen, actor) => planning.RollBackAsync(code, seen, version, actor, reason, token);
            },
            MayWait: true,
            Fields: "version"
        ),
        new(
            "split",
            Right.Approve,
            "Split a zone into -a, -b, … for a time: {reason, parts: [Polygon, …], until?, delaySeconds?}",
            (planning, code, reason, body, fields, token) =>
            {
                var (parts, until) = (PlanningRequest.Parts(body, fields), PlanningRequest.OptionalInstant(fields, "until"));
                return (seen, actor) => planning.SplitAsync(code, seen, parts, until, actor, reason, token);
            },
            MayWait: true,
            Fields: ["parts", "until"]
        ),
        new(
            "take-back",
            Right.Approve,
            "Take back what was decided with delaySeconds and has not taken effect: {reason?}",
            (planning, code, reason, _, _, token) => (seen, actor) => planning.TakeBackAsync(code, seen, actor, reason, token),
            NeedsReason: false
        ),
    ];

    /// <summary>Whether the step is only proposed, for somebody else to approve.</summary>
    private static bool ForApproval(JsonFields fields) => fields.Has("forApproval") && fields.Boolean("forApproval");
}
