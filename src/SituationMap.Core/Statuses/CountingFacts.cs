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
            if (reported[i].Kind == FactKind.Retraction && FactData.Id(reported[i].Data, "fact") is { } target)
                (targets ??= [])[reported[i].Id] = target;
        if (targets is null) return null;

        // how many retractions of each retraction are still to be decided upon
        var undecided = new Dictionary<Guid, int>();
        foreach (var target in targets.Values)
            if (targets.ContainsKey(target)) undecided[target] = undecided.GetValueOrDefault(target) + 1;
        // From those that nobody retracts. Each names one fact, so what names each other in a circle leads to nothing but itself, and is
        // never reached.
        var decided = new Stack<Guid>(targets.Keys.Where(id => !undecided.ContainsKey(id)));
        var retracted = new HashSet<Guid>();
        while (decided.TryPop(out var id))
        {
            var target = targets[id];
            if (!retracted.Contains(id)) retracted.Add(target);
            if (undecided.ContainsKey(target) && --undecided[target] == 0) decided.Push(target);
        }
        return retracted;
    }
}
