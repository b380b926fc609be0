using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Quartz;
using Quartz.Extensibility;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Jobs;

/// <param name="At">When it began.</param>
/// <param name="Summary">What it did, in its own words; empty where it says nothing.</param>
internal sealed record JobRunResponse(DateTimeOffset At, double Milliseconds, bool Succeeded, string Summary);

/// <param name="Next">When it is due next.</param>
/// <param name="Runs">The latest ones, newest first.</param>
internal sealed record JobResponse(
    string Name,
    string? Description,
    DateTimeOffset? Next,
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
        routes
            .MapGet("/api/jobs", GetAsync)
            .RequiresRight(Right.Operate)
            .UsesStore()
            .WithTags("Jobs")
            .WithSummary("What ran, when, how long, and what is due next");
        return routes;
    }

    private static async Task<Ok<JobsResponse>> GetAsync(
        ISchedulerFactory schedulers,
        IExecutionHistoryStore history,
        StatusWorker worker,
        NpgsqlDataSource database,
        CancellationToken cancellation
    )
    {
        var scheduler = await schedulers.GetScheduler(cancellation);
        var jobs = new List<JobResponse>();
        foreach (var name in (string[])[SweepJob.Name, RetentionJob.Name])
        {
            var key = new JobKey(name);
            var detail = await scheduler.GetJobDetail(key, cancellation);
            var trigger = await scheduler.GetTrigger(new TriggerKey(name), cancellation);
            var executions = await history.QueryExecutions(
                new ExecutionHistoryQuery
                {
                    SchedulerName = scheduler.SchedulerName,
                    Job = key,
                    Take = LatestRuns,
                },
                cancellation
            );
            JobRunResponse[] runs =
            [
                .. executions.Items.Select(run => new JobRunResponse(
                    run.FiredAtUtc,
                    run.Duration.TotalMilliseconds,
                    run.Succeeded,
                    run.Summary ?? ""
                )),
            ];
            jobs.Add(new JobResponse(name, detail?.Description, trigger?.NextFireTimeUtc, runs.FirstOrDefault(), runs));
        }

        var queue = await StatusQueue.ReadAsync(database, cancellation);
        var state = worker.State;
        return TypedResults.Ok(
            new JobsResponse(
                jobs,
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
}
