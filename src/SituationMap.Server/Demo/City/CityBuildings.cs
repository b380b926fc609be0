using NetTopologySuite.Geometries;

namespace SituationMap.Server.Demo.City;

/// <summary>A building with how many homes there are on each floor of each of its entrances; 0 where nobody lives.</summary>
internal sealed record CityBuilding(CityMesh Mesh, string Address, string Kind, int Floors, int Units, int Rooms, Polygon Outline)
{
    public int Homes => Floors * Units * Rooms;
}

/// <summary>
/// The buildings, mesh by mesh: rows along lanes, in each row one plot after the other, and on each plot a slab, a tower, a shop or
/// three houses. The nearer a centre, the more plots are taken and the higher the buildings are.
/// </summary>
internal sealed class CityBuildings(CityPlan plan, CityGround ground, CityGrids grids)
{
    /// <summary>Rows and plots of a mesh, metres on the board. A row and the next one face each other across a lane.</summary>
    public const int RowsOfPlots = 12;

    private const int PlotsInRow = 7;
    private const double Margin = 20,
        PlotWidth = 65,
        RowDepth = 38;

    /// <summary>How far north of a mesh's southern street a row's middle lies.</summary>
    public static double RowAt(int row) => Margin + RowDepth * (row + 0.5);

    /// <summary>All buildings, with room for at least as many households as the city has.</summary>
    public List<CityBuilding> Build()
    {
        var all = new List<CityBuilding>(plan.Buildings);
        var counts = Spread();
        for (var index = 0; index < grids.Meshes.Count; index++)
            AddMesh(all, grids.Meshes[index], counts[index]);
        MakeRoom(all);
        return all;
    }

    /// <summary>So many buildings in each mesh, by how central it is; the sum is the plan's.</summary>
    private int[] Spread()
    {
        var weights = grids.Meshes.Select(mesh => 0.06 + ground.Centrality(mesh.Row, mesh.Column)).ToArray();
        var counts = new int[weights.Length];
        var (left, weightLeft) = ((double)plan.Buildings, weights.Sum());
        for (var i = 0; i < counts.Length; i++)
        {
            // what rounding or a full mesh leaves over goes to the meshes that follow
            counts[i] = (int)Math.Clamp(Math.Round(left * weights[i] / weightLeft), 1, PlotsInRow * RowsOfPlots);
            left -= counts[i];
            weightLeft -= weights[i];
        }
        for (var i = 0; left >= 1; i = (i + 1) % counts.Length)
            if (counts[i] < PlotsInRow * RowsOfPlots)
                (counts[i], left) = (counts[i] + 1, left - 1);
        return counts;
    }

    private void AddMesh(List<CityBuilding> all, CityMesh mesh, int count)
    {
        var random = plan.Random($"mesh {mesh.Grid.Path}");
        var centrality = ground.Centrality(mesh.Row, mesh.Column);
        // pairs of rows, those nearest to the streets around the mesh first
        int[] rows = [0, 1, 10, 11, 4, 5, 6, 7, 2, 3, 8, 9];
        var (end, number) = (all.Count + count, 0);
        for (var plot = 0; all.Count < end; plot++)
        {
            var (row, column) = (rows[plot / PlotsInRow % RowsOfPlots], plot % PlotsInRow);
            // a gap now and then, as long as there are plots left
            if (plot + (end - all.Count) < PlotsInRow * RowsOfPlots && random.Chance(0.12))
                continue;
            var address = $"{mesh.Grid.Name[1..2]}网{row / 2 + 1}巷 ";
            var (east, north) = (Margin + PlotWidth * (column + 0.5), RowAt(row));
            var kind = KindFor(centrality, random);
            if (kind != "house")
            {
                all.Add(Large(mesh, kind, $"{address}{++number} 号", east, north, centrality, random));
                continue;
            }
            for (var house = -1; house <= 1 && all.Count < end; house++)
                all.Add(
                    new CityBuilding(
                        mesh,
                        $"{address}{++number} 号",
                        kind,
                        random.Whole(1, 2),
                        1,
                        1,
                        Rectangle(
                            mesh,
                            east + house * 20 + random.Between(-1, 1),
                            north + random.Between(-3, 3),
                            random.Between(12, 17),
                            random.Between(10, 13)
                        )
                    )
                );
        }
    }

    private CityBuilding Large(CityMesh mesh, string kind, string address, double east, double north, double centrality, DemoRandom random)
    {
        var (floors, units, rooms, width, depth) = kind switch
        {
            "slab" => (random.Whole(5, centrality > 0.4 ? 11 : 7), random.Whole(2, 4), 2, random.Between(36, 58), random.Between(12, 15)),
            "tower" => (random.Whole(16, 30), random.Whole(1, 2), 4, random.Between(21, 30), random.Between(20, 27)),
            _ => (random.Whole(1, 5), 0, 0, random.Between(20, 56), random.Between(14, 24)),
        };
        return new CityBuilding(
            mesh,
            address,
            kind,
            floors,
            units,
            rooms,
            Rectangle(mesh, east + random.Between(-2, 2), north + random.Between(-2, 2), width, depth)
        );
    }

    private static string KindFor(double centrality, DemoRandom random)
    {
        var draw = random.NextDouble();
        var (towers, slabs, shops) = centrality switch
        {
            > 0.6 => (0.12, 0.56, 0.22),
            > 0.25 => (0.07, 0.52, 0.2),
            _ => (0.02, 0.34, 0.2),
        };
        return draw < towers ? "tower"
            : draw < towers + slabs ? "slab"
            : draw < towers + slabs + shops ? "shop"
            : "house";
    }

    private Polygon Rectangle(CityMesh mesh, double east, double north, double width, double depth)
    {
        Coordinate At(double dx, double dy) => ground.Locate(mesh.Row, mesh.Column, east + dx * width / 2, north + dy * depth / 2);
        var first = At(-1, -1);
        return new Polygon(new LinearRing([first, At(1, -1), At(1, 1), At(-1, 1), first.Copy()]));
    }

    /// <summary>Adds floors until everyone has a home; matters only to cities of a few streets, where chance may build too
    /// little.</summary>
    private void MakeRoom(List<CityBuilding> all)
    {
        var missing = plan.Households - all.Sum(building => building.Homes);
        for (var i = 0; missing > 0; i = (i + 1) % all.Count)
        {
            var building = all[i];
            if (building.Floors >= 30)
                continue;
            var higher = building.Kind is "slab" or "tower"
                ? building with
                {
                    Floors = building.Floors + 1,
                }
                : building with
                {
                    Kind = "slab",
                    Floors = 6,
                    Units = 1,
                    Rooms = 2,
                };
            missing -= higher.Homes - building.Homes;
            all[i] = higher;
        }
    }
}
