using System.Text.Json;
using SituationMap.Core.Calendar;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;

namespace SituationMap.Core.Zones;

/// <summary>What the days without a case are counted from.</summary>
public enum LoweringStart : byte
{
    /// <summary>From when the zone was declared at its level.</summary>
    Declared,

    /// <summary>From when it was lowered to its level.</summary>
    Lowered,

    /// <summary>From the last case.</summary>
    Case,
}

/// <summary>What has to be so before a zone may be lowered.</summary>
public enum LoweringCondition : byte
{
    /// <summary>Enough days without a new case.</summary>
    DaysWithoutCase,

    /// <summary>The last contact is long enough past exposure, and every contact negative since.</summary>
    Contacts,

    /// <summary>Every household has a negative test of the day that the edition names, or later.</summary>
    RoundOnDay,

    /// <summary>Every household has a negative test of the last days.</summary>
    RoundWithinDays,
}

/// <summary>One condition, and how far it is fulfilled.</summary>
/// <param name="Condition">What has to be so.</param>
/// <param name="Days">The edition's number of days.</param>
/// <param name="From">When it can be fulfilled at the earliest; of a round: from when tests count.</param>
/// <param name="Done">Contacts or households that are negative; 0 where only days count.</param>
/// <param name="Of">Contacts or households in all; 0 where only days count.</param>
/// <param name="IsMet">Whether it is so.</param>
public sealed record LoweringNeed(LoweringCondition Condition, int Days, DateTimeOffset From, int Done, int Of, bool IsMet);

/// <summary>The clock of one zone: when it may be lowered, and what that rests on.</summary>
/// <param name="Level">The level it has.</param>
/// <param name="Since">Since when it has that level without interruption.</param>
/// <param name="LoweredFrom">The stricter level it was lowered from; null: it was declared at this one.</param>
/// <param name="Rule">The edition's rule.</param>
/// <param name="Start">What the days without a case are counted from.</param>
/// <param name="ClockFrom">The instant they are counted from.</param>
/// <param name="Case">The id of the fact that started the clock; null: no case has since the zone has this level.</param>
/// <param name="DueAt">When it is due at the earliest if nothing happens until then.</param>
/// <param name="Needs">All of these have to be met.</param>
public sealed record LoweringState(
    ZoneLevel Level,
    DateTimeOffset Since,
    ZoneLevel? LoweredFrom,
    Lowering Rule,
    LoweringStart Start,
    DateTimeOffset ClockFrom,
    Guid? Case,
    DateTimeOffset DueAt,
    IReadOnlyList<LoweringNeed> Needs
)
{
    /// <summary>Whether it may be lowered; a person decides.</summary>
    public bool IsDue => Needs.All(need => need.IsMet);
}

/// <summary>Works out when a zone is due for lowering. Pure: the same zone, facts, edition and instant give the same clock.</summary>
public static class LoweringClock
{
    /// <param name="periods">All periods of the zone.</param>
    /// <param name="reported">What was reported of each household in it: cases, contacts, tests and retractions, in any order.</param>
    /// <param name="households">How many households live in it.</param>
    /// <param name="plan">The protocol plan; the edition in force at the instant decides.</param>
    /// <param name="at">The instant asked about; what was reported for later does not count.</param>
    /// <returns>Null where no zone is in force at <paramref name="at"/>, or the edition says nothing of lowering it.</returns>
    public static LoweringState? At(
        IEnumerable<ZonePeriod> periods,
        IEnumerable<IReadOnlyList<Fact>> reported,
        int households,
        ProtocolPlan plan,
        DateTimeOffset at
    )
    {
        var edition = plan.EditionAt(at);
        var before = periods.Where(period => period.From <= at).OrderBy(period => period.From).ToArray();
        if (before is not [.., var current] || current.To <= at || edition.ZoneLevel(current.Level) is not { } level)
            return null;
        var (since, loweredFrom) = (current.From, (ZoneLevel?)null);
        for (var i = before.Length - 2; i >= 0 && before[i].To == since; i--)
        {
            if (before[i].Level != current.Level)
            {
                loweredFrom = edition.ZoneLevel(before[i].Level) is { } above && above.Rank < level.Rank ? above : null;
                break;
            }
            since = before[i].From;
        }
        var rule = level.Lowering.FirstOrDefault(lowering =>
            (lowering.LoweredFrom is null || lowering.LoweredFrom == loweredFrom?.Id) && (!lowering.Declared || loweredFrom is null)
        );
        if (rule is null)
            return null;

        var counting = reported.Select(facts => CountingFacts.At(at.UtcTicks, facts).Facts).ToArray();
        var last = counting
            .SelectMany(facts => facts)
            .Where(fact => IsCase(fact) && Resets(fact, rule))
            .OrderBy(fact => (fact.At, fact.Id))
            .LastOrDefault();
        if (last?.At < since)
            last = null;
        var clock = last?.At ?? since;
        LoweringNeed[] needs = [.. RequiresRight(rule, clock, since, counting, households, edition, plan.Days, at)];
        return new LoweringState(
            level,
            since,
            loweredFrom,
            rule,
            last is not null ? LoweringStart.Case
                : loweredFrom is not null ? LoweringStart.Lowered
                : LoweringStart.Declared,
            clock,
            last?.Id,
            needs.Where(need => need.Condition != LoweringCondition.RoundWithinDays).Max(need => need.From),
            needs
        );
    }

