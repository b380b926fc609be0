using System.Runtime.CompilerServices;
using NetTopologySuite.Geometries.Prepared;

namespace SituationMap.Store.Snapshots;

/// <summary>
/// Buildings that stand outside the outline of the grid they are counted in: the numbers have them, and whoever looks at that part of
/// the map does not find them there.
/// </summary>
public static class Misplaced
{
    private static readonly ConditionalWeakTable<City, int[]> Found = [];

    /// <summary>Their indexes in <see cref="City.Buildings"/>, worked out once for a city.</summary>
    public static int[] Of(City city) => Found.GetValue(city, Find);

    private static int[] Find(City city)
    {
        var outlines = new IPreparedGeometry?[city.Grids.Length];
        var found = new List<int>();
        for (var index = 0; index < city.Buildings.Length; index++)
        {
            var building = city.Buildings[index];
            var outline = outlines[building.Grid] ??= PreparedGeometryFactory.Prepare(city.Grids[building.Grid].Outline);
            if (!outline.Intersects(building.Outline))
                found.Add(index);
        }
        return [.. found];
    }
}
