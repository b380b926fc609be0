using System.Data;
using Npgsql;
using SituationMap.Core.Facts;
using SituationMap.Core.Statuses;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Statuses;

/// <summary>What a household owes: readings, or tests.</summary>
/// <param name="What">The kind of fact that is missing.</param>
/// <param name="Since">When the first of them was due.</param>
public readonly record struct Owed(FactKind What, DateTimeOffset Since);

/// <summary>The households of a grid that owe readings or tests.</summary>
/// <param name="AsOf">The instant at which they do.</param>
/// <param name="Owed">What each of them owes, by its index in <see cref="City.Households"/>; each kind once, the oldest first.</param>
public sealed record OverdueFound(DateTimeOffset AsOf, City City, IReadOnlyDictionary<int, Owed[]> Owed)
{
    /// <summary>Their indexes in <see cref="City.Households"/>.</summary>
    public IEnumerable<int> Households => Owed.Keys;

    /// <summary>How many there are in each grid with all below it, in the order of <see cref="City.Grids"/>.</summary>
    public int[] CountByGrid()
    {
        var counts = new int[City.Grids.Length];
        foreach (var index in Households)
        {
            foreach (var grid in City.WithAncestors(City.Buildings[City.Households[index].Building].Grid))
                counts[grid]++;
        }
        return counts;
    }
}

/// <summary>
/// Finds out who owes readings or tests, when asked, by evaluating those who may. Nothing about it is stored, so nothing has to be kept in
/// step with the clock.
/// </summary>
public sealed class OverdueHouseholds(
    NpgsqlDataSource database,
    SnapshotHolder holder,
    ProtocolCatalog protocols,
    TimeProvider clock,
    IHostApplicationLifetime lifetime
) : IDisposable
{
    private const int ChunkSize = 2_000;

    private readonly SharedAnswers<OverdueFound> _present = new(clock);
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Those of the present, or of a moment ago.</summary>
    /// <param name="grid">The grid's code.</param>
    public Task<OverdueFound> NowAsync(string grid, CancellationToken cancellation) =>
        _present.AskAsync(
            grid,
            () =>
            {
                var (snapshot, now) = (holder.Current, clock.GetUtcNow());
                return AtAsync(snapshot, snapshot.City.GridByCode[grid], now, now, lifetime.ApplicationStopping);
            },
            cancellation
        );

    /// <summary>Those of an instant, by what had been reported by <paramref name="known"/>.</summary>
    /// <param name="snapshot">The picture of the instant.</param>
    /// <param name="grid">The grid's index in <see cref="City.Grids"/>.</param>
    public async Task<OverdueFound> AtAsync(
        Snapshot snapshot,
        int grid,
        DateTimeOffset at,
        DateTimeOffset known,
        CancellationToken cancellation
    )
    {
        var city = snapshot.City;
        await _turn.WaitAsync(cancellation);
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            // members and what was reported of them as of one moment
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
            var late = Duties.LongestOverdue(protocols.Plan);
            var candidates = await DutyCandidates.LoadAsync(connection, snapshot, [grid], at, late, cancellation);
            var overdue = new Dictionary<int, Owed[]>();
            foreach (var households in candidates.Chunk(ChunkSize))
            {
                var found = await Workable.EachAsync(
                    connection,
                    protocols.Plan,
                    households,
                    known,
                    input => OwedOf(Duties.Overdue(input, protocols.Plan.ForGrid(input.Grid), at)),
                    cancellation
                );
                foreach (var (household, owed) in found)
                    if (owed.Length > 0 && city.IndexOfHousehold(household) is >= 0 and var index)
                        overdue.Add(index, owed);
            }
            return new OverdueFound(at, city, overdue);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static Owed[] OwedOf(IReadOnlyList<DueItem> items) =>
        [.. items.GroupBy(item => item.Kind, (kind, all) => new Owed(kind, all.Min(item => item.Due))).OrderBy(owed => owed.Since)];
}
