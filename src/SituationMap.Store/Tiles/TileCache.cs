using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Caching.Memory;
using SituationMap.Geo.VectorTiles;
using SituationMap.Store.Access;
using SituationMap.Store.Settings;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Supervision;

namespace SituationMap.Store.Tiles;

/// <summary>A tile of the present, as one version of it is sent.</summary>
/// <param name="Bytes">In the coding asked for; empty where nothing is.</param>
/// <param name="ETag">Null: the picture was overtaken while the tile was asked for, and these bytes belong to no version.</param>
public readonly record struct CachedTile(byte[] Bytes, string? ETag);

/// <summary>What a client asks for.</summary>
/// <param name="Datum">The shifted degrees it is drawn in; null: none.</param>
/// <param name="Scope">Whose grids it shows; null: the whole city, which all who may see that share.</param>
public readonly record struct TileAsked(Tileset Tileset, TileId Tile, Datum? Datum, ContentCoding Coding, Scope? Scope = null);

/// <summary>
/// The tiles of the present that were made already, as far as they fit: each version is rendered once and packed once for each
/// coding, however many wait for it, and found by its version, so that one that was touched since is never found.
/// </summary>
public sealed class TileCache : IDisposable
{
    /// <summary>What an entry takes besides its bytes, about.</summary>
    private const int Overhead = 300;

    private static readonly KeyValuePair<string, object?> Hit = new("outcome", "hit");
    private static readonly KeyValuePair<string, object?> Miss = new("outcome", "miss");
    private static readonly KeyValuePair<string, object?> Coalesced = new("outcome", "coalesced");
    private static readonly KeyValuePair<string, object?> Unchanged = new("outcome", "unchanged");

    private readonly TileVersions _versions;
    private readonly TileEncoder _encoder;
    private readonly MemoryCache _cache;
    private readonly bool _keepsAny;
    private readonly ConcurrentDictionary<Key, Flight> _flights = [];
    private readonly Counter<long> _requests;
    private readonly Counter<long> _renders;
    private readonly Histogram<double> _renderTime;
    private readonly TimeProvider _clock;

    public TileCache(SituationMapOptions options, TileVersions versions, TileEncoder encoder, IMeterFactory meters, TimeProvider clock)
    {
        (_versions, _encoder, _clock) = (versions, encoder, clock);
        _keepsAny = options.TileCache > 0;
        _cache = new MemoryCache(new MemoryCacheOptions { SizeLimit = (long)options.TileCache << 20, TrackStatistics = true });
        var meter = meters.CreateSituationMap();
        _requests = meter.CreateCounter<long>(
            "situationmap.tiles.requests",
            description: "Tiles of the present asked for, by outcome: hit, miss, coalesced, unchanged."
        );
        _renders = meter.CreateCounter<long>("situationmap.tiles.renders", description: "Tiles rendered.");
        _renderTime = meter.CreateHistogram<double>("situationmap.tiles.render.duration", "s", "How long rendering a tile takes.");
        meter.CreateObservableCounter(
            "situationmap.tiles.invalidated",
            () => versions.Invalidated,
            description: "Tiles that changes touched."
        );
        meter.CreateObservableGauge(
            "situationmap.tiles.cache.size",
            () => _cache.GetCurrentStatistics()!.CurrentEstimatedSize ?? 0,
            "By",
            "Memory that made tiles take."
        );
    }

    /// <summary>The ETag of a tile's present version; null: the picture has just been overtaken.</summary>
    public string? ETagOf(Snapshot snapshot, in TileAsked asked)
    {
        var version = VersionOf(asked);
        return version > snapshot.Sequence ? null : ETag(asked, version);
    }

    /// <summary>Counts a request that was answered by its ETag alone.</summary>
    public void CountUnchanged() => _requests.Add(1, Unchanged);

    /// <summary>The tile in the coding asked for.</summary>
    /// <param name="snapshot">Read before this is called; see <see cref="TileVersions"/>.</param>
    /// <exception cref="OperationCanceledException">The one who asked left; others who wait for the same tile still get it.</exception>
    public ValueTask<CachedTile> GetAsync(Snapshot snapshot, in TileAsked asked, CancellationToken cancellation)
    {
        var version = VersionOf(asked);
        if (version > snapshot.Sequence)
        {
            _requests.Add(1, Miss);
            return ValueTask.FromResult(new CachedTile(asked.Coding.Pack(Render(snapshot, asked, cancellation)), null));
        }
        var key = new Key(asked, version);
        if (_cache.TryGetValue(key, out CachedTile cached))
        {
            _requests.Add(1, Hit);
            return ValueTask.FromResult(cached);
        }
        return new ValueTask<CachedTile>(MakeAsync(key, snapshot, cancellation));
    }

    public void Dispose() => _cache.Dispose();

