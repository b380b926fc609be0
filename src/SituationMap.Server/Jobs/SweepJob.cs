using SituationMap.Store.Statuses;

namespace SituationMap.Server.Jobs;

/// <summary>
/// The safety net under the workers: fires what fell due and works off what is dirty, whatever wake-up was missed. Normally it finds
/// nothing.
/// </summary>
internal sealed class SweepJob(StatusWorker worker) : IOperatorJob
{
    public string Name => "sweep";

    public string Description => "Fires what fell due and works off what a wake-up missed";

    public string Activity => "sweeping up what the workers missed";

    public JobSchedule Schedule { get; } = new("* * * * *", JobSchedule.Short) { IsOften = true };

    public async Task<JobResult> RunAsync(IProgress<double> done, CancellationToken cancellation)
    {
        var (due, worked) = (await worker.FireDueAsync(cancellation), 0);
        while (await worker.RunBatchAsync(cancellation) is > 0 and var batch)
            worked += batch;
        return new JobResult(IsGood: true, $"{due} households fell due, {worked} were worked out");
    }
}
