using SituationMap.Geo.Shapes;

namespace SituationMap.Geo.VectorTiles;

/// <summary>
/// Collects the tiles in which shapes are drawn, as long as these are few enough to be told. From the top down: a tile with its buffer lies
/// within its parent with its, so that each looks only at what of the shape was left in its parent, and below a tile that is covered
/// altogether nothing is looked at any more. The work grows with the length of a border, not with its corners times the tiles within.
/// </summary>
/// <param name="maxTiles">More are too many.</param>
/// <param name="maxCorners">So many corners are looked at; beyond, it counts as too many tiles.</param>
public sealed class TileCover(int maxTiles, long maxCorners)
{
    private readonly RingClipper _clipper = new();
    private readonly Dictionary<TileId, int> _tiles = [];
    private long _corners;

    /// <summary>The tiles, each with all bits that it was added with; null: too many.</summary>
    public IReadOnlyDictionary<TileId, int>? Tiles => IsFull ? null : _tiles;

    private bool IsFull => _tiles.Count > maxTiles || _corners > maxCorners;

    /// <summary>Adds the tiles of these zooms in which the shape is drawn.</summary>
    public void Add(int bit, Shape shape, int firstZoom, int lastZoom)
    {
        if (firstZoom > lastZoom)
            return;
        var buffer = TileId.Margin << (World.Bits - 12 - firstZoom);
        var last = (1 << firstZoom) - 1;
        var parts = Parts(shape);
        for (var x = Tile(shape.Box.MinX - buffer); x <= Tile((long)shape.Box.MaxX + buffer); x++)
        {
            for (var y = Tile(shape.Box.MinY - buffer); y <= Tile((long)shape.Box.MaxY + buffer); y++)
                Descend(new TileId(firstZoom, x, y), parts);
        }

        int Tile(long world) => (int)Math.Clamp(world >> (World.Bits - firstZoom), 0, last);

        void Descend(TileId tile, ReadOnlyMemory<int>[] left)
        {
            var box = tile.BufferedBox;
            if (IsFull || !shape.Box.Intersects(box))
                return;
            if (!box.Contains(shape.Box) && shape.Kind != ShapeKind.Points)
            {
                (left, var covered) = shape.Kind == ShapeKind.Lines ? (Near(left, box), false) : Cut(left, box);
                if (covered)
                    AddWithAllBelow(tile);
                if (covered || left.Length == 0)
                    return;
            }
            AddOne(tile);
            if (tile.Z < lastZoom)
            {
                foreach (var child in tile.Children)
                    Descend(child, left);
            }
        }

        void AddWithAllBelow(TileId tile)
        {
            if (IsFull)
                return;
            AddOne(tile);
            if (tile.Z < lastZoom)
            {
                foreach (var child in tile.Children)
                    AddWithAllBelow(child);
            }
        }

        void AddOne(TileId tile) => _tiles[tile] = _tiles.GetValueOrDefault(tile) | bit;
    }

    private static ReadOnlyMemory<int>[] Parts(Shape shape)
    {
        var start = 0;
        return Array.ConvertAll(shape.Ends, end =>
        {
            var part = shape.Coordinates.AsMemory(start, end - start);
            start = end;
            return (ReadOnlyMemory<int>)part;
        });
    }

    private ReadOnlyMemory<int>[] Near(ReadOnlyMemory<int>[] lines, Box box)
    {
        _corners += lines.Sum(line => line.Length / 2);
        return Array.FindAll(lines, line => LineClipper.Meets(line.Span, box));
    }

    /// <summary>The rings as far as they lie in the box; none where no surface does, and whether it is covered altogether.</summary>
    private (ReadOnlyMemory<int>[] Left, bool IsCovered) Cut(ReadOnlyMemory<int>[] rings, Box box)
    {
        var (left, area) = (new List<ReadOnlyMemory<int>>(rings.Length), 0L);
        foreach (var ring in rings)
        {
            _corners += ring.Length / 2;
            _clipper.Clip(ring.Span, box);
            if (Rings.Area(_clipper.Points) is not 0 and var twice)
            {
                area += twice; // of a hole it is negative, so that nothing is left of a box within one
                left.Add(_clipper.Points.ToArray());
            }
        }
        return area <= 0 ? ([], false) : ([.. left], area / 2 >= (box.MaxX - (long)box.MinX) * (box.MaxY - (long)box.MinY));
    }
}
