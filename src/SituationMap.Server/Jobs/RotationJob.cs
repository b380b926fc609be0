using SituationMap.Store.Database;
using SituationMap.Store.Persons;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Jobs;

/// <summary>Encrypts what is known of persons with a new key when an operator says so, as the verb <c>secrets rotate</c> does.</summary>
internal sealed class RotationJob(PostgisStore store, SituationMapOptions options) : IOperatorJob
{
    public string Name => "rotation";

    public string Description => "Encrypts what is known of persons with a new key; backups from before need the keys from before";

    public string Activity => "encrypting what is known of persons with a new key";

    public JobSchedule Schedule { get; } = new(JobSchedule.Never, JobSchedule.Long);

    public async Task<JobResult> RunAsync(IProgress<double> done, CancellationToken cancellation)
    {
        var (generation, rows) = await new PersonKeyRotation(store.DataSource, PersonKeys.PathOf(options)).RunAsync(
            progress: null,
            cancellation
        );
        return new JobResult(IsGood: true, $"{rows} rows are encrypted with key {generation}; copy the keys anew");
    }
}
