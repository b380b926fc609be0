using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Core.Duty;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Duty;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Duty;

/// <summary>Planning shifts, and saying that somebody has come, has gone or is followed.</summary>
internal static class ShiftEndpoints
{
    public static IEndpointRouteBuilder MapShifts(this IEndpointRouteBuilder routes)
    {
        var posts = routes.MapGroup("/api/posts").WithTags("Duty").UsesStore().ProducesProblem(StatusCodes.Status400BadRequest);
        posts
            .MapGet("/{code}/shifts", ListAsync)
            .RequiresRight(Right.StandDuty, or: Right.Dispatch)
            .WithSummary("The shifts of one post of some time, planned and as they were stood")
            .ProducesProblem(StatusCodes.Status404NotFound);
        posts
            .MapPost("/{code}/shifts", PostAsync)
            .RequiresRight(Right.StandDuty, or: Right.Dispatch)
            .RecordsItself()
            .WithSummary("Plan, change or cancel shifts, arrive, leave and hand over: one or many steps, all or none")
            .WithDescription(
                "Steps are only ever added, with ids that whoever sends them chooses: a repeat is harmless. Who plans needs the right "
                    + "Dispatch in the post's grid; a worker whose account it is arrives and leaves for himself, and hands over by "
                    + "leaving and letting the next one arrive in one request."
            )
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);
        posts
            .MapPost("/copy", CopyAsync)
            .RequiresRight(Right.Dispatch)
            .RecordsItself()
            .WithSummary("Plan a week as another was planned; what was copied before is not copied again");
        return routes;
    }

    private static async Task<Results<Ok<IReadOnlyList<ShiftResponse>>, ProblemHttpResult>> ListAsync(
        string code,
        [AsParameters] PostQuery query,
        HttpContext context,
        PostBook book,
        CancellationToken cancellation
    )
    {
        if (book.Read(query, context, out var time) is { } fault)
            return Problems.BadRequest(fault);
        return await book.FindAsync(time, code, context, cancellation) is [{ Shifts: { } shifts }]
            ? TypedResults.Ok(shifts)
            : Problems.NotFound("code", "the code of a known post");
    }

    private static async Task<Results<Ok<StepsResponse>, ProblemHttpResult>> PostAsync(
        string code,
        StepsRequest body,
        HttpContext context,
        DutyReader reader,
        DutyWriter writer,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        var (steps, fault) = StepReader.Read(body, clock.GetUtcNow());
        if (fault is not null)
            return Problems.BadRequest(fault);
        var caller = context.Caller()!;
        if (await FindAsync(reader, code, cancellation) is not { } post || !Reaches(caller, post.Grid))
            return Problems.NotFound("code", "the code of a known post");
        var owner = caller.ScopeOf(Right.Dispatch)?.Covers(post.Grid) == true ? null : caller.Name;
        var entry = RequestAudit.Of(context, "duty", code, details: new JsonObject { ["steps"] = steps.Length });
        var outcome = await writer.AppendAsync(post.Id, steps, owner, entry, cancellation);
        return outcome.Fault is { } wrong
            ? Problems.From(wrong.Code == "right-missing" ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest, wrong)
            : TypedResults.Ok(new StepsResponse(outcome.Accepted, outcome.Duplicates));
    }

    private static async Task<Results<Ok<StepsResponse>, ProblemHttpResult>> CopyAsync(
        CopyRequest body,
        HttpContext context,
        SnapshotHolder holder,
        DutyReader reader,
        DutyWriter writer,
        ProtocolCatalog protocols,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        var scope = context.Scope(Right.Dispatch);
        if (body.Grid is not null && (!holder.Current.City.GridByCode.ContainsKey(body.Grid) || !scope.Covers(body.Grid)))
            return Problems.BadRequest(new Fault("value-wrong", "grid", "the code of a known grid"));
        if (body.From is not { Year: >= 1901 and < 8999 } from)
            return Problems.BadRequest(new Fault("value-wrong", "from", "a day of the week that is copied"));
        if (body.To is not { Year: >= 1901 and < 8999 } to || Week.Of(to).First == Week.Of(from).First)
            return Problems.BadRequest(new Fault("value-wrong", "to", "a day of another week"));
        var now = clock.GetUtcNow();
        var (source, days) = (Week.Of(from), Week.Of(to).First.DayNumber - Week.Of(from).First.DayNumber);
        var zone = protocols.Plan.TimeZone;
        var (begin, end) = (source.Begin(zone), source.End(zone));
        var found = await reader.PostsAsync(scope, body.Grid?.Replace('-', '.'), null, begin, end, now, cancellation);
        var (accepted, duplicates) = (0, 0);
        foreach (var (post, steps) in found)
        {
            var copies = Shift
                .At(steps, now, TimeSpan.Zero)
                .Where(shift => !shift.IsCancelled && shift.From >= begin && shift.From < end)
                .Select(shift => Week.Copy(shift, days, zone, now))
                .ToArray();
            if (copies.Length == 0)
                continue;
            var entry = RequestAudit.Of(context, "copy week", post.Code, details: new JsonObject { ["steps"] = copies.Length });
            var outcome = await writer.AppendAsync(post.Id, copies, null, entry, cancellation);
            if (outcome.Fault is { } fault)
                return Problems.BadRequest(fault);
            (accepted, duplicates) = (accepted + outcome.Accepted, duplicates + outcome.Duplicates);
        }
        return TypedResults.Ok(new StepsResponse(accepted, duplicates));
    }

    private static async Task<Post?> FindAsync(DutyReader reader, string code, CancellationToken cancellation) =>
        await reader.PostsAsync(
            Scope.WholeCity,
            null,
            code,
            DateTimeOffset.MaxValue,
            DateTimeOffset.MinValue,
            DateTimeOffset.MinValue,
            cancellation
        )
            is [var duty]
            ? duty.Post
            : null;

    private static bool Reaches(Caller caller, string grid) =>
        caller.ScopeOf(Right.Dispatch)?.Covers(grid) == true || caller.ScopeOf(Right.StandDuty)?.Covers(grid) == true;
}
