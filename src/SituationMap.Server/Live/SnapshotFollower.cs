using Npgsql;
using SituationMap.Store.Database;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Supervision;
using SituationMap.Store.Tiles;

namespace SituationMap.Server.Live;

/// <summary>
/// Loads the snapshot and advances it by following the feed: read what comes after the sequence it stands at, apply it to a copy,
/// swap, tell the live feed. Woken by notifications; looks by itself as well. What it cannot apply it gets past by loading anew.
/// </summary>
internal sealed partial class SnapshotFollower(
    NpgsqlDataSource database,
    SnapshotLoader loader,
    SnapshotHolder holder,
    TouchedTiles touched,
    TileVersions versions,
    LiveHub live,
    TimeProvider clock,
    Supervisor supervisor,
    ILogger<SnapshotFollower> logger
) : BackgroundService
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>Returns once the first snapshot is there, so that the server does not answer before.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        holder.Swap(await loader.LoadAsync(cancellationToken));
        holder.Confirm();
        live.Begin(holder.Current.Sequence);
        var city = holder.Current.City;
        Loaded(
            logger,
            city.Households.Length,
            city.Buildings.Length,
            city.Grids.Length,
            holder.Current.Sequence,
            clock.GetElapsedTime(started).TotalMilliseconds
        );
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var wakeup = new Wakeup(database, Channels.Feed, clock, supervisor);
        await supervisor.KeepAsync(
            "following the changes",
            FollowAsync,
            stopping => wakeup.WaitAsync(LongestWait, stopping),
            stoppingToken
        );
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        try
        {
            while (await AdvanceAsync(cancellation))
            {
                // until the end of the feed
            }
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested && !StoreFailure.IsPassing(failure))
        {
            await ReloadAsync(cancellation);
            throw; // it is logged, and loading is not done again and again without a pause
        }
        holder.Confirm();
    }

    /// <summary>Loads everything anew, past what could not be applied. What differs from before is not known, so whoever has any of it
    /// starts over.</summary>
    private async Task ReloadAsync(CancellationToken cancellation)
    {
        StartOver(await loader.LoadAsync(cancellation));
        holder.Confirm();
    }

    /// <summary>Shows a picture of which nobody can be told what is new in it.</summary>
    private void StartOver(Snapshot after)
    {
        versions.TouchAll(after.Sequence); // before the picture is seen: see TileVersions for why
        holder.Swap(after);
        live.StartOver(after.Sequence);
    }

    /// <summary>Applies the next page of the feed; false when there is none.</summary>
    private async Task<bool> AdvanceAsync(CancellationToken cancellation)
    {
        var before = holder.Current;
        var (after, rows) = await loader.FollowAsync(before, cancellation);
        if (rows.Length == 0)
            return false;
        if (SnapshotChange.Describe(rows, before, after, touched) is not { } change)
        {
            StartOver(after);
            return true;
        }
        versions.Touch(change.Tiles, after.Sequence); // before, as there
        holder.Swap(after);
        live.Publish(change);
        return true;
    }

    [LoggerMessage(
        300,
        LogLevel.Information,
        "Snapshot: {Households} households in {Buildings} buildings and {Grids} grids, at sequence {Sequence}, loaded in "
            + "{Milliseconds:0} ms"
    )]
    private static partial void Loaded(ILogger logger, int households, int buildings, int grids, long sequence, double milliseconds);
}
