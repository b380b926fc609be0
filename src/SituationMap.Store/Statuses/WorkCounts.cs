using System.Data;
using Npgsql;
using SituationMap.Core.Work;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Statuses;

/// <summary>How much there is to do.</summary>
/// <param name="Households">Homes where there is something to do.</param>
/// <param name="Due">What there is time for.</param>
/// <param name="Late">What should have been done.</param>
/// <param name="Critical">What should have been done long ago.</param>
/// <param name="Done">What was done since midnight.</param>
public readonly record struct WorkFigures(int Households, int Due, int Late, int Critical, int Done)
{
    public static WorkFigures Of(IReadOnlyList<WorkItem> items, int done) =>
        new(
            items.Count > 0 ? 1 : 0,
            items.Count(item => item.State == WorkState.Due),
            items.Count(item => item.State == WorkState.Late),
            items.Count(item => item.State == WorkState.Critical),
            done
        );

    /// <summary>How things stand with the worst of what is to be done.</summary>
    public WorkState Worst =>
        Critical > 0 ? WorkState.Critical
        : Late > 0 ? WorkState.Late
        : WorkState.Due;

    public static WorkFigures operator +(WorkFigures a, WorkFigures b) =>
        new(a.Households + b.Households, a.Due + b.Due, a.Late + b.Late, a.Critical + b.Critical, a.Done + b.Done);
}

/// <summary>How much there is to do in a city.</summary>
/// <param name="AsOf">The instant at which there is.</param>
/// <param name="ByGrid">In each grid with all below it, in the order of <see cref="City.Grids"/>; of grids that were not asked for only
/// what lies in those that were.</param>
public sealed record WorkCounted(DateTimeOffset AsOf, City City, IReadOnlyList<WorkFigures> ByGrid);

/// <summary>Counts what is to be done, grid by grid: worked out when asked, for nothing of it is stored.</summary>
public sealed class WorkCounts(NpgsqlDataSource database, ProtocolCatalog protocols) : IDisposable
{
    private const int ChunkSize = 2_000;

    private readonly SemaphoreSlim _turn = new(1); // a whole city takes the machine; one after the other

