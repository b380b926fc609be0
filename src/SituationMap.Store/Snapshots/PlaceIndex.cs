using SituationMap.Geo.Indexes;

namespace SituationMap.Store.Snapshots;

/// <summary>What finds the grids and buildings at a point, and the buildings near it; places are those in the city's lists.</summary>
public sealed class PlaceIndex
{
    public PlaceIndex(Grid[] grids, Building[] buildings)
    {
        Grids = new CoverIndex([.. grids.Select(grid => grid.Outline)]);
        Buildings = new CoverIndex([.. buildings.Select(building => building.Outline)]);
        Depths = new int[grids.Length];
        for (var place = 0; place < grids.Length; place++)
            Depths[place] = grids[place].Parent < 0 ? 0 : Depths[grids[place].Parent] + 1;
        Points = Array.ConvertAll(buildings, Inside);
        NearBuildings = new NearestIndex(Points);
    }

    private PlaceIndex(PlaceIndex original, IReadOnlyList<int> amended, Building[] buildings)
    {
        (Grids, Depths) = (original.Grids, original.Depths);
        Buildings = original.Buildings.With(amended, place => buildings[place].Outline);
        Points = [.. original.Points];
        foreach (var place in amended)
            Points[place] = Inside(buildings[place]);
        NearBuildings = original.NearBuildings.With(amended, place => Points[place]);
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
    public PlaceIndex With(IReadOnlyList<int> amended, Building[] buildings) => new(this, amended, buildings);

    private static (double Longitude, double Latitude) Inside(Building building)
    {
        var point = building.Outline.InteriorPoint;
        return (point.X, point.Y);
    }
}
