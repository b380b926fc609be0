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
/// is later, as it was foreseen where it is earlier. Worked out afresh from the facts, one after the other; a few of the whole city are
/// kept.
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
        // a passage is told when it happens; its direction stays as it was shown
        var shown = await past.AtAsync(instant, cancellation);
        return new PictureAsked(corrected with { LastPassages = shown.LastPassages }, null, past.IsFinal(instant) && past.IsFinal(knownAt));
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
        await _turn.WaitAsync(cancellation);
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
            var states = instants.Select(_ => new List<(int Index, HouseholdState State)>()).ToArray();
            foreach (var households in (await CandidatesAsync(connection, path, known, cancellation)).Chunk(ChunkSize))
            {
                var inputs = await StatusBatch.LoadAsync(connection, protocols.Plan, households, known, cancellation);
                var found = new HouseholdState[inputs.Count, instants.Count];
                Parallel.For(0, inputs.Count, new ParallelOptions { CancellationToken = cancellation }, index =>
                {
                    var (input, plan) = (inputs[index], protocols.Plan.ForGrid(inputs[index].Grid));
                    for (var i = 0; i < instants.Count; i++)
                    {
                        var evaluation = StatusRules.Evaluate(input.Facts, input.Zones, plan, instants[i]);
                        found[index, i] = new HouseholdState(evaluation.Status, evaluation.Surveyed);
                    }
                });
                for (var index = 0; index < inputs.Count; index++)
                {
                    if (city.IndexOfHousehold(inputs[index].Household) is not (>= 0 and var household))
                        continue;
                    for (var i = 0; i < instants.Count; i++)
                        states[i].Add((household, found[index, i]));
                }
            }
            var pictures = new Snapshot[instants.Count];
            for (var i = 0; i < instants.Count; i++)
            {
                var zones = await ZonesAsync(connection, instants[i], known, cancellation);
                pictures[i] = PastSnapshots.Beginning(city).With(states[i], zones, sequence, instants[i]);
            }
            return pictures;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>The households about which something is reported, or over which there ever is a zone; all others are as they
    /// began.</summary>
    private async Task<int[]> CandidatesAsync(
        NpgsqlConnection connection,
        string path,
        DateTimeOffset known,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command(
            $"""
            SELECT household FROM fact WHERE grid <@ text2ltree($1) AND received_at <= $2
            UNION
            SELECT h.id
            FROM zone_version v JOIN building b ON {protocols.Plan.MayBeIn("v.outline")} JOIN household h ON h.building = b.id
            WHERE v.recorded_at <= $2 AND b.grid <@ text2ltree($1)
            """,
            path,
            known
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
