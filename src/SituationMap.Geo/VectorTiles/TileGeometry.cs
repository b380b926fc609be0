using System.Runtime.InteropServices;
using SituationMap.Geo.Shapes;

namespace SituationMap.Geo.VectorTiles;

/// <summary>
/// Cuts shapes to a tile and turns them into the commands of a vector tile. Holds its scratch lists, so one instance serves one
/// tile after the other without allocating; not for several threads.
/// </summary>
public sealed class TileGeometry
{
    private const int MoveTo = 1;
    private const int LineTo = 2;
    private const int ClosePath = 7;

    /// <summary>The tile with its buffer, in tile units.</summary>
    private static readonly Box CutBox = new(-TileId.Buffer, -TileId.Buffer, TileId.Extent + TileId.Buffer, TileId.Extent + TileId.Buffer);

    private List<int> _points = [];
    private List<int> _next = [];
    private bool _crossedTooOften;

    /// <summary>The commands of the last shape that <see cref="Encode"/> took, as a feature holds them.</summary>
    public ProtocolBuffer Commands { get; } = new(1 << 12);

    /// <summary>Whether any of the shape is left within the tile and its buffer.</summary>
    public bool Touches(Shape shape, TileId tile)
    {
        var box = tile.BufferedBox;
        if (!shape.Box.Intersects(box))
            return false;
        if (box.Contains(shape.Box))
            return true;
        var start = 0;
        foreach (var end in shape.Ends)
        {
            switch (shape.Kind)
            {
                case ShapeKind.Points:
                    return true; // its box is the point
                case ShapeKind.Lines when LineMeets(shape.Coordinates.AsSpan(start, end - start), box):
                    return true;
                case ShapeKind.Polygons:
                    ClipRing(shape.Coordinates.AsSpan(start, end - start), box);
                    // a tile inside a hole: the outer ring covers it, and so does the hole, in the opposite sense
                    if (Area(_points) > 0 && !HoleCovers(shape, end, box))
                        return true;
                    break;
            }
            start = end;
        }
        return false;
    }

    /// <summary>
    /// Writes the commands of a shape to <see cref="Commands"/>; false when nothing of it is left in the tile. As PostGIS does, it
    /// rounds to tile units first and cuts afterwards: neighbouring tiles round alike, so their halves meet.
    /// </summary>
    /// <param name="step">In which steps points are drawn, as a power of two of the tile's units: a layer says from which zoom on it is
    /// simplified.</param>
    public bool Encode(Shape shape, TileId tile, int step = 0)
    {
        Commands.Clear();
        if (!shape.Box.Intersects(tile.BufferedBox))
            return false;
        var grid = new UnitGrid(tile, step);
        var whole = CutBox.Contains(grid.Of(shape.Box));
        if (!AddParts(shape, grid, whole))
            return false;
        if (whole || shape.Kind != ShapeKind.Polygons || !IsSmall(shape.Box, tile))
            return true;
        Commands.Clear();
        return AddParts(shape, grid, whole: true);
    }

    /// <summary>
    /// Whether a shape that <see cref="Encode"/> did not take lies in the tile all the same and is smaller than a unit of it. Told of one
    /// tile only, that of its middle.
    /// </summary>
    public bool IsTooSmall(Shape shape, TileId tile)
    {
        var shift = World.Bits - tile.Z;
        return ((long)shape.Box.MinX + shape.Box.MaxX) >> (shift + 1) == tile.X
            && ((long)shape.Box.MinY + shape.Box.MaxY) >> (shift + 1) == tile.Y
            && Touches(shape, tile);
    }

    /// <summary>Writes the middle of the tile to <see cref="Commands"/>.</summary>
    public void EncodeMiddle()
    {
        Commands.Clear();
        var (cursorX, cursorY) = (0, 0);
        AddPart([TileId.Extent / 2, TileId.Extent / 2], closed: false, ref cursorX, ref cursorY);
    }

