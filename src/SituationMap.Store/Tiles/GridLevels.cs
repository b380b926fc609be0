using System.Runtime.CompilerServices;
using SituationMap.Geo.VectorTiles;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Tiles;

/// <summary>Which grids of the tree are shown at a zoom: each place on the map by one of them, finer ones as one comes closer.</summary>
public sealed class GridLevels(LayerCatalog layers)
{
    private readonly ConditionalWeakTable<City, (int First, int Last)[]> _zooms = [];
    private readonly ConditionalWeakTable<City, int[][]> _shown = [];

    /// <summary>
    /// The first and last zoom at which each grid is shown, by its index: from the zoom of its level on, until its children are shown
    /// instead. A root is shown from the start, and a grid without children to the end.
    /// </summary>
    public (int First, int Last)[] Zooms(City city) => _zooms.GetValue(city, Compute);

    /// <summary>The indexes of the grids that are shown at a zoom.</summary>
    public int[] Shown(City city, int zoom) => _shown.GetValue(city, ComputeShown)[zoom];

    private int[][] ComputeShown(City city)
    {
        var zooms = Zooms(city);
        return
        [
            .. Enumerable
                .Range(0, TileId.MaxZoom + 1)
                .Select(zoom =>
                    Enumerable.Range(0, zooms.Length).Where(index => zooms[index].First <= zoom && zoom <= zooms[index].Last).ToArray()
                ),
        ];
    }

    private (int First, int Last)[] Compute(City city)
    {
        var zooms = Array.ConvertAll(city.Grids, grid =>
            (First: grid.Parent < 0 ? layers.Grids.MinZoom : LevelZoom(grid), Last: layers.Grids.MaxZoom)
        );
        foreach (var grid in city.Grids.Where(grid => grid.Parent >= 0))
            zooms[grid.Parent].Last = Math.Min(zooms[grid.Parent].Last, LevelZoom(grid) - 1);
        return zooms;
    }

    private int LevelZoom(Grid grid) => layers.Grids.Levels!.GetValueOrDefault(grid.Level, layers.Grids.MinZoom);
}
