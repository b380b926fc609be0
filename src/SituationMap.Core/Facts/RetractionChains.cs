namespace SituationMap.Core.Facts;

/// <summary>
/// How the retractions of some households name one another, in whatever order they come: tells before one is taken whether it would make
/// too long a chain. Nobody means to take back a taking back very often, and whoever reads the chain has to go all the way.
/// </summary>
public sealed class RetractionChains
{
    /// <summary>As many retractions, each of the one before, lead to a fact at most.</summary>
    public const int Longest = 16;

    private readonly Dictionary<Guid, Guid> _targets = [];
    private readonly Dictionary<Guid, List<Guid>> _retractions = [];

    /// <summary>Adds one that is in the store.</summary>
    public void Add(Guid id, Guid target)
    {
        if (!_targets.TryAdd(id, target))
            return;
        if (!_retractions.TryGetValue(target, out var same))
            _retractions.Add(target, same = []);
        same.Add(id);
    }

    /// <summary>Adds one that is to come, unless the chain it belongs to would be too long with it. A repeat belongs to one
    /// already.</summary>
    public bool TryAdd(Guid id, Guid target)
    {
        if (!_targets.ContainsKey(id) && Below(target) + 1 + Above(id) > Longest)
            return false;
        Add(id, target);
        return true;
    }

    /// <summary>How many retractions lead from this one to the fact at the end; in a circle more than may be.</summary>
    private int Below(Guid id)
    {
        var count = 0;
        for (; count < Longest && _targets.TryGetValue(id, out var target); id = target)
            count++;
        return count;
    }

    /// <summary>How many of those that retract it, and those again, hang on one another at most.</summary>
    private int Above(Guid id)
    {
        var count = 0;
        for (Guid[] level = Of([id]); count < Longest && level.Length > 0; level = Of(level))
            count++;
        return count;
    }

    private Guid[] Of(IEnumerable<Guid> facts) => [.. facts.SelectMany(fact => _retractions.GetValueOrDefault(fact, [])).Distinct()];
}
