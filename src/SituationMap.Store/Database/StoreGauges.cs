using System.Diagnostics.Metrics;
using Npgsql;
using SituationMap.Store.Supervision;

namespace SituationMap.Store.Database;

/// <summary>Measures every few seconds what becomes trouble slowly: the disk, the clock, the standbys, the work that waits.</summary>
public sealed class StoreGauges : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Servers whose clocks are kept may be so far apart.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(2);

    /// <summary>More than anybody tells apart; to count a whole city every few seconds would take its time.</summary>
    private const int MostCounted = 100_000;

    private readonly NpgsqlDataSource _database;
    private readonly Supervisor _supervisor;
    private readonly TimeProvider _clock;
    private volatile Found? _found;

    public StoreGauges(NpgsqlDataSource database, DataFolder folder, Supervisor supervisor, TimeProvider clock, IMeterFactory meters)
    {
        (_database, _supervisor, _clock) = (database, supervisor, clock);
        var meter = meters.CreateSituationMap();
        var disk = new DriveInfo(folder.NearestExisting);
        meter.CreateObservableGauge("situationmap.disk.free", () => disk.AvailableFreeSpace, "By", "Free on the disk of the data folder.");
        meter.CreateObservableGauge("situationmap.disk.size", () => disk.TotalSize, "By", "Of the disk of the data folder.");
        Gauge("situationmap.clock.offset", found => found.Offset.TotalSeconds, "s", "This machine's clock less that of the store.");
        Gauge("situationmap.clock.back", found => found.Back.TotalSeconds, "s", "From the clock to the last change, where that is later.");
        Gauge("situationmap.store.standbys", found => found.Standbys, null, "PostgreSQL servers that follow the store's.");
        Gauge("situationmap.store.replication.lag", found => found.Lag, "s", "How far the slowest of them is behind.");
        Gauge("situationmap.households.dirty", found => found.Dirty, null, $"Statuses to be worked out, counted up to {MostCounted}.");

        // what has not been found out, such as while the store is away, is not told
        void Gauge(string name, Func<Found, double?> value, string? unit, string description) =>
            meter.CreateObservableGauge(
                name,
                () =>
                    _found is { } found && value(found) is { } measured
                        ? [new Measurement<double>(measured)]
                        : Array.Empty<Measurement<double>>(),
                unit,
                description
            );
    }

    /// <summary>How far the clock has gone back behind the last change, a sentence; null: it has not.</summary>
    public string? ClockWarning =>
        _found is { } found && found.Back > Apart
            ? FormattableString.Invariant(
                $"the clock went back by {found.Back.TotalSeconds:0} s: until it has caught up, changes are recorded as of the last before"
            )
            : null;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        _supervisor.KeepAsync("measuring the store", MeasureAsync, _supervisor.Every(Interval), stoppingToken, isNeeded: false);

    private async Task MeasureAsync(CancellationToken cancellation)
    {
        try
        {
            _found = await FindAsync(cancellation);
        }
        catch
        {
            _found = null;
            throw;
        }
    }

    private async Task<Found> FindAsync(CancellationToken cancellation)
    {
        await using var command = _database.Command(
            """
            SELECT clock_timestamp(), c.recorded_at, r.standbys, r.lag,
                (SELECT count(DISTINCT household) FROM (SELECT household FROM dirty_household LIMIT $1) d)
            FROM feed_counter c CROSS JOIN replication() r
            """,
            MostCounted
        );
        var asked = _clock.GetUtcNow();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var now = _clock.GetUtcNow();
        return new Found(
            // the store looked at its clock somewhere between the two
            asked + ((now - asked) / 2) - new DateTimeOffset(reader.GetDateTime(0), TimeSpan.Zero),
            TimeSpan.FromTicks(Math.Max(0, reader.GetDateTime(1).Ticks - now.UtcTicks)),
            reader.GetInt64(2),
            reader.IsDBNull(3) ? null : reader.GetDouble(3),
            reader.GetInt64(4)
        );
    }

    private sealed record Found(TimeSpan Offset, TimeSpan Back, long Standbys, double? Lag, long Dirty);
}
