using NetTopologySuite.Geometries;
using SituationMap.Geo.Indexes;
using SituationMap.Geo.Shapes;

namespace SituationMap.Store.Snapshots;

/// <summary>A node of the tree of responsibility.</summary>
/// <param name="Parent">Its parent's index in <see cref="City.Grids"/>; -1: a root.</param>
/// <param name="Level">province, city, district, street, community or grid.</param>
/// <param name="Outline">Lon, lat.</param>
/// <param name="Label">A point inside it.</param>
public sealed record Grid(
    int Id,
    string Code,
    string Path,
    int Parent,
    string Level,
    string Name,
    Geometry Outline,
    Shape Shape,
    Shape Label
);

/// <param name="Grid">Its grid's index in <see cref="City.Grids"/>.</param>
/// <param name="Outline">Lon, lat.</param>
/// <param name="FirstHousehold">Its households stand together in <see cref="City.Households"/>, from here.</param>
public sealed record Building(
    int Id,
    string Code,
    string Address,
    string Kind,
    int Floors,
    int Units,
    int Grid,
    Geometry Outline,
    Shape Shape,
    int FirstHousehold,
    int HouseholdCount
)
{
    /// <summary>
    /// A box around where its households are drawn: several are drawn in the smallest rectangle around the outline, and of an outline
    /// with a corner missing that reaches beyond the outline's own box, by half of the box's diagonal at the most (the corner is a
    /// right angle over a chord of the outline: Thales).
    /// </summary>
    public Box HouseholdBox =>
        HouseholdCount <= 1
            ? Shape.Box
            : Shape.Box.Widened(
                (int)
                    Math.Ceiling(
                        Math.Sqrt(
                            Math.Pow((double)Shape.Box.MaxX - Shape.Box.MinX, 2) + Math.Pow((double)Shape.Box.MaxY - Shape.Box.MinY, 2)
                        ) / 2
                    ) + 1
            );
}

/// <summary>A home; kept small, there are a million.</summary>
/// <param name="Building">Its building's index in <see cref="City.Buildings"/>.</param>
/// <param name="Doors">How many doors, from <paramref name="Room"/> on, were made into this one home.</param>
/// <param name="Persons">How many members are known.</param>
public readonly record struct Household(int Id, string Code, int Building, sbyte Floor, byte Unit, byte Room, byte Doors, byte Persons)
{
    /// <summary>What is written on the door: the entrance where there are several, and floor and room, as 2-301.</summary>
    public string Label(Building building) =>
        (building.Units > 1 ? $"{Unit}-" : "") + (Floor < 0 ? $"B{-Floor}" : $"{Floor}") + $"{Room:00}";
}

public sealed record Checkpoint(int Id, string Code, string Name, bool Manned, Point Location, Shape Shape);

public sealed record Road(int Id, string Name, string Class, Shape Shape);

/// <summary>
/// What there is, as opposed to how it is: everything that only imports change. Lists are in one order (grids by path, buildings by
/// grid, households by building) and refer to one another by index in these lists.
/// </summary>
public sealed class City
{
    /// <summary>With more amended buildings than this, indexes are made anew: each of them is looked at by whoever asks anything.</summary>
    private const int MaxAmended = 256;

    private readonly Dictionary<int, int> _householdIndexes;
    private readonly Lazy<LookupIndex> _lookupIndex;
    private readonly Lazy<NearestIndex> _nearCheckpoints;
    private readonly int _amended;

