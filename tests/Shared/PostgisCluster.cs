using System.Diagnostics;
using System.Globalization;
using Npgsql;
using SituationMap.Server.Demo.Community;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;
using SituationMap.Store.Settings;

namespace SituationMap.Testing;

/// <summary>
/// One throw-away embedded PostGIS per test run, made and removed by the run. Tests get databases of their own, copied from
/// one that has the schema. Register with <c>[assembly: AssemblyFixture(typeof(PostgisCluster))]</c>.
/// </summary>
public sealed class PostgisCluster : IAsyncLifetime
{
    private const string FolderPrefix = "situationmap-tests-";
    private const string Template = "template_situation";
    private const string DemoTemplate = "template_demo";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"{FolderPrefix}{Environment.ProcessId}-{Guid.NewGuid():N}"[..48]);
    private readonly Lazy<Task> _demo;
    private EmbeddedPostgis? _postgis;
    private NpgsqlConnectionStringBuilder? _api;

    public PostgisCluster() => _demo = new Lazy<Task>(LoadDemoAsync);

    /// <summary>Starts it, installing PostgreSQL and PostGIS where the machine lacks them and the tests run as root.</summary>
    public async ValueTask InitializeAsync()
    {
        await RemoveLeftoversAsync();
        _postgis = await EmbeddedPostgis.StartAsync(
            new EmbeddedPostgisSettings(_folder, IsThrowAway: true), Told.OnConsole, CancellationToken.None);
        await ExecuteAsync($"CREATE DATABASE {Template}");
        await Migrator.MigrateAsync(ConnectionStringOf(Template), Migration.Embedded, Told.Nobody, CancellationToken.None);
        // granted in the template, so in all that are copied from it
        _api = new NpgsqlConnectionStringBuilder(await ApiRole.MakeAsync(ConnectionStringOf(Template), CancellationToken.None));
    }

    /// <summary>A database of one's own with the schema and nothing else. Disposing it drops it.</summary>
    public Task<TestDatabase> CreateDatabaseAsync() => CreateAsync($"TEMPLATE {Template}");

    /// <summary>A database of one's own with the demo community, whose last report is of when the run began.</summary>
    public async Task<TestDatabase> CreateDemoDatabaseAsync()
    {
        await _demo.Value;
        return await CreateAsync($"TEMPLATE {DemoTemplate}");
    }

    /// <summary>A database of one's own with nothing at all, not even the extensions.</summary>
    public Task<TestDatabase> CreateEmptyDatabaseAsync() => CreateAsync("");

    /// <summary>Stops it and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_postgis is not null)
            await _postgis.DisposeAsync();
        Remove(_folder);
    }

    internal async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionStringOf("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    internal string ConnectionStringOf(string database) => new NpgsqlConnectionStringBuilder(
        (_postgis ?? throw new InvalidOperationException("The cluster has not been started.")).ConnectionString)
    {
        Database = database,
        // a pool per database would keep connections to databases that are gone
        Pooling = database.StartsWith("test_", StringComparison.Ordinal),
    }.ConnectionString;

    /// <summary>As the role that a server works as.</summary>
    internal string ApiConnectionStringOf(string database) =>
        new NpgsqlConnectionStringBuilder(ConnectionStringOf(database)) { Username = _api!.Username, Password = _api.Password }.ConnectionString;

    private async Task<TestDatabase> CreateAsync(string template)
    {
        var name = $"test_{Guid.NewGuid():N}";
        await ExecuteAsync($"CREATE DATABASE {name} {template}");
        return new TestDatabase(this, name);
    }

    private async Task LoadDemoAsync()
    {
        await ExecuteAsync($"CREATE DATABASE {DemoTemplate} TEMPLATE {Template}");
        var protocols = ProtocolCatalog.Load(Path.Combine(AppContext.BaseDirectory, "data"), new SituationMapOptions());
        await using var database = Databases.Open(ConnectionStringOf(DemoTemplate));
        await DemoCommunity.LoadAsync(database, protocols.Plan, DateTimeOffset.UtcNow, progress: null, CancellationToken.None);
    }

    /// <summary>Stops and removes what runs left behind that were killed before they could do it themselves.</summary>
    private static async Task RemoveLeftoversAsync()
    {
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), FolderPrefix + "*"))
        {
            var owner = Path.GetFileName(folder)[FolderPrefix.Length..].Split('-')[0];
            if (IsRunning(int.Parse(owner, CultureInfo.InvariantCulture)))
                continue;
            await EmbeddedPostgis.StopLeftoverAsync(folder);
            Remove(folder);
        }
    }

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
