using Npgsql;

namespace SituationMap.Store.Database;

/// <summary>How to run an embedded PostGIS.</summary>
/// <param name="DataFolder">Where to keep it; null: <c>.situationmap</c> below the current folder.</param>
/// <param name="MayInstall">Whether missing packages may be installed (which takes root on Debian or Ubuntu).</param>
/// <param name="IsThrowAway">For tests: faster, and not safe against a power cut.</param>
/// <param name="MayJoin">Whether that of a server which runs on the folder already will do.</param>
public sealed record EmbeddedPostgisSettings(string? DataFolder, bool MayInstall = true, bool IsThrowAway = false, bool MayJoin = false);

/// <summary>
/// A PostGIS of our own: a private cluster in the data folder, reached through a Unix socket that no other user can open,
/// started and stopped with the server and used again at the next start. One process at a time holds a data folder; others may join it.
/// </summary>
public sealed class EmbeddedPostgis : IAsyncDisposable
{
    private const string DatabaseName = "situationmap";

    private readonly FolderLock? _lock;
    private readonly PostgresCluster _cluster;

    /// <param name="lock">Null: another process holds the folder.</param>
    private EmbeddedPostgis(FolderLock? @lock, PostgresCluster cluster, DataFolder folder, string password)
    {
        _lock = @lock;
        _cluster = cluster;
        Folder = folder;
        ConnectionString = new NpgsqlConnectionStringBuilder
        {
            Host = cluster.SocketFolder,
            Port = PostgresSocket.Port,
            Username = PostgresCluster.Superuser,
            Password = password,
            Database = DatabaseName,
            // after a crash the first queries find PostgreSQL still reading its log
            Timeout = 30,
        }.ConnectionString;
    }

    /// <summary>Leads to the database <c>situationmap</c>, as the cluster's superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>The folder really used.</summary>
    public DataFolder Folder { get; }

    /// <summary>PostgreSQL's programs that run it.</summary>
    public PostgresInstallation Installation => _cluster.Installation;

    /// <summary>Whether it is another process that started it and will stop it.</summary>
    public bool IsJoined => _lock is null;

    /// <summary>
    /// Starts it, and does whatever that takes: installs the packages, makes the cluster, clears up after a crash.
    /// Takes some seconds the first time and about one second later.
    /// </summary>
    /// <exception cref="StartupException">It cannot be started; the message says what mends it.</exception>
    public static async Task<EmbeddedPostgis> StartAsync(
        EmbeddedPostgisSettings settings,
        IProgress<string> progress,
        CancellationToken cancellationToken
    )
    {
        if (!OperatingSystem.IsLinux())
            throw new StartupException(
                "The embedded PostGIS runs on Linux (WSL included). Elsewhere use SITUATIONMAP_DB_PASSWORD=… docker compose up, "
                    + "or a server you have: --ConnectionStrings:SituationMap=\"Host=…;Database=…;Username=…;Password=…\""
            );

        var wanted = DataFolder.AsConfigured(settings.DataFolder);
        var installation = await FindOrInstallAsync(wanted.Major, settings.MayInstall, progress, cancellationToken);
        var account = await PostgresAccount.ChooseAsync(wanted.Cluster, cancellationToken);
        var folder = await wanted.OpenAsync(account, progress, cancellationToken);
        if (folder != wanted)
        {
            account = await PostgresAccount.ChooseAsync(folder.Cluster, cancellationToken);
            installation = await FindOrInstallAsync(folder.Major, settings.MayInstall, progress, cancellationToken);
        }

        if (FolderLock.TryTake(folder.LockFile) is not { } held)
            return settings.MayJoin
                ? await JoinAsync(folder, new PostgresCluster(folder, installation, account, settings.IsThrowAway), cancellationToken)
                : throw new StartupException(
                    $"Another SituationMap is running on the data folder {folder.Path}. "
                        + "Stop it first, or give this one a folder of its own with --SituationMap:DataFolder=…"
                );
        PostgresCluster? cluster = null;
        try
        {
            cluster = new PostgresCluster(folder, installation, account, settings.IsThrowAway);
            var password = await cluster.EnsureMadeAsync(progress, cancellationToken);
            await cluster.StartAsync(progress, cancellationToken);
            var postgis = new EmbeddedPostgis(held, cluster, folder, password);
            await postgis.EnsureDatabaseAsync(cancellationToken);
            return postgis;
        }
        catch
        {
            if (cluster is not null)
                await cluster.StopAsync();
            held.Dispose();
            throw;
        }
    }

    /// <summary>Whether its PostgreSQL has ended.</summary>
    public bool IsGone => _cluster.IsGone;

    /// <summary>Starts its PostgreSQL again after a crash; nothing that was committed is lost.</summary>
    /// <exception cref="StartupException">It cannot be started; the message says what mends it.</exception>
    public Task RestartAsync(IProgress<string> progress, CancellationToken cancellationToken) =>
        _cluster.StartAsync(progress, cancellationToken);

    /// <summary>Stops the PostgreSQL of a data folder whose server was killed.</summary>
    public static async Task StopLeftoverAsync(string dataFolder)
    {
        var folder = new DataFolder(dataFolder);
        if (await PostgresInstallation.FindUsableAsync(folder.Major, CancellationToken.None) is not { } installation)
            return;
        var account = await PostgresAccount.ChooseAsync(folder.Cluster, CancellationToken.None);
        await new PostgresCluster(folder, installation, account, isThrowAway: true).StopAsync();
    }

    /// <summary>Stops PostgreSQL, which finishes what is committed and breaks off the rest, and lets go of the folder; one that was joined
    /// goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_lock is null)
            return;
        await _cluster.StopAsync();
        _lock.Dispose();
    }

    private static async Task<EmbeddedPostgis> JoinAsync(DataFolder folder, PostgresCluster cluster, CancellationToken cancellationToken)
    {
        var password = await cluster.ReadPasswordAsync(cancellationToken);
        return cluster.Join()
            ? new EmbeddedPostgis(null, cluster, folder, password)
            : throw new StartupException(
                $"The SituationMap on the data folder {folder.Path} is just starting or stopping: try again in a moment."
            );
    }

    private static async Task<PostgresInstallation> FindOrInstallAsync(
        int? major,
        bool mayInstall,
        IProgress<string> progress,
        CancellationToken cancellationToken
    )
    {
        if (await PostgresInstallation.FindUsableAsync(major, cancellationToken) is { } found)
            return found;
        if (!mayInstall || !Apt.MayInstall)
            throw new StartupException(PostgresPackages.HowToInstall(major));
        await PostgresPackages.InstallAsync(major, progress);
        return await PostgresInstallation.FindUsableAsync(major, cancellationToken)
            ?? throw new StartupException(
                "The packages were installed, but PostgreSQL with PostGIS is still not found. " + PostgresPackages.HowToInstall(major)
            );
    }

    private async Task EnsureDatabaseAsync(CancellationToken cancellationToken)
    {
        var maintenance = new NpgsqlConnectionStringBuilder(ConnectionString) { Database = "postgres", Pooling = false };
        await using var connection = new NpgsqlConnection(maintenance.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var exists = connection.Command("SELECT 1 FROM pg_database WHERE datname = $1", DatabaseName);
        if (await exists.ExecuteScalarAsync(cancellationToken) is not null)
            return;
        await using var create = connection.Command($"CREATE DATABASE {DatabaseName}");
        await create.ExecuteNonQueryAsync(cancellationToken);
    }
}