    private bool AddParts(Shape shape, UnitGrid grid, bool whole)
    {
        var (cursorX, cursorY) = (0, 0);
        if (!whole && shape.Kind == ShapeKind.Polygons && FallsApart(shape, grid))
        {
            foreach (var ring in PolygonCutter.Cut(RingsOf(shape, grid), CutBox))
                AddPart(ring, closed: true, ref cursorX, ref cursorY);
            return Commands.Length > 0;
        }
        var start = 0;
        var outerKept = false;
        foreach (var end in shape.Ends)
        {
            var part = shape.Coordinates.AsSpan(start, end - start);
            start = end;
            Quantise(part, grid);
            switch (shape.Kind)
            {
                case ShapeKind.Points:
                    if (whole)
                        AddPart(_points, closed: false, ref cursorX, ref cursorY);
                    break;
                case ShapeKind.Lines when whole:
                    AddPart(_points, closed: false, ref cursorX, ref cursorY);
                    break;
                case ShapeKind.Lines:
                    CutLine(ref cursorX, ref cursorY);
                    break;
                default:
                    // a hole goes with the outer ring before it
                    var outer = Area(part) > 0;
                    if (outer || outerKept)
                    {
                        var kept = EncodeRing(whole, outer, ref cursorX, ref cursorY);
                        outerKept = outer ? kept : outerKept;
                    }
                    break;
            }
        }
        return Commands.Length > 0;
    }

    /// <summary>
    /// Whether a surface is small beside the tile. Such a one is not cut: a client puts a label into the middle of what it gets, so a
    /// building cut by the edge between two tiles would be labelled in both. MapLibre takes coordinates up to one tile beyond the tile,
    /// buffer included, hence the limit of a little less than a tile's side.
    /// </summary>
    private static bool IsSmall(in Box box, TileId tile)
    {
        var limit = 15L << (World.Bits - tile.Z - 4);
        return box.MaxX - (long)box.MinX <= limit && box.MaxY - (long)box.MinY <= limit;
    }

    /// <summary>
    /// Whether a ring crosses one side of the tile more than twice: cutting side by side would leave its pieces joined along the border.
    /// </summary>
    private bool FallsApart(Shape shape, UnitGrid grid)
    {
        var start = 0;
        foreach (var end in shape.Ends)
        {
            Quantise(shape.Coordinates.AsSpan(start, end - start), grid);
            start = end;
            _crossedTooOften = false;
            ClipPoints(CutBox);
            if (_crossedTooOften)
                return true;
        }
        return false;
    }

    private IEnumerable<List<int>> RingsOf(Shape shape, UnitGrid grid)
    {
        var start = 0;
        foreach (var end in shape.Ends)
        {
            Quantise(shape.Coordinates.AsSpan(start, end - start), grid);
            start = end;
            yield return _points;
        }
    }

    private bool EncodeRing(bool whole, bool outer, ref int cursorX, ref int cursorY)
    {
        if (!whole)
            ClipPoints(CutBox);
        Close(_points);
        var area = Area(_points);
        if (outer ? area <= 0 : area >= 0)
            return false; // collapsed at this zoom
        AddPart(_points, closed: true, ref cursorX, ref cursorY);
        return true;
    }

    /// <summary>Cuts the line in <see cref="_points"/> to the tile and adds the pieces.</summary>
    private void CutLine(ref int cursorX, ref int cursorY)
    {
        _next.Clear();
        for (var i = 0; i + 3 < _points.Count; i += 2)
        {
            double x0 = _points[i],
                y0 = _points[i + 1],
                x1 = _points[i + 2],
                y1 = _points[i + 3];
            if (!ClipSegment(CutBox, ref x0, ref y0, ref x1, ref y1))
                continue;
            var (startX, startY) = ((int)Math.Round(x0), (int)Math.Round(y0));
            if (_next.Count == 0 || _next[^2] != startX || _next[^1] != startY)
            {
                AddPart(_next, closed: false, ref cursorX, ref cursorY); // it left the tile and comes back
                _next.Clear();
                Add(_next, startX, startY);
            }
            Add(_next, (int)Math.Round(x1), (int)Math.Round(y1));
        }
        AddPart(_next, closed: false, ref cursorX, ref cursorY);
    }

