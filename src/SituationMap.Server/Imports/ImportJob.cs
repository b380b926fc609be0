using Hangfire;
using SituationMap.Server.Jobs;
using SituationMap.Store.Database;
using SituationMap.Store.Imports;
using SituationMap.Store.Jobs;

namespace SituationMap.Server.Imports;

/// <summary>Imports uploads when Hangfire says so, one after the other; Hangfire keeps their ids alone.</summary>
internal sealed class ImportJob(ImportRuns runs, JobStore store)
{
    /// <summary>The line of imports whose files lie in that folder.</summary>
    public static string QueueOf(ImportFiles files) => $"imports-{files.Name}";

    /// <summary>Imports it unless it has ended. Whoever was taken for dead and is at it still is waited for.</summary>
    [JobDisplayName("import {0}")]
    [AutomaticRetry(Attempts = 5, DelaysInSeconds = [5, 15, 30, 60, 300], OnAttemptsExceeded = AttemptsExceededAction.Delete)]
    public async Task RunAsync(Guid import, CancellationToken cancellation)
    {
        await using var alone = await JobLock.TakeAsync(store.Connections, LockKeys.ImportRun, import.ToString(), cancellation);
        try
        {
            await runs.RunAsync(import, cancellation);
        }
        catch (Npgsql.NpgsqlException) when (!cancellation.IsCancellationRequested)
        {
            throw new JobFailedException("the database is away; nothing was written");
        }
    }
}

/// <summary>Has imports go on that everybody has forgotten, such as where a server died before it had told Hangfire.</summary>
internal sealed class ForgottenImportsJob(ImportRuns runs, ImportFiles files, IBackgroundJobClient client) : IOperatorJob
{
    public string Name => "imports";

    public string Description => "Has imports go on that were left, and removes files that none needs";

    public string Activity => "looking for imports that were left";

    public JobSchedule Schedule { get; } = new("*/5 * * * *", JobSchedule.Short) { IsOften = true };

    public async Task<JobResult> RunAsync(IProgress<double> done, CancellationToken cancellation)
    {
        var left = await runs.ForgottenAsync(cancellation);
        foreach (var import in left)
            client.Enqueue<ImportJob>(ImportJob.QueueOf(files), job => job.RunAsync(import, CancellationToken.None));
        return new JobResult(IsGood: true, $"{left.Count} imports go on");
    }
}
