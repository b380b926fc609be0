using SituationMap.Store.Access;

namespace SituationMap.Server.Access;

/// <param name="Password">None: the account signs in by the authority's tokens, or is used by keys only.</param>
internal sealed record NewAccount(string? Name, string? Password);

internal sealed record NewPassword(string? Password);

/// <param name="Grid">Its code: there and below; none: everywhere.</param>
/// <param name="Checkpoint">Of a guard, and of nobody else: its code.</param>
/// <param name="From">Of a guard: from which local time of each day, such as 06:00; none: at all times.</param>
/// <param name="To">Until which, over midnight too.</param>
internal sealed record NewGrant(string? Role, string? Grid, DateTimeOffset? ExpiresAt, string? Checkpoint, string? From, string? To);

/// <param name="Gateway">It passes on what others report: its facts keep the source that it sends.</param>
internal sealed record NewKey(string? Account, string? Label, string? Role, string? Grid, DateTimeOffset? ExpiresAt, bool Gateway = false);

/// <param name="Key">Shown this once.</param>
internal sealed record MadeKey(string Key);

internal sealed record SecondFactorRoles(IReadOnlyList<string>? Roles);

internal sealed record AccountsResponse(IReadOnlyList<AccountResponse> Accounts);

internal sealed record KeysResponse(IReadOnlyList<KeyResponse> Keys);
