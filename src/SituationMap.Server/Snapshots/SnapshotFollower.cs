using System.Diagnostics.Metrics;
using Npgsql;
using SituationMap.Server.Database;
using SituationMap.Server.Http;
using SituationMap.Server.Live;
using SituationMap.Server.Tiles;

namespace SituationMap.Server.Snapshots;

/// <summary>Holds the present snapshot and when it was last known to be up to date.</summary>
internal sealed class SnapshotHolder
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
        var meter = meters.CreateOurs();
        _lag = meter.CreateHistogram<double>("situationmap.feed.lag", "s", "From a change's row in the feed to the picture that has it.");
        meter.CreateObservableGauge("situationmap.feed.age", () => (clock.GetUtcNow() - ConfirmedAt).TotalSeconds, "s", "Since the store was last known to have nothing newer.");
        meter.CreateObservableGauge("situationmap.feed.sequence", () => _current?.Sequence ?? 0, description: "The last row of the feed that the picture has.");
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

/// <summary>
/// Loads the snapshot and advances it by following the feed: read what comes after the sequence it stands at, apply it to a copy,
/// swap, tell the live feed. Woken by notifications; looks by itself as well.
/// </summary>
internal sealed partial class SnapshotFollower(
    NpgsqlDataSource database, SnapshotLoader loader, SnapshotHolder holder, TouchedTiles touched, TileVersions versions, LiveHub live, TimeProvider clock, ILogger<SnapshotFollower> logger)
    : BackgroundService
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    /// <summary>Returns once the first snapshot is there, so that the server does not answer before.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        holder.Swap(await loader.LoadAsync(cancellationToken));
        holder.Confirm();
        live.Begin(holder.Current.Sequence);
        var city = holder.Current.City;
        Loaded(logger, city.Households.Length, city.Buildings.Length, city.Grids.Length, holder.Current.Sequence, clock.GetElapsedTime(started).TotalMilliseconds);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var wakeup = new Wakeup(database, Channels.Feed, clock, logger);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await AdvanceAsync(stoppingToken))
                {
                    // until the end of the feed
                }
                holder.Confirm();
                await wakeup.WaitAsync(LongestWait, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException)
            {
                NotFollowing(logger, holder.Current.Sequence, failure.Message);
                await Task.Delay(Retry, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Applies the next page of the feed; false when there is none.</summary>
    private async Task<bool> AdvanceAsync(CancellationToken cancellation)
    {
        var before = holder.Current;
        var (after, rows) = await loader.FollowAsync(before, cancellation);
        if (rows.Length == 0)
            return false;
        var change = SnapshotChange.Describe(rows, before, after, touched);
        versions.Touch(change.Tiles, after.Sequence); // before the picture is seen: see TileVersions for why
        holder.Swap(after);
        live.Publish(change);
        return true;
    }

    [LoggerMessage(300, LogLevel.Information,
        "Snapshot: {Households} households in {Buildings} buildings and {Grids} grids, at sequence {Sequence}, loaded in {Milliseconds:0} ms")]
    private static partial void Loaded(ILogger logger, int households, int buildings, int grids, long sequence, double milliseconds);

    [LoggerMessage(301, LogLevel.Warning, "Not following the feed beyond sequence {Sequence}, trying again: {Reason}")]
    private static partial void NotFollowing(ILogger logger, long sequence, string reason);
}
