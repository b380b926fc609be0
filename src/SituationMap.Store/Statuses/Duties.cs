using SituationMap.Core.Protocols;
using SituationMap.Core.Statuses;

namespace SituationMap.Store.Statuses;

/// <summary>What of the missing readings and tests is worth telling: what somebody can still do something about.</summary>
public static class Duties
{
    /// <summary>So far ahead is told what is to be done: today's round, and tomorrow's begun.</summary>
    public static readonly TimeSpan UpcomingAreShown = TimeSpan.FromDays(1);

    /// <summary>A daily reading cannot be made up for, so it is told for a day.</summary>
    public static readonly TimeSpan ReadingsAreShown = TimeSpan.FromDays(1);

    /// <summary>A test can be made up for, also when the days of its rule are over.</summary>
    public static readonly TimeSpan TestsAreShown = TimeSpan.FromDays(14);

    /// <summary>What fell due before <paramref name="at"/> and is missing, the oldest first.</summary>
    public static IReadOnlyList<DueItem> Overdue(HouseholdInput household, ProtocolPlan plan, DateTimeOffset at) =>
        [
            .. DueItems
                .Overdue(household.Facts, household.Zones, plan, at, at - LongestOverdue(plan))
                .Where(item => item.Rule is not null || item.Due > at - ReadingsAreShown),
        ];

    /// <summary>What is to be done from <paramref name="at"/> on, the soonest first.</summary>
    /// <param name="ahead">How far; null: <see cref="UpcomingAreShown"/>.</param>
    public static IReadOnlyList<DueItem> Upcoming(HouseholdInput household, ProtocolPlan plan, DateTimeOffset at, TimeSpan? ahead = null) =>
        DueItems.Upcoming(household.Facts, household.Zones, plan, at, at + (ahead ?? UpcomingAreShown));

    /// <summary>How long something may be overdue under a plan, also after the restriction that made it due has ended.</summary>
    public static TimeSpan LongestOverdue(ProtocolPlan plan) =>
        plan.Editions.Any(entry => entry.Edition.Rules.Any(rule => rule.Phases.Any(phase => phase.Due.Count > 0)))
            ? TestsAreShown
            : ReadingsAreShown;
}
