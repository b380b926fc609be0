namespace SituationMap.Core.Protocols;

/// <summary>One rule of an edition: which facts begin it, which statuses follow for how long, and what ends it sooner.</summary>
public sealed record Rule
{
    /// <summary>The id that explanations name, unique in the edition.</summary>
    public required string Id { get; init; }

    /// <summary>True for a rule that was published; false for local practice or a local setting.</summary>
    public required bool Published { get; init; }

    /// <summary>What the sources leave open, or null.</summary>
    public LocalText? Note { get; init; }

    /// <summary>The facts that begin it, any of them. Empty for a rule about <see cref="EveryMember"/>.</summary>
    public required IReadOnlyList<Trigger> When { get; init; }

    /// <summary>Set for a rule that holds while every known member has left: the facts that say so.</summary>
    public EveryMember? EveryMember { get; init; }

    /// <summary>What follows, one after the other.</summary>
    public required IReadOnlyList<Phase> Phases { get; init; }

    /// <summary>What ends it sooner, any of them; a <c>release</c> that names the fact always does.</summary>
    public IReadOnlyList<Ending> Ends { get; init; } = [];

    /// <summary>True: its status holds instead of what the other rules say, not beside it.</summary>
    public bool Overrides { get; init; }

    /// <summary>True: it begins only when a second fact of the kind, by another person, confirms the first.</summary>
    public bool NeedsConfirmation { get; init; }

    /// <summary>The sentence that explains it, where the trigger has none of its own.</summary>
    public required Words Words { get; init; }

    /// <summary>How the end is said where it is open; null: as the edition says.</summary>
    public LocalText? OpenEnd { get; init; }

    /// <summary>What would end it sooner, in words; null: as the edition says.</summary>
    public LocalText? Sooner { get; init; }

    /// <summary>The sentence about a fact that is not confirmed yet; there where <see cref="NeedsConfirmation"/>, and where orders
    /// begin it, which may be only proposed.</summary>
    public Words? Pending { get; init; }
}

/// <summary>Whom a rule concerns once a fact has begun it.</summary>
public enum AppliesTo : byte
{
    /// <summary>The person of the fact; the whole household where the fact names none.</summary>
    Person,

    /// <summary>The whole household.</summary>
    Household,

    /// <summary>The other members of the household; the whole household where the fact names no person.</summary>
    Others,
}

/// <summary>A kind of fact that begins a rule.</summary>
/// <param name="Fact">Which facts.</param>
/// <param name="AppliesTo">Whom the rule then concerns.</param>
/// <param name="Clock">The field of the data that holds when the days begin to count; null or not there: the fact's time.</param>
/// <param name="Words">The sentence that explains it; null: the rule's.</param>
public sealed record Trigger(FactPattern Fact, AppliesTo AppliesTo, string? Clock, Words? Words);

/// <summary>The facts by which members leave and come back.</summary>
/// <param name="Left">A member, or without a person everyone, has left.</param>
/// <param name="Back">A member, or without a person everyone, is back.</param>
public sealed record EveryMember(FactPattern Left, FactPattern Back);

/// <summary>A status for a number of days, until an instant, or open.</summary>
public sealed record Phase
{
    /// <summary>The status; null where <see cref="StatusField"/> says it.</summary>
    public Status? Status { get; init; }

    /// <summary>The field of the fact's data that says the status.</summary>
    public string? StatusField { get; init; }

    /// <summary>What the values of <see cref="StatusField"/> mean.</summary>
    public IReadOnlyDictionary<string, Status> StatusValues { get; init; } = new Dictionary<string, Status>();

    /// <summary>How many days; null: open, or as the fields below say.</summary>
    public int? Days { get; init; }

    /// <summary>The field of the fact's data that says how many days.</summary>
    public string? DaysField { get; init; }

    /// <summary>The field of the fact's data that says until when.</summary>
    public string? UntilField { get; init; }

    /// <summary>The readings and tests due meanwhile; day 1 is the first day after the day on which the phase's clock starts.</summary>
    public IReadOnlyList<Due> Due { get; init; } = [];
}

/// <summary>Facts that end a rule before its days are over. They concern the same person and are later than what began it.</summary>
/// <param name="Fact">Which facts.</param>
/// <param name="OnDays">One on each of these days of the rule's clock is needed; empty: one on any day.</param>
/// <param name="OrLater">True: a later day does as well as the one named.</param>
public sealed record Ending(FactPattern Fact, IReadOnlyList<int> OnDays, bool OrLater);

/// <summary>Facts that must be reported: on certain days, so many within some days, or every day by certain times.</summary>
/// <param name="Fact">Which facts.</param>
/// <param name="OnDays">On each of these days, one.</param>
/// <param name="Count">So many, in the whole phase.</param>
/// <param name="DailyBefore">Every day one before each of these local times, and after the one before it.</param>
/// <param name="While">For a duty of a whole edition: the statuses in which it holds.</param>
public sealed record Due(
    IReadOnlyList<FactPattern> Fact,
    IReadOnlyList<int> OnDays,
    int Count,
    IReadOnlyList<TimeOnly> DailyBefore,
    IReadOnlyList<Status> While
);
