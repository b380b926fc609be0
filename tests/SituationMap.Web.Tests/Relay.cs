using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace SituationMap.Web.Tests;

/// <summary>A network between the browser and the server that a test can break: it passes bytes on, until it does not.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly ConcurrentDictionary<TcpClient, bool> _connections = [];
    private readonly int _port;
    private TcpListener _listener;
    private Task _accepting;
    private volatile bool _mute;

    public Relay(Uri server)
    {
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(_listener, server);
    }

    public Uri Address => new($"http://127.0.0.1:{_port}/");

    /// <summary>Ends all connections and refuses new ones, as when the server is gone.</summary>
    public void Cut()
    {
        _listener.Stop();
        foreach (var connection in _connections.Keys)
            connection.Close();
    }

    /// <summary>Passes nothing on any more and tells nobody, as when a cable is pulled.</summary>
    public void Mute() => _mute = true;

    /// <summary>Works again, towards this server.</summary>
    public void Mend(Uri server)
    {
        _mute = false;
        _listener = new TcpListener(IPAddress.Loopback, _port);
        _listener.Start();
        _accepting = AcceptAsync(_listener, server);
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await _accepting;
        _listener.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, Uri server)
    {
        try
        {
            while (true)
                _ = PassOnAsync(await listener.AcceptTcpClientAsync(), server);
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // cut
        }
    }

    private async Task PassOnAsync(TcpClient browser, Uri server)
    {
        using var upstream = new TcpClient();
        _connections.TryAdd(browser, true);
        _connections.TryAdd(upstream, true);
        try
        {
            await upstream.ConnectAsync(server.Host, server.Port);
            await Task.WhenAny(CopyAsync(browser, upstream), CopyAsync(upstream, browser));
        }
        catch (Exception ended) when (ended is IOException or SocketException or ObjectDisposedException)
        {
            // one side left
        }
        finally
        {
            _connections.TryRemove(browser, out _);
            _connections.TryRemove(upstream, out _);
            browser.Close();
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[16 * 1024];
        var (source, target) = (from.GetStream(), to.GetStream());
        while (await source.ReadAsync(buffer) is var read and > 0)
        {
            if (!_mute)
                await target.WriteAsync(buffer.AsMemory(0, read));
        }
    }
}
