using SituationMap.Geo.Indexes;

namespace SituationMap.Store.Snapshots;

/// <summary>What finds the grids and buildings at a point, and the buildings near it; indexes are those in the city's lists.</summary>
public sealed class LookupIndex
{
    public LookupIndex(Grid[] grids, Building[] buildings)
    {
        Grids = new CoverIndex([.. grids.Select(grid => grid.Outline)]);
        Buildings = new CoverIndex([.. buildings.Select(building => building.Outline)]);
        Depths = new int[grids.Length];
        for (var index = 0; index < grids.Length; index++)
            Depths[index] = grids[index].Parent < 0 ? 0 : Depths[grids[index].Parent] + 1;
        Points = Array.ConvertAll(buildings, Inside);
        NearBuildings = new NearestIndex(Points);
    }

    private LookupIndex(LookupIndex original, IReadOnlyList<int> amended, Building[] buildings)
    {
        (Grids, Depths) = (original.Grids, original.Depths);
        Buildings = original.Buildings.With(amended, index => buildings[index].Outline);
        Points = [.. original.Points];
        foreach (var index in amended)
            Points[index] = Inside(buildings[index]);
        NearBuildings = original.NearBuildings.With(amended, index => Points[index]);
    }

    public CoverIndex Grids { get; }

    public CoverIndex Buildings { get; }

    /// <summary>How many grids lie above each.</summary>
    public int[] Depths { get; }

    /// <summary>A point inside each building, longitude and latitude: where it is counted to be.</summary>
    public (double Longitude, double Latitude)[] Points { get; }

    /// <summary>By <see cref="Points"/>.</summary>
    public NearestIndex NearBuildings { get; }

    /// <summary>The same over these buildings, of which the amended ones are others.</summary>
    public LookupIndex With(IReadOnlyList<int> amended, Building[] buildings) => new(this, amended, buildings);

    private static (double Longitude, double Latitude) Inside(Building building)
    {
        var point = building.Outline.InteriorPoint;
        return (point.X, point.Y);
    }
}