    /// <summary>Whether a fact says that somebody is infected.</summary>
    public static bool IsCase(Fact fact) =>
        fact.Kind switch
        {
            FactKind.Case => FactData.TryField(fact.Data, "confirmed", out var confirmed) && confirmed.ValueKind == JsonValueKind.True,
            FactKind.Test => FactData.Text(fact.Data, "result") == "positive",
            _ => false,
        };

    private static bool Resets(Fact fact, Lowering rule) =>
        rule.IsolatedCasesReset
        || FactData.Text(fact.Data, "spread") != "none"
        || !FactData.TryField(fact.Data, "isolated", out var isolated)
        || isolated.ValueKind != JsonValueKind.True;

    private static IEnumerable<LoweringNeed> RequiresRight(
        Lowering rule,
        DateTimeOffset clock,
        DateTimeOffset since,
        List<Fact>[] counting,
        int households,
        Edition edition,
        LocalDays days,
        DateTimeOffset at
    )
    {
        var quiet = AsInstant(days.EndOfWindow(clock.UtcTicks, rule.DaysWithoutCase, edition.DayCount));
        yield return new LoweringNeed(LoweringCondition.DaysWithoutCase, rule.DaysWithoutCase, quiet, 0, 0, quiet <= at);
        if (rule.DaysSinceLastExposure is { } past)
        {
            // whose time was over before the zone began has nothing to do with it
            var contacts = counting
                .SelectMany(facts =>
                    facts
                        .Where(fact => fact.Kind == FactKind.Contact)
                        .Select(fact =>
                            (fact.Person, Exposed: FactData.Instant(fact.Data, "lastExposure", days) ?? fact.At.UtcTicks, Facts: facts)
                        )
                )
                .Where(contact => days.EndOfWindow(contact.Exposed, past, edition.DayCount) > since.UtcTicks)
                .ToArray();
            var from =
                contacts.Length == 0
                    ? since
                    : AsInstant(contacts.Max(contact => days.EndOfWindow(contact.Exposed, past, edition.DayCount)));
            var negative = contacts.Count(contact => IsNegativeSince(contact.Facts, contact.Person, contact.Exposed));
            yield return new LoweringNeed(
                LoweringCondition.Contacts,
                past,
                from,
                negative,
                contacts.Length,
                from <= at && negative == contacts.Length
            );
        }
        if (rule.RoundOnDay is { } day)
            yield return Round(LoweringCondition.RoundOnDay, day, clock.UtcTicks, day);
        if (rule.RoundWithinDays is { } within)
            yield return Round(LoweringCondition.RoundWithinDays, within, at.UtcTicks, -within);

        LoweringNeed Round(LoweringCondition condition, int named, long origin, int shift)
        {
            var from = edition.DayCount == DayCount.Calendar ? days.StartOfDay(origin, shift) : origin + (shift * TimeSpan.TicksPerDay);
            var negative = counting.Count(facts => IsNegativeSince(facts, person: null, from));
            return new LoweringNeed(condition, named, AsInstant(from), negative, households, from <= at.UtcTicks && negative >= households);
        }
    }

    /// <summary>Whether the last test from then on was negative; of the household where nobody is named.</summary>
    private static bool IsNegativeSince(List<Fact> facts, int? person, long from) =>
        facts
            .Where(fact =>
                fact.Kind == FactKind.Test && fact.At.UtcTicks >= from && (person is null || fact.Person is null || fact.Person == person)
            )
            .MaxBy(fact => (fact.At, fact.Id))
            is { } last
        && !IsCase(last);

    private static DateTimeOffset AsInstant(long utc) => new(Math.Min(utc, DateTime.MaxValue.Ticks), TimeSpan.Zero);
}
