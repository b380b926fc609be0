using SituationMap.Store.Persons;

namespace SituationMap.Server.Jobs;

/// <summary>Erases what is known of persons once its time is over, and leaves the proof in the audit record.</summary>
internal sealed class RetentionJob(PersonErasure erasure) : IOperatorJob
{
    public string Name => "retention";

    public string Description => "Erases what is known of persons once its time is over";

    public string Activity => "erasing what is known of persons once its time is over";

    public JobSchedule Schedule { get; } = new("10 * * * *", JobSchedule.Short);

    public async Task<JobResult> RunAsync(IProgress<double> done, CancellationToken cancellation)
    {
        var (persons, reasons) = await erasure.EraseWhatIsOverAsync(cancellation);
        return new JobResult(IsGood: true, $"what is known of {persons} persons and {reasons} reasons were erased");
    }
}
