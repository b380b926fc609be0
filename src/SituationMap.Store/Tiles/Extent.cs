using NetTopologySuite.Geometries;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Tiles;

/// <summary>Where there is something to see, in lon, lat.</summary>
public static class Extent
{
    private static readonly Envelope World = new(-180, 180, -85.051129, 85.051129);

    /// <summary>Around all buildings; where there are none, around all grids.</summary>
    public static Envelope Of(City city) =>
        city.Buildings.Length == 0 ? OfGrids(city) : Around(city.Buildings.Select(building => building.Outline));

    /// <summary>Around everything, the grids that reach farthest included.</summary>
    public static Envelope OfGrids(City city) => city.Grids.Length == 0 ? World : Around(city.Grids.Select(grid => grid.Outline));

    private static Envelope Around(IEnumerable<Geometry> outlines)
    {
        var extent = new Envelope();
        foreach (var outline in outlines)
            extent.ExpandToInclude(outline.EnvelopeInternal);
        return extent;
    }
}
