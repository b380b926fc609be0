using NetTopologySuite.Geometries;

namespace SituationMap.Geo.Indexes;

/// <summary>
/// The edges of a surface, ready to be asked whether it covers a point. The arithmetic is that of PostGIS's ST_Covers, plain doubles
/// step by step (its point_in_ring), so that both say the same of a point on an edge, whose exact place no double can name. Where
/// there are many edges, they are sorted into bands from south to north, and only those of the point's band are looked at.
/// </summary>
public sealed class Edges
{
    private const int EdgesInBand = 8;

    /// <summary>x and y of the beginning and of the end of each, in degrees.</summary>
    private readonly double[] _edges;
    private readonly double _south;
    private readonly double _bandsPerDegree;

    /// <summary>Where each band begins in <see cref="_banded"/>, and where the last one ends; null: there are no bands.</summary>
    private readonly int[]? _bands;
    private readonly int[] _banded = [];

    private Edges(double[] edges, Envelope box)
    {
        (_edges, _south, Box) = (edges, box.MinY, box);
        var count = edges.Length / 4 / EdgesInBand;
        if (count < 2 || box.Height <= 0)
            return;
        _bandsPerDegree = count / box.Height;
        _bands = new int[count + 1];
        for (var edge = 0; edge < edges.Length; edge += 4)
        {
            for (
                var band = Band(Math.Min(edges[edge + 1], edges[edge + 3]));
                band <= Band(Math.Max(edges[edge + 1], edges[edge + 3]));
                band++
            )
                _bands[band + 1]++;
        }
        for (var band = 0; band < count; band++)
            _bands[band + 1] += _bands[band];
        var next = _bands[..^1];
        _banded = new int[_bands[count]];
        for (var edge = 0; edge < edges.Length; edge += 4)
        {
            for (
                var band = Band(Math.Min(edges[edge + 1], edges[edge + 3]));
                band <= Band(Math.Max(edges[edge + 1], edges[edge + 3]));
                band++
            )
                _banded[next[band]++] = edge;
        }
    }

    /// <summary>Around the surface, in degrees.</summary>
    public Envelope Box { get; }

    /// <param name="surface">A polygon or several, valid, in degrees.</param>
    public static Edges Of(Geometry surface)
    {
        var edges = new List<double>(surface.NumPoints * 4);
        for (var i = 0; i < surface.NumGeometries; i++)
        {
            var polygon = (Polygon)surface.GetGeometryN(i);
            Add(polygon.Shell);
            foreach (var hole in polygon.Holes)
                Add(hole);
        }
        return new Edges([.. edges], surface.EnvelopeInternal);

        void Add(LineString ring)
        {
            var points = ring.CoordinateSequence;
            for (var i = 1; i < points.Count; i++)
            {
                if (points.GetX(i - 1) != points.GetX(i) || points.GetY(i - 1) != points.GetY(i))
                    edges.AddRange([points.GetX(i - 1), points.GetY(i - 1), points.GetX(i), points.GetY(i)]);
            }
        }
    }

    /// <summary>Whether the surface, its border included, has the point.</summary>
    public bool Cover(double x, double y)
    {
        var inside = false;
        if (_bands is null)
        {
            for (var edge = 0; edge < _edges.Length; edge += 4)
            {
                if (Touches(edge, x, y, ref inside))
                    return true;
            }
            return inside;
        }
        var band = Band(y);
        foreach (var edge in _banded.AsSpan(_bands[band].._bands[band + 1]))
        {
            if (Touches(edge, x, y, ref inside))
                return true;
        }
        return inside;
    }

    private int Band(double y) => (int)Math.Clamp((y - _south) * _bandsPerDegree, 0, _bands!.Length - 2);

    /// <summary>Whether the point is on the edge; an edge to its right turns <paramref name="inside"/> over.</summary>
    private bool Touches(int edge, double x, double y, ref bool inside)
    {
        var ends = _edges.AsSpan(edge, 4);
        var (x1, y1, x2, y2) = (ends[0], ends[1], ends[2], ends[3]);
        var side = ((x2 - x1) * (y - y1)) - ((x - x1) * (y2 - y1));
        if (side == 0 && x <= Math.Max(x1, x2) && x >= Math.Min(x1, x2) && y <= Math.Max(y1, y2) && y >= Math.Min(y1, y2))
            return true;
        if (y1 <= y ? y < y2 && side > 0 : y2 <= y && side < 0)
            inside = !inside;
        return false;
    }
}

/// <summary>Finds which of many surfaces cover a point. Asking allocates nothing but the answer.</summary>
public sealed class CoverIndex
{
    private readonly BoxTree _tree;
    private readonly Edges[] _edges;
    private readonly Amendments _amended = Amendments.None;

    /// <summary>Takes the surfaces of all items, in lon, lat, in the order of the list that it is over.</summary>
    public CoverIndex(IReadOnlyList<Geometry> surfaces) =>
        (_tree, _edges) = (new BoxTree([.. surfaces.Select(surface => surface.EnvelopeInternal)]), [.. surfaces.Select(Edges.Of)]);

    private CoverIndex(CoverIndex original, IReadOnlyList<int> items, Func<int, Geometry> surface)
    {
        (_tree, _edges, _amended) = (original._tree, [.. original._edges], original._amended.With(items));
        foreach (var item in items)
            _edges[item] = Edges.Of(surface(item));
    }

    /// <summary>The same with some surfaces in place of those that had these indexes.</summary>
    public CoverIndex With(IReadOnlyList<int> items, Func<int, Geometry> surface) => new(this, items, surface);

    /// <summary>Adds the indexes of all surfaces whose boxes meet this one, borders included, in no order.</summary>
    public void Meet(Envelope box, List<int> found) => Meet(box.MinX, box.MinY, box.MaxX, box.MaxY, found);

    private void Meet(double west, double south, double east, double north, List<int> found)
    {
        var start = found.Count;
        _tree.Find(west, south, east, north, found);
        if (_amended.Items.Length == 0)
            return;
        var kept = start;
        for (var i = start; i < found.Count; i++)
        {
            if (!_amended.Contain(found[i]))
                found[kept++] = found[i];
        }
        found.RemoveRange(kept, found.Count - kept);
        foreach (var item in _amended.Items)
        {
            var box = _edges[item].Box;
            if (box.MinX <= east && box.MaxX >= west && box.MinY <= north && box.MaxY >= south)
                found.Add(item);
        }
    }

    /// <summary>Puts the indexes of all surfaces that cover the point, borders included, into the list, in no order.</summary>
    public void Find(double x, double y, List<int> found)
    {
        found.Clear();
        Meet(x, y, x, y, found);
        var kept = 0;
        for (var i = 0; i < found.Count; i++)
        {
            if (_edges[found[i]].Cover(x, y))
                found[kept++] = found[i];
        }
        found.RemoveRange(kept, found.Count - kept);
    }
}
