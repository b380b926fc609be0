using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Statuses;
using SituationMap.Store.Database;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Statuses;

/// <summary>What somebody still has to do about a household: confirm a decision, report what is overdue.</summary>
internal static class OpenItems
{
    public static IReadOnlyList<PendingResponse> Pending(HouseholdInput household, ProtocolPlan plan, Places places, DateTimeOffset at) =>
        [
            .. Unconfirmed
                .Of(household.Facts, plan, at)
                .Select(item => new PendingResponse(
                    item.Fact.Id,
                    item.Rule,
                    StatusNames.Name(item.Status),
                    item.To,
                    item.Fact.Source,
                    WordsResponse.Of(ReasonWords.Pending(item, plan, places, at))
                )),
        ];

    /// <summary>What is overdue without whose it is, for those who may not tell the members apart.</summary>
    public static IReadOnlyList<OverdueResponse> For(bool maySeeMembers, IReadOnlyList<OverdueResponse> items) =>
        maySeeMembers ? items : [.. items.Select(item => item with { Person = null })];

    public static async Task<IReadOnlyList<OverdueResponse>> OverdueAsync(
        NpgsqlConnection connection,
        HouseholdInput household,
        ProtocolPlan plan,
        DateTimeOffset at,
        CancellationToken cancellation
    )
    {
        var items = Overdue.Of(household, plan, at);
        if (items.Count == 0)
            return [];
        var persons = new Dictionary<int, string>();
        await using var command = connection.Command("SELECT id, code FROM person WHERE household = $1", household.Household);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            persons.Add(reader.GetInt32(0), reader.GetString(1));
        return
        [
            .. items.Select(item => new OverdueResponse(
                FactReader.Name(item.Kind),
                item.Person is { } person ? persons[person] : null,
                item.Rule,
                item.Edition,
                item.From,
                item.Due,
                item.Missing,
                WordsResponse.Of(ReasonWords.Overdue(item, plan, at))
            )),
        ];
    }
}
