using SituationMap.Core.Facts;

namespace SituationMap.Core.Work;

/// <summary>Who is to do what is to be done at a home: whoever took it or was given it last, alone or with the whole home.</summary>
public static class WorkAssignments
{
    /// <summary>Adds to items who is to do them. The order of facts does not matter, nor does a fact that comes twice.</summary>
    /// <param name="items">What is to be done at the household.</param>
    /// <param name="household">What was reported of it.</param>
    /// <param name="code">The household's code.</param>
    /// <param name="members">The codes of its members by their ids.</param>
    /// <param name="at">The instant asked about.</param>
    public static IReadOnlyList<WorkItem> Assigned(
        IReadOnlyList<WorkItem> items,
        HouseholdFacts household,
        string code,
        IReadOnlyDictionary<int, string> members,
        DateTimeOffset at
    )
    {
        var assignments = CountingFacts.At(at.UtcTicks, household.Facts).Facts.FindAll(fact => fact.Kind == FactKind.Assignment);
        if (assignments.Count == 0)
            return items;
        return
        [
            .. items.Select(item =>
            {
                var id = item.Id(code, item.Person is { } person ? members.GetValueOrDefault(person) : null);
                var last = assignments
                    .Where(fact =>
                        FactData.Text(fact.Data, FactSchema.Work) is not { } work || (Guid.TryParse(work, out var of) && of == id)
                    )
                    .MaxBy(fact => (fact.At, fact.ReceivedAt, fact.Id));
                return last is null ? item : item with { AssignedTo = FactSchema.AssignedTo(last.Data) };
            }),
        ];
    }
}
