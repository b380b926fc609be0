namespace SituationMap.Server.Demo.City;

/// <summary>A home that somebody lives in, and its members: <see cref="Members"/> persons from <see cref="FirstPerson"/> on.</summary>
internal readonly record struct CityHousehold(
    int Id,
    int Building,
    short Floor,
    short Unit,
    short Room,
    bool Let,
    int FirstPerson,
    int Members
);

/// <summary>
/// Who lives where. Nobody is kept: households and persons come one after the other, the same each time, and only what facts need
/// to find their household stays in memory.
/// </summary>
internal sealed class CityHouseholds
{
    private readonly CityPlan _plan;
    private readonly IReadOnlyList<CityBuilding> _buildings;
    private readonly int[] _building;
    private readonly int[] _firstPerson;

    public CityHouseholds(CityPlan plan, IReadOnlyList<CityBuilding> buildings)
    {
        (_plan, _buildings) = (plan, buildings);
        _building = new int[plan.Households + 1];
        _firstPerson = new int[plan.Households + 2];
        foreach (var household in All())
            (_building[household.Id], _firstPerson[household.Id + 1]) = (household.Building, household.FirstPerson + household.Members);
        _firstPerson[1] = 1;
    }

    public CityBuilding BuildingOf(int household) => _buildings[_building[household] - 1];

    public int FirstPerson(int household) => _firstPerson[household];

    public int Members(int household) => _firstPerson[household + 1] - _firstPerson[household];

    public IEnumerable<CityHousehold> All()
    {
        var random = _plan.Random("households");
        var homes = _buildings.Sum(building => (long)building.Homes);
        var (home, id, person, surplus) = (0L, 0, 1, 0);
        for (var building = 0; building < _buildings.Count; building++)
        {
            var (floors, units, rooms) = (_buildings[building].Floors, _buildings[building].Units, _buildings[building].Rooms);
            for (var unit = 1; unit <= units; unit++)
            {
                for (var floor = 1; floor <= floors; floor++)
                {
                    for (var room = 1; room <= rooms; room++)
                    {
                        // empty homes are spread evenly, so that the number of households comes out exactly
                        var taken = home * _plan.Households / homes;
                        if (++home * _plan.Households / homes == taken)
                            continue;
                        id++;
                        // who is one more than three is made up for by the next: three on average, exactly
                        surplus =
                            id % 2 == 0 ? -surplus
                            : id == _plan.Households ? 0
                            : Math.Sign(random.Whole(-3, 3)) * random.Whole(0, 2);
                        yield return new CityHousehold(
                            id,
                            building + 1,
                            (short)floor,
                            (short)unit,
                            (short)room,
                            random.Chance(0.2),
                            person,
                            3 + surplus
                        );
                        person += 3 + surplus;
                    }
                }
            }
        }
    }

    /// <summary>Every member, household by household, with the year of birth.</summary>
    public IEnumerable<(CityHousehold Household, int Id, short Born, bool Female)> Persons()
    {
        var random = _plan.Random("persons");
        foreach (var household in All())
            for (var member = 0; member < household.Members; member++)
            {
                // the first two are grown up
                var age = member < 2 ? random.Whole(22, 84) : random.Whole(0, 30);
                yield return (household, household.FirstPerson + member, (short)(_plan.Now.Year - age), random.Chance(0.5));
            }
    }
}
