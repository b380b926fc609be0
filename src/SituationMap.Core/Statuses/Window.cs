using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Zones;

namespace SituationMap.Core.Statuses;

/// <summary>A time [From, To), in UTC ticks, in which something gives a household a status, with what it rests on.</summary>
internal sealed record Window
{
    public required long From { get; init; }

    public required long To { get; init; }

    public required Status Status { get; init; }

    /// <summary>The edition whose rule, or whose zone level, it is.</summary>
    public required Edition Edition { get; init; }

    /// <summary>When its days began to count; with <see cref="Phase"/>, what the due days are counted from.</summary>
    public required long Clock { get; init; }

    /// <summary>Null where it rests on a zone.</summary>
    public Rule? Rule { get; init; }

    public Fact? Fact { get; init; }

    public IReadOnlyList<Guid> With { get; init; } = [];

    /// <summary>The member concerned; null: the whole household.</summary>
    public int? Person { get; init; }

    public AppliesTo AppliesTo { get; init; }

    /// <summary>The number of the rule's phase.</summary>
    public int Phase { get; init; }

    public ZonePeriod Zone { get; init; }

    public bool Overrides => Rule?.Overrides == true;

    public bool Holds(long at) => From <= at && at < To;

    /// <summary>The same member, by the same way of a rule; what the editions that one fact passes through are compared by.</summary>
    public bool ConcernsTheSame(Window other) => Person == other.Person && AppliesTo == other.AppliesTo;

    /// <summary>A further piece of the same reason: another edition's, or a rule's next phase with the same status.</summary>
    public bool IsPartOfTheSame(Window other) =>
        Status == other.Status
        && Rule?.Id == other.Rule?.Id
        && (Rule is null ? Zone == other.Zone : Fact!.Id == other.Fact!.Id && Person == other.Person);
}
