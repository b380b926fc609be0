using System.Diagnostics;
using System.Globalization;
using Npgsql;
using SituationMap.Server.Demo.City;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;
using SituationMap.Store.Settings;
using SituationMap.Testing;

namespace SituationMap.Benchmarks;

/// <summary>
/// A PostGIS of the benchmarks' own with the city and the floor's tables, which hold the same city. Made at the first run and used
/// again; always the same city at the same moment.
/// </summary>
internal sealed class BenchmarkCity : IAsyncDisposable
{
    /// <summary>When it is in the city.</summary>
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    // the settings of the floor; what the embedded PostGIS sets by itself is meant for smaller machines
    private static readonly (string Name, string Value)[] Settings =
    [
        ("shared_buffers", "2GB"),
        ("work_mem", "64MB"),
        ("effective_cache_size", "12GB"),
        ("random_page_cost", "1.1"),
        ("jit", "off"),
        ("max_wal_size", "8GB"),
    ];

    private readonly EmbeddedPostgis _postgis;

    private BenchmarkCity(EmbeddedPostgis postgis, ProtocolCatalog protocols)
    {
        (_postgis, Protocols) = (postgis, protocols);
        Database = Databases.Open(postgis.ConnectionString);
    }

    public NpgsqlDataSource Database { get; }

    /// <summary>For another process.</summary>
    public string ConnectionString => _postgis.ConnectionString;

    public ProtocolCatalog Protocols { get; }

    public TimeProvider Clock { get; } = new StandingClock();

