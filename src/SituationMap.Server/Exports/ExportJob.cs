using Hangfire;
using SituationMap.Server.Jobs;
using SituationMap.Store.Database;
using SituationMap.Store.Exports;
using SituationMap.Store.Jobs;

namespace SituationMap.Server.Exports;

/// <summary>Writes exports when Hangfire says so, one after the other in each server; Hangfire keeps their ids alone.</summary>
internal sealed class ExportJob(ExportRuns runs, JobStore store)
{
    public const string Queue = "exports";

    /// <summary>Writes it unless it has ended. Whoever was taken for dead and is at it still is waited for.</summary>
    [JobDisplayName("export {0}")]
    [AutomaticRetry(Attempts = 5, DelaysInSeconds = [5, 15, 30, 60, 300], OnAttemptsExceeded = AttemptsExceededAction.Delete)]
    public async Task RunAsync(Guid export, CancellationToken cancellation)
    {
        await using var alone = await JobLock.TakeAsync(store.Connections, LockKeys.ExportRun, export.ToString(), cancellation);
        try
        {
            await runs.RunAsync(export, cancellation);
        }
        catch (Npgsql.NpgsqlException) when (!cancellation.IsCancellationRequested)
        {
            throw new JobFailedException("the database is away; nothing was written");
        }
    }
}

/// <summary>Has exports go on that everybody has forgotten, and forgets those that nobody fetches any more.</summary>
internal sealed class ForgottenExportsJob(ExportRuns runs, IBackgroundJobClient client) : IOperatorJob
{
    public string Name => "exports";

    public string Description => "Has exports go on that were left, and removes those of yesterday";

    public string Activity => "looking for exports that were left";

    public JobSchedule Schedule { get; } = new("*/5 * * * *", JobSchedule.Short) { IsOften = true };

    public async Task<JobResult> RunAsync(IProgress<double> done, CancellationToken cancellation)
    {
        var left = await runs.ForgottenAsync(cancellation);
        foreach (var export in left)
            client.Enqueue<ExportJob>(ExportJob.Queue, job => job.RunAsync(export, CancellationToken.None));
        return new JobResult(IsGood: true, $"{left.Count} exports that were left go on");
    }
}
