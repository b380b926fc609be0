using SituationMap.Core.Calendar;
using SituationMap.Core.Protocols;

namespace SituationMap.Core.Duty;

/// <summary>
/// Whether enough people are at a post. It follows from what was planned and reported of its shifts as a status follows from facts, and
/// nothing of it is kept: whoever arrives has ended the gap.
/// </summary>
public static class DutyRules
{
    /// <summary>So far back is told since when something is so.</summary>
    public static readonly TimeSpan LookBack = TimeSpan.FromDays(8);

    /// <summary>So far ahead is looked for what comes next; long enough for every hour of a day.</summary>
    public static readonly TimeSpan LookAhead = TimeSpan.FromDays(2);

    /// <summary>Tells how things stand with a post. Reads no clock and nothing outside its arguments; the order of steps does not matter,
    /// nor does a step that comes twice, and one later than <paramref name="at"/> is left aside.</summary>
    /// <param name="kind">The kind of post, as in <see cref="PostKind.Id"/>.</param>
    /// <param name="steps">The steps of its shifts; of those that ended earlier than <see cref="LookBack"/> and
    /// <see cref="DutyEdition.PlanHolds"/> none is needed.</param>
    /// <param name="plan">The plan as it holds in the post's grid.</param>
    /// <param name="at">The instant asked about.</param>
    public static Cover Evaluate(string kind, IReadOnlyCollection<DutyStep> steps, ProtocolPlan plan, DateTimeOffset at)
    {
        var edition = plan.WorkAt(at).Duty;
        var shifts = Shift.At(steps, at, edition.StaysAfterEnd);
        return new CoverInstant(shifts, edition, edition.Kind(kind), plan.Days, at.ToUniversalTime()).Find();
    }

    /// <summary>The times from <see cref="LookBack"/> to <see cref="LookAhead"/> at which too few were there or are planned, as they
    /// are known at an instant.</summary>
    /// <inheritdoc cref="Evaluate"/>
    public static IReadOnlyList<Gap> Gaps(string kind, IReadOnlyCollection<DutyStep> steps, ProtocolPlan plan, DateTimeOffset at)
    {
        var edition = plan.WorkAt(at).Duty;
        var shifts = Shift.At(steps, at, edition.StaysAfterEnd);
        return new CoverInstant(shifts, edition, edition.Kind(kind), plan.Days, at.ToUniversalTime()).Gaps();
    }
}

/// <summary>One post at one instant, by its shifts: the time around it falls into pieces in which nothing changes.</summary>
internal sealed class CoverInstant(IReadOnlyList<Shift> shifts, DutyEdition edition, PostKind kind, LocalDays days, DateTimeOffset at)
{
    private readonly Shift[] _planned = [.. shifts.Where(shift => !shift.IsCancelled)];
    private readonly Presence[] _presences = [.. shifts.SelectMany(shift => shift.Presences)];

    public Cover Find()
    {
        var instants = Instants();
        var states = States(instants);
        var now = instants.FindLastIndex(instant => instant <= at);
        var first = now;
        while (first > 0 && states[first - 1].State == states[now].State)
            first--;
        var isGap = states[now].State == CoverState.Gap;
        DateTimeOffset? since = first == 0 ? null : instants[first];
        if (isGap)
            since = states[now].ShortSince!.Value;
        var (present, planned) = (Present(at), Planned(at));
        DateTimeOffset? chief = isGap ? since + edition.ChiefAfter : null;
        return new Cover(
            states[now].State,
            since,
            Wanted(at),
            present,
            planned,
            isGap ? Reason(planned, present) : null,
            chief,
            ShortHandover(),
            Next()
        );

        DateTimeOffset? Next()
        {
            for (var i = now + 1; i < instants.Count; i++)
                if (states[i].State != states[now].State || !Same(instants[i]))
                    return chief > at && chief < instants[i] ? chief : instants[i];
            return chief > at ? chief : null;
        }

        bool Same(DateTimeOffset instant) =>
            Wanted(instant) == Wanted(at) && Present(instant).SequenceEqual(present) && Planned(instant).SequenceEqual(planned);
    }

