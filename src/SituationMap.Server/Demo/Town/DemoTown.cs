using NetTopologySuite.Geometries;

namespace SituationMap.Server.Demo.Town;

/// <summary>What there is in the community: its grids, roads, buildings, dwellings and checkpoints. It never changes; only reports depend
/// on the time.</summary>
internal sealed class DemoTown
{
    /// <summary>Homes of the second sweep, and the doors nobody has opened yet.</summary>
    public const int Surveyed = 1655,
        Unopened = 37;

    public DemoTown()
    {
        Layout = new TownLayout();
        Tree = new GridTree(Layout.Streets);
        Roads = [.. Layout.Ways.Select((way, i) => new DemoRoad(i + 1, way.Name, way.Class, new LineString(Ground.ToLonLat(way.Line))))];
        var random = new DemoRandom("dwellings");
        var plots = Plots();
        var rooms = plots.Where(plot => plot.Kind == "slab").ToDictionary(plot => plot, plot => Rooms(plot, random));
        var houses = plots.Where(plot => plot.Kind == "house").ToList();
        random.Shuffle(houses);
        var standing = houses.Take(Surveyed + Unopened - rooms.Values.Sum(doors => doors.Count)).ToHashSet();

        var sited = plots
            .Where(plot => plot.Kind != "house" || standing.Contains(plot))
            .Select(plot => (Plot: plot, Outline: new Polygon(new LinearRing(Ground.ToLonLat(plot.Outline.Coordinates)))))
            .Select(sited => (sited.Plot, sited.Outline, Grid: Tree.Of(sited.Outline)))
            .OrderBy(sited => sited.Grid.Id)
            .ToArray();
        Buildings =
        [
            .. sited.Select(
                (sited, i) =>
                    new DemoBuilding(
                        i + 1,
                        sited.Grid,
                        $"B-{i + 1:0000}",
                        $"{sited.Plot.Road} {sited.Plot.Number}",
                        sited.Plot.Kind,
                        sited.Plot.Floors,
                        sited.Plot.Units,
                        sited.Outline
                    )
            ),
        ];
        Dwellings =
        [
            .. sited
                .Zip(Buildings)
                .SelectMany(pair =>
                    pair.First.Plot.Kind switch
                    {
                        "house" => [(pair.Second, 1, 1, 1, 1)],
                        "slab" => rooms[pair.First.Plot].Select(door => (pair.Second, door.Floor, door.Unit, door.Room, door.Doors)),
                        _ => Enumerable.Empty<(DemoBuilding, int, int, int, int)>(),
                    }
                ),
        ];
        Checkpoints = [.. Checkpoint.All.Select((checkpoint, i) => checkpoint.Locate(i + 1, Layout, Tree))];
    }

    public TownLayout Layout { get; }

    public GridTree Tree { get; }

    public IReadOnlyList<DemoRoad> Roads { get; }

    public IReadOnlyList<DemoBuilding> Buildings { get; }

    /// <summary>Every door behind which someone lives, in the order of the buildings.</summary>
    public IReadOnlyList<(DemoBuilding Building, int Floor, int Unit, int Room, int Doors)> Dwellings { get; }

    public IReadOnlyList<DemoCheckpoint> Checkpoints { get; }

    private List<Plot> Plots()
    {
        var site = new Site(Layout);
        Estates.Build(site);
        Shops.Build(site, Layout, new DemoRandom("shops"));
        var houses = new Houses(site, new DemoRandom("houses"));
        foreach (var street in Layout.StreetWays)
            houses.AlongStreet(street);
        foreach (var lane in Layout.Lanes.SelectMany(lanes => lanes))
            houses.AlongLane(lane);
        return [.. site.Plots];
    }

    /// <summary>The doors of a slab block: floors × entrances × two or three rooms, a few of which are not lived in or were joined to the
    /// one beside them.</summary>
    private static List<(int Floor, int Unit, int Room, int Doors)> Rooms(Plot plot, DemoRandom random)
    {
        var doors = new List<(int Floor, int Unit, int Room, int Doors)>();
        for (var unit = 1; unit <= plot.Units; unit++)
        {
            var perFloor = random.Whole(2, 3);
            for (var floor = 1; floor <= plot.Floors; floor++)
            {
                for (var room = 1; room <= perFloor; room++)
                {
                    if (!random.Chance(0.07))
                        doors.Add((floor, unit, room, 1));
                    else if (floor % 3 == 2 && doors.Count > 0 && doors[^1] == (floor, unit, room - 1, 1))
                        doors[^1] = (floor, unit, room - 1, 2);
                }
            }
        }
        return doors;
    }
}
