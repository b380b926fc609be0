using SituationMap.Server.Snapshots;

namespace SituationMap.Server.Tiles;

/// <summary>Which tiles a change touches: exactly those in which something of what changed is drawn, in its old or its new place.</summary>
internal sealed class TouchedTiles(LayerCatalog layers, GridLevels gridLevels)
{
    private readonly TileGeometry _geometry = new();

    /// <param name="buildings">Places of the buildings whose counts changed.</param>
    /// <param name="rows">The rows of the feed; the old and new places of everything but statuses are taken from them.</param>
    public IReadOnlyCollection<TileId> Of(City city, IReadOnlyCollection<int> buildings, IEnumerable<FeedRow> rows)
    {
        lock (_geometry)
        {
            var tiles = new HashSet<TileId>();
            foreach (var building in buildings)
                Cover(tiles, city.Buildings[building].Shape, layers.Buildings.MinZoom, layers.Buildings.MaxZoom);
            // the grids of these buildings show other counts, at the zooms that show counts
            var lastWithCounts = Enumerable.Range(0, TileId.MaxZoom + 1).LastOrDefault(zoom => layers.Grids.HasField("quarantined", zoom), -1);
            var zooms = gridLevels.Zooms(city);
            foreach (var grid in buildings.Select(building => city.Buildings[building].Grid).Distinct().SelectMany(city.WithAncestors).Distinct())
                Cover(tiles, city.Grids[grid].Shape, zooms[grid].First, Math.Min(zooms[grid].Last, lastWithCounts));
            foreach (var row in rows)
            {
                if (row.Touched is null || row.Touched.IsEmpty)
                    continue;
                var (first, last) = Zooms(row.Kind);
                for (var part = 0; part < row.Touched.NumGeometries; part++)
                    Cover(tiles, Shape.Of(row.Touched.GetGeometryN(part)), first, last);
            }
            return tiles;
        }
    }

    private (int First, int Last) Zooms(FeedKind kind)
    {
        // a grid, or a building that came or went, also changes the counts of what is above it
        LayerDefinition[] drawn = kind switch
        {
            FeedKind.Zone => [layers.Zones],
            FeedKind.Checkpoint => [layers.Checkpoints],
            FeedKind.Road => [layers.Roads],
            FeedKind.Building => [layers.Grids, layers.Buildings, layers.Households],
            _ => [layers.Grids],
        };
        return (drawn.Min(layer => layer.MinZoom), drawn.Max(layer => layer.MaxZoom));
    }

    /// <summary>
    /// Adds the tiles of these zooms in which the shape is drawn. A tile with its buffer lies within its parent with its, so where a
    /// parent is not touched its children need not be asked.
    /// </summary>
    private void Cover(HashSet<TileId> tiles, Shape shape, int firstZoom, int lastZoom)
    {
        if (firstZoom > lastZoom)
            return;
        var buffer = (TileId.Buffer + 1) << (World.Bits - 12 - firstZoom);
        var most = (1 << firstZoom) - 1;
        for (var x = Tile(shape.Box.MinX - buffer); x <= Tile((long)shape.Box.MaxX + buffer); x++)
        {
            for (var y = Tile(shape.Box.MinY - buffer); y <= Tile((long)shape.Box.MaxY + buffer); y++)
                Descend(new TileId(firstZoom, x, y));
        }

        int Tile(long world) => (int)Math.Clamp(world >> (World.Bits - firstZoom), 0, most);

        void Descend(TileId tile)
        {
            if (!_geometry.Touches(shape, tile))
                return;
            tiles.Add(tile);
            if (tile.Z == lastZoom)
                return;
            Descend(new TileId(tile.Z + 1, tile.X * 2, tile.Y * 2));
            Descend(new TileId(tile.Z + 1, (tile.X * 2) + 1, tile.Y * 2));
            Descend(new TileId(tile.Z + 1, tile.X * 2, (tile.Y * 2) + 1));
            Descend(new TileId(tile.Z + 1, (tile.X * 2) + 1, (tile.Y * 2) + 1));
        }
    }
}
