using System.Runtime.InteropServices;

namespace SituationMap.Geo.VectorTiles;

/// <summary>Rings as flat lists: x, y, x, y, …, the first point not repeated at the end; y grows to the south, as in a tile. Outer rings
/// have a positive area, holes a negative one.</summary>
internal static class Rings
{
    /// <summary>Adds a point unless it is the last one again.</summary>
    public static void Add(List<int> points, int x, int y)
    {
        if (points.Count > 0 && points[^2] == x && points[^1] == y)
            return;
        points.Add(x);
        points.Add(y);
    }

    /// <summary>Takes the closing point off a ring: rings close by themselves.</summary>
    public static void Close(List<int> ring)
    {
        while (ring.Count > 2 && ring[0] == ring[^2] && ring[1] == ring[^1])
            ring.RemoveRange(ring.Count - 2, 2);
    }

    /// <summary>Twice the area of a ring, in units of its coordinates squared.</summary>
    public static long Area(List<int> ring) => Area(CollectionsMarshal.AsSpan(ring));

    /// <inheritdoc cref="Area(List{int})"/>
    public static long Area(ReadOnlySpan<int> ring)
    {
        if (ring.Length < 6)
            return 0;
        // relative to the first point, so that products stay within 64 bits
        var (x0, y0, twice) = ((long)ring[0], (long)ring[1], 0L);
        for (var i = 2; i + 3 < ring.Length; i += 2)
            twice += ((ring[i] - x0) * (ring[i + 3] - y0)) - ((ring[i + 2] - x0) * (ring[i + 1] - y0));
        return twice;
    }
}
