using SituationMap.Core.Calendar;

namespace SituationMap.Core.Statuses;

/// <summary>
/// What a household's windows come to over time: at every instant the most restrictive one that holds, unless an override does.
/// </summary>
internal sealed class Timeline
{
    private readonly List<Window> _windows;
    private readonly bool _hasOverrides;
    private readonly long[] _changes; // every instant at which a window begins or ends, ascending

    public Timeline(List<Window> windows)
    {
        _windows = windows;
        _hasOverrides = windows.Exists(window => window.Overrides);
        _changes = new long[windows.Count * 2];
        for (var i = 0; i < windows.Count; i++)
            (_changes[2 * i], _changes[2 * i + 1]) = (windows[i].From, windows[i].To);
        Array.Sort(_changes);
    }

    public Status StatusAt(long at)
    {
        var status = Status.Healthy;
        foreach (var window in _windows)
            if (window.Status > status && window.Holds(at) && !IsOverridden(window, at))
                status = window.Status;
        return status;
    }

    /// <summary>The longest time [since, until) around <paramref name="at"/> with one status; null: without beginning or end.</summary>
    public (long? Since, long? Until) Around(long at, Status status)
    {
        var next = 0;
        while (next < _changes.Length && _changes[next] <= at)
            next++;

        var since = next - 1;
        while (since > 0 && StatusAt(_changes[since - 1]) == status)
            since--;
        // before the first window every household is healthy
        var isWithoutBeginning = since < 0 || (since == 0 && status == Status.Healthy);

        while (next < _changes.Length && _changes[next] != LocalDays.Never && StatusAt(_changes[next]) == status)
            next++;
        var isWithoutEnd = next == _changes.Length || _changes[next] == LocalDays.Never;
        return (isWithoutBeginning ? null : _changes[since], isWithoutEnd ? null : _changes[next]);
    }

    /// <summary>Whether one of the statuses holds at every instant of [from, to).</summary>
    public bool IsThroughout(long from, long to, IReadOnlyList<Status> statuses)
    {
        if (!statuses.Contains(StatusAt(from)))
            return false;
        foreach (var change in _changes)
            if (change > from && change < to && !statuses.Contains(StatusAt(change)))
                return false;
        return true;
    }

    /// <summary>The last time [from, to) with nothing but these statuses that has begun by an instant; null: there was none.</summary>
    public (long From, long To)? LastWith(IReadOnlyList<Status> statuses, long at)
    {
        (long From, long To)? last = null;
        for (var i = 0; i + 1 < _changes.Length; i++)
        {
            var (from, to) = (_changes[i], _changes[i + 1]);
            if (from == to || !statuses.Contains(StatusAt(from)))
                continue;
            if (last is { } before && before.To == from)
                last = (before.From, to);
            else if (from <= at)
                last = (from, to);
        }
        return last;
    }

    /// <summary>The windows that decide at an instant, each of which alone would do.</summary>
    public List<Window> DecidingAt(long at, Status status)
    {
        var deciding = new List<Window>();
        foreach (var window in _windows)
            if (window.Status == status && window.Holds(at) && (status != Status.Healthy || window.Overrides) && !IsOverridden(window, at))
                deciding.Add(window);
        return deciding;
    }

    /// <summary>
    /// Whether an override decides instead of a window: one for the whole household instead of everything, one for a person instead
    /// of what concerns just that person. Of two overrides the one that was decided later.
    /// </summary>
    public bool IsOverridden(Window window, long at)
    {
        if (!_hasOverrides)
            return false;
        foreach (var other in _windows)
            if (
                other.Overrides
                && other.Holds(at)
                && (other.Person is null || other.Person == window.Person)
                && (!window.Overrides || IsLater(other, window))
            )
                return true;
        return false;
    }

    private static bool IsLater(Window a, Window b) =>
        (a.Fact!.At.UtcTicks, a.Status, a.Fact.Id).CompareTo((b.Fact!.At.UtcTicks, b.Status, b.Fact.Id)) > 0;
}
