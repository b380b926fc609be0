using SituationMap.Core.Calendar;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Statuses;

namespace SituationMap.Core.Work;

/// <summary>
/// One home at one instant, by the facts that count then and the windows they and the zones give, and what each rule makes of it.
/// Instants are UTC ticks; what is due later than <paramref name="until"/> is left aside.
/// </summary>
internal sealed class WorkInstant(List<Fact> facts, List<Window> windows, WorkEdition edition, LocalDays days, long at, long until)
{
    private readonly Timeline _timeline = new(windows);

    /// <summary>What the protocol makes due, as far as somebody can still do something about it.</summary>
    public void AddDuties(List<WorkItem> items, IReadOnlyList<int> members, ProtocolPlan plan)
    {
        // what two rules make due by the same instant is one thing to do, and done once neither misses it any more
        var duties = DueItems
            .Between(members, facts, windows, plan, at - edition.LongestLate.Ticks, until)
            .GroupBy(duty => (duty.Person, duty.Kind, duty.Due))
            .Select(same => same.MaxBy(duty => (duty.Missing, duty.From))!);
        foreach (var duty in duties)
        {
            if (duty.Due.UtcTicks <= at - edition.ShownWhenLate(duty.IsDaily).Ticks)
                continue;
            var critical = edition.DutiesAreCritical.TryGetValue(duty.Kind, out var after) ? after : (TimeSpan?)null;
            var time = (duty.From.UtcTicks, duty.Due.UtcTicks);
            items.Add(
                Item(duty.Person, FactReader.Name(duty.Kind), duty.Kind, null, null, time, TimeSpan.Zero, critical) with
                {
                    Duty = duty,
                }
            );
        }
    }

    public void Add(List<WorkItem> items, WorkRule rule)
    {
        if (rule.While.Count > 0 && !rule.While.Contains(_timeline.StatusAt(at)))
            return;
        if (rule.EndOf.Count > 0)
            AddEndOf(items, rule);
        else if (rule.When.Count > 0)
            AddWhen(items, rule);
        else
            AddAgain(items, rule, null, null);
    }

    private void AddWhen(List<WorkItem> items, WorkRule rule)
    {
        var began = facts.FindAll(fact => Matches(rule.When, fact) && !IsOver(rule, fact));
        foreach (var subject in began.GroupBy(fact => rule.IsOfPerson ? fact.Person : null))
        {
            if (rule.EveryDays is not null)
                AddAgain(items, rule, subject.Key, subject.MinBy(fact => (fact.At, fact.Id)));
            else if (FirstDue(rule, subject) is { } first)
                Add(items, rule, subject.Key, first.Fact, first.Fact.At.UtcTicks, first.From, first.To);
        }
    }

    /// <summary>Of several, the one that is due first: what does it does the others as well.</summary>
    private (long From, long To, Fact Fact)? FirstDue(WorkRule rule, IEnumerable<Fact> began)
    {
        (long From, long To, Fact Fact)? first = null;
        foreach (var fact in began)
            if (
                DueOf(rule, fact) is { } due
                && (first is not { } other || (due.To, fact.At, fact.Id).CompareTo((other.To, other.Fact.At, other.Fact.Id)) < 0)
            )
                first = (due.From, due.To, fact);
        return first;
    }

    /// <summary>The time in which what a fact begins is to be done; null: it is done, or there is nothing to do.</summary>
    private (long From, long To)? DueOf(WorkRule rule, Fact fact)
    {
        var began = fact.At.UtcTicks;
        if (facts.Exists(done => done.At > fact.At && IsBy(done, rule, fact.Person) && Matches(rule.Done, done)))
            return null;
        if (rule.NextSlot)
            return NextSlot(began);
        var to = rule.ByField is { } field ? FactData.Instant(fact.Data, field, days) : began + rule.Within!.Value.Ticks;
        return to is { } by && IsShownWhenLate(by) ? (Math.Min(began, by - 1), by) : null;
    }

    private (long From, long To)? NextSlot(long began)
    {
        for (var day = 0; day <= 1; day++)
        {
            var date = days.Local(days.StartOfDay(began, day)).Date;
            foreach (var slot in edition.Slots)
            {
                var from = days.ToUtc(date + slot.From.ToTimeSpan());
                var to = days.ToUtc(date + slot.To.ToTimeSpan());
                if (from > began)
                    return IsShownWhenLate(to) ? (from, to) : null;
            }
        }
        return null;
    }

