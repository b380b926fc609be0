using Hangfire;
using Hangfire.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using SituationMap.Core;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Jobs;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Jobs;

/// <param name="At">When it began.</param>
/// <param name="Summary">What it did, in its own words; empty where it says nothing.</param>
internal sealed record JobRunResponse(DateTimeOffset At, double Milliseconds, bool Succeeded, string Summary);

/// <param name="At">When it began.</param>
/// <param name="Progress">From 0 to 1; null where it cannot be told.</param>
internal sealed record RunningJobResponse(DateTimeOffset At, double? Progress);

/// <param name="Next">When it is due next.</param>
/// <param name="Running">Null: it does not run.</param>
/// <param name="Last">The latest that has ended.</param>
/// <param name="Runs">The latest ones that have ended, newest first.</param>
internal sealed record JobResponse(
    string Name,
    string? Description,
    DateTimeOffset? Next,
    RunningJobResponse? Running,
    JobRunResponse? Last,
    IReadOnlyList<JobRunResponse> Runs
);

/// <param name="Queued">Households that wait to be worked out.</param>
/// <param name="NextDue">When time alone changes a status next.</param>
internal sealed record WorkerResponse(
    long Queued,
    DateTimeOffset? NextDue,
    DateTimeOffset? LastBatchAt,
    int LastBatchHouseholds,
    int LastBatchChanges,
    double LastBatchMilliseconds
);

internal sealed record JobsResponse(IReadOnlyList<JobResponse> Jobs, WorkerResponse Worker);

internal static class JobEndpoints
{
    private const int LatestRuns = 20;

    public static IEndpointRouteBuilder MapJobs(this IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/api").RequiresRight(Right.Operate).UsesStore().WithTags("Jobs");
        jobs.MapGet("/jobs", GetAsync).WithSummary("What ran, when, how long, what runs, and what is due next");
        jobs.MapPost("/jobs/{name}/run", RunAsync)
            .WithSummary("Run a job now")
            .WithDescription("Answers 202 at once; GET /api/jobs tells how far it is. A job runs once at a time in all servers together.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        jobs.MapPost("/jobs/{name}/cancel", CancelAsync)
            .WithSummary("Cancel what of a job waits or runs")
            .WithDescription("Answers 202 at once; the job ends within seconds. What it has finished stays.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        return routes;
    }

    private static async Task<Ok<JobsResponse>> GetAsync(
        IEnumerable<IOperatorJob> jobs,
        JobRuns runs,
        JobStorage storage,
        StatusWorker worker,
        NpgsqlDataSource database,
        CancellationToken cancellation
    )
    {
        var latest = await runs.LatestAsync(jobs.Select(job => job.Name), LatestRuns, cancellation);
        using var connection = storage.GetConnection();
        var due = connection.GetRecurringJobs().ToDictionary(job => job.Id, job => job.NextExecution);
        var queue = await StatusQueue.ReadAsync(database, cancellation);
        var state = worker.State;
        return TypedResults.Ok(
            new JobsResponse(
                [.. jobs.Select(job => Describe(job, due.GetValueOrDefault(job.Name), latest[job.Name]))],
                new WorkerResponse(
                    queue.Households,
                    queue.NextDue,
                    state.LastBatchAt,
                    state.LastBatchHouseholds,
                    state.LastBatchChanges,
                    state.LastBatchMilliseconds
                )
            )
        );
    }

    private static JobResponse Describe(IOperatorJob job, DateTime? due, IEnumerable<JobRun> latest)
    {
        var (running, ended) = ((RunningJobResponse?)null, new List<JobRunResponse>());
        foreach (var run in latest)
            if (run is { EndedAt: { } endedAt, Succeeded: { } succeeded })
                ended.Add(new JobRunResponse(run.BeganAt, (endedAt - run.BeganAt).TotalMilliseconds, succeeded, run.Summary));
            else
                running = new RunningJobResponse(run.BeganAt, run.Progress);
        DateTimeOffset? next = due is { } instant ? new DateTimeOffset(DateTime.SpecifyKind(instant, DateTimeKind.Utc)) : null;
        return new JobResponse(job.Name, job.Description, next, running, ended.FirstOrDefault(), ended);
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> RunAsync(
        string name,
        IEnumerable<IOperatorJob> jobs,
        JobRuns runs,
        IBackgroundJobClient client,
        HttpContext context,
        CancellationToken cancellation
    )
    {
        if (jobs.FirstOrDefault(job => job.Name == name) is not { } found)
            return Unknown(jobs);
        if ((await runs.LatestAsync([name], 1, cancellation))[name].Any(run => run.EndedAt is null))
            return Problems.From(
                StatusCodes.Status409Conflict,
                new Fault("conflict", "name", "a job that does not run yet; this one does")
            );
        client.Run(found);
        return TypedResults.Accepted(context.Request.Below("/api/jobs"));
    }

    private static Results<Accepted, ProblemHttpResult> CancelAsync(
        string name,
        IEnumerable<IOperatorJob> jobs,
        JobStorage storage,
        IBackgroundJobClient client,
        HttpContext context
    ) =>
        jobs.FirstOrDefault(job => job.Name == name) is not { } found ? Unknown(jobs)
        : client.Cancel(storage, found) ? TypedResults.Accepted(context.Request.Below("/api/jobs"))
        : Problems.From(StatusCodes.Status409Conflict, new Fault("conflict", "name", "a job that waits or runs; this one does not"));

    private static ProblemHttpResult Unknown(IEnumerable<IOperatorJob> jobs) =>
        Problems.NotFound("name", $"one of {string.Join(", ", jobs.Select(job => job.Name))}");
}
