using System.Threading.Channels;
using Npgsql;
using SituationMap.Store.Supervision;

namespace SituationMap.Store.Database;

/// <summary>
/// Tells when a NOTIFY came on one channel. It only saves waiting: whoever uses it also looks by itself every so often, so a
/// lost notification or connection costs delay, never data.
/// </summary>
public sealed class Wakeup : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database;
    private readonly string _channel;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly Task _listening;

    /// <param name="channel">The channel's name: a constant of ours, it becomes part of a statement.</param>
    public Wakeup(NpgsqlDataSource database, string channel, TimeProvider clock, Supervisor supervisor)
    {
        (_database, _channel, _clock) = (database, channel, clock);
        // where it cannot listen everybody polls, so nothing is amiss but some time
        _listening = supervisor.KeepAsync($"listening on {channel}", ListenAsync, _ => Task.CompletedTask, _stop.Token, isNeeded: false);
    }

    /// <summary>Returns when something was notified since the last call, at the latest after <paramref name="atMost"/>.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(atMost, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            await _signals.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            // time to look without having been called
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _listening;
        _stop.Dispose();
    }

    private async Task ListenAsync(CancellationToken cancellation)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellation);
        connection.Notification += (_, _) => _signals.Writer.TryWrite(true);
        await using (var listen = connection.Command($"LISTEN {_channel}"))
            await listen.ExecuteNonQueryAsync(cancellation);
        _signals.Writer.TryWrite(true); // whatever was notified before we listened
        while (true)
            await connection.WaitAsync(cancellation);
    }
}
