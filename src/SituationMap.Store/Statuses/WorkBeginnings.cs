using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;

namespace SituationMap.Store.Statuses;

/// <summary>A kind of fact, and a field that it has to have; null: none.</summary>
internal readonly record struct FactWith(FactKind Kind, string? Field);

/// <summary>By which facts it is found out where something may be to do.</summary>
/// <param name="Ever">However long ago they were.</param>
/// <param name="OfLate">If they are no older than <paramref name="Longest"/>.</param>
/// <param name="Longest">How long after a fact something that is done once is told at the most.</param>
/// <param name="Everywhere">The rules that hold of every home, in every edition of the plan.</param>
internal sealed record WorkBeginnings(
    IReadOnlyList<FactWith> Ever,
    IReadOnlyList<FactWith> OfLate,
    TimeSpan Longest,
    IReadOnlyList<WorkRule> Everywhere
)
{
    // a slot may be the next day's
    private static readonly TimeSpan Slack = TimeSpan.FromDays(2);

    public static WorkBeginnings Of(ProtocolPlan plan)
    {
        var editions = plan.WorkEditions.ToList();
        var rules = editions.SelectMany(edition => edition.Rules).ToList();
        var everywhere = rules.FindAll(rule => rule.When.Count + rule.EndOf.Count == 0);
        return new WorkBeginnings(
            [
                .. rules.Where(rule => rule.EveryDays is not null).SelectMany(rule => rule.When).Select(With),
                .. rules
                    .Where(rule => rule.ByField is not null)
                    .SelectMany(rule => rule.When.Select(fact => new FactWith(fact.Kind, rule.ByField))),
                .. everywhere.SelectMany(rule => rule.Done).Where(fact => fact.Where.Count > 0).Select(With),
            ],
            [.. rules.Where(rule => rule.Within is not null || rule.NextSlot).SelectMany(rule => rule.When).Select(With)],
            editions.Max(edition => edition.LateIsShown)
                + rules.Select(rule => rule.Within ?? TimeSpan.Zero).DefaultIfEmpty().Max()
                + Slack,
            everywhere
        );
    }

    /// <summary>The kinds of facts that do what a rule asks, whatever their data.</summary>
    public static FactKind[] DoneBy(WorkRule rule) => [.. rule.Done.Where(fact => fact.Where.Count == 0).Select(fact => fact.Kind)];

    private static FactWith With(FactPattern fact) =>
        new(fact.Kind, fact.Where.FirstOrDefault(condition => condition.Comparison != Comparison.Not)?.Field);
}
