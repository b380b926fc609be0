using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;

namespace SituationMap.Core.Statuses;

/// <summary>
/// What becomes of running clocks when another edition comes into force. Under "shorter" the same fact is also judged by the new
/// edition, with the same start, and from the change on the less restrictive of the two holds: so each end is the shorter one.
/// </summary>
internal static class CarriedOver
{
    /// <param name="windows">The windows from number <paramref name="first"/> on are those of the fact.</param>
    /// <param name="first">See above.</param>
    /// <param name="fact">The fact.</param>
    /// <param name="span">The edition that was in force when the fact happened, by its number in the plan.</param>
    /// <param name="members">The known members.</param>
    /// <param name="facts">All facts that count.</param>
    /// <param name="plan">The plan.</param>
    public static void Apply(
        List<Window> windows,
        int first,
        Fact fact,
        int span,
        IReadOnlyList<int> members,
        CountingFacts facts,
        ProtocolPlan plan
    )
    {
        if (plan.CarryOver == CarryOver.Old)
            return;
        for (var next = span + 1; next < plan.Spans.Length; next++)
        {
            var change = plan.Spans[next].From;
            if (!windows.Exists(change, first))
                return;
            var judgedAnew = new List<Window>();
            RuleWindows.Add(judgedAnew, fact, members, facts, plan.Spans[next].Edition, plan.Days);
            var old = windows.GetRange(first, windows.Count - first);
            windows.RemoveRange(first, windows.Count - first);
            foreach (var window in old)
            {
                if (window.From < change)
                    windows.Add(window with { To = Math.Min(window.To, change) });
                if (window.To > change)
                    AddRest(windows, window with { From = Math.Max(window.From, change) }, judgedAnew, plan.WithoutCounterpart);
            }
        }
    }

    private static bool Exists(this List<Window> windows, long after, int first)
    {
        for (var i = first; i < windows.Count; i++)
            if (windows[i].To > after)
                return true;
        return false;
    }

    private static void AddRest(List<Window> windows, Window rest, List<Window> judgedAnew, WithoutCounterpart without)
    {
        var hasCounterpart = false;
        foreach (var anew in judgedAnew)
        {
            if (!anew.ConcernsTheSame(rest))
                continue;
            hasCounterpart = true;
            var (from, to) = (Math.Max(rest.From, anew.From), Math.Min(rest.To, anew.To));
            if (from < to)
                windows.Add((rest.Status < anew.Status ? rest : anew) with { From = from, To = to });
        }
        if (!hasCounterpart && without == WithoutCounterpart.RunsOut)
            windows.Add(rest);
    }
}