    /// <summary>Adds the commands of one part: a point, a line of at least two points, or a ring.</summary>
    private void AddPart(List<int> points, bool closed, ref int cursorX, ref int cursorY)
    {
        var count = points.Count / 2;
        if (count == 0 || (count == 1 && ReferenceEquals(points, _next)))
            return; // nothing, or a line that only touches the tile
        var coordinates = CollectionsMarshal.AsSpan(points);
        Commands.WriteVarint(Command(MoveTo, 1));
        for (var i = 0; i + 1 < coordinates.Length; i += 2)
        {
            if (i == 2)
                Commands.WriteVarint(Command(LineTo, count - 1));
            var (x, y) = (coordinates[i], coordinates[i + 1]);
            Commands.WriteVarint(ZigZag(x - cursorX));
            Commands.WriteVarint(ZigZag(y - cursorY));
            (cursorX, cursorY) = (x, y);
        }
        if (closed)
            Commands.WriteVarint(Command(ClosePath, 1));
    }

    /// <summary>World units to tile units, into <see cref="_points"/>, without repeated points; where simplified, without those between two
    /// others on a straight line.</summary>
    private void Quantise(ReadOnlySpan<int> world, UnitGrid grid)
    {
        _points.Clear();
        for (var i = 0; i < world.Length; i += 2)
        {
            var (x, y) = (grid.X(world[i]), grid.Y(world[i + 1]));
            if (grid.IsSimplified && GoesStraightOn(_points, x, y))
                (_points[^2], _points[^1]) = (x, y);
            else
                Add(_points, x, y);
        }
    }

    /// <summary>Whether the way to a point goes on in the direction in which the last one was reached.</summary>
    private static bool GoesStraightOn(List<int> points, int x, int y)
    {
        if (points.Count < 4)
            return false;
        var (fromX, fromY) = ((long)points[^2] - points[^4], (long)points[^1] - points[^3]);
        var (onX, onY) = ((long)x - points[^2], (long)y - points[^1]);
        return (fromX * onY) - (fromY * onX) == 0 && (fromX * onX) + (fromY * onY) > 0;
    }

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

    private void ClipRing(ReadOnlySpan<int> ring, in Box box)
    {
        _points.Clear();
        _points.AddRange(ring);
        ClipPoints(box);
    }

    /// <summary>Cuts the ring in <see cref="_points"/> to a box, one side after the other (Sutherland–Hodgman).</summary>
    private void ClipPoints(in Box box)
    {
        ClipSide(box.MinX, 0, keepAbove: true);
        ClipSide(box.MaxX, 0, keepAbove: false);
        ClipSide(box.MinY, 1, keepAbove: true);
        ClipSide(box.MaxY, 1, keepAbove: false);
    }

    private void ClipSide(int limit, int axis, bool keepAbove)
    {
        _next.Clear();
        var crossings = 0;
        for (var i = 0; i < _points.Count; i += 2)
        {
            var previous = i == 0 ? _points.Count - 2 : i - 2;
            var (here, before) = (_points[i + axis], _points[previous + axis]);
            var (inside, wasInside) = (keepAbove ? here >= limit : here <= limit, keepAbove ? before >= limit : before <= limit);
            if (inside != wasInside)
            {
                crossings++;
                // where the side is crossed; exact to half a unit, and the same from both ends, so neighbours meet
                var (otherHere, otherBefore) = (_points[i + 1 - axis], _points[previous + 1 - axis]);
                var (a, b, fromA, fromB) = here < before ? (here, before, otherHere, otherBefore) : (before, here, otherBefore, otherHere);
                var other = (int)Math.Round(fromA + ((fromB - (double)fromA) * (limit - (double)a) / (b - (double)a)));
                Add(_next, axis == 0 ? limit : other, axis == 0 ? other : limit);
            }
            if (inside)
                Add(_next, _points[i], _points[i + 1]);
        }
        (_points, _next) = (_next, _points);
        _crossedTooOften |= crossings > 2;
    }

