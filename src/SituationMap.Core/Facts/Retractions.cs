namespace SituationMap.Core.Facts;

/// <summary>
/// Which facts were wrong. A retraction is about what is known, not about when something was so: it holds for every instant,
/// whatever its own time. A retraction can itself be retracted, and that again: it stands unless one that stands retracts it.
/// The store has the same rule in SQL (<c>retracted_facts</c>), for what is read there without statuses; a test holds the two together.
/// </summary>
public static class Retractions
{
    /// <summary>
    /// The ids of those that were retracted; among them may be retractions, which count for nothing by themselves anyway.
    /// </summary>
    /// <param name="reported">All facts about one household, in any order; repeats (same id) count once.</param>
    /// <returns>Null where nothing was retracted.</returns>
    public static IReadOnlySet<Guid>? Of(IReadOnlyList<Fact> reported)
    {
        Dictionary<Guid, Guid>? targets = null;
        for (var i = 0; i < reported.Count; i++)
            if (reported[i].Kind == FactKind.Retraction && FactSchema.Reference(FactKind.Retraction, reported[i].Data) is var (_, target))
                (targets ??= [])[reported[i].Id] = target;
        if (targets is null)
            return null;

        // how many retractions of each retraction are still to be decided upon
        var undecided = new Dictionary<Guid, int>();
        foreach (var target in targets.Values)
            if (targets.ContainsKey(target))
                undecided[target] = undecided.GetValueOrDefault(target) + 1;
        // From those that nobody retracts. Each names one fact, so what names each other in a circle leads to nothing but itself, and is
        // never reached.
        var decided = new Stack<Guid>(targets.Keys.Where(id => !undecided.ContainsKey(id)));
        var retracted = new HashSet<Guid>();
        while (decided.TryPop(out var id))
        {
            var target = targets[id];
            if (!retracted.Contains(id))
                retracted.Add(target);
            if (undecided.ContainsKey(target) && --undecided[target] == 0)
                decided.Push(target);
        }
        return retracted;
    }
}
