using Hangfire;
using SituationMap.Store.Protocols;
using SituationMap.Store.Supervision;

namespace SituationMap.Server.Jobs;

/// <summary>Tells Hangfire when jobs are due, once it can; what is no job any more is due no more. A sweep begins at
/// once.</summary>
internal sealed class JobScheduling(
    IEnumerable<IOperatorJob> jobs,
    IRecurringJobManager manager,
    JobStorage storage,
    ProtocolCatalog protocols,
    Supervisor supervisor
) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        // facts are stored and worked out without them
        supervisor.OnceAsync("scheduling the jobs", _ => Task.Run(Schedule, stoppingToken), stoppingToken, isNeeded: false);

    private void Schedule()
    {
        foreach (var job in jobs)
        {
            var options = new RecurringJobOptions
            {
                TimeZone = protocols.Plan.TimeZone,
                MisfireHandling = job.Schedule.CatchesUp ? MisfireHandlingMode.Relaxed : MisfireHandlingMode.Ignorable,
            };
            manager.AddOrUpdate(job.Name, job.ToHangfire(), job.Schedule.Cron, options);
        }
        using var connection = storage.GetConnection();
        var known = jobs.Select(job => job.Name).ToHashSet();
        foreach (var gone in connection.GetAllItemsFromSet("recurring-jobs").Where(name => !known.Contains(name)))
            manager.RemoveIfExists(gone);
        manager.Trigger(jobs.OfType<SweepJob>().Single().Name);
    }
}
