using SituationMap.Core.Calendar;
using SituationMap.Core.Facts;

namespace SituationMap.Core.Protocols;

/// <summary>What makes a building one of a zone's.</summary>
public enum ZoneTest : byte
{
    /// <summary>The zone covers its representative point, the border included.</summary>
    Point,

    /// <summary>Its outline intersects the zone, be it in one point of the border.</summary>
    Intersects,
}

/// <summary>One edition of a protocol: its rules, its zone levels and what it makes due. Made by <see cref="ProtocolReader"/>.</summary>
public sealed class Edition
{
    private readonly (Rule Rule, Trigger Trigger)[][] _byKind = new (Rule, Trigger)[Enum.GetValues<FactKind>().Length][];
    private readonly Dictionary<string, Rule> _byId;

    internal Edition(IReadOnlyList<Rule> rules)
    {
        Rules = rules;
        _byId = rules.ToDictionary(rule => rule.Id);
        for (var kind = 0; kind < _byKind.Length; kind++)
            _byKind[kind] = [.. from rule in rules from trigger in rule.When where (int)trigger.Fact.Kind == kind select (rule, trigger)];
        EveryMemberRules = [.. rules.Where(rule => rule.EveryMember is not null)];
        Untouched = new Lazy<StatusEvaluation>(() => new StatusEvaluation(Status.Healthy, null, null, false, Id!, [], null));
    }

    /// <summary>The id, such as <c>2020-02</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    public required LocalText Name { get; init; }

    /// <summary>What the sources leave open.</summary>
    public IReadOnlyList<LocalText> Notes { get; init; } = [];

    /// <summary>How its days are counted.</summary>
    public DayCount DayCount { get; init; }

    /// <summary>What the statuses are called in sentences, by <see cref="Status"/>.</summary>
    public required IReadOnlyList<LocalText> StatusNames { get; init; }

    /// <summary>How an open end is said.</summary>
    public required LocalText OpenEnd { get; init; }

    /// <summary>The rules, in the order of the file.</summary>
    public IReadOnlyList<Rule> Rules { get; }

    /// <summary>The levels of its zones, strictest first; empty: it knows no zones.</summary>
    public IReadOnlyList<ZoneLevel> ZoneLevels { get; init; } = [];

    /// <summary>Which buildings are in a zone.</summary>
    public ZoneTest ZoneTest { get; init; }

    /// <summary>Whether who lowers a zone needs a second person to approve it, as whoever draws one always does.</summary>
    public bool LoweringNeedsTwo { get; init; }

    /// <summary>Whether who ends a zone needs a second person to approve it.</summary>
    public bool EndingNeedsTwo { get; init; }

    /// <summary>The sentence that explains a status by a zone.</summary>
    public required Words ZoneWords { get; init; }

    /// <summary>How the end of a zone is said where it is open.</summary>
    public required LocalText ZoneOpenEnd { get; init; }

    /// <summary>What would end a status sooner, in words, where a rule says nothing of its own; null: nothing is said.</summary>
    public LocalText? Sooner { get; init; }

    /// <summary>What would end the effect of a zone sooner, in words; null: nothing is said.</summary>
    public LocalText? ZoneSooner { get; init; }

    /// <summary>The sentence about what is overdue, by the kind of fact that is missing; there is one for every kind that is made
    /// due.</summary>
    public IReadOnlyDictionary<FactKind, Words> OverdueWords { get; init; } = new Dictionary<FactKind, Words>();

    /// <summary>The sentence about what is still to be done, likewise.</summary>
    public IReadOnlyDictionary<FactKind, Words> UpcomingWords { get; init; } = new Dictionary<FactKind, Words>();

    /// <summary>What is due of everyone in certain statuses, whatever the rule.</summary>
    public IReadOnlyList<Due> Due { get; init; } = [];

    /// <summary>All that it makes due.</summary>
    internal IEnumerable<Due> AllDue => Rules.SelectMany(rule => rule.Phases).SelectMany(phase => phase.Due).Concat(Due);

    internal IReadOnlyList<Rule> EveryMemberRules { get; }

    /// <summary>The answer for a household about which nothing is known and over which there is no zone.</summary>
    internal Lazy<StatusEvaluation> Untouched { get; }

    /// <summary>The rule with that id, or null.</summary>
    public Rule? Rule(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The level with that id, or null where the edition does not know it.</summary>
    public ZoneLevel? ZoneLevel(string id)
    {
        for (var i = 0; i < ZoneLevels.Count; i++)
            if (ZoneLevels[i].Id == id)
                return ZoneLevels[i];
        return null;
    }

    /// <summary>Whether a building whose outline intersects a zone is in it.</summary>
    /// <param name="coversPoint">Whether the zone covers its representative point as well.</param>
    public bool IsInZone(bool coversPoint) => coversPoint || ZoneTest == ZoneTest.Intersects;

    internal ReadOnlySpan<(Rule Rule, Trigger Trigger)> BegunBy(FactKind kind) => _byKind[(int)kind];
}

/// <summary>One level of risk zones.</summary>
/// <param name="Id">The id, such as <c>high</c>.</param>
/// <param name="Rank">1 is the strictest.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Effect">The status of the households in it; null: none.</param>
/// <param name="Lowering">When it may be lowered; a person decides.</param>
/// <param name="Extents">What such a zone may consist of where the edition says so, such as <c>floor</c>; empty: any area.</param>
/// <param name="RaisedBy">What makes it a stricter level at once, in words; null: nothing does.</param>
public sealed record ZoneLevel(
    string Id,
    int Rank,
    LocalText Name,
    Status? Effect,
    IReadOnlyList<Lowering> Lowering,
    IReadOnlyList<string> Extents,
    LocalText? RaisedBy
);

/// <summary>When a zone is due for lowering: all that is given here must hold.</summary>
/// <param name="To">The level it becomes; null: no zone any more.</param>
/// <param name="LoweredFrom">Only for a zone that was lowered from that level.</param>
/// <param name="Declared">Only for a zone that was declared at this level.</param>
/// <param name="DaysWithoutCase">Days without a new case.</param>
/// <param name="DaysSinceLastExposure">The last contact is more than so many days past exposure, and negative.</param>
/// <param name="RoundOnDay">An all-negative round of tests on that day.</param>
/// <param name="RoundWithinDays">An all-negative round of tests within so many days before.</param>
/// <param name="IsolatedCasesReset">False: a case among the strictly isolated, spread assessed as none, does not reset the clock.</param>
public sealed record Lowering(
    string? To,
    string? LoweredFrom,
    bool Declared,
    int DaysWithoutCase,
    int? DaysSinceLastExposure,
    int? RoundOnDay,
    int? RoundWithinDays,
    bool IsolatedCasesReset
);
