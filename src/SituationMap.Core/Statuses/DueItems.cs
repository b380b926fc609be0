using SituationMap.Core.Calendar;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Zones;

namespace SituationMap.Core.Statuses;

/// <summary>A reading or a test that was or is due and has not been reported.</summary>
/// <param name="Person">Whose; null where no member of the household is known.</param>
/// <param name="Kind">The kind of fact that is missing.</param>
/// <param name="Rule">The rule that makes it due; null: the edition does, of everyone with a status.</param>
/// <param name="Edition">The edition.</param>
/// <param name="From">The earliest instant at which it can be done, UTC.</param>
/// <param name="Due">By when it has to be done (excluded), UTC.</param>
/// <param name="Missing">How many are missing, at least 1.</param>
public sealed record DueItem(int? Person, FactKind Kind, string? Rule, string Edition, DateTimeOffset From, DateTimeOffset Due, int Missing)
{
    /// <summary>Whether it is due every day of everyone with a status, so that tomorrow's is another.</summary>
    public bool IsDaily => Rule is null;
}

/// <summary>
/// Lists what is due or overdue. A reading by a time of day is due when its whole slot, from the slot before it or midnight on, lies in a
/// time with the status; a test on a day when the rule still holds at the end of that day. A late test makes up for a missed one
/// until the next is due; a reading cannot be made up for. Whoever has left the district owes nothing meanwhile.
/// </summary>
public static class DueItems
{
    /// <summary>What was due by <paramref name="at"/> and is missing, the oldest first.</summary>
    /// <param name="household">What was reported; facts later than <paramref name="at"/> are left aside.</param>
    /// <param name="zones">The periods of the risk zones over its building.</param>
    /// <param name="plan">Which edition is in force when.</param>
    /// <param name="at">The instant asked about.</param>
    /// <param name="after">Leaves aside what was due at or before this instant; null: nothing.</param>
    public static IReadOnlyList<DueItem> Overdue(
        HouseholdFacts household,
        IReadOnlyList<ZonePeriod> zones,
        ProtocolPlan plan,
        DateTimeOffset at,
        DateTimeOffset? after = null
    ) => Between(household, zones, plan, at, after?.UtcTicks ?? long.MinValue, at.UtcTicks);

    /// <summary>What is to be done later than <paramref name="at"/> and no later than <paramref name="until"/>, the soonest first: what
    /// will be overdue then if nothing more is reported.</summary>
    /// <param name="household">What was reported; facts later than <paramref name="at"/> are left aside.</param>
    /// <param name="zones">The periods of the risk zones over its building.</param>
    /// <param name="plan">Which edition is in force when.</param>
    /// <param name="at">The instant asked about.</param>
    /// <param name="until">The last instant by which something has to be done to be listed.</param>
    public static IReadOnlyList<DueItem> Upcoming(
        HouseholdFacts household,
        IReadOnlyList<ZonePeriod> zones,
        ProtocolPlan plan,
        DateTimeOffset at,
        DateTimeOffset until
    ) => Between(household, zones, plan, at, at.UtcTicks, until.UtcTicks);

    /// <summary>What is not done by the facts of an instant and due within the time (after, until].</summary>
    private static IReadOnlyList<DueItem> Between(
        HouseholdFacts household,
        IReadOnlyList<ZonePeriod> zones,
        ProtocolPlan plan,
        DateTimeOffset at,
        long after,
        long until
    )
    {
        if (household.Facts.Count == 0 && zones.Count == 0)
            return [];
        var facts = CountingFacts.At(at.UtcTicks, household.Facts);
        return Between(household.Members, facts.Facts, Windows.Of(household.Members, facts, zones, plan), plan, after, until);
    }

    /// <summary>The same of windows that are there already.</summary>
    internal static IReadOnlyList<DueItem> Between(
        IReadOnlyList<int> members,
        List<Fact> facts,
        List<Window> windows,
        ProtocolPlan plan,
        long after,
        long until
    )
    {
        if (windows.Count == 0)
            return [];
        var search = new Search(facts, plan, after, until);
        if (members.Count == 0)
            search.Person(null, windows);
        foreach (var member in members)
            search.Person(member, windows.FindAll(window => window.Person is null || window.Person == member));
        // what two rules make due in the same time is done once
        return
        [
            .. search
                .Found.OrderBy(item => item.Due)
                .ThenBy(item => item.Person)
                .ThenBy(item => item.Kind)
                .ThenBy(item => item.From)
                .ThenByDescending(item => item.Missing)
                .ThenBy(item => item.Rule, StringComparer.Ordinal)
                .ThenBy(item => item.Edition, StringComparer.Ordinal)
                .DistinctBy(item => (item.Due, item.Person, item.Kind, item.From)),
        ];
    }

    private sealed class Search(List<Fact> facts, ProtocolPlan plan, long after, long until)
    {
        public List<DueItem> Found { get; } = [];

        public void Person(int? person, List<Window> windows)
        {
            if (windows.Count == 0)
                return;
            var timeline = new Timeline(windows);
            foreach (var window in windows)
                if (window.Rule is { } rule && !IsRepeated(window, windows))
                    foreach (var due in rule.Phases[window.Phase].Due)
                        OfRule(person, window, due, timeline);
            Daily(person, windows, timeline);
        }

