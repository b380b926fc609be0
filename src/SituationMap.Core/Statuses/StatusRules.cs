using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Zones;

namespace SituationMap.Core.Statuses;

/// <summary>The one function behind every colour: facts, zones, protocol and instant in; status and reasons out.</summary>
public static class StatusRules
{
    /// <summary>Evaluates one household at one instant. Reads no clock and nothing outside its arguments.</summary>
    /// <param name="household">What was reported about it; facts later than <paramref name="at"/> are left aside.</param>
    /// <param name="zones">The periods of the risk zones over its building, past and future.</param>
    /// <param name="plan">Which edition is in force when.</param>
    /// <param name="at">The instant asked about.</param>
    public static StatusEvaluation Evaluate(HouseholdFacts household, IReadOnlyList<ZonePeriod> zones, ProtocolPlan plan, DateTimeOffset at)
    {
        var surveyed = household.Facts.Any(fact => fact.Kind == FactKind.Survey && fact.At <= at);
        return new StatusEvaluation(Status.Healthy, null, null, surveyed, plan.Id, [], null);
    }
}
