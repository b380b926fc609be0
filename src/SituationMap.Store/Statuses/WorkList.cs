using System.Data;
using Npgsql;
using SituationMap.Core.Facts;
using SituationMap.Core.Work;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Statuses;

/// <summary>Which work.</summary>
/// <param name="Grids">The grids' indexes in <see cref="City.Grids"/>, none of them below another.</param>
/// <param name="After">The id of the household after which to begin; null: at the beginning.</param>
/// <param name="Kind">Only what this kind of fact does; null: everything.</param>
/// <param name="IsOverdue">Only what is late or critical, or only what is not; null: both.</param>
/// <param name="Limit">So many households at most.</param>
public sealed record WorkQuery(IReadOnlyList<int> Grids, int? After, FactKind? Kind, bool? IsOverdue, int Limit)
{
    /// <summary>Only what is in this state; null: in all.</summary>
    public WorkState? State { get; init; }

    /// <summary>So far ahead is told what is to be done; null: as the edition of work says.</summary>
    public TimeSpan? Ahead { get; init; }

    /// <summary>Only what this account is to do; null: what anybody is.</summary>
    public string? AssignedTo { get; init; }

    /// <summary>Only what nobody in particular is to do.</summary>
    public bool IsUnassigned { get; init; }

    /// <summary>What was reported later is left aside.</summary>
    public DateTimeOffset Known { get; init; } = DateTimeOffset.MaxValue;

    internal bool Asks(WorkItem item) =>
        (Kind is null || item.Kind == Kind)
        && (State is null || item.State == State)
        && (AssignedTo is null || item.AssignedTo == AssignedTo)
        && (!IsUnassigned || item.AssignedTo is null)
        && (IsOverdue is null || item.State > WorkState.Due == IsOverdue);
}

/// <summary>What is to be done at a household.</summary>
/// <param name="Index">In <see cref="City.Households"/>.</param>
/// <param name="Members">The codes of its members by their ids.</param>
/// <param name="Items">The soonest first.</param>
public sealed record HouseholdWork(int Index, IReadOnlyDictionary<int, string> Members, IReadOnlyList<WorkItem> Items);

/// <summary>Lists what is to be done, household by household in walking order, worked out afresh for whoever asks: only as much as a
/// page takes, so that a page of a city costs no more than one of a grid.</summary>
public sealed class WorkList(NpgsqlDataSource database, ProtocolCatalog protocols)
{
    private const int ChunkSize = 500;

    /// <param name="snapshot">The picture of the instant.</param>
    /// <param name="at">The instant of the picture.</param>
    /// <returns>Only households where there is something to do.</returns>
    public async Task<IReadOnlyList<HouseholdWork>> PageAsync(
        Snapshot snapshot,
        WorkQuery query,
        DateTimeOffset at,
        CancellationToken cancellation
    )
    {
        var city = snapshot.City;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // members and what was reported of them as of one moment
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var ahead = query.Ahead ?? protocols.Plan.WorkAt(at).Ahead;
        var (grids, known) = (query.Grids, query.Known);
        var candidates = await WorkCandidates.LoadAsync(connection, snapshot, grids, at, known, ahead, protocols.Plan, cancellation);
        var (order, last) = (new WalkingOrder(city), query.After is { } after ? city.IndexOfHousehold(after) : -1);

        var page = new List<HouseholdWork>();
        // one grid after the other, so that a page of a city looks at no more of them than it takes
        foreach (var grid in candidates.Grids.Where(grid => last < 0 || grid >= city.Buildings[city.Households[last].Building].Grid))
        {
            var ofQuiet = WorkCandidates.Nothing(protocols.Plan, city.Grids[grid].Code, at, query.Ahead).Where(query.Asks).ToArray();
            var indexes = candidates
                .In(grid)
                .Where(index => candidates.MayHave(index) || (ofQuiet.Length > 0 && candidates.Quiet(index)))
                .ToList();
            if (last >= 0)
                indexes.RemoveAll(index => order.Compare(index, last) <= 0);
            indexes.Sort(order);
            foreach (var chunk in indexes.Chunk(ChunkSize))
            {
                var found = await FindAsync(connection, city, query, [.. chunk.Where(candidates.MayHave)], at, cancellation);
                foreach (var index in chunk)
                {
                    var items = candidates.MayHave(index) ? found.GetValueOrDefault(index) ?? [] : ofQuiet;
                    if (items.Length > 0)
                        page.Add(new HouseholdWork(index, new Dictionary<int, string>(), items));
                    if (page.Count == query.Limit)
                        return await WithMembersAsync(connection, city, page, cancellation);
                }
            }
        }
        return await WithMembersAsync(connection, city, page, cancellation);
    }

    private async Task<IReadOnlyDictionary<int, WorkItem[]>> FindAsync(
        NpgsqlConnection connection,
        City city,
        WorkQuery query,
        int[] indexes,
        DateTimeOffset at,
        CancellationToken cancellation
    )
    {
        if (indexes.Length == 0)
            return new Dictionary<int, WorkItem[]>();
        int[] households = [.. indexes.Select(index => city.Households[index].Id)];
        // the ids of items, which assignments name, are made of them
        var members = await MemberCodes.LoadAsync(connection, households, cancellation);
        var found = await Workable.EachAsync(connection, protocols.Plan, households, query.Known, Of, cancellation);
        return found.ToDictionary(one => city.IndexOfHousehold(one.Household), one => one.Found);

        WorkItem[] Of(HouseholdInput input)
        {
            var items = WorkRules.Evaluate(input.Facts, input.Zones, protocols.Plan.ForGrid(input.Grid), at, at + query.Ahead);
            var code = city.Households[city.IndexOfHousehold(input.Household)].Code;
            var codes = members[input.Household].ToDictionary(member => member.Id, member => member.Code);
            return [.. WorkAssignments.Assigned(items, input.Facts, code, codes, at).Where(query.Asks)];
        }
    }

    private static async Task<IReadOnlyList<HouseholdWork>> WithMembersAsync(
        NpgsqlConnection connection,
        City city,
        List<HouseholdWork> page,
        CancellationToken cancellation
    )
    {
        var members = await MemberCodes.LoadAsync(connection, [.. page.Select(work => city.Households[work.Index].Id)], cancellation);
        return
        [
            .. page.Select(work =>
                work with
                {
                    Members = members[city.Households[work.Index].Id].ToDictionary(member => member.Id, member => member.Code),
                }
            ),
        ];
    }
}
