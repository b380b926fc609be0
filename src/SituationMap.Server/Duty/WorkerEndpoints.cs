using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Core.Duty;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Duty;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Duty;

/// <param name="At">The instant of which it is.</param>
/// <param name="LongestRow">More hours in a row are too many.</param>
/// <param name="LongestWeek">More hours in a week are too many.</param>
internal sealed record DutyWorkersResponse(
    DateTimeOffset At,
    double LongestRow,
    double LongestWeek,
    IReadOnlyList<DutyWorkerResponse> Workers
);

/// <param name="Account">By which he says himself that he has come; null: others say it.</param>
/// <param name="Week">Hours worked this week.</param>
/// <param name="Planned">Hours worked and still planned this week.</param>
/// <param name="Row">The longest hours in a row.</param>
internal sealed record DutyWorkerResponse(
    string Code,
    string Grid,
    string? Account,
    double Week,
    double Planned,
    double Row,
    bool RowTooLong,
    bool WeekTooLong
);

/// <summary>Who stands at posts, and for how long.</summary>
internal static class WorkerEndpoints
{
    public static IEndpointRouteBuilder MapWorkers(this IEndpointRouteBuilder routes)
    {
        var workers = routes
            .MapGroup("/api/workers")
            .WithTags("Duty")
            .RequiresRight(Right.Dispatch)
            .UsesStore()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        workers.MapGet("", ListAsync).WithSummary("Workers by code, their hours of the week, and who has too many");
        workers.MapPost("", PutAsync).RecordsItself().WithSummary("Add a worker, or change the account of one");
        return routes;
    }

    private static async Task<Results<Ok<DutyWorkersResponse>, ProblemHttpResult>> ListAsync(
        HttpContext context,
        DutyReader reader,
        SnapshotHolder holder,
        ProtocolCatalog protocols,
        TimeProvider clock,
        CancellationToken cancellation,
        string? grid = null,
        string? at = null
    )
    {
        var instant = clock.GetUtcNow();
        if (at is not null && Instants.ParsePast("at", at, instant, out instant) is { } fault)
            return Problems.BadRequest(fault);
        var (scope, city) = (context.Scope(Right.Dispatch), holder.Current.City);
        if (grid is not null && (!city.GridByCode.ContainsKey(grid) || !scope.Covers(grid)))
            return Problems.BadRequest(new Fault("value-wrong", "grid", "the code of a known grid"));
        var workers = await reader.WorkersAsync(scope, grid?.Replace('-', '.'), cancellation);
        // at all posts: who works in two grids has the hours of both
        var posts = await reader.PostsAsync(
            Scope.WholeCity,
            null,
            null,
            instant - DutyRules.LookBack,
            instant + DutyRules.LookBack,
            instant,
            cancellation
        );
        var plan = protocols.Plan;
        var hours = WorkerHours.Of(posts.SelectMany(post => post.Steps), plan, instant).ToDictionary(one => one.Worker);
        var edition = plan.WorkAt(instant).Duty;
        return TypedResults.Ok(
            new DutyWorkersResponse(
                instant,
                edition.LongestRow.TotalHours,
                edition.LongestWeek.TotalHours,
                [
                    .. workers.Select(worker =>
                    {
                        var own = hours.GetValueOrDefault(worker.Code);
                        return new DutyWorkerResponse(
                            worker.Code,
                            worker.Grid,
                            worker.Account,
                            Hours(own?.Week),
                            Hours(own?.Planned),
                            Hours(own?.Row),
                            own?.IsRowTooLong == true,
                            own?.IsWeekTooLong == true
                        );
                    }),
                ]
            )
        );
    }

    private static double Hours(TimeSpan? span) => Math.Round(span?.TotalHours ?? 0, 2);

    private static async Task<Results<NoContent, ProblemHttpResult>> PutAsync(
        NewWorker body,
        HttpContext context,
        SnapshotHolder holder,
        DutyWriter writer,
        CancellationToken cancellation
    )
    {
        var scope = context.Scope(Right.Dispatch);
        Fault? fault = Codes.Check("code", body.Code)
            ?? (
                body.Grid is null || !holder.Current.City.GridByCode.ContainsKey(body.Grid) || !scope.Covers(body.Grid)
                    ? new Fault("value-wrong", "grid", "the code of a known grid")
                    : null
            )
            ?? (
                body.Account is not null && !AccountEndpoints.IsName(body.Account)
                    ? new Fault("value-wrong", "account", "the name of an account")
                    : null
            );
        if (fault is not null)
            return Problems.BadRequest(fault);
        var worker = new Worker(body.Code!, body.Grid!, body.Account);
        var entry = RequestAudit.Of(context, "put worker", body.Code!);
        return await writer.PutWorkerAsync(worker, scope, entry, cancellation) is { } wrong
            ? Problems.BadRequest(wrong)
            : TypedResults.NoContent();
    }
}
