using Hangfire.PostgreSql;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Jobs;

/// <summary>
/// Where Hangfire keeps what is to be done: in the same database, schema <c>hangfire</c>, over a small pool of its own, which the jobs'
/// locks share.
/// </summary>
public sealed class JobStore : IConnectionFactory, IAsyncDisposable
{
    /// <summary>
    /// So long after its server's last sign of life is a job given to another; a server that lives says so five times in that while. As
    /// long do the rows count by which Hangfire locks: those of a server that died must not keep the schedule.
    /// </summary>
    private static readonly TimeSpan IsLostAfter = TimeSpan.FromSeconds(30);

    private JobStore(NpgsqlDataSource connections) => Connections = connections;

    public NpgsqlDataSource Connections { get; }

    /// <summary>Opens it; makes or upgrades its tables where they are not as this program's Hangfire needs them.</summary>
    /// <exception cref="StartupException">They cannot be made; the message says what mends it.</exception>
    public static async Task<JobStore> OpenAsync(string connectionString, CancellationToken cancellation)
    {
        await Migrator.ConnectAsync(
            connectionString,
            async connection =>
            {
                // of two servers that start together each would fail at what the other has just made
                await using (var wait = connection.Command($"SELECT pg_advisory_lock({LockKeys.JobStore})"))
                    await wait.ExecuteNonQueryAsync(cancellation);
                PostgreSqlObjectsInstaller.Install(connection, Options.SchemaName);
                return 0;
            },
            cancellation
        );
        return new JobStore(
            Databases.Open(new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = ConnectionShares.Jobs }.ConnectionString)
        );
    }

    private static PostgreSqlStorageOptions Options { get; } =
        new()
        {
            SchemaName = "hangfire",
            PrepareSchemaIfNecessary = false,
            AllowDegradedModeWithoutStorage = false,
            // what this process adds it knows of at once; a second later the others do. Listening instead would take a connection for
            // each worker, and NOTIFY a lock of the whole database for each job.
            QueuePollInterval = TimeSpan.FromSeconds(1),
            InvisibilityTimeout = IsLostAfter,
            UseSlidingInvisibilityTimeout = true,
            DistributedLockTimeout = IsLostAfter,
            JobExpirationCheckInterval = TimeSpan.FromMinutes(15),
            DeleteExpiredBatchSize = 10_000,
        };

    public PostgreSqlStorage CreateStorage() => new(this, Options);

    public NpgsqlConnection GetOrCreateConnection() => Connections.CreateConnection();

    public ValueTask DisposeAsync() => Connections.DisposeAsync();
}
