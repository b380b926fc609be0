using System.Diagnostics.Metrics;
using System.Threading.Channels;
using SituationMap.Store.Supervision;

namespace SituationMap.Server.Live;

/// <summary>Hands each advance of the snapshot to everybody who listens, and keeps the latest ones for those who resume.</summary>
internal sealed class LiveHub
{
    /// <summary>How many advances a listener may be behind before it is let go, to resume when it can.</summary>
    private const int Backlog = 256;

    /// <summary>The memory that cached advances may take, in bytes.</summary>
    private const int MaxCached = 32 << 20;

    private readonly Lock _gate = new();
    private readonly HashSet<Listener> _listeners = [];
    private readonly Queue<LiveAdvance> _cached = [];
    private readonly Counter<long> _dropped;
    private long _cachedAfter;
    private long _last;
    private int _cachedSize;

    public LiveHub(IMeterFactory meters)
    {
        var meter = meters.CreateSituationMap();
        meter.CreateObservableUpDownCounter("situationmap.live.clients", CountListeners, "{client}", "Clients of the live feed.");
        _dropped = meter.CreateCounter<long>(
            "situationmap.live.dropped",
            "{client}",
            "Clients of the live feed that were too slow and were cut off, to resume."
        );
    }

    /// <summary>Says where the first picture stands.</summary>
    public void Begin(long sequence) => _cachedAfter = _last = sequence;

    /// <summary>A sequence: what led up to it cannot be told, so whoever comes back from before it starts over.</summary>
    public long AnnouncedFrom { get; private set; }

    /// <summary>The picture was loaded anew: lets everybody go, to come back and start over.</summary>
    public void StartOver(long sequence)
    {
        lock (_gate)
        {
            _cached.Clear();
            _cachedSize = 0;
            AnnouncedFrom = _cachedAfter = _last = sequence;
            foreach (var listener in _listeners.ToArray())
                listener.End();
        }
    }

    /// <summary>From here on the listener gets every advance.</summary>
    /// <param name="after">The sequence up to which it knows everything; null: it begins now.</param>
    public Listener Listen(long? after)
    {
        lock (_gate)
        {
            var missed =
                after is { } known && known >= _cachedAfter && known <= _last
                    ? _cached.Where(advance => advance.Sequence > known).ToArray()
                    : null;
            var listener = new Listener(this, _last, missed);
            _listeners.Add(listener);
            return listener;
        }
    }

    public void Publish(SnapshotChange change)
    {
        var advance = new LiveAdvance(change);
        lock (_gate)
        {
            _last = advance.Sequence;
            _cached.Enqueue(advance);
            for (_cachedSize += advance.Size; _cachedSize > MaxCached; _cachedSize -= _cached.Dequeue().Size)
                _cachedAfter = _cached.Peek().Sequence;
            // Too slow: what it already has is sent, then it is cut off. Its last id brings it the rest when it comes back.
            foreach (var slow in _listeners.Where(listener => !listener.Advances.Writer.TryWrite(advance)).ToArray())
            {
                _dropped.Add(1);
                slow.End();
            }
        }
    }

    private int CountListeners()
    {
        lock (_gate)
            return _listeners.Count;
    }

    internal sealed class Listener(LiveHub hub, long from, IReadOnlyList<LiveAdvance>? missed) : IDisposable
    {
        public Channel<LiveAdvance> Advances { get; } =
            Channel.CreateBounded<LiveAdvance>(
                new BoundedChannelOptions(Backlog) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
            );

        /// <summary>The sequence after which it gets every advance.</summary>
        public long From { get; } = from;

        /// <summary>The advances between what it knew and <see cref="From"/>; null: they are not kept.</summary>
        public IReadOnlyList<LiveAdvance>? Missed { get; } = missed;

        public void Dispose()
        {
            lock (hub._gate)
                End();
        }

        /// <summary>Within the hub's gate.</summary>
        internal void End()
        {
            hub._listeners.Remove(this);
            Advances.Writer.TryComplete();
        }
    }
}
