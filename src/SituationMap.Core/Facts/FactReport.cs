using System.Text.Json;

namespace SituationMap.Core.Facts;

/// <summary>A fact as it was sent: well-formed, but its codes are not yet known to name anything.</summary>
/// <param name="Index">Its place in the request, from 0.</param>
public sealed record FactReport(
    int Index, Guid Id, FactKind Kind, string Household, string? Person, DateTimeOffset At, string Source, JsonElement Data);

/// <summary>What became of one item of a request.</summary>
public enum FactOutcome
{
    Accepted,
    Duplicate,
    Rejected,
}

/// <param name="Index">The item's place in the request, from 0.</param>
/// <param name="Id">Its fact id, where it had a readable one.</param>
/// <param name="Code">Rejected: why, stable.</param>
/// <param name="Field">Rejected: the field.</param>
/// <param name="Expected">Rejected: what was expected there.</param>
public sealed record FactItemOutcome(int Index, Guid? Id, FactOutcome Outcome, string? Code = null, string? Field = null, string? Expected = null)
{
    public static FactItemOutcome Rejected(int index, Guid? id, Fault fault) =>
        new(index, id, FactOutcome.Rejected, fault.Code, fault.Field, fault.Expected);
}