    public static async Task<BenchmarkCity> OpenAsync(string folder, int households, CancellationToken cancellation)
    {
        var progress = new LineProgress(Console.Error.WriteLine);
        var settings = new EmbeddedPostgisSettings(Path.Combine(folder, households.ToString()));
        var postgis = await EmbeddedPostgis.StartAsync(settings, progress, cancellation);
        try
        {
            if (await ConfigureAsync(postgis.ConnectionString, cancellation))
            {
                await postgis.DisposeAsync();
                postgis = await EmbeddedPostgis.StartAsync(settings, progress, cancellation);
            }
            await Migrator.MigrateAsync(postgis.ConnectionString, Migration.Embedded, progress, cancellation);
            var protocols = ProtocolCatalog.Load(Path.Combine(AppContext.BaseDirectory, "data"), new SituationMapOptions());
            var city = new BenchmarkCity(postgis, protocols);
            var isNew = await city.ReadAsync<bool>("SELECT NOT EXISTS (SELECT FROM grid)", cancellation);
            if (isNew)
                await CityLoader.LoadAsync(city.Database, new CityPlan(households, Seed: 1, Now), progress, cancellation);
            if (isNew || !await city.ReadAsync<bool>("SELECT to_regclass('floor.household_status') IS NOT NULL", cancellation))
            {
                progress.Report("Filling the floor's tables with the same city …");
                await city.ExecuteAsync(Sql("dataset.sql"), cancellation);
                await city.ExecuteAsync("VACUUM (ANALYZE)", cancellation);
            }
            return city;
        }
        catch
        {
            await postgis.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs something over a copy of the city that may be spoilt; the copy is gone afterwards.</summary>
    /// <param name="use">Takes the copy's connection string.</param>
    public async Task OverCopyAsync(Func<string, Task> use, CancellationToken cancellation)
    {
        var copy = new NpgsqlConnectionStringBuilder(ConnectionString);
        var (own, name) = (copy.Database!, $"{copy.Database}_copy");
        copy.Database = name;
        await using var postgres = Databases.Open(
            new NpgsqlConnectionStringBuilder(ConnectionString)
            {
                Database = "postgres",
                Pooling = false,
                CommandTimeout = 0,
            }.ConnectionString
        );
        async Task ExecuteAsync(string sql)
        {
            await using var command = postgres.CreateCommand(sql);
            await command.ExecuteNonQueryAsync(cancellation);
        }
        Database.Clear();
        // names of our own
        await ExecuteAsync($"DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)");
        await ExecuteAsync($"CREATE DATABASE \"{name}\" TEMPLATE \"{own}\" STRATEGY file_copy");
        try
        {
            await use(copy.ConnectionString);
        }
        finally
        {
            await ExecuteAsync($"DROP DATABASE \"{name}\" WITH (FORCE)");
        }
    }

    /// <summary>A file of <c>floors/</c>.</summary>
    public static string Sql(string name)
    {
        using var stream = typeof(BenchmarkCity).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    public async Task ExecuteAsync(string sql, CancellationToken cancellation, params object[] values)
    {
        await using var connection = await Database.OpenConnectionAsync(cancellation);
        await using var command = Command(connection, sql, values);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public async Task<T> ReadAsync<T>(string sql, CancellationToken cancellation, params object[] values)
    {
        await using var connection = await Database.OpenConnectionAsync(cancellation);
        await using var command = Command(connection, sql, values);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return await reader.GetFieldValueAsync<T>(0, cancellation);
    }

    /// <summary>Where its PostgreSQL keeps everything.</summary>
    public string Cluster => _postgis.Folder.Cluster;

    /// <summary>Kills its PostgreSQL, as a power cut would, and starts it again after a while.</summary>
    public async Task CrashAsync(TimeSpan away, CancellationToken cancellation)
    {
        Crash();
        await Task.Delay(away, cancellation);
        await RestartAsync(cancellation);
    }

    /// <summary>Kills its PostgreSQL, as a power cut would.</summary>
    public void Crash()
    {
        using var postmaster = Process.GetProcessById(PostmasterId);
        postmaster.Kill();
    }

    public async Task RestartAsync(CancellationToken cancellation)
    {
        await _postgis.RestartAsync(new LineProgress(Console.Error.WriteLine), cancellation);
        Database.Clear(); // its connections led to the one before
    }

    /// <summary>Stops all of its PostgreSQL where it is, as a machine that hangs, or has it go on.</summary>
    /// <param name="signal"><c>STOP</c> or <c>CONT</c>.</param>
    public async Task SignalAsync(string signal)
    {
        var postmaster = PostmasterId.ToString(CultureInfo.InvariantCulture);
        var children = await File.ReadAllTextAsync($"/proc/{postmaster}/task/{postmaster}/children");
        using var kill = Process.Start("kill", [$"-{signal}", postmaster, .. children.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        await kill.WaitForExitAsync();
    }

    private int PostmasterId => int.Parse(File.ReadLines(Path.Combine(Cluster, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    /// <summary>Waits until nothing is left to work out: a server's clock is the real one, and statuses end by it.</summary>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromSeconds(1));
        var (before, quiet) = (-1L, 0);
        while (quiet < 3)
        {
            await pause.WaitForNextTickAsync(cancellation);
            var last = await ReadAsync<long>(
                "SELECT CASE WHEN EXISTS (SELECT FROM dirty_household) THEN -1 ELSE last END FROM feed_counter",
                cancellation
            );
            quiet = last >= 0 && last == before ? quiet + 1 : 0;
            before = last;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await _postgis.DisposeAsync();
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return command;
    }

    /// <summary>Gives the cluster the floor's settings; true when it has to be started anew for them.</summary>
    private static async Task<bool> ConfigureAsync(string connectionString, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync(cancellation);
        await using var shown = new NpgsqlCommand("SHOW shared_buffers", connection);
        if ((string)(await shown.ExecuteScalarAsync(cancellation))! == Settings[0].Value)
            return false;
        foreach (var (name, value) in Settings)
        {
            // literals from above
            await using var set = new NpgsqlCommand($"ALTER SYSTEM SET {name} = '{value}'", connection);
            await set.ExecuteNonQueryAsync(cancellation);
        }
        return true;
    }

    private sealed class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
