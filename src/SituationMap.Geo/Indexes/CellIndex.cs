using SituationMap.Geo.Shapes;

namespace SituationMap.Geo.Indexes;

/// <summary>
/// Finds the shapes near a box: the world is cut into the cells of one zoom, each listing what reaches into it. Asking allocates
/// nothing but the answer.
/// </summary>
public sealed class CellIndex
{
    private const int CellZoom = 16;
    private const int CellShift = World.Bits - CellZoom;

    /// <summary>What reaches into more cells is not listed in them: everybody looks at it. A building or a street is never that large; what
    /// lies around the world is.</summary>
    private const int MaxCells = 1 << 14;

    private readonly Dictionary<(int X, int Y), List<int>> _cells = [];
    private readonly HashSet<int> _wide = [];
    private readonly Box[] _boxes;
    private readonly Amendments _amended = Amendments.None;

    /// <summary>Takes the boxes of all items, in the order of the list that it is over.</summary>
    public CellIndex(IEnumerable<Box> boxes)
    {
        _boxes = [.. boxes];
        for (var item = 0; item < _boxes.Length; item++)
        {
            var box = _boxes[item];
            if (
                ((long)(box.MaxX >> CellShift) - (box.MinX >> CellShift) + 1)
                    * ((long)(box.MaxY >> CellShift) - (box.MinY >> CellShift) + 1)
                > MaxCells
            )
            {
                _wide.Add(item);
                continue;
            }
            for (var x = box.MinX >> CellShift; x <= box.MaxX >> CellShift; x++)
            {
                for (var y = box.MinY >> CellShift; y <= box.MaxY >> CellShift; y++)
                {
                    if (!_cells.TryGetValue((x, y), out var cell))
                        _cells.Add((x, y), cell = []);
                    cell.Add(item);
                }
            }
        }
    }

    private CellIndex(CellIndex original, IReadOnlyList<int> items, Func<int, Box> box)
    {
        (_cells, _wide, _boxes, _amended) = (original._cells, original._wide, [.. original._boxes], original._amended.With(items));
        foreach (var item in items)
            _boxes[item] = box(item);
    }

    /// <summary>The same with some boxes elsewhere.</summary>
    public CellIndex With(IReadOnlyList<int> items, Func<int, Box> box) => new(this, items, box);

    /// <summary>Adds the positions of all whose box meets <paramref name="box"/>, each once, in ascending order.</summary>
    public void Find(in Box box, List<int> found)
    {
        var (firstX, lastX, firstY, lastY) = (box.MinX >> CellShift, box.MaxX >> CellShift, box.MinY >> CellShift, box.MaxY >> CellShift);
        if ((long)(lastX - firstX + 1) * (lastY - firstY + 1) > _cells.Count)
        {
            // a wide box: looking at everything costs less than looking at every cell
            for (var item = 0; item < _boxes.Length; item++)
            {
                if (_boxes[item].Intersects(box))
                    found.Add(item);
            }
            return;
        }
        var start = found.Count;
        for (var x = firstX; x <= lastX; x++)
        {
            for (var y = firstY; y <= lastY; y++)
            {
                if (!_cells.TryGetValue((x, y), out var cell))
                    continue;
                foreach (var item in cell)
                {
                    ref readonly var candidate = ref _boxes[item];
                    // What reaches into several cells is taken in the first of those asked about.
                    if (
                        !_amended.Contain(item)
                        && Math.Max(candidate.MinX >> CellShift, firstX) == x
                        && Math.Max(candidate.MinY >> CellShift, firstY) == y
                        && candidate.Intersects(box)
                    )
                        found.Add(item);
                }
            }
        }
        foreach (var item in _wide)
        {
            if (!_amended.Contain(item) && _boxes[item].Intersects(box))
                found.Add(item);
        }
        foreach (var item in _amended.Items)
        {
            if (_boxes[item].Intersects(box))
                found.Add(item);
        }
        found.Sort(start, found.Count - start, null);
    }
}
