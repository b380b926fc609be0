using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Statuses;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Statuses;

/// <summary>What somebody still has to do about a household: confirm a decision, report what is due or overdue.</summary>
internal static class OpenItems
{
    public static IReadOnlyList<PendingResponse> Pending(
        HouseholdInput household,
        ProtocolPlan plan,
        Divisions divisions,
        DateTimeOffset at
    ) =>
        [
            .. Unconfirmed
                .Of(household.Facts, plan, at)
                .Select(item => new PendingResponse(
                    item.Fact.Id,
                    item.Rule,
                    StatusNames.Name(item.Status),
                    item.To,
                    item.Fact.Source,
                    WordsResponse.Of(ReasonWords.Pending(item, plan, divisions, at))
                )),
        ];

    /// <param name="members">The codes of the members by their ids; null for those who may not tell them apart.</param>
    /// <param name="at">The instant of which they were found.</param>
    public static IReadOnlyList<DueItemResponse> Responses(
        this IReadOnlyList<DueItem> items,
        IReadOnlyDictionary<int, string>? members,
        ProtocolPlan plan,
        DateTimeOffset at
    ) =>
        [
            .. items.Select(item => new DueItemResponse(
                FactReader.Name(item.Kind),
                item.Person is { } person ? members?[person] : null,
                item.Rule,
                item.Edition,
                item.From,
                item.Due,
                item.Missing,
                WordsResponse.Of(ReasonWords.Due(item, plan, at))
            )),
        ];
}
