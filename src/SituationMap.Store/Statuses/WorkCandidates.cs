using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Work;
using SituationMap.Store.Database;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Statuses;

/// <summary>
/// Where something may be to do, without working it out for a whole city: at homes that owe readings or tests or did of late, at those with
/// facts that a rule begins with, and at those that were last seen long ago. <see cref="Quiet"/> are the others of which nothing was ever
/// reported that does what holds of every home: for all of them the same is to be done.
/// </summary>
internal sealed class WorkCandidates
{
    private readonly City _city;
    private readonly bool[] _mayHave;
    private readonly bool[] _wasDone;
    private readonly Snapshot _snapshot;
    private readonly bool _asksEverywhere;

    private readonly Dictionary<int, Building[]> _buildings;

    private WorkCandidates(Snapshot snapshot, IReadOnlyList<int> grids, bool asksEverywhere)
    {
        (_snapshot, _city, _asksEverywhere) = (snapshot, snapshot.City, asksEverywhere);
        var isWithin = new bool[_city.Grids.Length];
        for (var grid = 0; grid < isWithin.Length; grid++)
            isWithin[grid] = _city.WithAncestors(grid).Any(grids.Contains);
        _buildings = _city
            .Buildings.Where(building => isWithin[building.Grid])
            .GroupBy(building => building.Grid)
            .ToDictionary(group => group.Key, group => group.ToArray());
        (_mayHave, _wasDone) = (new bool[_city.Households.Length], new bool[_city.Households.Length]);
    }

    /// <summary>The grids with buildings, in their order.</summary>
    public IEnumerable<int> Grids => _buildings.Keys.Order();

    /// <summary>All homes of one of them, by their indexes.</summary>
    public IEnumerable<int> In(int grid) =>
        _buildings[grid].SelectMany(building => Enumerable.Range(building.FirstHousehold, building.HouseholdCount));

    /// <summary>What is to be done where nothing was reported.</summary>
    public static IReadOnlyList<WorkItem> Nothing(ProtocolPlan plan, string grid, DateTimeOffset at, TimeSpan? ahead) =>
        WorkRules.Evaluate(new HouseholdFacts([], []), [], plan.ForGrid(grid), at, at + ahead);

    /// <summary>Whether it has to be worked out what is to be done at a home.</summary>
    /// <param name="household">Its index in <see cref="City.Households"/>.</param>
    public bool MayHave(int household) => _mayHave[household];

    /// <summary>Whether what is to be done at a home is what is to be done where nothing was reported.</summary>
    public bool Quiet(int household) =>
        _asksEverywhere && !_mayHave[household] && !_wasDone[household] && _snapshot.States[household].Status == Status.Healthy;

    /// <param name="connection">Whose transaction they are to belong to.</param>
    /// <param name="snapshot">The picture of the instant.</param>
    /// <param name="grids">The grids' indexes in <see cref="City.Grids"/>.</param>
    /// <param name="known">What was reported later is left aside.</param>
    /// <param name="ahead">So far ahead is told what is to be done.</param>
    public static async Task<WorkCandidates> LoadAsync(
        NpgsqlConnection connection,
        Snapshot snapshot,
        IReadOnlyList<int> grids,
        DateTimeOffset at,
        DateTimeOffset known,
        TimeSpan ahead,
        ProtocolPlan plan,
        CancellationToken cancellation
    )
    {
        var beginnings = WorkBeginnings.Of(plan);
        var found = new WorkCandidates(snapshot, grids, beginnings.Everywhere.Count > 0);
        if (known != at && known != DateTimeOffset.MaxValue)
        {
            // what was begun and ended late, or is foreseen to end, was shown by no change of a status
            var paths = grids.Select(grid => snapshot.City.Grids[grid].Path);
            found.Mark(await Concerned.LoadAsync(connection, plan, paths, known, cancellation));
            return found;
        }
        found.Mark(await DutyCandidates.LoadAsync(connection, snapshot, grids, at, beginnings.Longest, cancellation));
        var within = found.Within(grids);
        found.Mark(await BegunAsync(connection, beginnings, within, at, known, cancellation));
        foreach (var rule in beginnings.Everywhere)
            await found.MarkDoneAsync(connection, rule, within, at, known, ahead, cancellation);
        return found;
    }

