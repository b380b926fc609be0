using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Server.Tests.Recovery;

/// <summary>A PostgreSQL of one test's own on a port of this machine: for what would take the one that all tests share from the
/// others.</summary>
internal sealed class OwnPostgres : IAsyncDisposable
{
    /// <summary>Neither a superuser, so that it gets none of the connections that are kept for those, nor without rights: it owns the
    /// database.</summary>
    public const string Owner = "owner";

    private readonly string _folder;
    private readonly PostgresAccount _account;
    private readonly PostgresInstallation _installation;

    private OwnPostgres(string folder, PostgresAccount account, PostgresInstallation installation) =>
        (_folder, _account, _installation) = (folder, account, installation);

    public int Port { get; } = FreePort();

    /// <summary>As the superuser, into the maintenance database.</summary>
    public string Superuser => $"Host=127.0.0.1;Port={Port};Username=postgres;Database=postgres;Pooling=false";

    /// <summary>With an empty database <c>situation</c> that <see cref="Owner"/> owns.</summary>
    public static async Task<OwnPostgres> StartAsync(params string[] settings)
    {
        var postgres = await PrepareAsync();
        await postgres.RunAsync("initdb", "-D", postgres._folder, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8");
        await postgres.StartAsync([.. settings]);
        await postgres.ExecuteAsync($"CREATE ROLE {Owner} LOGIN", "postgres");
        await postgres.ExecuteAsync($"CREATE DATABASE situation OWNER {Owner}", "postgres");
        await postgres.ExecuteAsync("CREATE EXTENSION postgis; CREATE EXTENSION ltree", "situation");
        return postgres;
    }

    /// <summary>One that follows this one, which from now on commits nothing that the other has not.</summary>
    public async Task<OwnPostgres> StartStandbyAsync()
    {
        var standby = await PrepareAsync();
        await RunAsync(
            "pg_basebackup",
            "-D",
            standby._folder,
            "-d",
            $"host=127.0.0.1 port={Port} user=postgres",
            "-R",
            "-c",
            "fast",
            "--no-sync"
        );
        await standby.StartAsync([]);
        await ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = '*'", "postgres");
        await ExecuteAsync("SELECT pg_reload_conf()", "postgres");
        return standby;
    }

    /// <summary>It is the primary from now on.</summary>
    public Task PromoteAsync() => RunAsync("pg_ctl", "-D", _folder, "promote", "-w");

    /// <summary>As when its machine loses power.</summary>
    public Task CrashAsync() => RunAsync("pg_ctl", "-D", _folder, "stop", "-m", "immediate", "-w");

    public async Task ExecuteAsync(string sql, string database)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(Superuser) { Database = database }.ConnectionString
        );
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ReadAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(Superuser) { Database = "situation", SearchPath = "situation,public" }.ConnectionString
        );
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(_folder, "postmaster.pid")))
            await CrashAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<OwnPostgres> PrepareAsync()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"situationmap-own-{Guid.NewGuid():N}"[..30]);
        var account = await PostgresAccount.ChooseAsync(folder, CancellationToken.None);
        await account.MakePrivateFolderAsync(folder, CancellationToken.None);
        return new(folder, account, (await PostgresInstallation.FindUsableAsync(major: null, CancellationToken.None))!);
    }

    private async Task StartAsync(IEnumerable<string> settings)
    {
        string[] all =
        [
            $"port={Port.ToString(CultureInfo.InvariantCulture)}",
            "listen_addresses=127.0.0.1",
            $"unix_socket_directories={_folder}",
            "fsync=off",
            .. settings,
        ];
        await RunAsync(
            "pg_ctl",
            "-D",
            _folder,
            "-l",
            Path.Combine(_folder, "log"),
            "-w",
            "start",
            "-o",
            string.Join(' ', all.Select(set => $"-c {set}"))
        );
    }

    private async Task RunAsync(string program, params string[] arguments)
    {
        var result = await _account.RunAsync(_installation.Program(program), arguments, CancellationToken.None);
        if (!result.Succeeded)
            throw new InvalidOperationException($"{program}: {result.Output}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