    /// <param name="snapshot">The picture of the instant.</param>
    /// <param name="grids">The grids' indexes in <see cref="City.Grids"/>, none of them below another.</param>
    /// <param name="at">The instant.</param>
    /// <param name="known">What was reported later is left aside.</param>
    public async Task<WorkCounted> AtAsync(
        Snapshot snapshot,
        IReadOnlyList<int> grids,
        DateTimeOffset at,
        DateTimeOffset known,
        CancellationToken cancellation
    )
    {
        var (city, plan) = (snapshot.City, protocols.Plan);
        var figures = new WorkFigures[city.Grids.Length];
        await _turn.WaitAsync(cancellation);
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            // members and what was reported of them as of one moment
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
            var ahead = plan.WorkAt(at).Ahead;
            var candidates = await WorkCandidates.LoadAsync(connection, snapshot, grids, at, known, ahead, plan, cancellation);
            var today = await TodayAsync(connection, plan.StartOfDay(at), at, known, cancellation);
            var asked = new List<int>();
            foreach (var grid in candidates.Grids)
            {
                var quiet = WorkFigures.Of(WorkCandidates.Nothing(plan, city.Grids[grid].Code, at, null), done: 0);
                foreach (var index in candidates.In(grid))
                {
                    if (candidates.MayHave(index) || today.Contains(city.Households[index].Id))
                        asked.Add(city.Households[index].Id);
                    else if (candidates.Quiet(index))
                        figures[grid] += quiet;
                }
            }
            foreach (var households in asked.Chunk(ChunkSize))
            {
                var found = await Workable.EachAsync(connection, plan, households, known, input => Of(input, at, today), cancellation);
                foreach (var (household, one) in found)
                    figures[city.Buildings[city.Households[city.IndexOfHousehold(household)].Building].Grid] += one;
            }
        }
        finally
        {
            _turn.Release();
        }
        return new WorkCounted(at, city, WithAllBelow(city, figures));
    }

    /// <summary>Counts what is to be done in some buildings; what was done is not counted.</summary>
    /// <param name="snapshot">The picture of the instant.</param>
    /// <param name="buildings">Their indexes in <see cref="City.Buildings"/>.</param>
    /// <param name="at">The instant.</param>
    /// <param name="known">What was reported later is left aside.</param>
    /// <returns>By building, only where there is something to do.</returns>
    public async Task<IReadOnlyDictionary<int, WorkFigures>> OfBuildingsAsync(
        Snapshot snapshot,
        IReadOnlyCollection<int> buildings,
        DateTimeOffset at,
        DateTimeOffset known,
        CancellationToken cancellation
    )
    {
        var (city, plan) = (snapshot.City, protocols.Plan);
        int[] grids = [.. buildings.Select(building => city.Buildings[building].Grid).Distinct()];
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var ahead = plan.WorkAt(at).Ahead;
        var candidates = await WorkCandidates.LoadAsync(connection, snapshot, grids, at, known, ahead, plan, cancellation);
        var quiet = grids.ToDictionary(grid => grid, grid => WorkCandidates.Nothing(plan, city.Grids[grid].Code, at, null));
        var figures = new Dictionary<int, WorkFigures>();
        var asked = new List<int>();
        foreach (var building in buildings)
        {
            var first = city.Buildings[building].FirstHousehold;
            for (var index = first; index < first + city.Buildings[building].HouseholdCount; index++)
            {
                if (candidates.MayHave(index))
                    asked.Add(city.Households[index].Id);
                else if (candidates.Quiet(index))
                    Add(building, quiet[city.Buildings[building].Grid]);
            }
        }
        foreach (var households in asked.Chunk(ChunkSize))
        {
            var found = await Workable.EachAsync(connection, plan, households, known, Work, cancellation);
            foreach (var (household, items) in found)
                Add(city.Households[city.IndexOfHousehold(household)].Building, items);
        }
        return figures;

        IReadOnlyList<WorkItem> Work(HouseholdInput input) => WorkRules.Evaluate(input.Facts, input.Zones, plan.ForGrid(input.Grid), at);

        void Add(int building, IReadOnlyList<WorkItem> items)
        {
            if (items.Count > 0)
                figures[building] = figures.GetValueOrDefault(building) + WorkFigures.Of(items, done: 0);
        }
    }

    public void Dispose() => _turn.Dispose();

    private WorkFigures Of(HouseholdInput input, DateTimeOffset at, HashSet<int> today)
    {
        var plan = protocols.Plan.ForGrid(input.Grid);
        var items = WorkRules.Evaluate(input.Facts, input.Zones, plan, at);
        var done = today.Contains(input.Household)
            ? WorkRules.Done(input.Facts, input.Zones, plan, plan.StartOfDay(at).AddTicks(-1), at).Count
            : 0;
        return WorkFigures.Of(items, done);
    }

    /// <summary>The households of which something of today was reported.</summary>
    private static async Task<HashSet<int>> TodayAsync(
        NpgsqlConnection connection,
        DateTimeOffset midnight,
        DateTimeOffset at,
        DateTimeOffset known,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command(
            """
            SELECT DISTINCT household FROM fact
            WHERE at >= $1 AND received_at >= $1 - interval '1 hour'  -- a clock at the door may be ahead
              AND at <= $2 AND received_at <= $3
            """,
            midnight,
            at,
            known
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return [.. await reader.ReadAllAsync(row => row.GetInt32(0), cancellation)];
    }

    private static WorkFigures[] WithAllBelow(City city, WorkFigures[] own)
    {
        var sums = new WorkFigures[own.Length];
        for (var grid = 0; grid < own.Length; grid++)
            if (own[grid] != default)
                foreach (var above in city.WithAncestors(grid))
                    sums[above] += own[grid];
        return sums;
    }
}
