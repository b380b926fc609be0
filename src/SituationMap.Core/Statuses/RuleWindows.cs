using SituationMap.Core.Calendar;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;

namespace SituationMap.Core.Statuses;

/// <summary>The windows that one fact begins under the rules of one edition.</summary>
internal static class RuleWindows
{
    public static void Add(
        List<Window> windows,
        Fact fact,
        IReadOnlyList<int> members,
        CountingFacts facts,
        Edition edition,
        LocalDays days
    )
    {
        foreach (var (rule, trigger) in edition.BegunBy(fact.Kind))
        {
            if (!trigger.Fact.Matches(fact))
                continue;
            Fact? confirmed = null;
            if (NeedsConfirmation(rule, fact) && (confirmed = Confirmation(fact, facts)) is null)
                continue;
            Add(new Making(windows, fact, confirmed, rule, trigger, members, facts, edition, days), trigger, fact, members);
        }
    }

    /// <summary>The windows that a fact in want of confirmation would begin.</summary>
    public static void AddAsIfConfirmed(
        List<Window> windows,
        Fact fact,
        Rule rule,
        Trigger trigger,
        IReadOnlyList<int> members,
        CountingFacts facts,
        Edition edition,
        LocalDays days
    ) => Add(new Making(windows, fact, null, rule, trigger, members, facts, edition, days), trigger, fact, members);

    private static void Add(Making made, Trigger trigger, Fact fact, IReadOnlyList<int> members)
    {
        if (trigger.AppliesTo == AppliesTo.Household)
            made.For(null);
        else if (trigger.AppliesTo == AppliesTo.Person || fact.Person is null || members.Count == 0)
            made.For(OfPerson(trigger, fact));
        else
            for (var i = 0; i < members.Count; i++)
                if (members[i] != fact.Person)
                    made.For(members[i]);
    }

    /// <summary>Whether a fact begins a rule only once a second person confirms it: always, or where it is an order that was only
    /// proposed or that confirms one.</summary>
    public static bool NeedsConfirmation(Rule rule, Fact fact) =>
        rule.NeedsConfirmation
        || (fact.Kind == FactKind.Order && (FactData.Text(fact.Data, FactSchema.Proposed) == "true" || Confirms(fact)));

    /// <summary>Whether a fact confirms another, and so is nothing by itself.</summary>
    public static bool Confirms(Fact fact) => FactData.TryField(fact.Data, FactSchema.Confirms, out _);

    // Where no member is known, the others are simply the household.
    private static int? OfPerson(Trigger trigger, Fact fact) => trigger.AppliesTo == AppliesTo.Others ? null : fact.Person;

    /// <summary>The first fact by which a second person says the same.</summary>
    public static Fact? Confirmation(Fact fact, CountingFacts facts)
    {
        if (Confirms(fact))
            return null;
        Fact? first = null;
        foreach (var other in facts.Facts)
            if (
                other.Kind == fact.Kind
                && Reporter.AreTwo((other.By, other.Source), (fact.By, fact.Source))
                && FactData.Id(other.Data, FactSchema.Confirms) == fact.Id
                && IsTheSameDecision(other, fact)
                && (first is null || (other.At, other.Id).CompareTo((first.At, first.Id)) < 0)
            )
                first = other;
        return first;
    }

    private static bool IsTheSameDecision(Fact one, Fact other)
    {
        foreach (var field in FactSchema.Of(one.Kind))
            if (field.Type == FactFieldType.Choice && FactData.Text(one.Data, field.Name) != FactData.Text(other.Data, field.Name))
                return false;
        return true;
    }