    private bool HoleCovers(Shape shape, int after, in Box box)
    {
        var full = 2L * (box.MaxX - (long)box.MinX) * (box.MaxY - (long)box.MinY);
        var start = 0;
        foreach (var end in shape.Ends)
        {
            if (start >= after)
            {
                var ring = shape.Coordinates.AsSpan(start, end - start);
                if (Area(ring) > 0)
                    return false; // the next outer ring: no more holes of ours
                ClipRing(ring, box);
                if (-Area(_points) == full)
                    return true;
            }
            start = end;
        }
        return false;
    }

    private static bool LineMeets(ReadOnlySpan<int> line, in Box box)
    {
        for (var i = 0; i + 3 < line.Length; i += 2)
        {
            double x0 = line[i],
                y0 = line[i + 1],
                x1 = line[i + 2],
                y1 = line[i + 3];
            if (ClipSegment(box, ref x0, ref y0, ref x1, ref y1))
                return true;
        }
        return false;
    }

    /// <summary>Cuts a segment to a box (Liang–Barsky); false when nothing is left.</summary>
    private static bool ClipSegment(in Box box, ref double x0, ref double y0, ref double x1, ref double y1)
    {
        var (dx, dy, enter, leave) = (x1 - x0, y1 - y0, 0.0, 1.0);
        if (
            !Narrow(-dx, x0 - box.MinX, ref enter, ref leave)
            || !Narrow(dx, box.MaxX - x0, ref enter, ref leave)
            || !Narrow(-dy, y0 - box.MinY, ref enter, ref leave)
            || !Narrow(dy, box.MaxY - y0, ref enter, ref leave)
        )
            return false;
        (x1, y1) = (x0 + (leave * dx), y0 + (leave * dy));
        (x0, y0) = (x0 + (enter * dx), y0 + (enter * dy));
        return true;

        static bool Narrow(double direction, double distance, ref double enter, ref double leave)
        {
            if (direction == 0)
                return distance >= 0;
            var t = distance / direction;
            if (direction < 0)
                enter = Math.Max(enter, t);
            else
                leave = Math.Min(leave, t);
            return enter <= leave;
        }
    }

    /// <summary>Twice the area of a ring; positive for an outer ring (y to the south).</summary>
    private static long Area(ReadOnlySpan<int> ring)
    {
        if (ring.Length < 6)
            return 0;
        // relative to the first point, so that products stay within 64 bits
        var (x0, y0, twice) = ((long)ring[0], (long)ring[1], 0L);
        for (var i = 2; i + 3 < ring.Length; i += 2)
            twice += ((ring[i] - x0) * (ring[i + 3] - y0)) - ((ring[i + 2] - x0) * (ring[i + 1] - y0));
        return twice;
    }

    /// <summary>Twice the area of a ring in tile units; positive for outer rings.</summary>
    public static long Area(List<int> ring) => Area(CollectionsMarshal.AsSpan(ring));

    private static uint Command(int id, int count) => (uint)((count << 3) | id);

    private static uint ZigZag(int value) => (uint)((value << 1) ^ (value >> 31));

    /// <summary>Rounds world units to the units of one tile, in steps of 2^<paramref name="step"/> units: the same steps in every
    /// tile.</summary>
    private readonly struct UnitGrid(TileId tile, int step)
    {
        private readonly int _shift = tile.UnitShift + step;
        private readonly long _originX = tile.OriginX - (1L << (tile.UnitShift + step - 1));
        private readonly long _originY = tile.OriginY - (1L << (tile.UnitShift + step - 1));

        public bool IsSimplified => step > 0;

        public int X(int world) => (int)((world - _originX) >> _shift << step);

        public int Y(int world) => (int)((world - _originY) >> _shift << step);

        public Box Of(in Box box) => new(X(box.MinX), Y(box.MinY), X(box.MaxX), Y(box.MaxY));
    }
}
