using System.Text.Json;

namespace SituationMap.Core.Facts;

/// <summary>
/// Something reported about one household, never changed afterwards. A repeat carries the same <paramref name="Id"/> and is
/// harmless; a mistake is answered by a <see cref="FactKind.Retraction"/>.
/// </summary>
/// <param name="Id">Chosen by whoever reported it.</param>
/// <param name="Kind">What is reported.</param>
/// <param name="Person">The store's id of the member concerned; null where the whole household is.</param>
/// <param name="At">When it was so.</param>
/// <param name="ReceivedAt">When it became known here.</param>
/// <param name="Source">Who reported it, as <c>grid:…</c>, <c>checkpoint:…</c> or <c>system:…</c>.</param>
/// <param name="Data">A JSON object with the fields of the kind; validated before a fact is made.</param>
/// <param name="By">The account that brought it; null: none was kept.</param>
public sealed record Fact(
    Guid Id,
    FactKind Kind,
    int? Person,
    DateTimeOffset At,
    DateTimeOffset ReceivedAt,
    string Source,
    JsonElement Data,
    Reporter? By = null
);

/// <summary>All that was reported about one household, in any order, and the members it is known to have.</summary>
/// <param name="Members">The store's ids of the known members; empty where none is known yet.</param>
/// <param name="Facts">The facts, in any order; repeats (same id) count once.</param>
public sealed record HouseholdFacts(IReadOnlyList<int> Members, IReadOnlyList<Fact> Facts);
