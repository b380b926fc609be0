using SituationMap.Core;
using SituationMap.Store.Statuses;

namespace SituationMap.Store.Households;

/// <summary>A household with the status that stands for it.</summary>
/// <param name="Building">The building's code.</param>
/// <param name="Grid">The grid's code.</param>
/// <param name="Since">When the status began; null: it always was.</param>
/// <param name="Until">When it changes with nothing more reported; null: open.</param>
/// <param name="Persons">Known members.</param>
/// <param name="Let">Whether the home is let.</param>
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
    string Grid,
    bool Let
);

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
