using Hangfire;
using Hangfire.Server;
using SituationMap.Core;
using SituationMap.Store.Database;
using SituationMap.Store.Jobs;
using SituationMap.Store.Supervision;

namespace SituationMap.Server.Jobs;

/// <summary>
/// Runs jobs when Hangfire says so: each once in the whole cluster at a time, watched by the <see cref="Supervisor"/>, with a row about
/// what it did. What Hangfire keeps is the job's name and one sentence: neither names of persons nor texts of failures.
/// </summary>
internal sealed class JobRunner(
    IEnumerable<IOperatorJob> jobs,
    JobRuns runs,
    JobStore store,
    Supervisor supervisor,
    IHostApplicationLifetime host
)
{
    /// <summary>Runs a job; where it fails it is tried again a few times, sooner than it is due.</summary>
    /// <param name="context">Given by Hangfire.</param>
    /// <returns>What it did.</returns>
    /// <exception cref="JobFailedException">It failed; the server's log says more.</exception>
    [JobDisplayName("{0}")]
    [AutomaticRetry(Attempts = 3, DelaysInSeconds = [60, 300, 900])]
    public Task<string> RunAsync(string job, PerformContext? context, CancellationToken cancellation) =>
        RunOnceAsync(job, context?.BackgroundJob.Id, cancellation);

    /// <summary>Runs a job that is due so often that the next run is the next try; a failed one is kept for a day.</summary>
    /// <inheritdoc cref="RunAsync"/>
    [JobDisplayName("{0}")]
    [AutomaticRetry(Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Delete)]
    public Task<string> RunOftenAsync(string job, PerformContext? context, CancellationToken cancellation) =>
        RunOnceAsync(job, context?.BackgroundJob.Id, cancellation);

    /// <summary>Helps another server with a job that is shared out among all; where it has ended already there is nothing to do.</summary>
    [JobDisplayName("{0}: a server helps")]
    [AutomaticRetry(Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Delete)]
    public async Task HelpAsync(string job, CancellationToken cancellation)
    {
        await using (var free = await JobLock.TryTakeAsync(store.Connections, LockKeys.Job, job, cancellation))
            if (free is not null)
                return;
        await jobs.OfType<RecomputeJob>().Single().WorkAsync(done: null, cancellation);
    }

    /// <param name="order">Hangfire's id of it: one that is given out again after it was done is not run again.</param>
    private async Task<string> RunOnceAsync(string name, string? order, CancellationToken cancellation)
    {
        var job = jobs.Single(one => one.Name == name);
        await using var alone = await JobLock.TryTakeAsync(store.Connections, LockKeys.Job, name, cancellation);
        if (alone is null)
            return "it runs already";
        if (order is not null && await runs.IsDoneAsync(name, order, cancellation))
            return "it was done already";
        var run = await runs.BeginAsync(name, order, cancellation);
        try
        {
            var result = await WorkAsync(job, run, cancellation);
            await runs.EndAsync(run, result.IsGood, result.Summary, CancellationToken.None);
            return result.Summary;
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            await EndAsync(
                runs,
                run,
                host.ApplicationStopping.IsCancellationRequested ? "its server stopped; it begins again" : "cancelled"
            );
            throw;
        }
        catch (Exception failure)
        {
            var why = StoreFailure.Describe(failure) ?? "the server's log says why";
            await EndAsync(runs, run, why);
            // what else it says may tell of anything, and is in the log
            throw new JobFailedException(why);
        }
    }

    private async Task<JobResult> WorkAsync(IOperatorJob job, long run, CancellationToken cancellation)
    {
        double? progress = null;
        var work = supervisor.AttemptAsync(
            job.Activity,
            stopping => job.RunAsync(new ImmediateProgress<double>(share => progress = share), stopping),
            cancellation
        );
        return await work.ReportingAsync(() => progress is { } share ? runs.ProgressAsync(run, share) : Task.CompletedTask);
    }

    /// <summary>Where the store is away, the next run notes that this one was broken off.</summary>
    private static Task EndAsync(JobRuns runs, long run, string why) =>
        ProgressReports.IfReachableAsync(() => runs.EndAsync(run, succeeded: false, why, CancellationToken.None));
}

/// <summary>A job failed; the message is for operators.</summary>
internal sealed class JobFailedException(string why) : Exception(why);
