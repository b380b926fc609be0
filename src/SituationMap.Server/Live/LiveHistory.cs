using Npgsql;
using SituationMap.Store.Database;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Tiles;

namespace SituationMap.Server.Live;

/// <summary>Tells from the store what a client missed that resumes from before what the hub keeps, as after a restart of ours.</summary>
internal sealed class LiveHistory(NpgsqlDataSource database, SnapshotHolder holder, TouchedTiles touched, LiveHub hub) : IDisposable
{
    /// <summary>From farther back than this many rows of the feed, loading anew is quicker than catching up.</summary>
    private const int Retained = 20_000;

    /// <summary>All clients resume at once after a restart; a few at a time, the store has other work to do.</summary>
    private readonly SemaphoreSlim _turns = new(4);

    /// <summary>Everything after one sequence and up to another, in terms of the present picture, or the word to start over.</summary>
    public async Task<LiveMessage> CatchUpAsync(long after, long upTo, LiveFilter filter, CancellationToken cancellation)
    {
        var snapshot = holder.Current;
        if (after > upTo || after < hub.AnnouncedFrom || upTo - after > Retained)
            return LiveMessage.Reload(snapshot);
        await _turns.WaitAsync(cancellation);
        try
        {
            var rows = await FeedReader.ReadAsync(database, after, snapshot.Sequence, Retained, cancellation);
            // what there was before is not at hand, and what has gone from it cannot be told
            return
                rows.Length == snapshot.Sequence - after
                && rows.All(row =>
                    row.Kind is FeedKind.Status or FeedKind.Zone or FeedKind.Passage or FeedKind.Acknowledgement or FeedKind.Cover
                )
                && SnapshotChange.Describe(rows, before: null, snapshot, touched) is { } change
                ? new LiveAdvance(change).For(filter)
                : LiveMessage.Reload(snapshot);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}
