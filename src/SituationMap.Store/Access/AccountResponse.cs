namespace SituationMap.Store.Access;

/// <param name="Checkpoint">Of a guard: its code.</param>
/// <param name="From">From which local time of each day, such as 06:00; null: at all times.</param>
/// <param name="To">Until which.</param>
public sealed record GrantResponse(
    Guid Id,
    string Role,
    string? Grid,
    DateTimeOffset? ExpiresAt,
    string? Checkpoint,
    string? From,
    string? To
);

/// <param name="LockedUntil">Until when somebody somewhere has to wait before he tries its password again; he elsewhere need not.</param>
/// <param name="SecondFactor">Whether signing in takes a code.</param>
/// <param name="LastSeenAt">When a session or a key of its was last used, to some minutes; null: it has none.</param>
public sealed record AccountResponse(
    string Name,
    bool HasPassword,
    bool Disabled,
    DateTimeOffset? LockedUntil,
    bool SecondFactor,
    DateTimeOffset? LastSeenAt,
    IReadOnlyList<GrantResponse> Grants
);

/// <param name="Role">It has only this one of its account's roles; null: all of them.</param>
/// <param name="Grid">It reaches only this grid and those below; null: as far as its account.</param>
/// <param name="Gateway">It passes on what others report: its facts keep the source that it sends.</param>
public sealed record KeyResponse(
    Guid Id,
    string Account,
    string Label,
    string? Role,
    string? Grid,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    bool Gateway
);
