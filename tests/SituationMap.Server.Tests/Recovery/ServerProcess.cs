using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Server.Tests.Recovery;

/// <summary>The server as a process of its own with its own data folder, as a user runs it, so that it can be killed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"situationmap-killed-{Guid.NewGuid():N}");
    private Process? _process;

    public string Folder => _folder;

    /// <summary>Names its data folder to a verb.</summary>
    public string FolderSetting => $"--SituationMap:DataFolder={_folder}";

    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Starts it and returns when it is ready.</summary>
    /// <param name="settings">Such as <c>--SituationMap:Plan=china</c>.</param>
    public async Task StartAsync(params string[] settings)
    {
        var port = FreePort();
        _process = Process.Start(
            new ProcessStartInfo(
                "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "SituationMap.Server.dll"),
                    "--urls",
                    $"http://127.0.0.1:{port}",
                    FolderSetting,
                    .. settings,
                ]
            )
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = new System.Text.StringBuilder();
        _process.OutputDataReceived += (_, line) => output.AppendLine(line.Data);
        _process.ErrorDataReceived += (_, line) => output.AppendLine(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Address = new Uri($"http://127.0.0.1:{port}/");
        await DemoServer.WaitAsync(
            async () =>
                _process.HasExited
                    ? throw new InvalidOperationException($"The server ended:\n{output}")
                    : await AnswersAsync("healthz/ready"),
            seconds: 120
        );
        Client.DefaultRequestHeaders.Authorization = new(
            "Bearer",
            (await File.ReadAllTextAsync(Path.Combine(_folder, "local.token"))).Trim()
        );
    }

    public Uri Address { get; private set; } = null!;

    public Uri At(string path) => new(Address, path);

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>kill -9 of its PostgreSQL's first process.</summary>
    public void KillPostmaster()
    {
        using var postmaster = Process.GetProcessById(PostmasterFile.Read(Path.Combine(_folder, "postgres"))!.ProcessId);
        postmaster.Kill();
    }

    /// <summary>Opens its store; while the server runs.</summary>
    public async Task<NpgsqlDataSource> OpenStoreAsync()
    {
        // the socket's folder stands in the settings that the server has written
        var cluster = Path.Combine(_folder, "postgres");
        var password = await File.ReadAllTextAsync(new DataFolder(_folder).PasswordFile);
        return Databases.Open(
            new NpgsqlConnectionStringBuilder
            {
                Host = PostmasterFile.Read(cluster)!.SocketFolder,
                Port = PostgresSocket.Port,
                Username = PostgresCluster.Superuser,
                Password = password,
                Database = "situationmap",
                Pooling = false,
            }.ConnectionString
        );
    }

    public async Task<bool> AnswersAsync(string path)
    {
        try
        {
            using var response = await Client.GetAsync(At(path));
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_process is { HasExited: false })
            await KillAsync();
        _process?.Dispose();
        await EmbeddedPostgis.StopLeftoverAsync(_folder);
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
