using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Statuses;
using SituationMap.Core.Zones;

namespace SituationMap.Core.Work;

/// <summary>
/// What is to be done at a home: what the protocol makes due (<see cref="DueItems"/>) and what the edition of work does. It follows from
/// what was reported as a status does, and nothing of it is stored: what was reported in the meantime is done.
/// </summary>
public static class WorkRules
{
    /// <summary>
    /// Lists what is to be done at one instant, the soonest first. Reads no clock and nothing outside its arguments; the order of facts
    /// does not matter, nor does a fact that comes twice.
    /// </summary>
    /// <param name="household">As for <see cref="StatusRules.Evaluate"/>.</param>
    /// <param name="zones">The periods of the risk zones over its building.</param>
    /// <param name="plan">Which editions are in force when.</param>
    /// <param name="at">The instant asked about.</param>
    /// <param name="until">The last instant by which something has to be done to be listed; null: as the edition of work says.</param>
    public static IReadOnlyList<WorkItem> Evaluate(
        HouseholdFacts household,
        IReadOnlyList<ZonePeriod> zones,
        ProtocolPlan plan,
        DateTimeOffset at,
        DateTimeOffset? until = null
    )
    {
        var edition = plan.WorkAt(at);
        var facts = CountingFacts.At(at.UtcTicks, household.Facts);
        var windows = household.Facts.Count == 0 && zones.Count == 0 ? [] : Windows.Of(household.Members, facts, zones, plan);
        var instant = new WorkInstant(facts.Facts, windows, edition, plan.Days, at.UtcTicks, (until ?? at + edition.Ahead).UtcTicks);

        var items = new List<WorkItem>();
        instant.AddDuties(items, household.Members, plan);
        foreach (var rule in edition.Rules)
            instant.Add(items, rule);
        return
        [
            .. items
                .OrderBy(item => item.Due)
                .ThenBy(item => item.Person)
                .ThenBy(item => item.Rule, StringComparer.Ordinal)
                .ThenBy(item => item.From),
        ];
    }

    /// <summary>What was done later than <paramref name="after"/> and no later than <paramref name="at"/>, each with the facts that did it:
    /// what was to be done just before them and not with them any more.</summary>
    public static IReadOnlyList<(WorkItem Item, IReadOnlyList<Fact> By)> Done(
        HouseholdFacts household,
        IReadOnlyList<ZonePeriod> zones,
        ProtocolPlan plan,
        DateTimeOffset after,
        DateTimeOffset at
    )
    {
        var done = new List<(WorkItem, IReadOnlyList<Fact>)>();
        var counting = CountingFacts.At(at.UtcTicks, household.Facts).Facts;
        foreach (var instant in counting.Select(fact => fact.At).Where(instant => instant > after).Distinct().Order())
        {
            var left = Known(fact => fact.At <= instant, instant).Select(item => item.Key).ToHashSet();
            foreach (var item in Known(fact => fact.At < instant, instant))
                if (!left.Contains(item.Key) && counting.FindAll(fact => fact.At == instant && Does(fact, item, instant)) is [_, ..] by)
                    done.Add((item, by));
        }
        return done;

        IReadOnlyList<WorkItem> Known(Predicate<Fact> isKnown, DateTimeOffset instant) =>
            Evaluate(household with { Facts = counting.FindAll(isKnown) }, zones, plan, instant);

        // what a fact makes needless, as a release does readings, was not done
        bool Does(Fact fact, WorkItem item, DateTimeOffset instant)
        {
            var patterns = item.Duty is { } duty
                ? plan.Edition(duty.Edition)!.AllDue.Where(due => due.Fact[0].Kind == duty.Kind).SelectMany(due => due.Fact)
                : RuleOf(item, plan, instant)!.Done;
            return (item.Person is null || fact.Person is null || fact.Person == item.Person)
                && patterns.Any(pattern => pattern.Matches(fact));
        }
    }

    /// <summary>Whether why it is to be done tells of the members what only those are told who may see them.</summary>
    /// <param name="item">What was found.</param>
    /// <param name="plan">The plan it was found under.</param>
    /// <param name="at">The instant it was found at.</param>
    public static bool IsOfMembers(WorkItem item, ProtocolPlan plan, DateTimeOffset at) => RuleOf(item, plan, at)?.IsOfMembers == true;

    /// <summary>Its rule in the edition of work; null: the protocol makes it due.</summary>
    internal static WorkRule? RuleOf(WorkItem item, ProtocolPlan plan, DateTimeOffset at) =>
        item.Duty is null ? plan.WorkAt(at).Rules.First(rule => rule.Id == item.Rule) : null;
}
