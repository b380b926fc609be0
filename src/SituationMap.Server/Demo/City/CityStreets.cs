using NetTopologySuite.Geometries;

namespace SituationMap.Server.Demo.City;

/// <summary>The streets between the meshes, the lanes inside them, and the checkpoints on crossings.</summary>
internal sealed class CityStreets(CityPlan plan, CityGround ground, CityGrids grids)
{
    private static readonly string[] Names =
    [
        "凤山",
        "锦山",
        "江城",
        "青年",
        "黄海",
        "振八",
        "胜利",
        "人民",
        "花园",
        "银河",
        "兴五",
        "七经",
    ];

    public IEnumerable<DemoRoad> Roads()
    {
        var id = 0;
        for (var row = 0; row <= ground.Rows; row++)
            yield return new DemoRoad(
                ++id,
                $"{Name(row)}大街",
                "street",
                Line(Enumerable.Range(0, ground.Columns + 1).Select(column => ground.Crossing(row, column)))
            );
        for (var column = 0; column <= ground.Columns; column++)
            yield return new DemoRoad(
                ++id,
                $"{Name(column)}路",
                "street",
                Line(Enumerable.Range(0, ground.Rows + 1).Select(row => ground.Crossing(row, column)))
            );
        foreach (var mesh in grids.Meshes)
        {
            // a lane between each row of plots and the one it faces
            for (var row = 0; row < CityBuildings.RowsOfPlots; row += 2)
            {
                var north = (CityBuildings.RowAt(row) + CityBuildings.RowAt(row + 1)) / 2;
                yield return new DemoRoad(
                    ++id,
                    $"{row / 2 + 1}巷",
                    "lane",
                    Line([ground.Locate(mesh.Row, mesh.Column, 0, north), ground.Locate(mesh.Row, mesh.Column, CityGround.Mesh, north)])
                );
            }
        }
    }

    public IEnumerable<DemoCheckpoint> Checkpoints()
    {
        var random = plan.Random("checkpoints");
        for (var id = 1; id <= plan.Checkpoints; id++)
        {
            var mesh = random.Pick(grids.Meshes);
            // in the grid, just beside its southern street
            var location = new Point(ground.Locate(mesh.Row, mesh.Column, random.Between(5, CityGround.Mesh - 5), 3));
            yield return new DemoCheckpoint(
                id,
                mesh.Grid,
                CheckpointCode(id),
                $"{mesh.Grid.Name}第 {id} 卡口",
                random.Chance(0.85),
                location
            );
        }
    }

    public static string CheckpointCode(int id) => $"K-{id:000}";

    private static string Name(int number) =>
        number < Names.Length ? Names[number] : $"{Names[number % Names.Length]}{Town.Block.Numeral(number / Names.Length)}";

    private static LineString Line(IEnumerable<Coordinate> coordinates) => new([.. coordinates]);
}
