using SituationMap.Geo.Shapes;

namespace SituationMap.Geo.VectorTiles;

/// <summary>Rounds world units to the units of one tile, in steps of 2^<paramref name="step"/> units: the same steps in every
/// tile.</summary>
internal readonly struct UnitGrid(TileId tile, int step)
{
    private readonly int _shift = tile.UnitShift + step;
    private readonly long _originX = tile.OriginX - (1L << (tile.UnitShift + step - 1));
    private readonly long _originY = tile.OriginY - (1L << (tile.UnitShift + step - 1));

    public Box Of(in Box box) => new(X(box.MinX), Y(box.MinY), X(box.MaxX), Y(box.MaxY));

    /// <summary>Rounds points, without repeated ones; in steps of more than a unit also without those between two others on a straight
    /// line.</summary>
    public void Round(ReadOnlySpan<int> world, List<int> into)
    {
        into.Clear();
        for (var i = 0; i < world.Length; i += 2)
        {
            var (x, y) = (X(world[i]), Y(world[i + 1]));
            if (step > 0 && GoesStraightOn(into, x, y))
                (into[^2], into[^1]) = (x, y);
            else
                Rings.Add(into, x, y);
        }
    }

    private int X(int world) => (int)((world - _originX) >> _shift << step);

    private int Y(int world) => (int)((world - _originY) >> _shift << step);

    /// <summary>Whether the way to a point goes on in the direction in which the last one was reached.</summary>
    private static bool GoesStraightOn(List<int> points, int x, int y)
    {
        if (points.Count < 4)
            return false;
        var (fromX, fromY) = ((long)points[^2] - points[^4], (long)points[^1] - points[^3]);
        var (onX, onY) = ((long)x - points[^2], (long)y - points[^1]);
        return (fromX * onY) - (fromY * onX) == 0 && (fromX * onX) + (fromY * onY) > 0;
    }
}
