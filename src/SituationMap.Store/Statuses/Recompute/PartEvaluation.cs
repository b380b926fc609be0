using SituationMap.Core.Facts;
using SituationMap.Core.Statuses;
using SituationMap.Core.Zones;
using SituationMap.Store.Protocols;

namespace SituationMap.Store.Statuses.Recompute;

/// <param name="Looked">How many households have anything to go by.</param>
/// <param name="Changes">Of those whose status is not as it is stored.</param>
/// <param name="SetAside">The ids of those that cannot be worked out.</param>
public sealed record PartResult(int Looked, IReadOnlyList<StatusChange> Changes, int[] SetAside);

/// <summary>Works out the statuses of one part. One household's facts do not cost the statuses of all others.</summary>
public static class PartEvaluation
{
    public static PartResult Evaluate(
        ProtocolCatalog protocols,
        RecomputePart part,
        PartInputs inputs,
        ZoneCover cover,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var changes = new List<StatusChange>();
        var setAside = new List<int>();
        // without facts, all households of a building have the same zones over them and nothing else
        var byZonesAlone = new Dictionary<int, StoredStatus>();
        var looked = 0;
        for (var index = 0; index < inputs.Buildings.Length; index++)
        {
            var (facts, building, stored) = (inputs.Facts[index], inputs.Buildings[index], inputs.Stored[index]);
            var isReadable = !inputs.Unreadable.Contains(index);
            if (facts.Count == 0 && building == 0 && stored is null && isReadable)
                continue;
            looked++;
            try
            {
                if (!isReadable)
                    setAside.Add(part.First + index);
                else if (StatusChange.Between(part.First + index, stored, Find(index)) is { } change)
                    changes.Add(change);
            }
            catch (Exception failure) when (Workable.IsItsOwn(failure, cancellation))
            {
                setAside.Add(part.First + index);
            }
        }
        return new PartResult(looked, changes, [.. setAside]);

        StoredStatus Find(int index)
        {
            var (facts, building) = (inputs.Facts[index], inputs.Buildings[index]);
            if (facts.Count == 0 && byZonesAlone.TryGetValue(building, out var found))
                return found;
            var plan = inputs.Grids?[index] is { } grid ? protocols.Plan.ForGrid(grid) : protocols.Plan;
            IReadOnlyList<ZonePeriod> zones = building == 0 ? [] : cover.Periods[building];
            found = StoredStatus.Of(StatusRules.Evaluate(new HouseholdFacts(inputs.Members[index], facts), zones, plan, now));
            if (facts.Count == 0 && building != 0)
                byZonesAlone.Add(building, found);
            return found;
        }
    }
}
