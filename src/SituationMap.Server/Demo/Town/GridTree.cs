using NetTopologySuite.Geometries;

namespace SituationMap.Server.Demo.Town;

/// <summary>
/// The grid tree: city, community, and the three grids of its working groups. The grids meet along 凤山路 and 站前街; each border
/// is drawn once and used from both sides, so that they tile the community without a gap.
/// </summary>
internal sealed class GridTree
{
    public GridTree(Streets streets)
    {
        var outline = Ground.Outline;
        var junction = Junction(streets);
        var (north, south) = (Array.IndexOf(outline, Ground.NorthEnd), Array.IndexOf(outline, Ground.SouthEnd));
        // the outline begins at the western end and runs by south, east and north
        var westToSouth = Chain(outline[..(south + 1)]);
        var southToNorth = Chain(outline[south..(north + 1)]);
        var northToWest = Chain([.. outline[north..], outline[0]]);
        var westToJunction = Chain([Ground.WestEnd, junction]);
        var southToJunction = Chain([Ground.SouthEnd, junction]);
        var junctionToNorth = Chain([junction, Ground.NorthEnd]);

        City = new DemoGrid(1, "210682", "city", "凤城市", Ring(CityOutline));
        Community = new DemoGrid(2, "210682.004", "community", "铁南社区", Ring(westToSouth, southToNorth, northToWest));
        Grids =
        [
            new DemoGrid(3, "210682.004.01", "grid", "第一网格", Ring(northToWest, westToJunction, junctionToNorth)),
            new DemoGrid(4, "210682.004.02", "grid", "第二网格", Ring(southToNorth, Reversed(junctionToNorth), Reversed(southToJunction))),
            new DemoGrid(5, "210682.004.03", "grid", "第三网格", Ring(westToSouth, southToJunction, Reversed(westToJunction))),
        ];
    }

    public DemoGrid City { get; }

    public DemoGrid Community { get; }

    public IReadOnlyList<DemoGrid> Grids { get; }

    public IEnumerable<DemoGrid> All => [City, Community, .. Grids];

    /// <summary>The grid a building or a point lies in.</summary>
    public DemoGrid Of(Geometry lonLat) => Grids.Single(grid => grid.Outline.Covers(lonLat));

    // A generous outline: the real city is far larger and its border is not needed here.
    private static Coordinate[] CityOutline =>
        [
            new(123.92, 40.41),
            new(123.97, 40.36),
            new(124.04, 40.345),
            new(124.12, 40.36),
            new(124.18, 40.40),
            new(124.195, 40.46),
            new(124.16, 40.52),
            new(124.09, 40.555),
            new(124.02, 40.55),
            new(123.95, 40.52),
            new(123.91, 40.47),
            new(123.92, 40.41),
        ];

    private static Coordinate Junction(Streets streets)
    {
        // both streets are straight on the board, so stepping from one to the other closes in on where they cross
        var east = 0.0;
        for (var step = 0; step < 20; step++)
            east = streets.At(Streets.Station, streets.At(Streets.Hill, east).Y).X;
        return streets.At(Streets.Hill, east);
    }

    private static Coordinate[] Chain(IEnumerable<Coordinate> board) => Ground.ToLonLat(Ground.Trace(board));

    private static Coordinate[] Reversed(Coordinate[] chain) => [.. chain.Reverse()];

    private static Polygon Ring(params Coordinate[][] chains) =>
        new(new LinearRing([.. chains.SelectMany(chain => chain.SkipLast(1)), chains[0][0].Copy()]));
}
