using System.Runtime.InteropServices;
using SituationMap.Geo.Shapes;

namespace SituationMap.Geo.VectorTiles;

/// <summary>
/// Cuts shapes to a tile and turns them into the commands of a vector tile. Holds its scratch lists, so one instance serves one
/// tile after the other without allocating; not for several threads.
/// </summary>
public sealed class TileGeometry
{
    /// <summary>The tile with its buffer, in tile units.</summary>
    private static readonly Box CutBox = new(-TileId.Buffer, -TileId.Buffer, TileId.Extent + TileId.Buffer, TileId.Extent + TileId.Buffer);

    private readonly RingClipper _rings = new();
    private readonly LineClipper _lines = new();
    private readonly CommandWriter _commands = new();

    /// <summary>The commands of the last shape that <see cref="Encode"/> took, as a feature holds them.</summary>
    public ProtocolBuffer Commands => _commands.Commands;

    /// <summary>Whether any of the shape is left within the tile and its buffer.</summary>
    public bool Touches(Shape shape, TileId tile)
    {
        var box = tile.BufferedBox;
        if (!shape.Box.Intersects(box))
            return false;
        if (box.Contains(shape.Box))
            return true;
        var (start, area) = (0, 0L);
        foreach (var end in shape.Ends)
        {
            var part = shape.Coordinates.AsSpan(start, end - start);
            start = end;
            switch (shape.Kind)
            {
                case ShapeKind.Points:
                    return true; // its box is the point
                case ShapeKind.Lines when LineClipper.Meets(part, box):
                    return true;
                case ShapeKind.Polygons:
                    _rings.Clip(part, box);
                    area += Rings.Area(_rings.Points); // of a hole it is negative, so that nothing is left of a tile within one
                    break;
            }
        }
        return area > 0;
    }

    /// <summary>
    /// Writes the commands of a shape to <see cref="Commands"/>; false when nothing of it is left in the tile. As PostGIS does, it
    /// rounds to tile units first and cuts afterwards: neighbouring tiles round alike, so their halves meet.
    /// </summary>
    /// <param name="step">In which steps points are drawn, as a power of two of the tile's units: a layer says from which zoom on it is
    /// simplified.</param>
    public bool Encode(Shape shape, TileId tile, int step = 0)
    {
        _commands.Begin();
        if (!shape.Box.Intersects(tile.BufferedBox))
            return false;
        var grid = new UnitGrid(tile, step);
        var whole = CutBox.Contains(grid.Of(shape.Box));
        if (!AddParts(shape, grid, whole))
            return false;
        if (whole || shape.Kind != ShapeKind.Polygons || !IsSmall(shape.Box, tile))
            return true;
        _commands.Begin();
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
        _commands.Begin();
        _commands.Add([TileId.Extent / 2, TileId.Extent / 2], closed: false);
    }

    private bool AddParts(Shape shape, UnitGrid grid, bool whole)
    {
        if (!whole && shape.Kind == ShapeKind.Polygons && FallsApart(shape, grid))
        {
            foreach (var ring in PolygonCutter.Cut(RingsOf(shape, grid), CutBox))
                _commands.Add(ring, closed: true);
            return Commands.Length > 0;
        }
        var start = 0;
        var outerDrawn = false;
        foreach (var end in shape.Ends)
        {
            var part = shape.Coordinates.AsSpan(start, end - start);
            start = end;
            grid.Round(part, _rings.Points);
            switch (shape.Kind)
            {
                case ShapeKind.Points or ShapeKind.Lines when whole:
                    _commands.Add(_rings.Points, closed: false);
                    break;
                case ShapeKind.Points:
                    break;
                case ShapeKind.Lines:
                    _lines.Cut(CollectionsMarshal.AsSpan(_rings.Points), CutBox, _commands);
                    break;
                default:
                    // a hole goes with the outer ring before it
                    var outer = Rings.Area(part) > 0;
                    if (outer || outerDrawn)
                    {
                        var drawn = AddRing(whole, outer);
                        outerDrawn = outer ? drawn : outerDrawn;
                    }
                    break;
            }
        }
        return Commands.Length > 0;
    }

    private bool AddRing(bool whole, bool outer)
    {
        if (!whole)
            _rings.Clip(CutBox);
        Rings.Close(_rings.Points);
        var area = Rings.Area(_rings.Points);
        if (outer ? area <= 0 : area >= 0)
            return false; // collapsed at this zoom
        _commands.Add(_rings.Points, closed: true);
        return true;
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

    /// <summary>Whether cutting side by side would leave pieces of a ring joined along the border.</summary>
    private bool FallsApart(Shape shape, UnitGrid grid)
    {
        var start = 0;
        foreach (var end in shape.Ends)
        {
            grid.Round(shape.Coordinates.AsSpan(start, end - start), _rings.Points);
            start = end;
            if (!_rings.Clip(CutBox))
                return true;
        }
        return false;
    }

    /// <summary>The rings one after the other, each in <see cref="RingClipper.Points"/> until the next.</summary>
    private IEnumerable<List<int>> RingsOf(Shape shape, UnitGrid grid)
    {
        var start = 0;
        foreach (var end in shape.Ends)
        {
            grid.Round(shape.Coordinates.AsSpan(start, end - start), _rings.Points);
            start = end;
            yield return _rings.Points;
        }
    }
}
