using Hangfire;
using Hangfire.AspNetCore;
using SituationMap.Store.Database;
using SituationMap.Store.Jobs;

namespace SituationMap.Server.Jobs;

internal static class JobServices
{
    /// <summary>
    /// Runs jobs on Hangfire, whose store is in the same database, so that of several server processes one runs each job and what is to
    /// be done outlives them all.
    /// </summary>
    public static async Task AddJobsAsync(this IServiceCollection services, PostgisStore store, CancellationToken cancellation)
    {
        var kept = await JobStore.OpenAsync(store.ConnectionString, cancellation);
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
            .AddSingleton<IOperatorJob, FiguresJob>()
            .AddSingleton<IOperatorJob>(provider => ActivatorUtilities.CreateInstance<BackupJob>(provider, store))
            .AddSingleton<IOperatorJob>(provider => ActivatorUtilities.CreateInstance<RotationJob>(provider, store))
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
