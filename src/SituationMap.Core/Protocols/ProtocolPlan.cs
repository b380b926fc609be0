using SituationMap.Core.Calendar;

namespace SituationMap.Core.Protocols;

/// <summary>What becomes of a clock that is running when another edition comes into force.</summary>
public enum CarryOver : byte
{
    /// <summary>The less restrictive of the two holds from then on, so the shorter of the two ends counts.</summary>
    Shorter,

    /// <summary>It runs out as it began.</summary>
    Old,
}

/// <summary>What becomes of a running clock, under <see cref="CarryOver.Shorter"/>, for which the new edition has no rule.</summary>
public enum WithoutCounterpart : byte
{
    /// <summary>It ends when the new edition comes into force.</summary>
    Ends,

    /// <summary>It runs out as it began.</summary>
    RunsOut,
}

/// <summary>
/// Which protocol edition is in force when, and the time zone in which its days are counted. Made by <see cref="ProtocolReader"/>.
/// </summary>
public sealed class ProtocolPlan
{
    private readonly Dictionary<string, ProtocolPlan> _overlays;
    private readonly IReadOnlyList<(long From, WorkEdition Edition)> _work;

    internal ProtocolPlan(
        string id,
        LocalText name,
        TimeZoneInfo timeZone,
        CarryOver carryOver,
        WithoutCounterpart withoutCounterpart,
        IReadOnlyList<(long From, Edition Edition)> editions,
        IReadOnlyList<(long From, WorkEdition Edition)> work,
        Dictionary<string, ProtocolPlan> overlays
    )
    {
        (Id, Name, CarryOver, WithoutCounterpart, _overlays) = (id, name, carryOver, withoutCounterpart, overlays);
        _work = work.Count > 0 ? work : [(long.MinValue, WorkEdition.None)];
        Days = new LocalDays(timeZone);
        Spans = new EditionSpan[editions.Count];
        for (var i = 0; i < Spans.Length; i++)
            Spans[i] = new EditionSpan(
                i == 0 ? long.MinValue : editions[i].From,
                i + 1 < Spans.Length ? editions[i + 1].From : LocalDays.Never,
                editions[i].Edition
            );
        Editions = [.. editions.Select(entry => new EditionInForce(new DateTimeOffset(entry.From, TimeSpan.Zero), entry.Edition))];
    }

    /// <summary>The plan's id, such as <c>demo</c>.</summary>
    public string Id { get; }

    /// <summary>What people call it.</summary>
    public LocalText Name { get; }

    /// <summary>The time zone in which days are counted.</summary>
    public TimeZoneInfo TimeZone => Days.Zone;

    /// <summary>What becomes of running clocks when the edition changes.</summary>
    public CarryOver CarryOver { get; }

    /// <summary>What becomes of them where the new edition has no rule for them.</summary>
    public WithoutCounterpart WithoutCounterpart { get; }

    /// <summary>The editions in the order in which they come into force; the first also covers everything before.</summary>
    public IReadOnlyList<EditionInForce> Editions { get; }

    /// <summary>The editions of work, one at least, and those of grids with values of their own.</summary>
    public IEnumerable<WorkEdition> WorkEditions =>
        _work.Select(entry => entry.Edition).Concat(_overlays.Values.SelectMany(plan => plan.WorkEditions));

    /// <summary>Whether some grids have values of their own, so that <see cref="ForGrid"/> has to be asked.</summary>
    public bool HasOverlays => _overlays.Count > 0;

    /// <summary>Whether an edition, be it only in a grid with values of its own, tests zones by
    /// <see cref="ZoneTest.Intersects"/>.</summary>
    public bool HasIntersects =>
        Spans.Any(span => span.Edition.ZoneTest == ZoneTest.Intersects) || _overlays.Values.Any(plan => plan.HasIntersects);

    internal LocalDays Days { get; }

    internal EditionSpan[] Spans { get; }

    /// <summary>The edition in force at an instant.</summary>
    public Edition EditionAt(DateTimeOffset at) => Spans[SpanAt(at.UtcTicks)].Edition;

    /// <summary>When the local day of an instant began.</summary>
    public DateTimeOffset StartOfDay(DateTimeOffset at) => new(Days.StartOfDay(at.UtcTicks, 0), TimeSpan.Zero);

    /// <summary>The edition of work in force at an instant; the first also covers everything before.</summary>
    public WorkEdition WorkAt(DateTimeOffset at)
    {
        var i = _work.Count - 1;
        while (i > 0 && _work[i].From > at.UtcTicks)
            i--;
        return _work[i].Edition;
    }

    /// <summary>The edition with that id, or null where the plan never puts it in force.</summary>
    public Edition? Edition(string id)
    {
        foreach (var span in Spans)
            if (span.Edition.Id == id)
                return span.Edition;
        return null;
    }

    /// <summary>
    /// The plan as it holds in a grid: with the values that the jurisdictions above the grid overlay, the nearest last.
    /// The same object for all grids without an overlay of their own, so it may be asked for every household.
    /// </summary>
    /// <param name="grid">The grid's code, such as <c>210682-004-03</c>.</param>
    public ProtocolPlan ForGrid(string grid)
    {
        if (_overlays.Count == 0)
            return this;
        for (var length = grid.Length; length > 0; length = grid.LastIndexOf('-', length - 1))
            if (_overlays.TryGetValue(grid[..length], out var plan))
                return plan;
        return this;
    }

    internal int SpanAt(long utc)
    {
        var i = Spans.Length - 1;
        while (i > 0 && Spans[i].From > utc)
            i--;
        return i;
    }
}

/// <summary>An edition and when it comes into force.</summary>
/// <param name="From">When, included; the first of a plan also covers everything before.</param>
/// <param name="Edition">The edition.</param>
public sealed record EditionInForce(DateTimeOffset From, Edition Edition);

/// <summary>The time [From, To) in UTC ticks in which an edition is in force.</summary>
internal readonly record struct EditionSpan(long From, long To, Edition Edition);
