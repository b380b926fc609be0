using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Testing;

/// <summary>
/// One throw-away embedded PostGIS per test run, made when the first test asks for a database and removed by the run. Tests get databases
/// of their own, copied from one that has the schema. Register with <c>[assembly: AssemblyFixture(typeof(PostgisCluster))]</c>.
/// </summary>
public sealed class PostgisCluster : IAsyncDisposable
{
    private const string FolderPrefix = "situationmap-tests-";
    private const string Template = "template_situation";

    /// <summary>By which a log tells of a crash: of one process, of all of them, and of what was under way.</summary>
    private static readonly string[] CrashWords = ["PANIC:", "server process (PID", "Failed process was running", "not properly shut down"];

    /// <summary>In memory where Linux has a file system for it: a database made and dropped again is some 300 files, and a disk's file
    /// system looks long for room where as many have just been freed (half of a run's processor time went there).</summary>
    private static readonly string Root = HasRoom("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private readonly string _folder = Path.Combine(Root, $"{FolderPrefix}{Environment.ProcessId}-{Guid.NewGuid():N}"[..48]);
    private readonly Lazy<Task> _started;
    private readonly ConcurrentDictionary<string, Lazy<Task>> _templates = [];
    private EmbeddedPostgis? _postgis;
    private NpgsqlConnectionStringBuilder? _api;

    public PostgisCluster() => _started = new Lazy<Task>(StartAsync);

    /// <summary>A database of one's own with the schema and nothing else. Disposing it drops it.</summary>
    public Task<TestDatabase> CreateDatabaseAsync() => CreateAsync($"TEMPLATE {Template}");

    /// <summary>A database of one's own with what the first caller filled <paramref name="template"/> with; every run fills each
    /// once.</summary>
    /// <param name="fill">Gets the address of a database with the schema; must leave no connection to it.</param>
    public async Task<TestDatabase> CreateDatabaseAsync(string template, Func<string, Task> fill)
    {
        await StartOnceAsync();
        await _templates
            .GetOrAdd(template, name => new Lazy<Task>(async () =>
            {
                await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {Template}");
                await fill(ConnectionStringOf(name));
            }))
            .Value;
        return await CreateAsync($"TEMPLATE {template}");
    }

    /// <summary>A database of one's own with nothing at all, not even the extensions.</summary>
    public Task<TestDatabase> CreateEmptyDatabaseAsync() => CreateAsync("");

    /// <summary>Stops it and removes its folder.</summary>
    /// <exception cref="InvalidOperationException">PostgreSQL crashed meanwhile; the message has what its log says of it, for
    /// the tests that it met say only that a connection broke.</exception>
    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        string[] crash = [];
        if (_postgis is not null)
        {
            await _postgis.DisposeAsync();
            crash = await CrashAsync(Path.Combine(_postgis.Folder.Cluster, "server.log"));
        }
        Remove(_folder);
        if (crash.Length > 0)
            throw new InvalidOperationException($"PostgreSQL crashed while the tests ran:\n{string.Join('\n', crash)}");
    }

    internal async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionStringOf("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    internal string ConnectionStringOf(string database) =>
        new NpgsqlConnectionStringBuilder(
            (_postgis ?? throw new InvalidOperationException("The cluster has not been started.")).ConnectionString
        )
        {
            Database = database,
            // a pool per database would keep connections to databases that are gone
            Pooling = database.StartsWith("test_", StringComparison.Ordinal),
        }.ConnectionString;

    /// <summary>As the role that a server works as.</summary>
    internal string ApiConnectionStringOf(string database) =>
        new NpgsqlConnectionStringBuilder(ConnectionStringOf(database))
        {
            Username = _api!.Username,
            Password = _api.Password,
        }.ConnectionString;

    private async Task<TestDatabase> CreateAsync(string template)
    {
        await StartOnceAsync();
        var name = $"test_{Guid.NewGuid():N}";
        await ExecuteAsync($"CREATE DATABASE {name} {template}");
        return new TestDatabase(this, name);
    }

    private Task StartOnceAsync() =>
        FastAttribute.IsOn(TestContext.Current.Test)
            ? throw new InvalidOperationException("A fast test needs no database; this one asks for one.")
            : _started.Value;

    /// <summary>Installs PostgreSQL and PostGIS where the machine lacks them and the tests run as root.</summary>
    private async Task StartAsync()
    {
        await RemoveLeftoversAsync();
        _postgis = await EmbeddedPostgis.StartAsync(
            new EmbeddedPostgisSettings(_folder, IsThrowAway: true),
            LineProgress.OnConsole,
            CancellationToken.None
        );
        await ExecuteAsync($"CREATE DATABASE {Template}");
        await Migrator.MigrateAsync(ConnectionStringOf(Template), Migration.Embedded, LineProgress.Unseen, CancellationToken.None);
        // granted in the template, so in all that are copied from it
        _api = new NpgsqlConnectionStringBuilder(await ApiRole.MakeAsync(ConnectionStringOf(Template), CancellationToken.None));
    }

    /// <summary>Stops and removes what runs left behind that were killed before they could do it themselves.</summary>
    private static async Task RemoveLeftoversAsync()
    {
        foreach (var folder in Directory.GetDirectories(Root, FolderPrefix + "*"))
        {
            var owner = Path.GetFileName(folder)[FolderPrefix.Length..].Split('-')[0];
            if (IsRunning(int.Parse(owner, CultureInfo.InvariantCulture)))
                continue;
            await EmbeddedPostgis.StopLeftoverAsync(folder);
            Remove(folder);
        }
    }

    /// <summary>The lines of a log that tell of a crash, each with the statement that was running.</summary>
    private static async Task<string[]> CrashAsync(string log) =>
        File.Exists(log) ? [.. (await File.ReadAllLinesAsync(log)).Where(line => CrashWords.Any(line.Contains)).Take(20)] : [];

    private static bool HasRoom(string folder) => Directory.Exists(folder) && new DriveInfo(folder).AvailableFreeSpace > 4L << 30;

    private static bool IsRunning(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
