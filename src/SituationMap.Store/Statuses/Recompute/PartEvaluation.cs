using SituationMap.Core.Facts;
using SituationMap.Core.Statuses;
using SituationMap.Core.Zones;
using SituationMap.Store.Protocols;

namespace SituationMap.Store.Statuses.Recompute;

/// <summary>Works out the statuses of one part.</summary>
public static class PartEvaluation
{
    /// <summary>How many households have anything to go by, and those whose status is not as it is stored.</summary>
    public static (int Looked, List<StatusChange> Changes) Evaluate(
        ProtocolCatalog protocols,
        RecomputePart part,
        PartInputs inputs,
        ZoneCover cover,
        DateTimeOffset now
    )
    {
        var changes = new List<StatusChange>();
        // without facts, all households of a building have the same zones over them and nothing else
        var byZonesAlone = new Dictionary<int, StoredStatus>();
        var looked = 0;
        for (var index = 0; index < inputs.Buildings.Length; index++)
        {
            var (facts, building, stored) = (inputs.Facts[index], inputs.Buildings[index], inputs.Stored[index]);
            if (facts.Count == 0 && building == 0 && stored is null)
                continue;
            looked++;
            if (facts.Count > 0 || !byZonesAlone.TryGetValue(building, out var found))
            {
                var plan = inputs.Grids?[index] is { } grid ? protocols.Plan.ForGrid(grid) : protocols.Plan;
                IReadOnlyList<ZonePeriod> zones = building == 0 ? [] : cover.Periods[building];
                found = StoredStatus.Of(StatusRules.Evaluate(new HouseholdFacts(inputs.Members[index], facts), zones, plan, now));
                if (facts.Count == 0 && building != 0)
                    byZonesAlone.Add(building, found);
            }
            if (StatusChange.Between(part.First + index, stored, found) is { } change)
                changes.Add(change);
        }
        return (looked, changes);
    }
}