    public City(Grid[] grids, Building[] buildings, Household[] households, Checkpoint[] checkpoints, Road[] roads)
    {
        (Grids, Buildings, Households, Checkpoints, Roads) = (grids, buildings, households, checkpoints, roads);
        GridByCode = ByCode(grids, grid => grid.Code);
        BuildingByCode = ByCode(buildings, building => building.Code);
        _householdIndexes = new Dictionary<int, int>(households.Length);
        for (var index = 0; index < households.Length; index++)
            _householdIndexes.Add(households[index].Id, index);
        BuildingIndex = new CellIndex(buildings.Select(building => building.Shape.Box));
        HouseholdIndex = new CellIndex(buildings.Select(building => building.HouseholdBox));
        CheckpointIndex = new CellIndex(checkpoints.Select(checkpoint => checkpoint.Shape.Box));
        RoadIndex = new CellIndex(roads.Select(road => road.Shape.Box));
        Persons = SumPersons();
        (_lookupIndex, _nearCheckpoints) = (new(() => new LookupIndex(grids, buildings)), new(NearCheckpointsOf(checkpoints)));
    }

    /// <summary>The same with other checkpoints and roads.</summary>
    public City With(Checkpoint[] checkpoints, Road[] roads) => new(this, Grids, Buildings, checkpoints, roads);

    private City(City original, Grid[] grids, Building[] buildings, Checkpoint[] checkpoints, Road[] roads)
    {
        (Grids, Buildings, Households, Checkpoints, Roads) = (grids, buildings, original.Households, checkpoints, roads);
        (GridByCode, BuildingByCode, _householdIndexes, Persons) = (
            original.GridByCode,
            original.BuildingByCode,
            original._householdIndexes,
            original.Persons
        );
        (BuildingIndex, HouseholdIndex) =
            buildings == original.Buildings
                ? (original.BuildingIndex, original.HouseholdIndex)
                : (
                    new CellIndex(buildings.Select(building => building.Shape.Box)),
                    new CellIndex(buildings.Select(building => building.HouseholdBox))
                );
        CheckpointIndex = new CellIndex(checkpoints.Select(checkpoint => checkpoint.Shape.Box));
        RoadIndex = roads == original.Roads ? original.RoadIndex : new CellIndex(roads.Select(road => road.Shape.Box));
        (_lookupIndex, _amended) =
            grids == original.Grids && buildings == original.Buildings
                ? (original._lookupIndex, original._amended)
                : (new(() => new LookupIndex(grids, buildings)), 0);
        _nearCheckpoints = new(NearCheckpointsOf(checkpoints));
    }

    private City(City original, Building[] buildings, IReadOnlyList<int> amended)
    {
        (Grids, Buildings, Households, Checkpoints, Roads) = (
            original.Grids,
            buildings,
            original.Households,
            original.Checkpoints,
            original.Roads
        );
        (GridByCode, _householdIndexes, Persons, CheckpointIndex, RoadIndex, _nearCheckpoints) = (
            original.GridByCode,
            original._householdIndexes,
            original.Persons,
            original.CheckpointIndex,
            original.RoadIndex,
            original._nearCheckpoints
        );
        BuildingByCode = amended.All(index => buildings[index].Code == original.Buildings[index].Code)
            ? original.BuildingByCode
            : ByCode(buildings, building => building.Code);
        _amended = original._amended + amended.Count;
        if (_amended > MaxAmended)
        {
            _amended = 0;
            BuildingIndex = new CellIndex(buildings.Select(building => building.Shape.Box));
            HouseholdIndex = new CellIndex(buildings.Select(building => building.HouseholdBox));
            _lookupIndex = new(() => new LookupIndex(Grids, buildings));
            return;
        }
        BuildingIndex = original.BuildingIndex.With(amended, index => buildings[index].Shape.Box);
        HouseholdIndex = original.HouseholdIndex.With(amended, index => buildings[index].HouseholdBox);
        var lookupIndex = original._lookupIndex;
        _lookupIndex = new(() => lookupIndex.Value.With(amended, buildings));
    }

    /// <summary>The same with some buildings otherwise, each at its index and with its households.</summary>
    /// <param name="amended">With their indexes in <see cref="Buildings"/>.</param>
    public City With(IReadOnlyCollection<(int Index, Building Building)> amended)
    {
        Building[] buildings = [.. Buildings];
        foreach (var (index, building) in amended)
            buildings[index] = building;
        return new City(this, buildings, [.. amended.Select(building => building.Index)]);
    }

