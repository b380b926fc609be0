using System.Runtime.InteropServices;
using SituationMap.Server.Snapshots;

namespace SituationMap.Server.Tiles;

/// <summary>
/// Cuts shapes to a tile and turns them into the commands of a vector tile. Holds its scratch lists, so one instance serves one
/// tile after the other without allocating; not for several threads.
/// </summary>
internal sealed class TileGeometry
{
    private const int MoveTo = 1;
    private const int LineTo = 2;
    private const int ClosePath = 7;

    private readonly List<int> _quantised = [];
    private List<int> _points = [];
    private List<int> _next = [];

    /// <summary>The commands of the last shape that <see cref="Encode"/> took.</summary>
    public List<uint> Commands { get; } = [];

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

    /// <summary>Writes the commands of a shape to <see cref="Commands"/>; false when nothing of it is left in the tile.</summary>
    public bool Encode(Shape shape, TileId tile)
    {
        Commands.Clear();
        var box = tile.BufferedBox;
        if (!shape.Box.Intersects(box))
            return false;
        var whole = box.Contains(shape.Box);
        if (!whole && shape.Kind == ShapeKind.Polygons && IsSmall(shape.Box, tile))
        {
            if (!Touches(shape, tile))
                return false;
            whole = true;
        }
        var (cursorX, cursorY) = (0, 0);
        var start = 0;
        var outerKept = false;
        foreach (var end in shape.Ends)
        {
            var part = shape.Coordinates.AsSpan(start, end - start);
            start = end;
            switch (shape.Kind)
            {
                case ShapeKind.Points:
                    Quantise(part, tile);
                    Commands.Add(Command(MoveTo, 1));
                    AddMove(0, ref cursorX, ref cursorY);
                    break;
                case ShapeKind.Lines:
                    EncodeLine(part, tile, box, whole, ref cursorX, ref cursorY);
                    break;
                default:
                    var outer = Area(part) > 0;
                    if (outer || outerKept)
                    {
                        var kept = EncodeRing(part, tile, box, whole, outer, ref cursorX, ref cursorY);
                        outerKept = outer ? kept : outerKept;
                    }
                    break;
            }
        }
        return Commands.Count > 0;
    }

    /// <summary>
    /// Whether a surface is small beside the tile. Such a one is not cut: a client puts a label into the middle of what it gets, so a
    /// building cut by the edge between two tiles would be labelled in both. MapLibre takes coordinates up to one tile beyond the tile,
    /// buffer included, hence the limit of a little less than a tile's side.
    /// </summary>
    private static bool IsSmall(in WorldBox box, TileId tile)
    {
        var limit = 15L << (World.Bits - tile.Z - 4);
        return box.MaxX - (long)box.MinX <= limit && box.MaxY - (long)box.MinY <= limit;
    }

    private bool EncodeRing(ReadOnlySpan<int> ring, TileId tile, in WorldBox box, bool whole, bool outer, ref int cursorX, ref int cursorY)
    {
        if (!whole)
        {
            ClipRing(ring, box);
            ring = CollectionsMarshal.AsSpan(_points);
        }
        Quantise(ring, tile);
        var count = _quantised.Count / 2;
        if (count > 1 && _quantised[0] == _quantised[^2] && _quantised[1] == _quantised[^1])
            count--; // the ring closes by itself
        var area = Area(CollectionsMarshal.AsSpan(_quantised)[..(count * 2)]);
        if (count < 3 || (outer ? area <= 0 : area >= 0))
            return false; // collapsed at this zoom
        Commands.Add(Command(MoveTo, 1));
        AddMove(0, ref cursorX, ref cursorY);
        Commands.Add(Command(LineTo, count - 1));
        for (var i = 1; i < count; i++)
            AddMove(i, ref cursorX, ref cursorY);
        Commands.Add(Command(ClosePath, 1));
        return true;
    }

    private void EncodeLine(ReadOnlySpan<int> line, TileId tile, in WorldBox box, bool whole, ref int cursorX, ref int cursorY)
    {
        if (whole)
        {
            AddLine(line, tile, ref cursorX, ref cursorY);
            return;
        }
        _points.Clear();
        for (var i = 0; i + 3 < line.Length; i += 2)
        {
            double x0 = line[i], y0 = line[i + 1], x1 = line[i + 2], y1 = line[i + 3];
            if (!ClipSegment(box, ref x0, ref y0, ref x1, ref y1))
                continue;
            var (startX, startY) = ((int)Math.Round(x0), (int)Math.Round(y0));
            if (_points.Count == 0 || _points[^2] != startX || _points[^1] != startY)
            {
                AddLine(CollectionsMarshal.AsSpan(_points), tile, ref cursorX, ref cursorY); // it left the tile and comes back
                _points.Clear();
                _points.Add(startX);
                _points.Add(startY);
            }
            _points.Add((int)Math.Round(x1));
            _points.Add((int)Math.Round(y1));
        }
        AddLine(CollectionsMarshal.AsSpan(_points), tile, ref cursorX, ref cursorY);
    }

