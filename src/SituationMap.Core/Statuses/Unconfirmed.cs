using SituationMap.Core.Calendar;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;

namespace SituationMap.Core.Statuses;

/// <summary>A fact that would begin a rule, and has no effect until a second person confirms it.</summary>
/// <param name="Fact">The fact.</param>
/// <param name="Rule">The id of the rule it would begin.</param>
/// <param name="Edition">The id of the edition whose rule it is.</param>
/// <param name="Status">The status it would give.</param>
/// <param name="To">When that status would end by itself, UTC; null: open.</param>
public sealed record Unconfirmed(Fact Fact, string Rule, string Edition, Status Status, DateTimeOffset? To)
{
    /// <summary>Those whose confirmation would still change something, the oldest first.</summary>
    /// <param name="household">What was reported; facts later than <paramref name="at"/> are left aside.</param>
    /// <param name="plan">Which edition is in force when.</param>
    /// <param name="at">The instant asked about.</param>
    public static IReadOnlyList<Unconfirmed> Of(HouseholdFacts household, ProtocolPlan plan, DateTimeOffset at)
    {
        var pending = new List<Unconfirmed>();
        var facts = CountingFacts.At(at.UtcTicks, household.Facts);
        foreach (var fact in facts.Facts.DistinctBy(fact => fact.Id))
        {
            var edition = plan.EditionAt(fact.At);
            foreach (var (rule, trigger) in edition.BegunBy(fact.Kind))
            {
                if (
                    !RuleWindows.NeedsConfirmation(rule, fact)
                    || !trigger.Fact.Matches(fact)
                    || RuleWindows.Confirms(fact)
                    || RuleWindows.Confirmation(fact, facts) is not null
                )
                    continue;
                // what it would be if it were confirmed by now; over or released already, it is nothing to wait for
                var windows = new List<Window>();
                RuleWindows.AddAsIfConfirmed(windows, fact, rule, trigger, household.Members, facts, edition, plan.Days);
                if (windows.Find(window => window.Holds(at.UtcTicks)) is { } window)
                    pending.Add(
                        new Unconfirmed(
                            fact,
                            rule.Id,
                            edition.Id,
                            window.Status,
                            window.To == LocalDays.Never ? null : StatusRules.Instant(window.To)
                        )
                    );
            }
        }
        return [.. pending.OrderBy(item => item.Fact.At).ThenBy(item => item.Fact.Id)];
    }
}
