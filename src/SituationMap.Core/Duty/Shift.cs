namespace SituationMap.Core.Duty;

/// <summary>A time [From, To) at which somebody was or is at a post.</summary>
/// <param name="Worker">Who.</param>
/// <param name="From">When he came.</param>
/// <param name="To">When he went; where nobody said so, until when he counts as there.</param>
/// <param name="IsOpen">Nobody has said yet that he went.</param>
public sealed record Presence(string Worker, DateTimeOffset From, DateTimeOffset To, bool IsOpen);

/// <summary>A shift as its steps make it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Worker">Whose it is.</param>
/// <param name="From">Planned from when.</param>
/// <param name="To">Planned until when (excluded).</param>
/// <param name="IsCancelled">Whether it is planned no more.</param>
/// <param name="Presences">When somebody was there for it, in order.</param>
public sealed record Shift(
    Guid Id,
    string Worker,
    DateTimeOffset From,
    DateTimeOffset To,
    bool IsCancelled,
    IReadOnlyList<Presence> Presences
)
{
    /// <summary>The shifts as they stood at an instant, by when they begin. A later step is left aside, and so is one that was
    /// retracted, whenever that became known, and a shift that was never planned.</summary>
    /// <param name="steps">In any order; a repeat counts once.</param>
    /// <param name="at">The instant.</param>
    /// <param name="staysAfterEnd">So long after the planned end whoever has not left counts as there.</param>
    public static IReadOnlyList<Shift> At(IEnumerable<DutyStep> steps, DateTimeOffset at, TimeSpan staysAfterEnd) =>
        [
            .. Counting(steps)
                .Where(step => step.At <= at)
                .GroupBy(step => step.Shift)
                .Select(shift => Of(shift.Key, [.. shift.OrderBy(step => step.Order)], staysAfterEnd))
                .OfType<Shift>()
                .OrderBy(shift => (shift.From, shift.Id)),
        ];

    /// <summary>The steps that were not retracted. A retraction takes back only what was done before it, so the last ones are decided
    /// first and no two can take each other back.</summary>
    private static List<DutyStep> Counting(IEnumerable<DutyStep> steps)
    {
        var retracted = new HashSet<Guid>();
        var counting = new List<DutyStep>();
        foreach (var step in steps.DistinctBy(step => step.Id).OrderByDescending(step => step.Order))
        {
            if (retracted.Contains(step.Id))
                continue;
            if (step.Kind == DutyStepKind.Retracted)
                retracted.Add(step.Step!.Value);
            else
                counting.Add(step);
        }
        return counting;
    }

    private static Shift? Of(Guid id, DutyStep[] steps, TimeSpan staysAfterEnd)
    {
        if (Array.FindLast(steps, step => step.Kind == DutyStepKind.Planned) is not { } plan)
            return null;
        var decided = Array.FindLast(steps, step => step.Kind is DutyStepKind.Planned or DutyStepKind.Cancelled)!;
        var worker = Array.Find(steps, step => step.Worker is not null)!.Worker!;
        var end = plan.To!.Value + staysAfterEnd;
        var presences = new List<Presence>();
        DateTimeOffset? came = null;
        foreach (var step in steps)
        {
            if (step.Worker is { } next && next != worker)
            {
                Close(step.At, isOpen: false, comesBack: true);
                worker = next;
            }
            if (step.Kind == DutyStepKind.Arrived)
                came ??= step.At;
            else if (step.Kind == DutyStepKind.Left)
                Close(step.At, isOpen: false, comesBack: false);
        }
        Close(end, isOpen: true, comesBack: false);
        return new Shift(id, worker, plan.From!.Value, plan.To.Value, decided.Kind == DutyStepKind.Cancelled, presences);

        void Close(DateTimeOffset to, bool isOpen, bool comesBack)
        {
            if (came is not { } from)
                return;
            to = isOpen || to < end ? to : Max(end, from);
            if (to > from)
                presences.Add(new Presence(worker, from, to, isOpen));
            came = comesBack ? to : null;
        }
    }

    private static DateTimeOffset Max(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
