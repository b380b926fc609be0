using System.Diagnostics;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using SituationMap.Store.Jobs;

namespace SituationMap.Benchmarks;

/// <summary>
/// What it would cost to work a status out in a job of Hangfire: jobs that do nothing, from their being enqueued to their end, with the
/// store as the server has it.
/// </summary>
internal static class HangfireBenchmark
{
    /// <summary>As many as the server has for what is short.</summary>
    private const int Workers = 2;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <param name="jobs">How many are enqueued before the first is begun.</param>
    public static Task RunAsync(BenchmarkCity city, int jobs, CancellationToken cancellation) =>
        city.OverCopyAsync(
            async connectionString =>
            {
                await using var store = await JobStore.OpenAsync(connectionString, cancellation);
                var storage = store.CreateStorage();
                var client = new BackgroundJobClient(storage);
                for (var number = 0; number < jobs; number++)
                    client.Create(Job.FromExpression(() => Nothing()), new EnqueuedState());

                var before = await CommitsAsync(store, cancellation);
                var watch = Stopwatch.StartNew();
                using (new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = Workers }, storage))
                    await Wait.UntilAsync(() => Task.FromResult(Ended(storage) == jobs), Pause, cancellation);
                var seconds = watch.Elapsed.TotalSeconds;
                var commits = await CommitsAsync(store, cancellation) - before;
                Console.WriteLine($"{jobs / seconds:N0} jobs a second by {Workers} workers, {commits / (double)jobs:N1} commits a job");
            },
            cancellation
        );

    public static void Nothing() { }

    private static long Ended(JobStorage storage) => storage.GetMonitoringApi().SucceededListCount();

    private static async Task<long> CommitsAsync(JobStore store, CancellationToken cancellation)
    {
        // a connection tells what it has counted when it ends
        store.Connections.Clear();
        await using var connection = await store.Connections.OpenConnectionAsync(cancellation);
        await using var others = connection.CreateCommand();
        others.CommandText =
            "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid())";
        await Wait.UntilAsync(async () => (bool)(await others.ExecuteScalarAsync(cancellation))!, Pause, cancellation);
        await using var commits = connection.CreateCommand();
        commits.CommandText = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()";
        return (long)(await commits.ExecuteScalarAsync(cancellation))!;
    }
}
