using NetTopologySuite.Shape.Fractal;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Statuses;

/// <summary>
/// The order in which households are gone round: grid by grid, there along a Hilbert curve, which seldom leaves the neighbourhood; in a
/// building entrance by entrance, floor by floor, door by door. It depends on nothing but where they are, so that a list goes on where it
/// was left.
/// </summary>
public sealed class WalkingOrder(City city) : IComparer<int>
{
    private const int Level = 16;

    private readonly Dictionary<int, int> _codes = [];

    /// <summary>Compares two households by their indexes in <see cref="City.Households"/>.</summary>
    public int Compare(int x, int y) => Key(x).CompareTo(Key(y));

    private (int Grid, int Code, int Building, byte Unit, sbyte Floor, byte Room) Key(int index)
    {
        var household = city.Households[index];
        var building = city.Buildings[household.Building];
        return (building.Grid, CodeOf(household.Building), household.Building, household.Unit, household.Floor, household.Room);
    }

    private int CodeOf(int index)
    {
        if (_codes.TryGetValue(index, out var known))
            return known;
        var building = city.Buildings[index];
        var (area, box) = (city.Grids[building.Grid].Shape.Box, building.Shape.Box);
        return _codes[index] = HilbertCode.Encode(Level, Within(area.MinX, area.MaxX, box.MinX), Within(area.MinY, area.MaxY, box.MinY));
    }

    /// <summary>Where between the two ends, as the curve counts; a building may stand outside its grid.</summary>
    private static int Within(int from, int to, int at)
    {
        var share = ((double)at - from) / Math.Max(1.0, (double)to - from);
        return (int)(Math.Clamp(share, 0, 1) * ((1 << Level) - 1));
    }
}
