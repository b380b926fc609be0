using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace SituationMap.Core.Facts;

/// <summary>A fact as it was sent: well-formed, but its codes are not yet known to name anything.</summary>
/// <param name="Index">Its place in the request, from 0.</param>
/// <param name="Id">Chosen by the reporter; the same one again is a repeat.</param>
/// <param name="Kind">What it tells.</param>
/// <param name="Household">The household's code.</param>
/// <param name="Person">The member's code; null: the whole household.</param>
/// <param name="At">When it was so.</param>
/// <param name="Source">Who reports, such as <c>grid:210682-004-01</c>.</param>
/// <param name="Data">The fields of its kind (see <see cref="FactSchema"/>).</param>
/// <param name="Clock">The instant of <paramref name="At"/> by the clock of the device, where that was put right; null: not told.</param>
public sealed record FactReport(
    int Index,
    Guid Id,
    FactKind Kind,
    string Household,
    string? Person,
    DateTimeOffset At,
    string Source,
    JsonElement Data,
    DateTimeOffset? Clock = null
)
{
    /// <summary>An order without the right to order: without effect until a second person confirms it.</summary>
    public FactReport AsProposal()
    {
        var data = JsonObject.Create(Data)!;
        data[FactSchema.Proposed] = true;
        return this with { Data = JsonSerializer.SerializeToElement(data) };
    }
}

/// <summary>What became of one item of a request.</summary>
public enum FactOutcome
{
    /// <summary>It is stored.</summary>
    Accepted,

    /// <summary>It was stored before, under the same id and with the same content.</summary>
    Duplicate,

    /// <summary>It is not stored, and the outcome says why.</summary>
    Rejected,
}

/// <param name="Index">The item's place in the request, from 0.</param>
/// <param name="Id">Its fact id, where it had a readable one.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Code">Rejected: why, stable.</param>
/// <param name="Field">Rejected: the field.</param>
/// <param name="Expected">Rejected: what was expected there.</param>
/// <param name="Gate">Of a passage out: what the gate decides about it, which is stored all the same; null: of anything else.</param>
/// <param name="Closes">What was to be done just before the fact and is done by it; null: not asked for, or not told.</param>
public sealed record FactItemOutcome(
    int Index,
    Guid? Id,
    FactOutcome Outcome,
    string? Code = null,
    string? Field = null,
    string? Expected = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ClosedItem>? Closes = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] GateAnswer? Gate = null
)
{
    /// <summary>That of an item that is not stored.</summary>
    public static FactItemOutcome Rejected(int index, Guid? id, Fault fault) =>
        new(index, id, FactOutcome.Rejected, fault.Code, fault.Field, fault.Expected);
}

/// <summary>Something that was to be done and that a fact has done.</summary>
/// <param name="Id">As it was listed; null for those who may not be told why it was to be done.</param>
/// <param name="What">The kind of fact that does it, such as temperature.</param>
/// <param name="Rule">The rule of the edition of work, or the kind of fact that the protocol makes due; null as
/// <paramref name="Id"/>.</param>
/// <param name="Person">The member's code; null: the home's, or not told.</param>
public sealed record ClosedItem(Guid? Id, string What, string? Rule, string? Person);