    private void AddEndOf(List<WorkItem> items, WorkRule rule)
    {
        if (_timeline.LastWith(rule.EndOf, at) is not { To: not LocalDays.Never } ended)
            return;
        var (from, to) = (ended.To - rule.Early.Ticks, ended.To + rule.Within!.Value.Ticks);
        if (!IsShownWhenLate(to) || facts.Exists(done => done.At.UtcTicks >= from && Matches(rule.Done, done)))
            return;
        var last = _timeline
            .DecidingAt(ended.To - 1, _timeline.StatusAt(ended.To - 1))
            .Select(window => window.Fact)
            .OfType<Fact>()
            .MinBy(fact => (fact.At, fact.Id));
        Add(items, rule, null, last, ended.To, from, to);
    }

    private void AddAgain(List<WorkItem> items, WorkRule rule, int? person, Fact? began)
    {
        long? last = null;
        foreach (var fact in facts)
            if ((last is null || fact.At.UtcTicks > last) && IsBy(fact, rule, person) && Matches(rule.Done, fact))
                last = fact.At.UtcTicks;
        if (began is not null && !(last > began.At.UtcTicks))
        {
            // after its hour it is tomorrow's, which nobody does on the same evening
            var (told, due) = (began.At.UtcTicks, NextTime(began.At.UtcTicks, rule.By));
            Add(items, rule, person, began, told, Math.Max(told, days.StartOfDay(due, 0)), due);
        }
        else if (last is { } then)
        {
            var day = days.StartOfDay(then, rule.EveryDays!.Value);
            Add(items, rule, person, began, then, day, TimeOfDay(day, rule.By));
        }
        else
        {
            // what was never done is due by the next time of day, and never late
            var due = NextTime(at, rule.By);
            Add(items, rule, person, null, null, days.StartOfDay(due, 0), due);
        }
    }

    /// <summary>The first time it is so late on a day, after an instant.</summary>
    private long NextTime(long after, TimeOnly by)
    {
        var today = TimeOfDay(days.StartOfDay(after, 0), by);
        return today > after ? today : TimeOfDay(days.StartOfDay(after, 1), by);
    }

    private long TimeOfDay(long day, TimeOnly time) => days.ToUtc(days.Local(day).Date + time.ToTimeSpan());

    private bool IsShownWhenLate(long due) => due > at - edition.LateIsShown.Ticks;

    private bool IsOver(WorkRule rule, Fact fact) =>
        UntilOf(rule, fact) <= at || facts.Exists(end => end.At > fact.At && IsBy(end, rule, fact.Person) && Matches(rule.Ends, end));

    private long? UntilOf(WorkRule rule, Fact fact) => rule.UntilField is { } field ? FactData.Instant(fact.Data, field, days) : null;

    private static bool IsBy(Fact fact, WorkRule rule, int? person) =>
        !rule.IsOfPerson || person is null || fact.Person is null || fact.Person == person;

    private static bool Matches(IReadOnlyList<FactPattern> patterns, Fact fact)
    {
        foreach (var pattern in patterns)
            if (pattern.Matches(fact))
                return true;
        return false;
    }

    private void Add(List<WorkItem> items, WorkRule rule, int? person, Fact? fact, long? since, long from, long due)
    {
        // what holds only until then has to be done by then
        due = Math.Min(due, fact is null ? due : UntilOf(rule, fact) ?? due);
        if (due <= until && from < due)
            items.Add(Item(person, rule.Id, rule.Done[0].Kind, fact, since, (from, due), rule.Grace, rule.CriticalAfter));
    }

    private WorkItem Item(
        int? person,
        string rule,
        FactKind kind,
        Fact? fact,
        long? since,
        (long From, long To) time,
        TimeSpan grace,
        TimeSpan? criticalAfter
    )
    {
        var due = StatusRules.Instant(time.To);
        var (late, critical) = (due + grace, due + criticalAfter);
        var state =
            critical?.UtcTicks <= at ? WorkState.Critical
            : late.UtcTicks <= at ? WorkState.Late
            : WorkState.Due;
        var began = since is { } then ? StatusRules.Instant(then) : (DateTimeOffset?)null;
        return new WorkItem(person, rule, kind, fact, began, StatusRules.Instant(time.From), due, late, critical, state, null);
    }
}