        // A test does for all rules of the same kind at once: of two that run side by side, the one that began last sets the days.
        private static bool IsRepeated(Window window, List<Window> windows) =>
            windows.Exists(other =>
                other.Rule?.Id == window.Rule!.Id
                && other.Holds(window.From)
                && other.Fact!.Id != window.Fact!.Id
                && (other.Clock, other.Fact.Id).CompareTo((window.Clock, window.Fact.Id)) > 0
            );

        private void OfRule(int? person, Window window, Due due, Timeline timeline)
        {
            var rule = window.Rule!;
            var before = rule.Phases.Take(window.Phase).Sum(phase => phase.Days ?? 0);
            if (due.Count > 0)
            {
                var (start, end) = (DayStart(window, before), window.To);
                if (end == LocalDays.Never || !IsAsked(end) || timeline.IsOverridden(window, end - 1) || IsGone(person, start, end))
                    return;
                var done = facts
                    .Where(fact => IsBy(fact, person) && fact.At.UtcTicks >= start && Does(due, fact))
                    .Select(fact => fact.Id)
                    .Distinct()
                    .Count();
                if (done < due.Count)
                    Add(person, due, rule.Id, window.Edition, Math.Max(start, window.From), end, due.Count - done);
                return;
            }
            var allDays = DueDays(rule);
            foreach (var day in due.OnDays)
            {
                var (start, end) = (DayStart(window, before + day), DayStart(window, before + day + 1));
                if (
                    end <= window.From
                    || end > window.To
                    || !IsAsked(end)
                    || timeline.IsOverridden(window, end - 1)
                    || IsGone(person, start, end)
                )
                    continue;
                var next = allDays.Find(other => other > before + day);
                if (!IsDone(due, person, start, next == 0 ? LocalDays.Never : DayStart(window, next)))
                    Add(person, due, rule.Id, window.Edition, start, end, 1);
            }
        }

        private static List<int> DueDays(Rule rule)
        {
            var (days, before) = (new List<int>(), 0);
            foreach (var phase in rule.Phases)
            {
                foreach (var due in phase.Due)
                    days.AddRange(due.OnDays.Select(day => before + day));
                before += phase.Days ?? 0;
            }
            days.Sort();
            return days;
        }

        private void Daily(int? person, List<Window> windows, Timeline timeline)
        {
            if (!plan.Spans.Any(span => span.Edition.Due.Count > 0))
                return;
            var first = Math.Max(windows.Min(window => window.From), after == long.MinValue ? 0 : after);
            for (var day = plan.Days.StartOfDay(first, 0); day < until; day = plan.Days.StartOfDay(day, 1))
            {
                var edition = plan.Spans[plan.SpanAt(day)].Edition;
                foreach (var due in edition.Due)
                {
                    var start = day;
                    foreach (var time in due.DailyBefore)
                    {
                        var end = plan.Days.ToUtc(plan.Days.Local(day).Date + time.ToTimeSpan());
                        if (
                            IsAsked(end)
                            && timeline.IsThroughout(start, end, due.While)
                            && !IsGone(person, start, end)
                            && !IsDone(due, person, start, end)
                        )
                            Add(person, due, null, edition, start, end, 1);
                        start = end;
                    }
                }
            }
        }

        private long DayStart(Window window, int day) =>
            window.Edition.DayCount == DayCount.Calendar
                ? plan.Days.StartOfDay(window.Clock, day)
                : window.Clock + day * TimeSpan.TicksPerDay;

        private bool IsAsked(long due) => due > after && due <= until;

        private bool IsDone(Due due, int? person, long start, long end) =>
            facts.Exists(fact => IsBy(fact, person) && fact.At.UtcTicks >= start && fact.At.UtcTicks < end && Does(due, fact));

        private static bool IsBy(Fact fact, int? person) => fact.Person is null || person is null || fact.Person == person;

        private static bool Does(Due due, Fact fact)
        {
            foreach (var pattern in due.Fact)
                if (pattern.Matches(fact))
                    return true;
            return false;
        }

        /// <summary>Whether the person was away at the beginning of the time or left during it.</summary>
        private bool IsGone(int? person, long start, long end)
        {
            if (plan.Spans[plan.SpanAt(start)].Edition.EveryMemberRules is not [{ EveryMember: { } moves }, ..])
                return false;
            var (latest, isGone) = (long.MinValue, false);
            foreach (var fact in facts)
            {
                var when = fact.At.UtcTicks;
                if (when >= end || (fact.Person is not null && fact.Person != person))
                    continue;
                var isBack = moves.Back.Matches(fact);
                if (!isBack && !moves.Left.Matches(fact))
                    continue;
                if (!isBack && when >= start)
                    return true;
                if (when <= start && (when > latest || (when == latest && isBack)))
                    (latest, isGone) = (when, !isBack);
            }
            return isGone;
        }

        private void Add(int? person, Due due, string? rule, Edition edition, long from, long to, int missing) =>
            Found.Add(new DueItem(person, due.Fact[0].Kind, rule, edition.Id, StatusRules.Instant(from), StatusRules.Instant(to), missing));
    }
}
