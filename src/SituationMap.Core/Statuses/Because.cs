using SituationMap.Core.Calendar;

namespace SituationMap.Core.Statuses;

/// <summary>Makes the reasons out of the windows that decide: complete, yet nothing in them that adds nothing.</summary>
internal static class Because
{
    /// <param name="deciding">The windows that give the status at the instant.</param>
    /// <param name="all">All windows; what a deciding one goes on in.</param>
    public static IReadOnlyList<Reason> Of(List<Window> deciding, List<Window> all)
    {
        if (deciding.Count == 0)
            return [];
        if (deciding.Count == 1)
            return [ReasonOf(Whole(deciding[0], all))];
        var wholes = deciding.ConvertAll(window => Whole(window, all));
        wholes.Sort(ByDecisiveness);
        var reasons = new List<Reason>(wholes.Count);
        for (var i = 0; i < wholes.Count; i++)
            if (!AddsNothing(wholes[i], wholes, i))
                reasons.Add(ReasonOf(wholes[i]));
        return reasons;
    }

    /// <summary>The window with the pieces before and after it that belong to the same reason.</summary>
    private static Window Whole(Window window, List<Window> all)
    {
        var whole = window;
        for (var i = 0; i < all.Count; i++)
        {
            var piece = all[i];
            if (!piece.IsPartOfTheSame(window))
                continue;
            if (piece.To == whole.From)
                whole = whole with { From = piece.From };
            else if (piece.From == whole.To)
                whole = whole with { To = piece.To };
            else
                continue;
            i = -1; // it may have brought another piece within reach
        }
        return whole;
    }

    private static int ByDecisiveness(Window a, Window b)
    {
        var order = b.To.CompareTo(a.To);
        if (order == 0)
            order = a.From.CompareTo(b.From);
        if (order == 0)
            order = string.CompareOrdinal(RuleOf(a), RuleOf(b));
        if (order == 0)
            order = (a.Zone.Zone, a.Zone.Version).CompareTo((b.Zone.Zone, b.Zone.Version));
        if (order == 0)
            order = (a.Fact?.Id ?? default).CompareTo(b.Fact?.Id ?? default);
        return order != 0 ? order : Nullable.Compare(a.Person, b.Person);
    }

    /// <summary>
    /// A repeat of the same rule for the same person that ends no later says nothing more; nor does one fact twice because it
    /// concerns several members.
    /// </summary>
    private static bool AddsNothing(Window window, List<Window> sorted, int i)
    {
        if (window.Rule is null)
        {
            for (var j = 0; j < i; j++)
                if (sorted[j].Rule is null && sorted[j].Zone == window.Zone)
                    return true;
            return false;
        }
        for (var j = 0; j < i; j++)
            if (sorted[j].Rule?.Id == window.Rule.Id && (sorted[j].Person == window.Person || sorted[j].Fact!.Id == window.Fact!.Id))
                return true;
        return false;
    }

    private static Reason ReasonOf(Window window) =>
        new(
            RuleOf(window),
            window.Edition.Id,
            window.Fact?.Id,
            window.With,
            window.Rule is null ? window.Zone.Zone : null,
            window.Rule is null ? window.Zone.Version : null,
            window.Rule is null ? window.Zone.Level : null,
            StatusRules.Instant(window.Clock),
            StatusRules.Instant(window.From),
            window.To == LocalDays.Never ? null : StatusRules.Instant(window.To)
        );

    private static string RuleOf(Window window) => window.Rule?.Id ?? Reason.ZoneRule;
}
