using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using SituationMap.Store.Access;
using SituationMap.Store.Persons;
using SituationMap.Store.Settings;

namespace SituationMap.Benchmarks;

/// <summary>A program that listens, in a process of its own as in real life: the server, or the bare one it is measured against.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(3);

    /// <summary>Kept with the city, whose keys they are.</summary>
    private static readonly string KeyFile = Path.Combine(Path.GetTempPath(), "situationmap-benchmarks", "deployment.key");

    private static readonly SituationMapOptions Options = new() { KeyFile = KeyFile, DataFolder = Path.GetDirectoryName(KeyFile) };

    private readonly Process _process;

    private ServerProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>What proves to it that a program or a browser is its user's.</summary>
    public static string LocalToken { get; } = Server.Access.LocalToken.Open(Options).Text;

    public HttpClient Client { get; } = new() { DefaultRequestHeaders = { Authorization = new("Bearer", LocalToken) } };

    /// <summary>The memory it takes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts the server over a database; returns when it is ready.</summary>
    /// <param name="at">Where it listens, as the one before did; null: on any free port.</param>
    public static Task<ServerProcess> StartAsync(string connectionString, string[] settings, CancellationToken cancellation, Uri? at = null)
    {
        MakeKeys(Options);
        return StartAsync(
            typeof(Server.Hosting.HttpServices).Assembly.Location,
            address =>
                [
                    "--urls",
                    address,
                    "--SituationMap:Demo=false",
                    "--SituationMap:LocalMode=true",
                    $"--SituationMap:KeyFile={KeyFile}",
                    $"--SituationMap:DataFolder={Options.DataFolder}",
                    "--Logging:LogLevel:Default=Error",
                    .. settings,
                ],
            "healthz/ready",
            connectionString,
            at,
            cancellation
        );
    }

    /// <summary>Starts this program with a verb that listens.</summary>
    public static Task<ServerProcess> StartOwnAsync(string verb, string[] arguments, CancellationToken cancellation) =>
        StartAsync(
            typeof(ServerProcess).Assembly.Location,
            address => [verb, "--urls", address, .. arguments],
            "",
            connectionString: null,
            at: null,
            cancellation
        );

    /// <summary>As a machine that goes dark: it has no time for anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        Client.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var end = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await end.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<ServerProcess> StartAsync(
        string program,
        Func<string, string[]> arguments,
        string ready,
        string? connectionString,
        Uri? at,
        CancellationToken cancellation
    )
    {
        var address = at?.GetLeftPart(UriPartial.Authority) ?? $"http://127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo("dotnet", [program, .. arguments(address)])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        if (connectionString is not null)
            start.Environment["ConnectionStrings__SituationMap"] = connectionString;
        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        process.OutputDataReceived += static (_, _) => { }; // read, so that it does not wait for us
        process.BeginOutputReadLine();
        var server = new ServerProcess(process, new Uri(address + "/"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(LongestStart);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await server.AnswersAsync(ready, limit.Token))
        {
            if (process.HasExited)
                throw new InvalidOperationException($"{Path.GetFileName(program)} ended with {process.ExitCode}.");
            await pause.WaitForNextTickAsync(limit.Token);
        }
        return server;
    }

    /// <summary>Makes the keys outside a database, where there are none.</summary>
    public static void MakeKeys(SituationMapOptions options)
    {
        DeploymentKey.Open(options, mayMake: true);
        if (PersonKeys.Read(PersonKeys.PathOf(options)) is { Current: 0 } none)
            none.WithNext();
    }

    private async Task<bool> AnswersAsync(string path, CancellationToken cancellation)
    {
        try
        {
            using var answer = await Client.GetAsync(new Uri(Address, path), cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
