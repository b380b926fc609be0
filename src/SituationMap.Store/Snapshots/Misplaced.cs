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

    /// <summary>Their places in <see cref="City.Buildings"/>, worked out once for a city.</summary>
    public static int[] Of(City city) => Found.GetValue(city, Find);

    private static int[] Find(City city)
    {
        var outlines = new IPreparedGeometry?[city.Grids.Length];
        var found = new List<int>();
        for (var place = 0; place < city.Buildings.Length; place++)
        {
            var building = city.Buildings[place];
            var outline = outlines[building.Grid] ??= PreparedGeometryFactory.Prepare(city.Grids[building.Grid].Outline);
            if (!outline.Intersects(building.Outline))
                found.Add(place);
        }
        return [.. found];
    }
}
