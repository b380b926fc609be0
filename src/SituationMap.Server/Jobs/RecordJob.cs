using SituationMap.Store.Access;

namespace SituationMap.Server.Jobs;

/// <summary>Checks the whole audit record every night, as the verb <c>audit verify</c> does.</summary>
internal sealed class RecordJob(AuditSealer sealer, AuditAnchor anchor) : IOperatorJob
{
    public string Name => "record";

    public string Description => "Checks that the audit record and the accounts are as they were written";

    public string Activity => "checking the audit record";

    public JobSchedule Schedule { get; } = new("30 3 * * *", JobSchedule.Long);

    public async Task<JobResult> RunAsync(IProgress<double> done, CancellationToken cancellation)
    {
        var (rows, faults) = await anchor.VerifyAsync(sealer, cancellation);
        return faults.Count == 0
            ? new JobResult(IsGood: true, $"{rows} rows, all as they were written")
            : new JobResult(IsGood: false, $"{rows} rows, {faults.Count} faults: audit verify tells which");
    }
}