    private void AddLine(ReadOnlySpan<int> line, TileId tile, ref int cursorX, ref int cursorY)
    {
        Quantise(line, tile);
        var count = _quantised.Count / 2;
        if (count < 2)
            return;
        Commands.Add(Command(MoveTo, 1));
        AddMove(0, ref cursorX, ref cursorY);
        Commands.Add(Command(LineTo, count - 1));
        for (var i = 1; i < count; i++)
            AddMove(i, ref cursorX, ref cursorY);
    }

    /// <summary>World units to tile units, into <see cref="_quantised"/>, without repeated points.</summary>
    private void Quantise(ReadOnlySpan<int> world, TileId tile)
    {
        _quantised.Clear();
        var (shift, originX, originY) = (tile.UnitShift, tile.OriginX, tile.OriginY);
        var half = shift == 0 ? 0L : 1L << (shift - 1);
        for (var i = 0; i < world.Length; i += 2)
        {
            var x = (int)((world[i] - (long)originX + half) >> shift);
            var y = (int)((world[i + 1] - (long)originY + half) >> shift);
            if (_quantised.Count > 0 && _quantised[^2] == x && _quantised[^1] == y)
                continue;
            _quantised.Add(x);
            _quantised.Add(y);
        }
    }

    private void AddMove(int point, ref int cursorX, ref int cursorY)
    {
        var (x, y) = (_quantised[point * 2], _quantised[(point * 2) + 1]);
        Commands.Add(ZigZag(x - cursorX));
        Commands.Add(ZigZag(y - cursorY));
        (cursorX, cursorY) = (x, y);
    }

    /// <summary>Cuts a ring to a box, one side after the other (Sutherland–Hodgman), into <see cref="_points"/>.</summary>
    private void ClipRing(ReadOnlySpan<int> ring, in WorldBox box)
    {
        _points.Clear();
        _points.AddRange(ring);
        ClipSide(box.MinX, 0, keepAbove: true);
        ClipSide(box.MaxX, 0, keepAbove: false);
        ClipSide(box.MinY, 1, keepAbove: true);
        ClipSide(box.MaxY, 1, keepAbove: false);
    }

    private void ClipSide(int limit, int axis, bool keepAbove)
    {
        _next.Clear();
        for (var i = 0; i < _points.Count; i += 2)
        {
            var previous = i == 0 ? _points.Count - 2 : i - 2;
            var (here, before) = (_points[i + axis], _points[previous + axis]);
            var (inside, wasInside) = (keepAbove ? here >= limit : here <= limit, keepAbove ? before >= limit : before <= limit);
            if (inside != wasInside)
            {
                // where the side is crossed; exact to half a unit, and the same from both ends, so neighbours meet
                var (otherHere, otherBefore) = (_points[i + 1 - axis], _points[previous + 1 - axis]);
                var (a, b, fromA, fromB) = here < before ? (here, before, otherHere, otherBefore) : (before, here, otherBefore, otherHere);
                var other = (int)Math.Round(fromA + ((fromB - (double)fromA) * (limit - (double)a) / (b - (double)a)));
                _next.Add(axis == 0 ? limit : other);
                _next.Add(axis == 0 ? other : limit);
            }
            if (inside)
            {
                _next.Add(_points[i]);
                _next.Add(_points[i + 1]);
            }
        }
        (_points, _next) = (_next, _points);
    }

    private bool HoleCovers(Shape shape, int after, in WorldBox box)
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

    private static bool LineMeets(ReadOnlySpan<int> line, in WorldBox box)
    {
        for (var i = 0; i + 3 < line.Length; i += 2)
        {
            double x0 = line[i], y0 = line[i + 1], x1 = line[i + 2], y1 = line[i + 3];
            if (ClipSegment(box, ref x0, ref y0, ref x1, ref y1))
                return true;
        }
        return false;
    }

    /// <summary>Cuts a segment to a box (Liang–Barsky); false when nothing is left.</summary>
    private static bool ClipSegment(in WorldBox box, ref double x0, ref double y0, ref double x1, ref double y1)
    {
        var (dx, dy, enter, leave) = (x1 - x0, y1 - y0, 0.0, 1.0);
        if (!Narrow(-dx, x0 - box.MinX, ref enter, ref leave) || !Narrow(dx, box.MaxX - x0, ref enter, ref leave)
            || !Narrow(-dy, y0 - box.MinY, ref enter, ref leave) || !Narrow(dy, box.MaxY - y0, ref enter, ref leave))
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

    private static long Area(List<int> ring) => Area(CollectionsMarshal.AsSpan(ring));

    private static uint Command(int id, int count) => (uint)((count << 3) | id);

    private static uint ZigZag(int value) => (uint)((value << 1) ^ (value >> 31));
}
