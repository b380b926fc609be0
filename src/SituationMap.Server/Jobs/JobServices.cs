using Hangfire;
using Hangfire.AspNetCore;
using Hangfire.States;
using SituationMap.Store.Database;
using SituationMap.Store.Jobs;
using SituationMap.Store.Protocols;
using SituationMap.Store.Supervision;

namespace SituationMap.Server.Jobs;

internal static class JobServices
{
    /// <summary>
    /// Runs jobs on Hangfire, whose store is in the same database, so that of several server processes one runs each job and what is to
    /// be done outlives them all.
    /// </summary>
    public static async Task AddJobsAsync(this IServiceCollection services, PostgisStore store, CancellationToken cancellation)
    {
        var kept = await JobStore.OpenAsync(store, cancellation);
        services.AddSingleton(_ => kept);
        // of this server, where the library would have one of the process
        services.AddSingleton<JobStorage>(provider => provider.GetRequiredService<JobStore>().CreateStorage());
        services.AddSingleton<JobActivator>(provider => new AspNetCoreJobActivator(provider.GetRequiredService<IServiceScopeFactory>()));
        services.AddHangfire(
            (provider, hangfire) =>
                hangfire
                    .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
                    .UseSimpleAssemblyNameTypeSerializer()
                    .UseRecommendedSerializerSettings()
                    .UseLogProvider(new AspNetCoreLogProvider(new JobLog(provider.GetRequiredService<ILoggerFactory>())))
        );
        services
            .AddSingleton<JobRuns>()
            .AddSingleton<JobRunner>()
            .AddSingleton<IOperatorJob, SweepJob>()
            .AddSingleton<IOperatorJob, RetentionJob>()
            .AddSingleton<IOperatorJob, DeliveriesJob>()
            .AddSingleton<IOperatorJob, RecomputeJob>()
            .AddSingleton<IOperatorJob, RecordJob>()
            .AddHostedService<JobScheduling>();
        services.AddWorkers(_ => JobSchedule.Short, workers: 2, looksAfter: true);
        services.AddWorkers(_ => JobSchedule.Long, workers: 1);
    }

    /// <summary>Adds workers for one queue.</summary>
    /// <param name="looksAfter">Whether they look after the schedule and the store as well, for all queues of this server.</param>
    public static IServiceCollection AddWorkers(
        this IServiceCollection services,
        Func<IServiceProvider, string> queue,
        int workers,
        bool looksAfter = false
    ) =>
        services.AddHangfireServer(
            (provider, server) =>
            {
                server.Queues = [queue(provider)];
                server.WorkerCount = workers;
                server.IsLightweightServer = !looksAfter;
                server.SchedulePollingInterval = TimeSpan.FromSeconds(5);
                server.CancellationCheckInterval = TimeSpan.FromSeconds(2);
                server.HeartbeatInterval = TimeSpan.FromSeconds(10);
                server.ServerTimeout = TimeSpan.FromMinutes(1);
                server.ServerCheckInterval = TimeSpan.FromSeconds(30);
            }
        );

    /// <summary>One logger for all of the library's: it asks for them through what is shared by the whole process.</summary>
    private sealed class JobLog(ILoggerFactory loggers) : ILoggerFactory
    {
        private readonly ILogger _logger = loggers.CreateLogger("Hangfire");

        public ILogger CreateLogger(string categoryName) => _logger;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose() { }
    }
}

/// <summary>Tells Hangfire when jobs are due, once it can; what is no job of ours any more is due no more. A sweep begins at
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
        supervisor.OnceAsync("scheduling the jobs", _ => Task.Run(Schedule, stoppingToken), stoppingToken);

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

internal static class HangfireJobs
{
    /// <summary>The job as Hangfire keeps it: its name, in its queue.</summary>
    public static Hangfire.Common.Job ToHangfire(this IOperatorJob job) =>
        job.Schedule.IsOften
            ? Hangfire.Common.Job.FromExpression<JobRunner>(
                runner => runner.RunOftenAsync(job.Name, CancellationToken.None),
                job.Schedule.Queue
            )
            : Hangfire.Common.Job.FromExpression<JobRunner>(
                runner => runner.RunAsync(job.Name, CancellationToken.None),
                job.Schedule.Queue
            );

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

        bool IsOf(Hangfire.Common.Job? found) => found?.Type == typeof(JobRunner) && found.Args[0] as string == job.Name;
    }
}
