using SituationMap.Core;

namespace SituationMap.Store.Statuses;

/// <summary>A status as the store keeps it.</summary>
public sealed record StoredStatus(
    Status Status,
    bool Surveyed,
    DateTimeOffset? Since,
    DateTimeOffset? Until,
    string Edition,
    DateTimeOffset? NextDue
)
{
    public static StoredStatus Of(StatusEvaluation found) =>
        new(found.Status, found.Surveyed, found.Since, found.Until, found.Edition, found.NextDue);

    /// <summary>Whether the difference is one that anybody sees; the next due instant is the worker's own affair.</summary>
    public bool LooksLike(StoredStatus? other) => other is not null && this with { NextDue = other.NextDue } == other;

    /// <summary>How every household begins; such a status needs no row.</summary>
    public bool IsInitial => this is { Status: Status.Healthy, Surveyed: false, Since: null, Until: null, NextDue: null };
}

/// <summary>A status to be written.</summary>
/// <param name="IsShown">Whether anybody sees the difference, so that the feed has to tell it.</param>
public readonly record struct StatusChange(int Household, Status Was, StoredStatus Found, bool IsShown)
{
    /// <summary>What has to be written so that the store has what was found; null: nothing.</summary>
    public static StatusChange? Between(int household, StoredStatus? stored, StoredStatus found) =>
        stored is null
            ? found.IsInitial
                ? null
                : new StatusChange(household, Status.Healthy, found, IsShown: true)
            : found == stored
                ? null
                : new StatusChange(household, stored.Status, found, IsShown: !found.LooksLike(stored));
}
