using SituationMap.Core.Protocols;
using SituationMap.Core.Statuses;

namespace SituationMap.Store.Statuses;

/// <summary>What of the missing readings and tests is worth telling: what somebody can still do something about.</summary>
public static class Duties
{
    /// <summary>What fell due before <paramref name="at"/> and is missing, the oldest first.</summary>
    public static IReadOnlyList<DueItem> Overdue(HouseholdInput household, ProtocolPlan plan, DateTimeOffset at)
    {
        var work = plan.WorkAt(at);
        return
        [
            .. DueItems
                .Overdue(household.Facts, household.Zones, plan, at, at - work.LongestLate)
                .Where(item => item.Due > at - work.ShownWhenLate(item.IsDaily)),
        ];
    }

    /// <summary>What is to be done from <paramref name="at"/> on, the soonest first.</summary>
    public static IReadOnlyList<DueItem> Upcoming(HouseholdInput household, ProtocolPlan plan, DateTimeOffset at) =>
        DueItems.Upcoming(household.Facts, household.Zones, plan, at, at + plan.WorkAt(at).Ahead);

    /// <summary>How long something may be overdue under a plan, also after the restriction that made it due has ended.</summary>
    public static TimeSpan LongestOverdue(ProtocolPlan plan)
    {
        var hasTests = plan.Editions.Any(entry => entry.Edition.Rules.Any(rule => rule.Phases.Any(phase => phase.Due.Count > 0)));
        return plan.WorkEditions.Max(work => hasTests ? work.LongestLate : work.ReadingsAreShown);
    }
}
