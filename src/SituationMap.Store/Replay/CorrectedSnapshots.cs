using System.Data;
using Npgsql;
using SituationMap.Core.Calendar;
using SituationMap.Core.Statuses;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses;
using SituationMap.Store.Zones;

namespace SituationMap.Store.Replay;

/// <summary>
/// Pictures of what was so at an instant according to what had been reported by another: with late facts and corrections where that
/// is later, as it was foreseen where it is earlier. What was shown at the instant is the beginning; only households for which something
/// arrived in between are worked out afresh from the facts. One picture is made after the other; a few of the whole city are kept.
/// </summary>
public sealed class CorrectedSnapshots(
    NpgsqlDataSource database,
    SnapshotHolder holder,
    PastSnapshots past,
    ProtocolCatalog protocols,
    TimeProvider clock
) : IDisposable
{
    private const int ChunkSize = 2_000;
    private const int MaxCached = 4;

    /// <summary>So late a status may be shown, in either direction from an instant, and is looked at without further signs.</summary>
    private static readonly TimeSpan MaxLag = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly SharedWork<(City City, DateTimeOffset At, DateTimeOffset Known), Snapshot[]> _whole = new(MaxCached);

    /// <summary>The present picture where both are null; that of <paramref name="at"/> as it was shown then, or as it is known by
    /// <paramref name="known"/>.</summary>
    public async ValueTask<PictureAsked> AskAsync(string? at, string? known, CancellationToken cancellation)
    {
        if (known is null)
            return await past.AskAsync(at, cancellation);
        var now = clock.GetUtcNow();
        var instant = now;
        if (at is not null && Instants.ParsePast("at", at, now, out instant) is { } atFault)
            return new PictureAsked(null, atFault, IsFinal: false);
        if (Instants.ParsePast("known", known, now, out var knownAt) is { } knownFault)
            return new PictureAsked(null, knownFault, IsFinal: false);
        if (knownAt == instant)
            return await past.AskAsync(at, cancellation);
        var corrected = (await WholeAsync(instant, knownAt, cancellation))[0];
        // a passage is told when it happens, as cover is; both stay as they were shown
        var shown = await past.AtAsync(instant, cancellation);
        var whole = corrected with { LastPassages = shown.LastPassages, Manned = shown.Manned };
        return new PictureAsked(whole, null, past.IsFinal(instant) && past.IsFinal(knownAt));
    }

    /// <summary>The pictures of the whole city of an instant and of a day before.</summary>
    public Task<Snapshot[]> WholeAsync(DateTimeOffset instant, DateTimeOffset known, CancellationToken cancellation)
    {
        var city = holder.Current.City;
        _whole.KeepOnly(key => key.City == city);
        return _whole.GetAsync(
            (city, instant, known),
            abandoned => MakeAsync(city, "", [instant, instant - Day], known, abandoned),
            cancellation
        );
    }

    /// <summary>The pictures of some instants. Statuses are right within the grid; outside it every household is as it began.</summary>
    /// <param name="grid">The grid's index in <see cref="City.Grids"/>.</param>
    /// <param name="known">Only what had been reported and published by then counts.</param>
    public Task<Snapshot[]> AtAsync(
        int grid,
        IReadOnlyList<DateTimeOffset> instants,
        DateTimeOffset known,
        CancellationToken cancellation
    ) => MakeAsync(holder.Current.City, holder.Current.City.Grids[grid].Path, instants, known, cancellation);

    /// <param name="path">That of the grid within which statuses are to be right; empty: of the whole city.</param>
    private async Task<Snapshot[]> MakeAsync(
        City city,
        string path,
        IReadOnlyList<DateTimeOffset> instants,
        DateTimeOffset known,
        CancellationToken cancellation
    )
    {
        var (sequence, _) = await past.SequenceAsync(known, cancellation);
        var shown = new Snapshot[instants.Count];
        for (var i = 0; i < shown.Length; i++)
            shown[i] = await past.AtAsync(instants[i], cancellation);
        await _turn.WaitAsync(cancellation);
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
            var states = instants.Select(_ => new List<(int Index, HouseholdState State)>()).ToArray();
            var isAsNow = await AreRulesAsNowAsync(connection, instants.Min(), cancellation) && shown.All(one => one.City == city);
            var candidates = isAsNow
                ? await CandidatesAsync(connection, path, instants, known, cancellation)
                : await Concerned.LoadAsync(connection, protocols.Plan, [path], known, cancellation);
            foreach (var households in candidates.Chunk(ChunkSize))
            {
                // what cannot be worked out stays as it was shown
                var found = await Workable.EachAsync(
                    connection,
                    protocols.Plan,
                    households,
                    known,
                    input => Array.ConvertAll([.. instants], instant => StateAt(input, instant)),
                    cancellation
                );
                foreach (var (id, at) in found)
                {
                    if (city.IndexOfHousehold(id) is not (>= 0 and var household))
                        continue;
                    for (var i = 0; i < instants.Count; i++)
                        states[i].Add((household, at[i]));
                }
            }
            var pictures = new Snapshot[instants.Count];
            for (var i = 0; i < instants.Count; i++)
            {
                var zones = await ZonesAsync(connection, instants[i], known, cancellation);
                pictures[i] = (isAsNow ? shown[i] : PastSnapshots.Beginning(city)).With(states[i], zones, sequence, instants[i]);
            }
            return pictures;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private HouseholdState StateAt(HouseholdInput input, DateTimeOffset instant)
    {
        var found = StatusRules.Evaluate(input.Facts, input.Zones, protocols.Plan.ForGrid(input.Grid), instant);
        return new HouseholdState(found.Status, found.Surveyed);
    }

    /// <summary>Whether what was shown at an instant had been worked out by the rules of today: those of the last full recompute by then,
    /// or of the first one of all.</summary>
    private async Task<bool> AreRulesAsNowAsync(NpgsqlConnection connection, DateTimeOffset instant, CancellationToken cancellation)
    {
        await using var command = connection.Command(
            """
            SELECT rules = $1 FROM recompute_run WHERE finished_at IS NOT NULL
            ORDER BY finished_at > $2, CASE WHEN finished_at > $2 THEN id ELSE -id END LIMIT 1
            """,
            protocols.Fingerprint,
            instant
        );
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    /// <summary>The households that may be otherwise than they were shown at one of the instants; too many are no fault.</summary>
    private async Task<IReadOnlyList<int>> CandidatesAsync(
        NpgsqlConnection connection,
        string path,
        IReadOnlyList<DateTimeOffset> instants,
        DateTimeOffset known,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command(
            $"""
            WITH asked AS MATERIALIZED (
              SELECT at, LEAST(at, $2) AS earlier, GREATEST(at, $2) AS later FROM unnest($3::timestamptz[]) AS a (at)
            ), moved AS (
              -- the outlines of zones of which a version was published between the two; its neighbours end and begin otherwise by it
              SELECT w.outline FROM zone_version w WHERE w.zone IN (
                SELECT v.zone FROM asked a JOIN zone_version v ON v.recorded_at > a.earlier AND v.recorded_at <= a.later)
            )
            -- what arrived between the two and can count at the instant: a retraction counts for all of them
            SELECT f.household FROM asked a JOIN fact f ON f.received_at > a.earlier AND f.received_at <= a.later
            WHERE f.grid <@ text2ltree($1) AND (f.at <= a.at OR f.kind = 'retraction')
            UNION
            SELECT h.id FROM moved m JOIN building b ON {protocols.Plan.MayBeIn("m.outline")} JOIN household h ON h.building = b.id
            WHERE b.grid <@ text2ltree($1)
            UNION
            -- what was shown later than it was so: by a worker that took its time, or that was away for longer
            SELECT f.subject FROM asked a JOIN feed f ON f.recorded_at > a.at - $4
            WHERE f.kind = 'status' AND f.grid <@ text2ltree($1) AND (f.recorded_at <= a.at + $4 OR f.since <= a.at)
            UNION
            SELECT h.id FROM dirty_household d JOIN household h ON h.id = d.household WHERE h.grid <@ text2ltree($1)
            UNION
            SELECT s.household FROM asked a JOIN household_status s ON s.next_due <= a.at WHERE s.grid <@ text2ltree($1)
            UNION
            -- whose building is another since then, or stands elsewhere
            SELECT h.id FROM asked a JOIN feed f ON f.recorded_at > a.at AND f.kind = 'building' JOIN household h ON h.building = f.subject
            WHERE h.grid <@ text2ltree($1)
            """,
            path,
            known,
            instants.ToArray(),
            MaxLag
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(row => row.GetInt32(0), cancellation);
    }

    private static async Task<IReadOnlyList<ZoneInForce>> ZonesAsync(
        NpgsqlConnection connection,
        DateTimeOffset at,
        DateTimeOffset known,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command(
            """
            SELECT z.id, z.code, p.version, p.name, p.level, p.starts_at, p.ends_at, p.outline
            FROM zone_periods_known($2) p JOIN zone z ON z.id = p.zone
            WHERE p.starts_at <= $1 AND (p.ends_at IS NULL OR p.ends_at > $1)
            ORDER BY z.id
            """,
            at,
            known
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(SnapshotLoader.ReadZone, cancellation);
    }
}