    /// <summary>A tile of moved places has the version of the newest of the tiles that it is drawn from.</summary>
    private long VersionOf(in TileAsked asked)
    {
        var bits = asked.Tileset.Bits;
        return asked.Datum is null ? _versions.Of(asked.Tile, bits) : asked.Datum.Unmoved(asked.Tile).Max(tile => _versions.Of(tile, bits));
    }

    private string ETag(in TileAsked asked, long version) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"\"{_versions.Epoch}-{version:x}-{asked.Tileset.Bits:x}-{(int)asked.Coding}"
                + $"{(asked.Datum is null ? "" : "-" + asked.Datum.Name)}{(asked.Scope is null ? "" : "-" + asked.Scope.Tag)}\""
        );

    /// <summary>Makes it, or waits for the one who is making it.</summary>
    private async Task<CachedTile> MakeAsync(Key key, Snapshot snapshot, CancellationToken cancellation)
    {
        while (true)
        {
            var own = new Flight();
            var flight = _flights.GetOrAdd(key, own);
            if (!flight.TryJoin())
            {
                await Task.Yield(); // all who waited have left it; it is about to be gone
                continue;
            }
            using (cancellation.UnsafeRegister(static joined => ((Flight)joined!).Leave(), flight))
            {
                if (flight == own)
                {
                    _requests.Add(1, Miss);
                    await LandAsync(flight, key, snapshot);
                }
                else
                {
                    _requests.Add(1, Coalesced);
                }
                return await flight.Result.WaitAsync(cancellation);
            }
        }
    }

    private async Task LandAsync(Flight flight, Key key, Snapshot snapshot)
    {
        try
        {
            var made = new CachedTile(await BytesOfAsync(key, snapshot, flight.Abandoned), ETag(key.Asked, key.Version));
            // overtaken meanwhile: nobody will ask for this version again
            if (_keepsAny && VersionOf(key.Asked) == key.Version)
                _cache.Set(key, made, new MemoryCacheEntryOptions { Size = made.Bytes.Length + Overhead });
            flight.Finish(made);
        }
        catch (OperationCanceledException)
        {
            flight.Cancel();
        }
        catch (Exception failure)
        {
            flight.Fail(failure);
            throw;
        }
        finally
        {
            _flights.TryRemove(KeyValuePair.Create(key, flight));
            flight.Dispose();
        }
    }

    /// <summary>Renders the tile, or packs it: what is packed is rendered once for all codings.</summary>
    private async ValueTask<byte[]> BytesOfAsync(Key key, Snapshot snapshot, CancellationToken abandoned)
    {
        if (key.Asked.Coding == ContentCoding.Identity)
            return Render(snapshot, key.Asked, abandoned);
        var plain = key with { Asked = key.Asked with { Coding = ContentCoding.Identity } };
        var rendered = _cache.TryGetValue(plain, out CachedTile cached) ? cached : await MakeAsync(plain, snapshot, abandoned);
        return key.Asked.Coding.Pack(rendered.Bytes);
    }

    private byte[] Render(Snapshot snapshot, in TileAsked asked, CancellationToken abandoned)
    {
        var started = _clock.GetTimestamp();
        var bytes = _encoder.Encode(asked.Datum?.Move(snapshot) ?? snapshot, asked.Tile, asked.Tileset.Layers, asked.Scope, abandoned);
        _renders.Add(1);
        _renderTime.Record(_clock.GetElapsedTime(started).TotalSeconds);
        return bytes;
    }

    private readonly record struct Key(TileAsked Asked, long Version);

    /// <summary>One making of a tile, and how many wait for it.</summary>
    private sealed class Flight : IDisposable
    {
        private readonly TaskCompletionSource<CachedTile> _landed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource _abandoned = new();
        private int _waiting;
        private bool _isOver;

        public Task<CachedTile> Result => _landed.Task;

        /// <summary>Cancelled when the last one who waited has left.</summary>
        public CancellationToken Abandoned => _abandoned.Token;

        /// <summary>False when it has been abandoned.</summary>
        public bool TryJoin()
        {
            lock (_landed)
            {
                if (_isOver || _abandoned.IsCancellationRequested)
                    return false;
                _waiting++;
                return true;
            }
        }

        public void Leave()
        {
            lock (_landed)
            {
                if (--_waiting == 0 && !_isOver)
                    _abandoned.Cancel();
            }
        }

        public void Dispose()
        {
            lock (_landed)
            {
                _isOver = true;
                _abandoned.Dispose();
            }
        }

        public void Finish(CachedTile tile) => _landed.TrySetResult(tile);

        public void Cancel() => _landed.TrySetCanceled(CancellationToken.None);

        public void Fail(Exception failure)
        {
            _landed.TrySetException(failure);
            _ = _landed.Task.Exception; // seen: the one who made it throws it on
        }
    }
}
