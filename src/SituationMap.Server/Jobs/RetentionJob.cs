using Quartz;
using SituationMap.Store.Persons;
using SituationMap.Store.Supervision;

namespace SituationMap.Server.Jobs;

/// <summary>Erases what is known of persons once its time is over, and leaves the proof in the audit record.</summary>
internal sealed class RetentionJob(PersonErasure erasure, Supervisor supervisor) : IJob
{
    public const string Name = "retention";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var (persons, reasons) = await supervisor.AttemptAsync(
            "erasing what is known of persons once its time is over",
            erasure.EraseWhatIsOverAsync,
            cancellationToken
        );
        var message = $"what is known of {persons} persons and {reasons} reasons were erased";
        context.Result = persons + reasons > 0 ? JobRunReport.Succeeded(message) : JobRunReport.Skipped(message);
    }
}
