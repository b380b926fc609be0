using System.Diagnostics.Metrics;
using SituationMap.Store.Supervision;

namespace SituationMap.Store.Snapshots;

/// <summary>Holds the present snapshot and when it was last known to be up to date.</summary>
public sealed class SnapshotHolder
{
    /// <summary>More than twice the longest time between two looks at the store.</summary>
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _clock;
    private readonly Histogram<double> _lag;
    private volatile Snapshot? _current;
    private long _confirmedTicks;

    public SnapshotHolder(IMeterFactory meters, TimeProvider clock)
    {
        _clock = clock;
        var meter = meters.CreateSituationMap();
        _lag = meter.CreateHistogram<double>("situationmap.feed.lag", "s", "From a change's row in the feed to the picture that has it.");
        meter.CreateObservableGauge(
            "situationmap.feed.age",
            () => (clock.GetUtcNow() - ConfirmedAt).TotalSeconds,
            "s",
            "Since the store was last known to have nothing newer."
        );
        meter.CreateObservableGauge(
            "situationmap.feed.sequence",
            () => _current?.Sequence ?? 0,
            description: "The last row of the feed that the picture has."
        );
    }

    /// <summary>The present picture; the server listens only after the first one is loaded.</summary>
    public Snapshot Current => _current ?? throw new InvalidOperationException("The first snapshot is not loaded yet.");

    /// <summary>When the store was last asked and had nothing newer; behind the clock when the store is away.</summary>
    public DateTimeOffset ConfirmedAt => new(Interlocked.Read(ref _confirmedTicks), TimeSpan.Zero);

    /// <summary>How long ago that was, where it is so long that the store must be away; null: the picture is up to date.</summary>
    public TimeSpan? AgeIfStale()
    {
        var age = _clock.GetUtcNow() - ConfirmedAt;
        return age >= StaleAfter ? age : null;
    }

    public void Swap(Snapshot next)
    {
        next.City.Prepare();
        var isFirst = _current is null;
        _current = next;
        if (!isFirst)
            _lag.Record((_clock.GetUtcNow() - next.AsOf).TotalSeconds);
    }

    /// <summary>The store was asked just now.</summary>
    public void Confirm() => Interlocked.Exchange(ref _confirmedTicks, _clock.GetUtcNow().UtcTicks);
}
