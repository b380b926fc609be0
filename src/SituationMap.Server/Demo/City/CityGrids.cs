namespace SituationMap.Server.Demo.City;

/// <summary>A mesh of the street net: the grid that one grid worker looks after.</summary>
internal sealed record CityMesh(int Row, int Column, DemoGrid Grid);

/// <summary>
/// The tree of responsibility: city, districts, streets, communities, grids. Each is a rectangle of meshes, up to three by three of
/// the next smaller, so that children tile their parent without a gap.
/// </summary>
internal sealed class CityGrids
{
    // each of them three by three of the one before
    private static readonly (string Level, int Meshes)[] Levels = [("district", 27), ("street", 9), ("community", 3), ("grid", 1)];

    private static readonly string[] Numerals = ["一", "二", "三", "四", "五", "六", "七", "八", "九"];
    private static readonly string[] Districts = ["振兴", "元宝", "新城", "临港", "北山", "江湾", "东升", "西苑", "南湖"];
    private static readonly string[] Streets = ["站前", "纤维", "永昌", "花园", "西城", "浪头", "金汤", "广济", "九道"];
    private static readonly string[] Communities = ["福安", "锦江", "桃源", "春晖", "育才", "向阳", "和平", "长青", "平安"];

    private readonly CityGround _ground;
    private readonly List<DemoGrid> _all = [];
    private readonly List<CityMesh> _meshes = [];

    public CityGrids(CityGround ground)
    {
        _ground = ground;
        // no place has this code: the city is made up
        Add("219900", "city", "示范市", 0, 0, ground.Rows, ground.Columns);
        Divide("219900", 0, 0, 0, ground.Rows, ground.Columns);
    }

    /// <summary>Every parent before its children.</summary>
    public IReadOnlyList<DemoGrid> All => _all;

    /// <summary>The leaves, in the order of the tree, so that neighbours have ids near each other.</summary>
    public IReadOnlyList<CityMesh> Meshes => _meshes;

    private void Divide(string parent, int depth, int south, int west, int north, int east)
    {
        var (level, side) = Levels[depth];
        var number = 0;
        for (var row = south; row < north; row += side)
        {
            for (var column = west; column < east; column += side)
            {
                var path = $"{parent}.{++number:00}";
                var (top, right) = (Math.Min(row + side, north), Math.Min(column + side, east));
                var grid = Add(path, level, Name(depth, number), row, column, top, right);
                if (depth + 1 < Levels.Length)
                    Divide(path, depth + 1, row, column, top, right);
                else
                    _meshes.Add(new CityMesh(row, column, grid));
            }
        }
    }

    private DemoGrid Add(string path, string level, string name, int south, int west, int north, int east)
    {
        var grid = new DemoGrid(_all.Count + 1, path, level, name, _ground.Outline(south, west, north, east));
        _all.Add(grid);
        return grid;
    }

    private static string Name(int depth, int number) =>
        depth switch
        {
            0 => number <= Districts.Length ? $"{Districts[number - 1]}区" : $"第 {number} 区",
            1 => $"{Streets[number - 1]}街道",
            2 => $"{Communities[number - 1]}社区",
            _ => $"第{Numerals[number - 1]}网格",
        };
}
