using SituationMap.Core.Facts;

namespace SituationMap.Core.Protocols;

/// <summary>What is to be done at homes beside what the protocol makes due: visits, surveys, releases. Made by <see cref="ProtocolReader"/>
/// from <c>data/work</c>.</summary>
public sealed record WorkEdition
{
    /// <summary>The edition of a plan that names none: nothing but what the protocol makes due.</summary>
    public static WorkEdition None { get; } = new() { Id = "none", Name = new LocalText("无", "none") };

    /// <summary>The id, such as <c>community</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    public required LocalText Name { get; init; }

    /// <summary>So far ahead is told what is to be done: today's round, and tomorrow's begun.</summary>
    public TimeSpan Ahead { get; init; } = TimeSpan.FromHours(24);

    /// <summary>What the protocol makes due daily cannot be made up for, so it is told for so long.</summary>
    public TimeSpan ReadingsAreShown { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Everything else that is done once is told for so long after it was due, also when the days of its rule are over.</summary>
    public TimeSpan LateIsShown { get; init; } = TimeSpan.FromDays(14);

    /// <summary>The longer of the two.</summary>
    public TimeSpan LongestLate => LateIsShown > ReadingsAreShown ? LateIsShown : ReadingsAreShown;

    /// <summary>How long after it was due something is told that is due daily, or that is not.</summary>
    public TimeSpan ShownWhenLate(bool isDaily) => isDaily ? ReadingsAreShown : LateIsShown;

    /// <summary>By kind of fact, how long after it was due what the protocol makes due is critical; not there: never.</summary>
    public IReadOnlyDictionary<FactKind, TimeSpan> DutiesAreCritical { get; init; } = new Dictionary<FactKind, TimeSpan>();

    /// <summary>The sentence for those who may not be told why something is to be done; there wherever a rule needs it.</summary>
    public Words? Withheld { get; init; }

    /// <summary>The times of a day in which homes are visited, in order, in the time zone of the plan.</summary>
    public IReadOnlyList<WorkSlot> Slots { get; init; } = [];

    /// <summary>What is asked of posts and of those who stand at them.</summary>
    public DutyEdition Duty { get; init; } = DutyEdition.None;

    /// <summary>The rules, in the order of the file.</summary>
    public IReadOnlyList<WorkRule> Rules { get; init; } = [];

    /// <summary>By what gates decide.</summary>
    public GateEdition Gate { get; init; } = GateEdition.None;

    /// <summary>What a household may report of itself, on its own page.</summary>
    public IReadOnlyList<FactKind> SelfReports { get; init; } = [];

    /// <summary>Whom a household turns to; null: nobody is named.</summary>
    public LocalText? Contact { get; init; }
}

/// <summary>A time [From, To) of every day, local.</summary>
public readonly record struct WorkSlot(TimeOnly From, TimeOnly To);

/// <summary>
/// One rule about what is to be done. It begins with facts (<see cref="When"/>), with the end of statuses (<see cref="EndOf"/>) or, where
/// there is neither, holds of every home; exactly one of <see cref="Within"/>, <see cref="NextSlot"/>, <see cref="ByField"/> and
/// <see cref="EveryDays"/> says by when.
/// </summary>
public sealed record WorkRule
{
    /// <summary>The id that lists name, unique in the edition and no name of a kind of fact.</summary>
    public required string Id { get; init; }

    /// <summary>True for a rule that was published; false for local practice or a local setting.</summary>
    public required bool Published { get; init; }

    /// <summary>The facts that begin it, any of them.</summary>
    public IReadOnlyList<FactPattern> When { get; init; } = [];

    /// <summary>True: each person's by itself; false: one for the home, whoever of it the facts are about.</summary>
    public bool IsOfPerson { get; init; }

    /// <summary>The field of the fact that begins it which says until when it holds; null or not there: without end.</summary>
    public string? UntilField { get; init; }

    /// <summary>Later facts, of the same person where it is of persons, after which it does not hold any more.</summary>
    public IReadOnlyList<FactPattern> Ends { get; init; } = [];

    /// <summary>It begins when a time with these statuses ends.</summary>
    public IReadOnlyList<Status> EndOf { get; init; } = [];

    /// <summary>So long before that end it can be done.</summary>
    public TimeSpan Early { get; init; }

    /// <summary>Only for homes with these statuses at the instant asked about.</summary>
    public IReadOnlyList<Status> While { get; init; } = [];

    /// <summary>So long after its beginning.</summary>
    public TimeSpan? Within { get; init; }

    /// <summary>In the next of <see cref="WorkEdition.Slots"/> that begins then or later.</summary>
    public bool NextSlot { get; init; }

    /// <summary>By the instant in this field of the fact that begins it; where it is not there, nothing is to be done.</summary>
    public string? ByField { get; init; }

    /// <summary>Again, so many days after it was last done.</summary>
    public int? EveryDays { get; init; }

    /// <summary>With <see cref="EveryDays"/>: by this local time.</summary>
    public TimeOnly By { get; init; }

    /// <summary>The facts that do it, any of them; what is to be done is named by the first.</summary>
    public required IReadOnlyList<FactPattern> Done { get; init; }

    /// <summary>So long after it was due it is late.</summary>
    public TimeSpan Grace { get; init; }

    /// <summary>So long after it was due it is critical; null: never.</summary>
    public TimeSpan? CriticalAfter { get; init; }

    /// <summary>The sentence that says why.</summary>
    public required Words Words { get; init; }

    /// <summary>Whether it says of the members what only those are told who may see them.</summary>
    public bool IsOfMembers => When.Any(fact => FactSchema.IsOfMembers(fact.Kind));
}
