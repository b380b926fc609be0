using System.Data;
using Npgsql;
using SituationMap.Core.Facts;
using SituationMap.Core.Work;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;

namespace SituationMap.Store.Statuses;

/// <summary>What a fact has done.</summary>
/// <param name="Household">The code of its household.</param>
/// <param name="Grid">The code of the household's grid.</param>
/// <param name="Members">The codes of its members by their ids.</param>
/// <param name="At">When it was.</param>
/// <param name="Items">What was to be done just before it, at its instant, and is done by it.</param>
public sealed record ClosedByFact(
    string Household,
    string Grid,
    IReadOnlyDictionary<int, string> Members,
    DateTimeOffset At,
    IReadOnlyList<WorkItem> Items
);

/// <summary>Finds out what facts have done of what was to be done.</summary>
public sealed class ClosedWork(NpgsqlDataSource database, ProtocolCatalog protocols)
{
    /// <param name="facts">The ids of facts that are stored.</param>
    /// <returns>By the ids; without the facts of households that cannot be worked out.</returns>
    public async Task<IReadOnlyDictionary<Guid, ClosedByFact>> ByAsync(IReadOnlyCollection<Guid> facts, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // members and what was reported of them as of one moment
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var codes = await HouseholdsAsync(connection, facts, cancellation);
        var members = await MemberCodes.LoadAsync(connection, [.. codes.Keys], cancellation);
        var found = await Workable.EachAsync(
            connection,
            protocols.Plan,
            [.. codes.Keys],
            DateTimeOffset.MaxValue,
            input => input.Facts.Facts.Where(fact => facts.Contains(fact.Id)).Select(fact => (fact.Id, Of(input, fact))).ToArray(),
            cancellation
        );
        return found.SelectMany(household => household.Found).ToDictionary(one => one.Id, one => one.Item2);

        ClosedByFact Of(HouseholdInput input, Fact fact) =>
            new(
                codes[input.Household],
                input.Grid,
                members[input.Household].ToDictionary(member => member.Id, member => member.Code),
                fact.At,
                [
                    .. WorkRules
                        .Done(input.Facts, input.Zones, protocols.Plan.ForGrid(input.Grid), fact.At.AddTicks(-1), fact.At)
                        .Where(done => done.By.Any(by => by.Id == fact.Id))
                        .Select(done => done.Item),
                ]
            );
    }

    private static async Task<Dictionary<int, string>> HouseholdsAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<Guid> facts,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command(
            "SELECT id, code FROM household WHERE id IN (SELECT household FROM fact WHERE id = ANY ($1))",
            facts.ToArray()
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return (await reader.ReadAllAsync(row => (Id: row.GetInt32(0), Code: row.GetString(1)), cancellation)).ToDictionary(
            household => household.Id,
            household => household.Code
        );
    }
}
