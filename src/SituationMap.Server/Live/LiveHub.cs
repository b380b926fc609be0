using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using SituationMap.Server.Http;
using SituationMap.Server.Snapshots;

namespace SituationMap.Server.Live;

/// <summary>Hands each advance of the snapshot to everybody who listens.</summary>
internal sealed class LiveHub
{
    /// <summary>How many advances a listener may be behind before it is let go, to resume when it can.</summary>
    private const int Backlog = 256;

    private readonly ConcurrentDictionary<Listener, bool> _listeners = [];

    private readonly Counter<long> _dropped;

    public LiveHub(IMeterFactory meters)
    {
        var meter = meters.CreateOurs();
        meter.CreateObservableUpDownCounter("situationmap.live.clients", () => _listeners.Count, "{client}", "Clients of the live feed.");
        _dropped = meter.CreateCounter<long>("situationmap.live.dropped", "{client}", "Clients of the live feed that were too slow and were cut off, to resume.");
    }

    public Listener Listen()
    {
        var listener = new Listener(this);
        _listeners.TryAdd(listener, true);
        return listener;
    }

    public void Publish(SnapshotChange change)
    {
        if (_listeners.IsEmpty)
            return;
        var message = LiveMessage.Of(change);
        foreach (var listener in _listeners.Keys)
        {
            // Too slow: what it already has is sent, then it is cut off. Its last id brings it the rest when it comes back.
            if (listener.Messages.Writer.TryWrite(message))
                continue;
            _dropped.Add(1);
            listener.Dispose();
        }
    }

    internal sealed class Listener(LiveHub hub) : IDisposable
    {
        public Channel<LiveMessage> Messages { get; } = Channel.CreateBounded<LiveMessage>(
            new BoundedChannelOptions(Backlog) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

        public void Dispose()
        {
            hub._listeners.TryRemove(this, out _);
            Messages.Writer.TryComplete();
        }
    }
}
