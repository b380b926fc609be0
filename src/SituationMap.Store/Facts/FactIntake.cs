using SituationMap.Core.Facts;
using SituationMap.Store.Access;

namespace SituationMap.Store.Facts;

/// <summary>Who brings facts.</summary>
/// <param name="Kind">By what he has made himself known: local, session, key or token.</param>
public sealed record ReportingAccount(string Name, string Kind);

/// <summary>What one request brings, or a part of it.</summary>
/// <param name="Scope">A household elsewhere is none that is known; null: each of them is elsewhere.</param>
/// <param name="Orders">Where the account may order; null: nowhere, so that its orders are proposals.</param>
/// <param name="Record">The request's row of the audit record, to be written with the facts; null: another part has it.</param>
/// <param name="IsOfAnybody">Which ones the account may report of every household, naming no member.</param>
public sealed record FactIntake(
    IReadOnlyList<FactReport> Reports,
    ReportingAccount Account,
    Scope? Scope,
    Scope? Orders,
    AuditEntry? Record,
    Predicate<FactReport> IsOfAnybody
);
