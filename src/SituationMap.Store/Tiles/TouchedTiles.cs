using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;
using SituationMap.Store.Database;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Tiles;

/// <summary>Which tiles a change touches, and which layers of them: exactly those in which something of what changed is drawn, in its old
/// or its new place.</summary>
public sealed class TouchedTiles(LayerCatalog layers, GridLevels gridLevels, CityDifference difference)
{
    /// <summary>The tiles of one change that are worth telling one by one. Beyond (the outline of a whole city has a million at the last
    /// zoom) whoever has any tile is served sooner by asking for what is in view anew.</summary>
    private const int MaxTiles = 100_000;

    /// <summary>The corners that are looked at for one change: some tenths of a second's work, in which nothing else is shown.</summary>
    private const long MaxCorners = 10_000_000;

    /// <summary>The tiles, each with the <see cref="LayerCatalog.Bit"/>s of its layers that differ; null: more than can be told, and every
    /// tile has to be taken to differ.</summary>
    /// <param name="before">The picture before, where it is at hand: what looks as it did is left out. Null: everything that a row concerns
    /// is taken to look different.</param>
    /// <param name="households">Indexes of the households whose state was set.</param>
    /// <param name="rows">The rows of the feed; the old and new places of zones are taken from them.</param>
    public IReadOnlyDictionary<TileId, int>? Between(
        Snapshot? before,
        Snapshot after,
        IReadOnlyCollection<int> households,
        IEnumerable<FeedRow> rows
    )
    {
        var tiles = new TileCover(MaxTiles, MaxCorners);
        if (before is not null && before.City != after.City)
        {
            foreach (var drawing in difference.Between(before, after))
                tiles.Add(layers.Bit(drawing.Layer), drawing.Shape, drawing.FirstZoom, drawing.LastZoom);
            if (!before.City.SharesIndexesWith(after.City))
                households = []; // their indexes are not those of before; compared already
        }
        var city = after.City;
        // Two households of one building can trade statuses: its counts stay, its doors do not.
        foreach (
            var building in households
                .Where(index => before is null || before.States[index] != after.States[index])
                .Select(Building)
                .Distinct()
        )
            Cover(tiles, layers.Households, HouseholdCells.Outline(city.Buildings[building]));
        foreach (
            var building in households
                .Select(Building)
                .Distinct()
                .Where(index => before is null || before.BuildingCounts[index] != after.BuildingCounts[index])
        )
            Cover(tiles, layers.Buildings, city.Buildings[building].Shape);
        CoverGrids(tiles, before, after, households.Select(Building).Select(building => city.Buildings[building].Grid).Distinct());
        foreach (var touched in rows.Where(row => row.Kind == FeedKind.Zone).Select(row => row.Touched!))
        {
            for (var part = 0; part < touched.NumGeometries; part++)
                Cover(tiles, layers.Zones, Shape.Of(touched.GetGeometryN(part)));
        }
        var checkpoints = rows.Where(row => row.Kind == FeedKind.Passage)
            .Select(row => row.Subject)
            .Where(id => before is null || before.LastPassages.GetValueOrDefault(id) != after.LastPassages.GetValueOrDefault(id))
            .ToHashSet();
        checkpoints.UnionWith(
            rows.Select(row => row.Cover?.Checkpoint)
                .OfType<int>()
                .Where(id =>
                    before is null
                    || before.Manned.GetValueOrDefault(id) != after.Manned.GetValueOrDefault(id)
                    || before.Manned.ContainsKey(id) != after.Manned.ContainsKey(id)
                )
        );
        foreach (var checkpoint in city.Checkpoints.Where(checkpoint => checkpoints.Contains(checkpoint.Id)))
            Cover(tiles, layers.Checkpoints, checkpoint.Shape);
        return tiles.Tiles;

        int Building(int household) => after.City.Households[household].Building;
    }

    /// <summary>The grids above what changed show other counts, at the zooms that show counts.</summary>
    private void CoverGrids(TileCover tiles, Snapshot? before, Snapshot after, IEnumerable<int> grids)
    {
        var city = after.City;
        var zooms = gridLevels.Zooms(city);
        foreach (
            var grid in grids
                .SelectMany(city.WithAncestors)
                .Distinct()
                .Where(grid => before is null || before.GridCounts[grid] != after.GridCounts[grid])
        )
        {
            foreach (
                var (layer, shape) in ((LayerDefinition, Shape)[])
                    [(layers.Grids, city.Grids[grid].Shape), (layers.GridLabels, city.Grids[grid].Label)]
            )
            {
                tiles.Add(layers.Bit(layer), shape, zooms[grid].First, Math.Min(zooms[grid].Last, layer.LastZoomWithCounts));
            }
        }
    }

    private void Cover(TileCover tiles, LayerDefinition layer, Shape shape) =>
        tiles.Add(layers.Bit(layer), shape, layer.MinZoom, layer.MaxZoom);
}
