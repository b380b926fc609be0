using SituationMap.Core.Statuses;

namespace SituationMap.Core;

/// <summary>What <see cref="StatusRules"/> found for one household at one instant. All instants are given in UTC (offset 0).</summary>
/// <param name="Status">The status.</param>
/// <param name="Since">When it began without interruption; null where it always was (nothing ever made it otherwise).</param>
/// <param name="Until">When it would change with no further fact; null: open.</param>
/// <param name="Surveyed">Whether someone has been at the door by then.</param>
/// <param name="Edition">The id of the protocol edition in force.</param>
/// <param name="Because">
/// What decided it, most decisive first: each of them alone would give the status. Empty for a healthy household, unless an
/// override made it so.
/// </param>
/// <param name="NextDue">
/// The next instant at which evaluating again may give something else though nothing more is reported: <paramref name="Until"/>,
/// a fact whose time has not come, or the next edition. Null: never.
/// </param>
public sealed record StatusEvaluation(
    Status Status,
    DateTimeOffset? Since,
    DateTimeOffset? Until,
    bool Surveyed,
    string Edition,
    IReadOnlyList<Reason> Because,
    DateTimeOffset? NextDue
);

/// <summary>One reason for a status: a rule, what it rests on, and the time [From, To) in which it gives that status.</summary>
/// <param name="Rule">The id of the rule in the edition, such as <c>returned-high</c>, or of the zone rule, <c>zone</c>.</param>
/// <param name="Edition">The id of the edition whose rule it is; after a change of editions this may be an earlier one.</param>
/// <param name="Fact">The fact it rests on; null where a zone decides.</param>
/// <param name="With">Further facts it cannot do without: what confirmed an override, when the other members left.</param>
/// <param name="Zone">The zone it rests on; null where a fact decides.</param>
/// <param name="ZoneVersion">The version of that zone.</param>
/// <param name="Level">The level of that zone.</param>
/// <param name="Clock">When its days began to count, such as the last exposure.</param>
/// <param name="From">When it began.</param>
/// <param name="To">When it ends by itself; null: open.</param>
public sealed record Reason(
    string Rule,
    string Edition,
    Guid? Fact,
    IReadOnlyList<Guid> With,
    int? Zone,
    int? ZoneVersion,
    string? Level,
    DateTimeOffset Clock,
    DateTimeOffset From,
    DateTimeOffset? To
)
{
    /// <summary>The id of the reason that a zone gives.</summary>
    public const string ZoneRule = "zone";
}
