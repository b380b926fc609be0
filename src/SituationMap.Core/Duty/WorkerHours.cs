using SituationMap.Core.Protocols;

namespace SituationMap.Core.Duty;

/// <summary>How long a worker has been, and is planned to be, at posts in the week of an instant, which begins on Monday.</summary>
/// <param name="Worker">Who, by code.</param>
/// <param name="Week">In that week, as far as it was worked.</param>
/// <param name="Planned">In that week, worked and still planned.</param>
/// <param name="Row">The longest time in a row that touches that week, worked and still planned.</param>
/// <param name="IsRowTooLong">More in a row than the edition allows.</param>
/// <param name="IsWeekTooLong">More in the week than the edition allows.</param>
public sealed record WorkerHours(string Worker, TimeSpan Week, TimeSpan Planned, TimeSpan Row, bool IsRowTooLong, bool IsWeekTooLong)
{
    /// <summary>The hours of everybody who has any in the week of an instant, by code. Who is at two posts at once counts once.</summary>
    /// <param name="steps">The steps of the shifts of all posts.</param>
    /// <param name="plan">The plan, in whose time zone weeks begin.</param>
    /// <param name="at">The instant.</param>
    public static IReadOnlyList<WorkerHours> Of(IEnumerable<DutyStep> steps, ProtocolPlan plan, DateTimeOffset at)
    {
        var edition = plan.WorkAt(at).Duty;
        var weekday = ((int)plan.Days.Local(at.UtcTicks).DayOfWeek + 6) % 7;
        var from = new DateTimeOffset(plan.Days.StartOfDay(at.UtcTicks, -weekday), TimeSpan.Zero);
        var to = new DateTimeOffset(plan.Days.StartOfDay(at.UtcTicks, 7 - weekday), TimeSpan.Zero);
        var hours = new List<WorkerHours>();
        foreach (
            var worker in Spans(Shift.At(steps, at, edition.StaysAfterEnd), at)
                .GroupBy(span => span.Worker)
                .OrderBy(w => w.Key, StringComparer.Ordinal)
        )
        {
            var spans = Joined(worker.Select(span => (span.From, span.To)), TimeSpan.Zero);
            var planned = Within(spans, from, to);
            if (planned == TimeSpan.Zero)
                continue;
            var row = Joined(spans, edition.Rest).Where(span => span.From < to && span.To > from).Max(span => span.To - span.From);
            hours.Add(
                new(
                    worker.Key,
                    Within(spans, from, at < to ? at : to),
                    planned,
                    row,
                    row > edition.LongestRow,
                    planned > edition.LongestWeek
                )
            );
        }
        return hours;
    }

    /// <summary>What was worked by then, and what is planned from then on.</summary>
    private static IEnumerable<(string Worker, DateTimeOffset From, DateTimeOffset To)> Spans(
        IReadOnlyList<Shift> shifts,
        DateTimeOffset at
    )
    {
        foreach (var shift in shifts)
        {
            foreach (var presence in shift.Presences)
                // whether he stays past the planned end is not known yet
                yield return (presence.Worker, presence.From, presence.IsOpen ? Earlier(presence.To, Later(shift.To, at)) : presence.To);
            var isOver = shift.Presences is [.., { IsOpen: false } last] && last.Worker == shift.Worker;
            if (!shift.IsCancelled && shift.To > at && !isOver)
                yield return (shift.Worker, Later(shift.From, at), shift.To);
        }
    }

    private static List<(DateTimeOffset From, DateTimeOffset To)> Joined(
        IEnumerable<(DateTimeOffset From, DateTimeOffset To)> spans,
        TimeSpan rest
    )
    {
        var joined = new List<(DateTimeOffset From, DateTimeOffset To)>();
        foreach (var span in spans.Order())
        {
            if (joined.Count > 0 && (span.From <= joined[^1].To || span.From - joined[^1].To < rest))
                joined[^1] = (joined[^1].From, Later(joined[^1].To, span.To));
            else
                joined.Add(span);
        }
        return joined;
    }

    private static TimeSpan Within(List<(DateTimeOffset From, DateTimeOffset To)> spans, DateTimeOffset from, DateTimeOffset to) =>
        spans.Aggregate(TimeSpan.Zero, (sum, span) =>
            Earlier(span.To, to) - Later(span.From, from) is var part && part > TimeSpan.Zero ? sum + part : sum
        );

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