    private readonly ref struct Making(
        List<Window> windows,
        Fact fact,
        Fact? confirmed,
        Rule rule,
        Trigger trigger,
        IReadOnlyList<int> members,
        CountingFacts facts,
        Edition edition,
        LocalDays days
    )
    {
        public void For(int? person)
        {
            var clock = trigger.Clock is null ? null : FactData.Instant(fact.Data, trigger.Clock, days);
            var started = clock ?? fact.At.UtcTicks;
            var from = fact.At.UtcTicks;
            if (confirmed is not null)
                from = Math.Max(from, confirmed.At.UtcTicks);
            var cut = Math.Min(Release(person), Ended(person, started));
            long before = 0;
            for (var phase = 0; phase < rule.Phases.Count; phase++)
            {
                var end = EndOf(rule.Phases[phase], started, before);
                var to = Math.Min(end, cut);
                if (from < to && StatusOf(rule.Phases[phase]) is { } status)
                    windows.Add(
                        new Window
                        {
                            From = from,
                            To = to,
                            Status = status,
                            Edition = edition,
                            Rule = rule,
                            Fact = fact,
                            Phase = phase,
                            Clock = started,
                            Person = person,
                            AppliesTo = trigger.AppliesTo,
                            With = confirmed is null ? [] : [confirmed.Id],
                        }
                    );
                from = Math.Max(from, end);
                before += rule.Phases[phase].Days ?? 0;
            }
        }

        private Status? StatusOf(Phase phase) =>
            phase.Status
            ?? (
                FactData.Text(fact.Data, phase.StatusField!) is { } value && phase.StatusValues.TryGetValue(value, out var status)
                    ? status
                    : null
            );

        private long EndOf(Phase phase, long started, long before)
        {
            if (phase.Days is { } fixedDays)
                return days.EndOfWindow(started, before + fixedDays, edition.DayCount);
            var byDays =
                phase.DaysField is { } field && FactData.Number(fact.Data, field) is { } ordered
                    ? days.EndOfWindow(started, before + ordered, edition.DayCount)
                    : LocalDays.Never;
            var byInstant = phase.UntilField is { } until ? FactData.Instant(fact.Data, until, days) ?? LocalDays.Never : LocalDays.Never;
            return Math.Min(byDays, byInstant);
        }

        /// <summary>When a release names this fact. One that names a person frees that person only.</summary>
        private long Release(int? person)
        {
            var earliest = LocalDays.Never;
            if (!facts.Any(FactKind.Release))
                return earliest;
            foreach (var release in facts.Facts)
                if (
                    release.Kind == FactKind.Release
                    && FactSchema.Reference(FactKind.Release, release.Data)?.Fact == fact.Id
                    && (release.Person is null || IsAbout(release.Person, person))
                )
                    earliest = Math.Min(earliest, release.At.UtcTicks);
            return earliest;
        }

        /// <summary>The same person; of a household of one, that one and the household are the same.</summary>
        private bool IsAbout(int? other, int? person) => other == person || (members.Count <= 1 && (other is null || person is null));

        private long Ended(int? person, long started)
        {
            var earliest = LocalDays.Never;
            foreach (var ending in rule.Ends)
                if (facts.Any(ending.Fact.Kind))
                    earliest = Math.Min(earliest, When(ending, person, started));
            return earliest;
        }

        private long When(Ending ending, int? person, long started)
        {
            if (ending.OnDays.Count == 0)
                return First(ending, person, started, 0, long.MaxValue).At;
            var (at, day) = (0L, -1L);
            foreach (var needed in ending.OnDays)
            {
                var least = Math.Max(needed, day + 1);
                (at, day) = First(ending, person, started, least, ending.OrLater ? long.MaxValue : needed);
                if (at == LocalDays.Never)
                    break;
            }
            return at;
        }

        /// <summary>The first fact that does, on one of these days of the clock, and its day.</summary>
        private (long At, long Day) First(Ending ending, int? person, long started, long least, long most)
        {
            var (at, day) = (LocalDays.Never, 0L);
            foreach (var other in facts.Facts)
            {
                var otherAt = other.At.UtcTicks;
                if (!IsAbout(other.Person, person) || otherAt <= fact.At.UtcTicks || otherAt >= at || !ending.Fact.Matches(other))
                    continue;
                var number = ending.OnDays.Count == 0 ? 0 : days.DayNumber(started, otherAt, edition.DayCount);
                if (number >= least && number <= most)
                    (at, day) = (otherAt, number);
            }
            return (at, day);
        }
    }
}
