using SituationMap.Core;
using SituationMap.Store.Access;
using SituationMap.Store.Statuses;

namespace SituationMap.Store.Households;

/// <summary>A household with the status that stands for it.</summary>
/// <param name="Building">The building's code.</param>
/// <param name="Grid">The grid's code.</param>
/// <param name="Since">When the status began; null: it always was.</param>
/// <param name="Until">When it changes with nothing more reported; null: open.</param>
/// <param name="Persons">Known members.</param>
public sealed record HouseholdRow(
    string Code,
    int Id,
    string Building,
    string Address,
    Status Status,
    DateTimeOffset? Since,
    DateTimeOffset? Until,
    bool Surveyed,
    int Persons,
    string Grid
);

/// <summary>One end of a condition: those among them, or all others.</summary>
public sealed record Among(int[] Ids, bool IsAmong);

/// <summary>Which households; null is no condition.</summary>
/// <param name="After">Only those after this id, in the list's order.</param>
public sealed record HouseholdQuery(Scope Scope, long After, int Limit)
{
    /// <summary>The path of a grid, for it and all below.</summary>
    public string? GridPath { get; init; }

    /// <summary>A building's code.</summary>
    public string? Building { get; init; }

    public Status? Status { get; init; }

    public bool? Surveyed { get; init; }

    /// <summary>By ids of households.</summary>
    public Among? Households { get; init; }

    /// <summary>By ids of buildings.</summary>
    public Among? Buildings { get; init; }

    /// <summary>In the order in which their statuses began instead of that of their ids.</summary>
    public bool IsBySince { get; init; }

    /// <summary>With <see cref="IsBySince"/>: when the status of the household <see cref="After"/> began.</summary>
    public DateTimeOffset? Begun { get; init; }
}

/// <summary>A status that a household had.</summary>
/// <param name="Sequence">Of the feed.</param>
/// <param name="At">When it was recorded.</param>
public sealed record PastStatus(
    long Sequence,
    DateTimeOffset At,
    Status Status,
    bool Surveyed,
    DateTimeOffset? Since,
    DateTimeOffset? Until,
    string Edition
);

/// <summary>A household with everything that its status rests on, as of one moment.</summary>
/// <param name="Sequence">The feed's last one.</param>
/// <param name="Members">The codes of its members by their ids.</param>
/// <param name="Zones">Code and name of the versions of zones that may concern it.</param>
public sealed record HouseholdEvidence(
    HouseholdInput Input,
    long Sequence,
    IReadOnlyDictionary<int, string> Members,
    IReadOnlyDictionary<(int Zone, int Version), (string Code, string Name)> Zones
);
