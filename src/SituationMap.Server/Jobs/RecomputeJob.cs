using System.Diagnostics.Metrics;
using Hangfire;
using Npgsql;
using SituationMap.Store.Protocols;
using SituationMap.Store.Statuses.Recompute;
using SituationMap.Store.Supervision;

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
    IBackgroundJobClient client,
    IMeterFactory meters
) : IOperatorJob
{
    private readonly Gauge<long> _setAside = meters
        .CreateSituationMap()
        .CreateGauge<long>(
            "situationmap.recompute.set_aside",
            "{household}",
            "Households that the last full recompute of this server could not work out."
        );

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
        var result = await WorkAsync(done, cancellation);
        var (_, _, households, changes, setAside) = result.Progress;
        _setAside.Record(setAside);
        var looked = $"{households} households were looked at, {changes} changed";
        return new JobResult(IsGood: setAside == 0, setAside == 0 ? looked : $"{looked}; {result.SetAsideInWords}");
    }

    /// <summary>Works on the parts of the run that is under way.</summary>
    public Task<RecomputeResult> WorkAsync(IProgress<double>? done, CancellationToken cancellation) =>
        new FullRecompute(database, protocols, clock).RunAsync(workers: 1, FullRecompute.DefaultPartSize, done, cancellation);
}
