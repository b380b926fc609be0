using System.Data;
using Npgsql;
using SituationMap.Core.Facts;
using SituationMap.Core.Statuses;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Statuses;

/// <summary>Which work.</summary>
/// <param name="Grids">The grids' indexes in <see cref="City.Grids"/>, none of them below another.</param>
/// <param name="After">The id of the household after which to begin; null: at the beginning.</param>
/// <param name="Kind">Only what this kind of fact does; null: everything.</param>
/// <param name="IsOverdue">Only what is overdue, or only what is not; null: both.</param>
/// <param name="Limit">So many households at most.</param>
public sealed record WorkQuery(IReadOnlyList<int> Grids, int? After, FactKind? Kind, bool? IsOverdue, int Limit)
{
    /// <summary>So far ahead is told what is to be done; null: as the edition of work says.</summary>
    public TimeSpan? Ahead { get; init; }
}

/// <summary>What is to be done at a household.</summary>
/// <param name="Index">In <see cref="City.Households"/>.</param>
/// <param name="Members">The codes of its members by their ids.</param>
/// <param name="Overdue">What was due and is missing, the oldest first.</param>
/// <param name="Due">What is to be done in the next 24 hours, the soonest first.</param>
public sealed record HouseholdWork(
    int Index,
    IReadOnlyDictionary<int, string> Members,
    IReadOnlyList<DueItem> Overdue,
    IReadOnlyList<DueItem> Due
);

/// <summary>Lists what is to be done now, household by household in walking order, worked out afresh for whoever asks: only as much as a
/// page takes, so that a page of a city costs no more than one of a grid.</summary>
public sealed class WorkList(NpgsqlDataSource database, ProtocolCatalog protocols)
{
    private const int ChunkSize = 500;

    /// <param name="snapshot">The picture of the present.</param>
    /// <param name="at">The present.</param>
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
        var order = new WalkingOrder(city);
        var ahead = new List<int>();
        foreach (var grid in query.Grids)
        {
            var candidates = await DutyCandidates.LoadAsync(connection, snapshot, grid, at, protocols.Plan, cancellation);
            ahead.AddRange(candidates.Select(city.IndexOfHousehold).Where(index => index >= 0));
        }
        if (query.After is { } after && city.IndexOfHousehold(after) is var last and >= 0)
            ahead.RemoveAll(index => order.Compare(index, last) <= 0);
        ahead.Sort(order);

        var page = new List<HouseholdWork>();
        foreach (var chunk in ahead.Chunk(ChunkSize))
        {
            var found = (await FindAsync(connection, city, query, chunk, at, cancellation)).ToDictionary(work => work.Index);
            page.AddRange(chunk.Where(found.ContainsKey).Select(index => found[index]).Take(query.Limit - page.Count));
            if (page.Count == query.Limit)
                break;
        }
        return await WithMembersAsync(connection, city, page, cancellation);
    }

    private async Task<IEnumerable<HouseholdWork>> FindAsync(
        NpgsqlConnection connection,
        City city,
        WorkQuery query,
        int[] indexes,
        DateTimeOffset at,
        CancellationToken cancellation
    )
    {
        var found = await Workable.EachAsync(
            connection,
            protocols.Plan,
            [.. indexes.Select(index => city.Households[index].Id)],
            DateTimeOffset.MaxValue,
            input =>
            {
                var plan = protocols.Plan.ForGrid(input.Grid);
                return (
                    Overdue: query.IsOverdue == false ? [] : Duties.Overdue(input, plan, at).Where(IsAsked).ToArray(),
                    Due: query.IsOverdue == true ? [] : Duties.Upcoming(input, plan, at, query.Ahead).Where(IsAsked).ToArray()
                );
            },
            cancellation
        );
        return found
            .Where(one => one.Found.Overdue.Length + one.Found.Due.Length > 0)
            .Select(one => new HouseholdWork(
                city.IndexOfHousehold(one.Household),
                new Dictionary<int, string>(),
                one.Found.Overdue,
                one.Found.Due
            ));

        bool IsAsked(DueItem item) => query.Kind is null || item.Kind == query.Kind;
    }

    private static async Task<IReadOnlyList<HouseholdWork>> WithMembersAsync(
        NpgsqlConnection connection,
        City city,
        List<HouseholdWork> page,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command(
            "SELECT household, id, code FROM person WHERE household = ANY ($1) ORDER BY id",
            page.Select(work => city.Households[work.Index].Id).ToArray()
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var members = await reader.ReadAllAsync(
            row => (Household: row.GetInt32(0), Id: row.GetInt32(1), Code: row.GetString(2)),
            cancellation
        );
        var byHousehold = members.ToLookup(member => member.Household);
        return
        [
            .. page.Select(work =>
                work with
                {
                    Members = byHousehold[city.Households[work.Index].Id].ToDictionary(member => member.Id, member => member.Code),
                }
            ),
        ];
    }
}
