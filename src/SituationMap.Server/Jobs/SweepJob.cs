using Quartz;
using SituationMap.Store.Statuses;
using SituationMap.Store.Supervision;

namespace SituationMap.Server.Jobs;

/// <summary>
/// The safety net under the workers: fires what fell due and works off what is dirty, whatever wake-up was missed. Runs once in the
/// whole cluster at a time; normally it finds nothing.
/// </summary>
internal sealed class SweepJob(StatusWorker worker, Supervisor supervisor) : IJob
{
    public const string Name = "sweep";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var (due, done) = await supervisor.AttemptAsync("sweeping up what the workers missed", SweepAsync, cancellationToken);
        var message = $"{due} households fell due, {done} were worked out";
        context.Result = due + done > 0 ? JobRunReport.Succeeded(message) : JobRunReport.Skipped(message);
    }

    private async Task<(int Due, int Done)> SweepAsync(CancellationToken cancellation)
    {
        var due = await worker.FireDueAsync(cancellation);
        var done = 0;
        while (await worker.RunBatchAsync(cancellation) is > 0 and var batch)
            done += batch;
        return (due, done);
    }
}