    /// <summary>Whether an index in the lists of grids, buildings and households means the same grid, building and household in
    /// both.</summary>
    public bool SharesIndexesWith(City other) => Grids == other.Grids && Households == other.Households;

    /// <summary>The same with everything at another index; the lists are in the order of this one's.</summary>
    public City Moved(Grid[] grids, Building[] buildings, Checkpoint[] checkpoints, Road[] roads) =>
        new(this, grids, buildings, checkpoints, roads);

    /// <summary>Makes geometries in lon, lat (WGS 84).</summary>
    public GeometryFactory GeometryFactory { get; } = new(new PrecisionModel(), 4326);

    public Grid[] Grids { get; }

    public Building[] Buildings { get; }

    public Household[] Households { get; }

    public Checkpoint[] Checkpoints { get; }

    public Road[] Roads { get; }

    public IReadOnlyDictionary<string, int> GridByCode { get; }

    public IReadOnlyDictionary<string, int> BuildingByCode { get; }

    public CellIndex BuildingIndex { get; }

    /// <summary>The buildings again, by where their households may be drawn.</summary>
    public CellIndex HouseholdIndex { get; }

    public CellIndex CheckpointIndex { get; }

    public CellIndex RoadIndex { get; }

    /// <summary>Made when it is first asked for.</summary>
    public LookupIndex LookupIndex => _lookupIndex.Value;

    /// <summary>Made when it is first asked for.</summary>
    public NearestIndex NearCheckpoints => _nearCheckpoints.Value;

    /// <summary>Known members in each grid, those of the grids below it included.</summary>
    public int[] Persons { get; }

    /// <summary>The index of a building of a grid; negative: it is none of that grid's.</summary>
    /// <param name="grid">Its grid's index in <see cref="Grids"/>.</param>
    public int IndexOfBuilding(int grid, int id)
    {
        var (first, end) = (0, Buildings.Length);
        while (first < end)
        {
            var middle = (first + end) / 2;
            if ((Buildings[middle].Grid, Buildings[middle].Id).CompareTo((grid, id)) < 0)
                first = middle + 1;
            else
                end = middle;
        }
        return first < Buildings.Length && Buildings[first].Grid == grid && Buildings[first].Id == id ? first : -1;
    }

    /// <summary>The index of the household with this id; -1: none.</summary>
    public int IndexOfHousehold(int id) => _householdIndexes.GetValueOrDefault(id, -1);

    /// <summary>The households of a building, by unit, floor and room.</summary>
    public ArraySegment<Household> HouseholdsOf(Building building) => new(Households, building.FirstHousehold, building.HouseholdCount);

    /// <summary>A grid and those above it, from the lowest to the root.</summary>
    public IEnumerable<int> WithAncestors(int grid)
    {
        for (; grid >= 0; grid = Grids[grid].Parent)
            yield return grid;
    }

    /// <summary>Makes what would else be made when the first one asks.</summary>
    public void Prepare() => _ = (LookupIndex, NearCheckpoints);

    private static Func<NearestIndex> NearCheckpointsOf(Checkpoint[] checkpoints) =>
        () => new NearestIndex(Array.ConvertAll(checkpoints, checkpoint => (checkpoint.Location.X, checkpoint.Location.Y)));

    private int[] SumPersons()
    {
        var persons = new int[Grids.Length];
        foreach (ref readonly var household in Households.AsSpan())
        {
            for (var grid = Buildings[household.Building].Grid; grid >= 0; grid = Grids[grid].Parent)
                persons[grid] += household.Persons;
        }
        return persons;
    }

    private static Dictionary<string, int> ByCode<T>(T[] items, Func<T, string> code)
    {
        var byCode = new Dictionary<string, int>(items.Length, StringComparer.Ordinal);
        for (var index = 0; index < items.Length; index++)
            byCode.Add(code(items[index]), index);
        return byCode;
    }
}
