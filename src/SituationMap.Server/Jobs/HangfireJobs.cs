using Hangfire;
using Hangfire.Common;
using Hangfire.States;

namespace SituationMap.Server.Jobs;

internal static class HangfireJobs
{
    /// <summary>The job as Hangfire keeps it: its name, in its queue.</summary>
    public static Job ToHangfire(this IOperatorJob job) =>
        job.Schedule.IsOften
            ? Job.FromExpression<JobRunner>(runner => runner.RunOftenAsync(job.Name, null, CancellationToken.None), job.Schedule.Queue)
            : Job.FromExpression<JobRunner>(runner => runner.RunAsync(job.Name, null, CancellationToken.None), job.Schedule.Queue);

    /// <summary>Has a job run now.</summary>
    public static void Run(this IBackgroundJobClient client, IOperatorJob job) => client.Create(job.ToHangfire(), new EnqueuedState());

    /// <summary>Cancels what of a job waits or runs, in whichever server.</summary>
    /// <returns>Whether there was any.</returns>
    public static bool Cancel(this IBackgroundJobClient client, JobStorage storage, IOperatorJob job)
    {
        const int All = 1_000;
        var monitoring = storage.GetMonitoringApi();
        string[] ids =
        [
            .. monitoring.EnqueuedJobs(job.Schedule.Queue, 0, All).Where(one => IsOf(one.Value?.Job)).Select(one => one.Key),
            .. monitoring.ProcessingJobs(0, All).Where(one => IsOf(one.Value?.Job)).Select(one => one.Key),
        ];
        var found = false;
        foreach (var id in ids)
            found |= client.Delete(id);
        return found;

        bool IsOf(Job? found) => found?.Type == typeof(JobRunner) && found.Args[0] as string == job.Name;
    }
}
