using NetTopologySuite.Geometries;

namespace SituationMap.Geo.Indexes;

/// <summary>
/// Boxes in degrees packed into a tree (sort, tile, recurse), eight to a node, all in two arrays. Made once; asking allocates nothing
/// but the answer.
/// </summary>
public sealed class BoxTree
{
    private const int Fan = 8;

    private readonly int[] _items;

    /// <summary>The boxes themselves, then level by level those around each eight of the level below; west, south, east, north.</summary>
    private readonly double[][] _levels;

    /// <param name="boxes">Those that are null hold nothing.</param>
    public BoxTree(IReadOnlyList<Envelope> boxes)
    {
        _items = Pack(boxes);
        var level = new double[_items.Length * 4];
        for (var i = 0; i < _items.Length; i++)
        {
            var box = boxes[_items[i]];
            (level[4 * i], level[(4 * i) + 1], level[(4 * i) + 2], level[(4 * i) + 3]) = (box.MinX, box.MinY, box.MaxX, box.MaxY);
        }
        var levels = new List<double[]> { level };
        while (level.Length > Fan * 4)
            levels.Add(level = Around(level));
        _levels = [.. levels];
    }

    /// <summary>Adds the indexes of all boxes that meet this one, borders included, in no order.</summary>
    public void Find(double west, double south, double east, double north, List<int> found) =>
        Visit(_levels.Length - 1, 0, Fan, west, south, east, north, found);

    private void Visit(int level, int first, int end, double west, double south, double east, double north, List<int> found)
    {
        var boxes = _levels[level];
        end = Math.Min(end, boxes.Length / 4);
        for (var i = first; i < end; i++)
        {
            var box = boxes.AsSpan(4 * i, 4);
            if (box[0] > east || box[2] < west || box[1] > north || box[3] < south)
                continue;
            if (level == 0)
                found.Add(_items[i]);
            else
                Visit(level - 1, i * Fan, (i + 1) * Fan, west, south, east, north, found);
        }
    }

    private static int[] Pack(IReadOnlyList<Envelope> boxes)
    {
        int[] items =
        [
            .. Enumerable.Range(0, boxes.Count).Where(item => !boxes[item].IsNull).OrderBy(item => boxes[item].MinX + boxes[item].MaxX),
        ];
        var nodes = (items.Length + Fan - 1) / Fan;
        var slice = Fan * Math.Max(1, (int)Math.Ceiling(Math.Sqrt(nodes)));
        for (var start = 0; start < items.Length; start += slice)
            items
                .AsSpan(start, Math.Min(slice, items.Length - start))
                .Sort((one, other) => (boxes[one].MinY + boxes[one].MaxY).CompareTo(boxes[other].MinY + boxes[other].MaxY));
        return items;
    }

    private static double[] Around(double[] level)
    {
        var above = new double[((level.Length / 4) + Fan - 1) / Fan * 4];
        for (var node = 0; node < above.Length; node += 4)
        {
            var boxes = level.AsSpan(node * Fan, Math.Min(Fan * 4, level.Length - (node * Fan)));
            var (west, south, east, north) = (boxes[0], boxes[1], boxes[2], boxes[3]);
            for (var i = 4; i < boxes.Length; i += 4)
                (west, south, east, north) = (
                    Math.Min(west, boxes[i]),
                    Math.Min(south, boxes[i + 1]),
                    Math.Max(east, boxes[i + 2]),
                    Math.Max(north, boxes[i + 3])
                );
            (above[node], above[node + 1], above[node + 2], above[node + 3]) = (west, south, east, north);
        }
        return above;
    }
}
