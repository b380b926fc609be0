namespace SituationMap.Core.Facts;

/// <summary>Something that a household asked for: a need, or that something be decided otherwise.</summary>
/// <param name="Fact">The need or objection.</param>
/// <param name="Answer">The last that was said of it, as served or answered; null: nothing yet.</param>
public sealed record Request(Fact Fact, Fact? Answer)
{
    /// <summary>What became of it, by the name of the choice; null: nothing yet.</summary>
    public string? Outcome => Answer is null ? null : FactData.Text(Answer.Data, "outcome");

    /// <summary>A field of what was asked for; null: it does not have it.</summary>
    public string? Field(string name) => FactData.Text(Fact.Data, name);

    /// <summary>What the answer rests on; null: it does not say.</summary>
    public string? Legal => Answer is null ? null : FactData.Text(Answer.Data, "legal");

    /// <summary>All of a kind that count at an instant, the newest first.</summary>
    /// <param name="household">What was reported about it.</param>
    /// <param name="kind">Need or objection.</param>
    /// <param name="at">The instant.</param>
    public static IReadOnlyList<Request> Of(HouseholdFacts household, FactKind kind, DateTimeOffset at)
    {
        var facts = CountingFacts.At(at.UtcTicks, household.Facts).Facts;
        var answered = kind == FactKind.Need ? FactKind.Served : FactKind.Answered;
        return
        [
            .. facts
                .Where(fact => fact.Kind == kind)
                .DistinctBy(fact => fact.Id)
                .Select(fact => new Request(
                    fact,
                    facts
                        .Where(answer => answer.Kind == answered && FactSchema.Reference(answered, answer.Data)?.Fact == fact.Id)
                        .MaxBy(answer => (answer.At, answer.Id))
                ))
                .OrderByDescending(request => request.Fact.At)
                .ThenBy(request => request.Fact.Id),
        ];
    }
}
