using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Store.Database;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Replay;

/// <summary>The picture that a request asks for, or what is wrong with the request.</summary>
/// <param name="Found">The picture; null where there is a fault.</param>
/// <param name="Fault">What is wrong with <c>at</c>.</param>
/// <param name="IsFinal">True for a past instant of which nothing more can be recorded: the answer never changes.</param>
public readonly record struct PictureAsked(Snapshot? Found, Fault? Fault, bool IsFinal);

/// <summary>
/// Pictures of past instants, as they were shown then: the statuses, zones and directions of passages that the feed had recorded by then,
/// in the city as it is built now (what was built when is not recorded). A few are kept; all instants between two rows of the feed share
/// one, and a new one is made from the nearest one at hand, so a step of a replay costs as much as changed in it.
/// </summary>
public sealed class PastSnapshots(NpgsqlDataSource database, SnapshotHolder holder, TimeProvider clock) : IDisposable
{
    private const int MaxCached = 64;

    /// <summary>How long after an instant a row recorded at it may still be on its way: a worker takes the time, then works, then
    /// commits.</summary>
    private static readonly TimeSpan SettledAfter = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly SharedWork<(City City, long Sequence), Snapshot> _pictures = new(MaxCached);
    private readonly Dictionary<long, (DateTimeOffset From, DateTimeOffset To)> _spans = [];
    private readonly SemaphoreSlim _turns = new(2); // what a slider leaves behind must not take all connections

    /// <summary>The present picture where <paramref name="at"/> is null, else that of the instant.</summary>
    public ValueTask<PictureAsked> AskAsync(string? at, CancellationToken cancellation)
    {
        if (at is null)
            return ValueTask.FromResult(new PictureAsked(holder.Current, null, IsFinal: false));
        if (Instants.ParsePast("at", at, clock.GetUtcNow(), out var instant) is { } fault)
            return ValueTask.FromResult(new PictureAsked(null, fault, IsFinal: false));
        return FindAsync();

        async ValueTask<PictureAsked> FindAsync() => new(await AtAsync(instant, cancellation), null, IsFinal(instant));
    }

    /// <summary>Whether nothing more can be recorded for an instant.</summary>
    public bool IsFinal(DateTimeOffset instant) => instant < clock.GetUtcNow() - SettledAfter;

    /// <summary>What was shown at an instant, which must not be in the future.</summary>
    public async Task<Snapshot> AtAsync(DateTimeOffset instant, CancellationToken cancellation)
    {
        var present = holder.Current;
        var city = present.City;
        _pictures.KeepOnly(key => key.City == city); // after an import those of the city before it are of no use
        var sequence = Known(instant);
        if (sequence is null)
        {
            (sequence, var next) = await SequenceAsync(instant, cancellation);
            Remember(sequence.Value, instant, next);
        }
        if (sequence == present.Sequence)
            return present with { AsOf = instant };
        // what nobody waits for any more, because the slider has moved on, is not made
        return await _pictures.GetAsync((city, sequence.Value), abandoned => BuildAsync(city, sequence.Value, abandoned), cancellation) with
        {
            AsOf = instant,
        };
    }

    /// <summary>The picture before anything was recorded: everybody healthy, nobody surveyed, no zones.</summary>
    public static Snapshot Beginning(City city) =>
        Snapshot.Of(city, new HouseholdState[city.Households.Length], [], sequence: 0, asOf: DateTimeOffset.MinValue);

    /// <summary>The last sequence recorded by an instant (0: none), and when the next one was recorded.</summary>
    public async Task<(long Sequence, DateTimeOffset Next)> SequenceAsync(DateTimeOffset instant, CancellationToken cancellation)
    {
        await using var command = database.Command(
            """
            WITH latest AS (SELECT recorded_at AS at FROM feed WHERE recorded_at <= $1 ORDER BY recorded_at DESC LIMIT 1)
            -- Workers that share the work take the time in one order and commit in another, so the latest is not always the last. Not so
            -- many rows are looked at: only those of the time that a transaction may take.
            SELECT COALESCE((SELECT max(sequence) FROM feed, latest WHERE recorded_at <= latest.at AND recorded_at > latest.at - $2), 0),
                   COALESCE((SELECT recorded_at FROM feed WHERE recorded_at > $1 ORDER BY recorded_at LIMIT 1), $1)
            """,
            instant,
            SettledAfter
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetInt64(0), new DateTimeOffset(reader.GetDateTime(1), TimeSpan.Zero));
    }

    public void Dispose() => _turns.Dispose();

    /// <summary>The sequence that shows an instant, where it is known already.</summary>
    private long? Known(DateTimeOffset instant)
    {
        lock (_lock)
            return _spans
                .Where(span => span.Value.From <= instant && instant < span.Value.To)
                .Select(span => (long?)span.Key)
                .FirstOrDefault();
    }

    /// <summary>Remembers that all instants from this one to the next row of the feed are shown by a sequence.</summary>
    private void Remember(long sequence, DateTimeOffset instant, DateTimeOffset next)
    {
        // a row before the next one may still be on its way while that one is fresh
        if (!IsFinal(instant) || !IsFinal(next))
            return;
        lock (_lock)
        {
            if (_spans.Count == MaxCached)
                _spans.Remove(_spans.Keys.First());
            var from = _spans.TryGetValue(sequence, out var span) && span.From < instant ? span.From : instant;
            _spans[sequence] = (from, next);
        }
    }

    private Snapshot Nearest(City city, long sequence)
    {
        var nearest = _pictures
            .Finished.Append(holder.Current)
            .Where(picture => picture.City == city)
            .MinBy(picture => Math.Abs(picture.Sequence - sequence));
        return nearest is null || sequence < Math.Abs(nearest.Sequence - sequence) ? Beginning(city) : nearest;
    }

    private async Task<Snapshot> BuildAsync(City city, long sequence, CancellationToken cancellation)
    {
        await _turns.WaitAsync(cancellation);
        try
        {
            var nearest = Nearest(city, sequence);
            var span = (First: Math.Min(nearest.Sequence, sequence), Last: Math.Max(nearest.Sequence, sequence));
            var states = await FeedReader.StatesBetweenAsync(database, nearest.City, span.First, span.Last, sequence, cancellation);
            var zones = await FeedReader.ZonesBetweenAsync(database, nearest.Zones, span.First, span.Last, sequence, cancellation);
            var passages = await FeedReader.PassagesBetweenAsync(
                database,
                nearest.LastPassages,
                span.First,
                span.Last,
                sequence,
                cancellation
            );
            var manned = await FeedReader.MannedBetweenAsync(database, nearest.Manned, span.First, span.Last, sequence, cancellation);
            return nearest.With(states, zones, sequence, nearest.AsOf) with { LastPassages = passages, Manned = manned };
        }
        finally
        {
            _turns.Release();
        }
    }
}
