using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;

namespace SituationMap.Core.Statuses;

/// <summary>The facts that count at an instant: those whose time has come, without those that were retracted.</summary>
internal sealed class CountingFacts
{
    private uint _kinds;

    private CountingFacts(int capacity) => Facts = new List<Fact>(capacity);

    public List<Fact> Facts { get; }

    public bool Surveyed { get; private set; }

    /// <summary>When the next fact's time comes, in UTC ticks.</summary>
    public long Next { get; private set; } = LocalDays.Never;

    public static CountingFacts At(long at, IReadOnlyList<Fact> reported)
    {
        var counting = new CountingFacts(reported.Count);
        var retracted = Retractions.Of(reported);
        for (var i = 0; i < reported.Count; i++)
        {
            var fact = reported[i];
            // what a retraction does is done already, and for all times
            if (fact.Kind == FactKind.Retraction || retracted?.Contains(fact.Id) == true) continue;
            if (fact.At.UtcTicks > at)
            {
                counting.Next = Math.Min(counting.Next, fact.At.UtcTicks);
                continue;
            }
            counting.Facts.Add(fact);
            counting._kinds |= 1u << (int)fact.Kind;
            counting.Surveyed |= fact.Kind == FactKind.Survey;
        }
        return counting;
    }

    public bool Any(FactKind kind) => (_kinds & (1u << (int)kind)) != 0;
}

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
