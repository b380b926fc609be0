using Hangfire;
using Npgsql;
using SituationMap.Store.Protocols;
using SituationMap.Store.Statuses.Recompute;

namespace SituationMap.Server.Jobs;

/// <summary>
/// Works out every status anew, part by part: one part at a time in each server, all servers sharing the parts. Cancelled or broken off,
/// the parts that are done stay.
/// </summary>
internal sealed class RecomputeJob(
    NpgsqlDataSource database,
    ProtocolCatalog protocols,
    TimeProvider clock,
    JobStorage storage,
    IBackgroundJobClient client
) : IOperatorJob
{
    public string Name => "recompute";

    public string Description => "Works out every status anew, shared among the servers";

    public string Activity => "working out every status anew";

    // what was missed in the night is not made up for by day: it only repairs
    public JobSchedule Schedule { get; } = new("0 3 * * *", JobSchedule.Long, CatchesUp: false);

    public async Task<JobResult> RunAsync(IProgress<double> done, CancellationToken cancellation)
    {
        var servers = storage.GetMonitoringApi().Servers().Count(server => server.Queues.Contains(Schedule.Queue));
        for (var helper = 1; helper < servers; helper++)
            client.Enqueue<JobRunner>(Schedule.Queue, runner => runner.HelpAsync(Name, CancellationToken.None));
        var (households, changes) = await WorkAsync(done, cancellation);
        return new JobResult(IsGood: true, $"{households} households were looked at, {changes} changed");
    }

    /// <summary>Works on the parts of the run that is under way.</summary>
    public async Task<(long Households, long Changes)> WorkAsync(IProgress<double>? done, CancellationToken cancellation)
    {
        var result = await new FullRecompute(database, protocols, clock).RunAsync(
            workers: 1,
            FullRecompute.DefaultPartSize,
            done,
            cancellation
        );
        return (result.Progress.Households, result.Progress.Changes);
    }
}
