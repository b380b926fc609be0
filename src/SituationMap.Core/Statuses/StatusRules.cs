using SituationMap.Core.Calendar;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Zones;

namespace SituationMap.Core.Statuses;

/// <summary>
/// The one function behind every colour: facts, zones, protocol and instant in; status and reasons out. In four steps:
/// <see cref="CountingFacts"/> leaves aside what is retracted or still to come; <see cref="Windows"/> turns each fact and zone
/// into times [from, to) with a status; <see cref="Timeline"/> lays them over each other; <see cref="Statuses.Because"/> says why.
/// </summary>
public static class StatusRules
{
    /// <summary>
    /// Evaluates one household at one instant. Reads no clock and nothing outside its arguments; the order of facts and zones does
    /// not matter, nor does a fact that comes twice.
    /// </summary>
    /// <param name="household">
    /// What was reported about it. Facts later than <paramref name="at"/> are left aside, except that a retraction holds for every
    /// instant. For what was known at an earlier time, pass only the facts received by then.
    /// </param>
    /// <param name="zones">The periods of the risk zones over its building, past and future.</param>
    /// <param name="plan">Which edition is in force when.</param>
    /// <param name="at">The instant asked about.</param>
    public static StatusEvaluation Evaluate(HouseholdFacts household, IReadOnlyList<ZonePeriod> zones, ProtocolPlan plan, DateTimeOffset at)
    {
        var now = at.UtcTicks;
        var span = plan.Spans[plan.SpanAt(now)];
        var edition = span.Edition;
        if (household.Facts.Count == 0 && zones.Count == 0)
            return edition.Untouched.Value;

        var facts = CountingFacts.At(now, household.Facts);
        // another edition may leave the status as it is and still be another edition
        var nextInput = Math.Min(facts.Next, span.To);
        var windows = Windows.Of(household.Members, facts, zones, plan);
        if (windows.Count == 0)
            return new StatusEvaluation(Status.Healthy, null, null, facts.Surveyed, edition.Id, [], InstantOrNever(nextInput));

        var timeline = new Timeline(windows);
        var status = timeline.StatusAt(now);
        var (since, until) = timeline.Around(now, status);
        return new StatusEvaluation(
            status,
            since is { } from ? Instant(from) : null,
            until is { } to ? Instant(to) : null,
            facts.Surveyed,
            edition.Id,
            Statuses.Because.Of(timeline.DecidingAt(now, status), windows),
            InstantOrNever(Math.Min(until ?? LocalDays.Never, nextInput))
        );
    }

    internal static DateTimeOffset Instant(long utcTicks) => new(utcTicks, TimeSpan.Zero);

    private static DateTimeOffset? InstantOrNever(long utcTicks) => utcTicks == LocalDays.Never ? null : Instant(utcTicks);
}
