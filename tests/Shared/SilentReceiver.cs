using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace SituationMap.Testing;

/// <summary>Another system that takes connections and what is sent, and never answers.</summary>
internal sealed class SilentReceiver : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> _taken = [];
    private int _waiting;

    public SilentReceiver()
    {
        _listener.Start(backlog: 512);
        Url = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/hook";
        _ = TakeAsync();
    }

    public string Url { get; }

    /// <summary>How many wait for its answer now.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var client in _taken)
            client.Dispose();
    }

    private async Task TakeAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _taken.Add(client);
                _ = WaitForTheEndAsync(client);
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task WaitForTheEndAsync(TcpClient client)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            var buffer = new byte[4096];
            while (await client.GetStream().ReadAsync(buffer) > 0)
            {
                // until whoever waits gives up
            }
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException)
        {
            // it has given up
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