    private void Mark(IEnumerable<int> households)
    {
        foreach (var household in households)
            if (_city.IndexOfHousehold(household) is >= 0 and var index)
                _mayHave[index] = true;
    }

    /// <summary>The ids of the households in the grids; null: all that there are.</summary>
    private int[]? Within(IReadOnlyList<int> grids) =>
        grids.Count == _city.Grids.Count(grid => grid.Parent < 0) && grids.All(grid => _city.Grids[grid].Parent < 0)
            ? null
            :
            [
                .. _buildings
                    .Values.SelectMany(buildings => buildings)
                    .SelectMany(building => _city.HouseholdsOf(building))
                    .Select(household => household.Id),
            ];

    private static async Task<IReadOnlyList<int>> BegunAsync(
        NpgsqlConnection connection,
        WorkBeginnings beginnings,
        int[]? within,
        DateTimeOffset at,
        DateTimeOffset known,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command(
            """
            SELECT f.household FROM unnest($1, $2) AS b (kind, field)
            JOIN fact f ON f.kind = b.kind AND (b.field IS NULL OR f.data ? b.field)
            WHERE f.kind = ANY ($1)  -- said once more: so the partial index is found
              AND f.at <= $5 AND f.received_at <= $6 AND ($7::integer[] IS NULL OR f.household = ANY ($7))
            UNION
            SELECT f.household FROM unnest($3, $4) AS b (kind, field)
            JOIN fact f ON f.kind = b.kind AND (b.field IS NULL OR f.data ? b.field)
            WHERE f.at > $8 AND f.received_at > $8 - interval '1 hour'  -- a clock at the door may be ahead
              AND f.at <= $5 AND f.received_at <= $6 AND ($7::integer[] IS NULL OR f.household = ANY ($7))
            UNION
            -- what was done may have been taken back
            SELECT f.household FROM fact f
            WHERE f.kind = 'retraction' AND f.received_at <= $6 AND ($7::integer[] IS NULL OR f.household = ANY ($7))
            UNION
            -- what somebody is to do is not what is to be done everywhere
            SELECT f.household FROM fact f
            WHERE f.kind = 'assignment' AND f.received_at <= $6 AND ($7::integer[] IS NULL OR f.household = ANY ($7))
            """,
            Kinds(beginnings.Ever),
            Fields(beginnings.Ever),
            Kinds(beginnings.OfLate),
            Fields(beginnings.OfLate),
            at,
            known,
            within,
            at - beginnings.Longest
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(row => row.GetInt32(0), cancellation);

        static FactKind[] Kinds(IReadOnlyList<FactWith> facts) => [.. facts.Distinct().Select(fact => fact.Kind)];

        static string?[] Fields(IReadOnlyList<FactWith> facts) => [.. facts.Distinct().Select(fact => fact.Field)];
    }

    /// <summary>Notes where what holds of every home was done, and where so long ago that it is due again.</summary>
    private async Task MarkDoneAsync(
        NpgsqlConnection connection,
        WorkRule rule,
        int[]? within,
        DateTimeOffset at,
        DateTimeOffset known,
        TimeSpan ahead,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command(
            """
            SELECT household, max(at) < $3 FROM fact
            WHERE kind = ANY ($1) AND at <= $2 AND received_at <= $4 AND ($5::integer[] IS NULL OR household = ANY ($5))
            GROUP BY household
            """,
            WorkBeginnings.DoneBy(rule),
            at,
            at + ahead - TimeSpan.FromDays(rule.EveryDays!.Value - 1),
            known,
            within
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            if (_city.IndexOfHousehold(reader.GetInt32(0)) is not (>= 0 and var index))
                continue;
            _wasDone[index] = true;
            _mayHave[index] |= reader.GetBoolean(1);
        }
    }
}
