namespace SituationMap.Core.Statuses;

/// <summary>What <see cref="StatusRules"/> found for one household at one instant.</summary>
/// <param name="Status">The status.</param>
/// <param name="Since">When it began without interruption; null where it always was (nothing ever made it otherwise).</param>
/// <param name="Until">When it would change with no further fact; null: open.</param>
/// <param name="Surveyed">Whether someone has been at the door by then.</param>
/// <param name="Edition">The id of the protocol edition in force.</param>
/// <param name="Because">What decided it, most decisive first; empty for a healthy household.</param>
/// <param name="NextDue">
/// The next instant at which evaluating again may give something else though nothing more is reported: <paramref name="Until"/>,
/// or a fact whose time has not come. Null: never.
/// </param>
public sealed record StatusEvaluation(
    Status Status,
    DateTimeOffset? Since,
    DateTimeOffset? Until,
    bool Surveyed,
    string Edition,
    IReadOnlyList<Reason> Because,
    DateTimeOffset? NextDue);

/// <summary>One reason for a status: a rule, what it rests on, and its clock [From, To).</summary>
/// <param name="Rule">The id of the rule in the edition, such as <c>returned-high</c>, or of the zone rule, <c>zone</c>.</param>
/// <param name="Fact">The fact it rests on; null where a zone decides.</param>
/// <param name="Zone">The zone it rests on; null where a fact decides.</param>
/// <param name="ZoneVersion">The version of that zone.</param>
/// <param name="From">When it began.</param>
/// <param name="To">When it ends by itself; null: open.</param>
public sealed record Reason(string Rule, Guid? Fact, int? Zone, int? ZoneVersion, DateTimeOffset From, DateTimeOffset? To);
