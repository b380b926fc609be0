using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Statuses;

namespace SituationMap.Server.Statuses;

/// <summary>Says the reasons of an evaluation in words, with the names of the zones they rest on.</summary>
internal static class Reasons
{
    public static IReadOnlyList<ReasonResponse> Of(
        HouseholdFacts household,
        StatusEvaluation found,
        IReadOnlyDictionary<(int Zone, int Version), (string Code, string Name)> zones,
        ProtocolPlan plan,
        Divisions divisions,
        DateTimeOffset at
    ) =>
        [
            .. found.Because.Select(reason =>
            {
                var (zone, name) = reason.Zone is { } id ? zones[(id, reason.ZoneVersion!.Value)] : (null, null);
                var fact = household.Facts.FirstOrDefault(fact => fact.Id == reason.Fact);
                var words = ReasonWords.Say(reason, found.Status, fact, name, plan, divisions, at);
                return new ReasonResponse(
                    reason.Rule,
                    reason.Edition,
                    reason.Fact,
                    reason.With,
                    zone,
                    reason.ZoneVersion,
                    reason.From,
                    reason.To,
                    WordsResponse.Of(words),
                    ReasonWords.Sooner(reason, plan) is { } sooner ? WordsResponse.Of(sooner) : null
                );
            }),
        ];
}
