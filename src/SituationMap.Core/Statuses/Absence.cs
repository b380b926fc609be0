using SituationMap.Core.Calendar;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;

namespace SituationMap.Core.Statuses;

/// <summary>The windows of rules that hold while every known member has left and has not come back.</summary>
internal static class Absence
{
    public static void Add(List<Window> windows, IReadOnlyList<int> members, CountingFacts facts, ProtocolPlan plan)
    {
        foreach (var span in plan.Spans)
        {
            foreach (var rule in span.Edition.EveryMemberRules)
                if (facts.Any(rule.EveryMember!.Left.Kind))
                    Follow(windows, rule, span, members, facts);
        }
    }

    /// <summary>
    /// Goes through the comings and goings in order of time. A fact without a person is about everyone; where no member is known,
    /// only such facts say anything.
    /// </summary>
    private static void Follow(List<Window> windows, Rule rule, EditionSpan span, IReadOnlyList<int> members, CountingFacts facts)
    {
        var moves = new List<(long At, bool IsBack, Fact Fact)>();
        foreach (var fact in facts.Facts)
        {
            var isBack = rule.EveryMember!.Back.Matches(fact);
            if (isBack || rule.EveryMember.Left.Matches(fact))
                moves.Add((fact.At.UtcTicks, isBack, fact));
        }
        // who leaves and comes back at the same instant is there
        moves.Sort((a, b) => (a.At, a.IsBack, a.Fact.Id).CompareTo((b.At, b.IsBack, b.Fact.Id)));

        var left = new Fact?[Math.Max(members.Count, 1)]; // by what each member left; null: there
        Window? gone = null;
        foreach (var (at, isBack, fact) in moves)
        {
            for (var i = 0; i < left.Length; i++)
                if (fact.Person is null || (i < members.Count && members[i] == fact.Person))
                    left[i] = isBack ? null : left[i] ?? fact;
            var isAllGone = !Array.Exists(left, fact => fact is null);
            if (isAllGone && gone is null)
                gone = new Window
                {
                    From = at,
                    To = LocalDays.Never,
                    Clock = at,
                    Status = rule.Phases[0].Status!.Value,
                    Edition = span.Edition,
                    Rule = rule,
                    Fact = fact,
                    With = [.. left.Select(other => other!.Id).Where(id => id != fact.Id).Distinct().Order()],
                };
            else if (!isAllGone && gone is not null)
            {
                AddWithin(windows, gone with { To = at }, span);
                gone = null;
            }
        }
        if (gone is not null)
            AddWithin(windows, gone, span);
    }

    private static void AddWithin(List<Window> windows, Window window, EditionSpan span)
    {
        var (from, to) = (Math.Max(window.From, span.From), Math.Min(window.To, span.To));
        if (from < to)
            windows.Add(window with { From = from, To = to });
    }
}
