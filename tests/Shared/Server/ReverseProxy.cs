using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SituationMap.Testing;

/// <summary>A real proxy on a port of this machine that passes everything on to a server, with what its packages' documentation begins with
/// and nothing else.</summary>
public sealed class ReverseProxy : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("situationmap-proxy-").FullName;
    private readonly int _port = FreePort();
    private Process? _process;

    private ReverseProxy() => Client = new HttpClient { BaseAddress = Address };

    /// <summary>Where it listens.</summary>
    public Uri Address => new($"http://127.0.0.1:{_port}/");

    /// <summary>Somebody who knows nothing but its address.</summary>
    public HttpClient Client { get; }

    /// <param name="program"><c>nginx</c> or <c>caddy</c>.</param>
    /// <param name="server">Where the server listens, by host and port.</param>
    /// <param name="location">What stands with nginx's <c>proxy_pass</c>, or within Caddy's site; null: the shortest that passes everything
    /// on.</param>
    public static async Task<ReverseProxy> StartAsync(string program, string server, string? location = null)
    {
        await Programs.EnsureAsync(program, program == "nginx" ? "nginx-light" : program);
        var proxy = new ReverseProxy();
        await proxy.StartAsync(
            program == "nginx"
                ? proxy.Nginx(location ?? $"location / {{ proxy_pass http://{server}; }}")
                : proxy.Caddy(location ?? $"reverse_proxy {server}")
        );
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_process is { HasExited: false })
            _process.Kill(entireProcessTree: true);
        await (_process?.WaitForExitAsync() ?? Task.CompletedTask);
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private ProcessStartInfo Nginx(string location)
    {
        var file = Path.Combine(_folder, "nginx.conf");
        var temporary = string.Concat(
            ((string[])["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]).Select(kind => $"{kind}_temp_path {_folder}/{kind};\n")
        );
        File.WriteAllText(
            file,
            $$"""
            daemon off;
            pid {{_folder}}/nginx.pid;
            events { }
            http {
            access_log off;
            {{temporary}}server {
                listen 127.0.0.1:{{_port}};
                {{location}}
            }
            }
            """
        );
        return new ProcessStartInfo("nginx", ["-e", Path.Combine(_folder, "error.log"), "-c", file]);
    }

    private ProcessStartInfo Caddy(string site)
    {
        var file = Path.Combine(_folder, "Caddyfile");
        File.WriteAllText(
            file,
            $$"""
            {
                admin off
            }
            http://127.0.0.1:{{_port}} {
                {{site}}
            }
            """
        );
        return new ProcessStartInfo("caddy", ["run", "--config", file])
        {
            Environment =
            {
                ["HOME"] = _folder,
                ["XDG_DATA_HOME"] = _folder,
                ["XDG_CONFIG_HOME"] = _folder,
            },
        };
    }

    private async Task StartAsync(ProcessStartInfo start)
    {
        (start.UseShellExecute, start.RedirectStandardOutput, start.RedirectStandardError) = (false, true, true);
        var output = new System.Text.StringBuilder();
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        _process.OutputDataReceived += (_, line) => output.AppendLine(line.Data);
        _process.ErrorDataReceived += (_, line) => output.AppendLine(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await ListensAsync())
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"{start.FileName} ended:\n{output}");
            await pause.WaitForNextTickAsync();
        }
    }

    private async Task<bool> ListensAsync()
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, _port);
            return true;
        }
        catch (SocketException)
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