    /// <summary>Up to now by who was there, from then on by who is planned.</summary>
    public IReadOnlyList<Gap> Gaps()
    {
        var instants = Instants();
        var states = States(instants);
        var gaps = new List<Gap>();
        for (var i = 0; i < instants.Count; i++)
        {
            var to = i + 1 < instants.Count ? instants[i + 1] : at + DutyRules.LookAhead;
            if (instants[i] < at && states[i] is { State: CoverState.Gap, ShortSince: { } since })
                Add(since, to < at ? to : at, isAhead: false);
            if (to > at && HasPlan(instants[i]) && Planned(instants[i]).Length < Wanted(instants[i]))
                Add(instants[i] > at ? instants[i] : at, to, isAhead: true);
        }
        return gaps;

        void Add(DateTimeOffset from, DateTimeOffset to, bool isAhead)
        {
            if (gaps.Count > 0 && gaps[^1] is var last && last.IsAhead == isAhead && last.To >= from)
                gaps[^1] = last with { To = to };
            else if (to > from)
                gaps.Add(new Gap(from, to, isAhead));
        }
    }

    /// <summary>Where something may change, in order; the first is where the look back begins.</summary>
    private List<DateTimeOffset> Instants()
    {
        var (from, to) = (at - DutyRules.LookBack, at + DutyRules.LookAhead);
        var changes = new SortedSet<DateTimeOffset> { from };
        foreach (var shift in _planned)
            changes.UnionWith([shift.From, shift.To, shift.To + edition.PlanHolds]);
        foreach (var presence in _presences)
            changes.UnionWith([presence.From, presence.To]);
        for (var day = 0L; days.StartOfDay(from.UtcTicks, day) is var start && start < to.UtcTicks; day++)
            foreach (var hours in kind.Hours)
                changes.UnionWith([
                    OfDay(start, hours.From),
                    hours.To is { } end ? OfDay(start, end) : OfDay(days.StartOfDay(start, 1), default),
                ]);
        // a gap begins some minutes after it may have
        changes.UnionWith([.. changes.Select(change => change + edition.GapAfter)]);
        return [.. changes.Where(change => change >= from && change <= to)];
    }

    /// <summary>How things stand from each of these instants on, and since when too few have been there.</summary>
    private List<(CoverState State, DateTimeOffset? ShortSince)> States(List<DateTimeOffset> instants)
    {
        var states = new List<(CoverState, DateTimeOffset?)>(instants.Count);
        DateTimeOffset? since = null;
        foreach (var instant in instants)
        {
            var hasPlan = HasPlan(instant);
            since = hasPlan && Present(instant).Length < Wanted(instant) ? since ?? instant : null;
            var state =
                !hasPlan ? CoverState.NoPlan
                : since + edition.GapAfter <= instant ? CoverState.Gap
                : CoverState.Covered;
            states.Add((state, since));
        }
        return states;
    }

    /// <summary>From the first planned shift on, until some hours after the last. Whoever is there has a plan.</summary>
    private bool HasPlan(DateTimeOffset instant) =>
        Array.Exists(_planned, shift => shift.From <= instant && instant < shift.To + edition.PlanHolds)
        || Array.Exists(_presences, presence => Holds(presence, instant));

    private int Wanted(DateTimeOffset instant)
    {
        var start = days.StartOfDay(instant.UtcTicks, 0);
        foreach (var hours in kind.Hours)
            if (OfDay(start, hours.From) <= instant && (hours.To is not { } end || instant < OfDay(start, end)))
                return hours.People;
        return 0;
    }

    private string[] Present(DateTimeOffset instant) => Codes(_presences.Where(presence => Holds(presence, instant)).Select(p => p.Worker));

    private string[] Planned(DateTimeOffset instant) =>
        Codes(_planned.Where(shift => shift.From <= instant && instant < shift.To).Select(shift => shift.Worker));

    private GapReason Reason(string[] planned, string[] present)
    {
        var missing = planned.Except(present).ToArray();
        return missing.Length == 0 ? GapReason.NotPlanned
            : _planned.Any(shift => shift.From <= at && at < shift.To && missing.Contains(shift.Worker) && shift.Presences.Count > 0)
                ? GapReason.LeftEarly
            : GapReason.NotArrived;
    }

    private DateTimeOffset? ShortHandover()
    {
        foreach (var shift in _planned.OrderBy(shift => shift.To))
        {
            if (shift.To <= at || shift.To > at + DutyRules.LookAhead)
                continue;
            var following = _planned.Where(next => next.Worker != shift.Worker && next.From <= shift.To && next.To > shift.To).ToArray();
            if (following.Length > 0 && following.All(next => next.From > shift.To - edition.Overlap))
                return shift.To;
        }
        return null;
    }

    private DateTimeOffset OfDay(long start, TimeOnly time) => new(days.ToUtc(days.Local(start).Date + time.ToTimeSpan()), TimeSpan.Zero);

    private static bool Holds(Presence presence, DateTimeOffset instant) => presence.From <= instant && instant < presence.To;

    private static string[] Codes(IEnumerable<string> workers) =>
        [.. workers.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
