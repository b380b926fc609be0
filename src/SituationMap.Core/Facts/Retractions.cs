namespace SituationMap.Core.Facts;

/// <summary>
/// Which facts were wrong. A retraction is about what is known, not about when something was so: it holds for every instant,
/// whatever its own time. A retraction can itself be retracted.
/// </summary>
internal static class Retractions
{
    public static HashSet<Guid>? Of(IReadOnlyList<Fact> reported)
    {
        List<(Guid Id, Guid Target)>? retractions = null;
        for (var i = 0; i < reported.Count; i++)
            if (reported[i].Kind == FactKind.Retraction && FactData.Id(reported[i].Data, "fact") is { } target)
                (retractions ??= []).Add((reported[i].Id, target));
        if (retractions is null) return null;

        // In order of the ids, so that even two that retract each other give the same whatever order they come in.
        retractions.Sort();
        var effective = new Dictionary<Guid, bool>();
        var retracted = new HashSet<Guid>();
        foreach (var (id, target) in retractions)
            if (IsEffective(id)) retracted.Add(target);
        return retracted;

        bool IsEffective(Guid id)
        {
            if (effective.TryGetValue(id, out var known)) return known;
            effective[id] = false; // while we are at it: who retracts itself, by whatever detour, does not count against itself
            var isEffective = true;
            foreach (var (other, target) in retractions)
                if (target == id && other != id && IsEffective(other)) isEffective = false;
            return effective[id] = isEffective;
        }
    }
}
