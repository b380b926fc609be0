using Npgsql;
using Quartz;
using SituationMap.Store.Database;

namespace SituationMap.Server.Jobs;

internal static class JobServices
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetentionInterval = TimeSpan.FromHours(24);

    /// <summary>
    /// Schedules the jobs on Quartz's clustered store in the same database (schema <c>quartz</c>), so that of several server processes
    /// one runs each job, and what ran is known to all.
    /// </summary>
    public static IServiceCollection AddJobs(this IServiceCollection services, PostgisStore store)
    {
        var connectionString = new NpgsqlConnectionStringBuilder(store.ConnectionString)
        {
            SearchPath = "quartz",
            MaxPoolSize = ConnectionShares.Jobs,
        }.ConnectionString;
        services.AddQuartz(quartz =>
        {
            quartz.UsePersistentStore(persistent =>
            {
                persistent.UsePostgres(connectionString);
                persistent.UseClustering();
                persistent.ProvisionSchema();
                persistent.UseExecutionHistory();
            });
            quartz.ScheduleJob<SweepJob>(
                trigger => trigger.WithIdentity(SweepJob.Name).StartNow().WithSimpleSchedule(SweepInterval),
                job =>
                    job.WithIdentity(SweepJob.Name)
                        .WithDescription("Fires what fell due and works off what a wake-up missed")
                        .DisallowConcurrentExecution()
            );
            quartz.ScheduleJob<RetentionJob>(
                trigger =>
                    trigger
                        .WithIdentity(RetentionJob.Name)
                        .StartAt(DateTimeOffset.UtcNow.AddMinutes(5))
                        .WithSimpleSchedule(RetentionInterval),
                job =>
                    job.WithIdentity(RetentionJob.Name)
                        .WithDescription("Erases what is known of persons once its time is over")
                        .DisallowConcurrentExecution()
            );
        });
        services.AddQuartzHostedService();
        return services;
    }
}
