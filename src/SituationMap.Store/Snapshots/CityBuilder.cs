namespace SituationMap.Store.Snapshots;

/// <summary>Gathers buildings and households in any order and puts them into that of a <see cref="City"/>.</summary>
public sealed class CityBuilder
{
    private readonly List<Building> _buildings = [];
    private readonly Dictionary<int, List<Household>> _households = [];
    private readonly Dictionary<int, ArraySegment<Household>> _known = [];

    /// <summary>Adds a building whose households are added one by one.</summary>
    public void Add(Building building) => _buildings.Add(building);

    /// <summary>Adds a building with its households, in their order.</summary>
    public void Add(Building building, ArraySegment<Household> households)
    {
        _buildings.Add(building);
        _known.Add(building.Id, households);
    }

    /// <summary>Adds a household to those of a building, in their order.</summary>
    public void Add(int building, Household household)
    {
        if (!_households.TryGetValue(building, out var households))
            _households.Add(building, households = []);
        households.Add(household);
    }

    /// <summary>
    /// The city with the added buildings in place of those it had; null where more is changed than what is drawn of a building where:
    /// one was put up or taken down, belongs to another grid, or has other households.
    /// </summary>
    /// <param name="read">How many buildings were asked for.</param>
    public City? Amend(City city, int read)
    {
        var amended = new List<(int, Building)>();
        foreach (var building in _buildings)
        {
            var index = city.IndexOfBuilding(building.Grid, building.Id);
            if (index < 0)
                return null;
            var was = city.Buildings[index];
            var households = _households.GetValueOrDefault(building.Id, []);
            if (!households.Select(household => household with { Building = index }).SequenceEqual(city.HouseholdsOf(was)))
                return null;
            amended.Add(
                (
                    index,
                    building with
                    {
                        FirstHousehold = was.FirstHousehold,
                        HouseholdCount = was.HouseholdCount,
                        Shape = building.Shape.Copy(),
                    }
                )
            );
        }
        return amended.Count == read ? city.With(amended) : null;
    }

    public City Build(Grid[] grids, Checkpoint[] checkpoints, Road[] roads)
    {
        var buildings = _buildings.OrderBy(building => building.Grid).ThenBy(building => building.Id).ToArray();
        var households = new List<Household>(_known.Sum(known => known.Value.Count) + _households.Sum(added => added.Value.Count));
        for (var index = 0; index < buildings.Length; index++)
        {
            var (id, first) = (buildings[index].Id, households.Count);
            IReadOnlyList<Household> own =
                _known.TryGetValue(id, out var known) ? known
                : _households.TryGetValue(id, out var added) ? added
                : [];
            foreach (var household in own)
                households.Add(household with { Building = index });
            var building = buildings[index];
            // Copied one after the other, what is near on the map is near in memory, apart from the geometries it was read from: to
            // wait for memory would take half of the time in which a tile is drawn.
            buildings[index] = building with
            {
                FirstHousehold = first,
                HouseholdCount = own.Count,
                Shape = _known.ContainsKey(id) ? building.Shape : building.Shape.Copy(),
            };
        }
        return new City(grids, buildings, [.. households], checkpoints, roads);
    }
}
