using NetTopologySuite.Geometries;

namespace SituationMap.Server.Demo.Town;

/// <summary>
/// The quarter that becomes the risk zone, first small and then large, on the ground. It is bounded by streets, by a trunk lane, and
/// by the walls where the yards of two lanes meet; no building stands across a wall.
/// </summary>
internal sealed class Quarter
{
    // the block between 铁南街 and 凤山路, 草河街 and 站前街, its trunk lane, and the lane in the middle of the quarter
    private const int Block = 1,
        Trunk = 1,
        Lane = 3;

    private readonly TownLayout _layout;

    public Quarter(TownLayout layout)
    {
        _layout = layout;
        Small = Outline([.. Wall(Lane - 1, West, Middle), .. Wall(Lane, West, Middle).Reverse()]);
        // the lane to its other end at 站前街, and the western half of the next lane to the south
        Large = Outline([.. Wall(Lane - 2, West, Middle), .. Wall(Lane - 1, Middle, East), .. Wall(Lane, West, East).Reverse()]);
    }

    /// <summary>The western half of one lane; a closed ring.</summary>
    public Coordinate[] Small { get; }

    /// <summary>More of it; a closed ring.</summary>
    public Coordinate[] Large { get; }

    // how far east the borders from north to south lie at a given north
    private double West(double north) => _layout.Streets.At(Streets.River, north).X;

    private double East(double north) => _layout.Streets.At(Streets.Station, north).X;

    private double Middle(double north)
    {
        var corners = _layout.Trunks[Trunk].Board;
        var i = 1;
        while (i < corners.Count - 1 && corners[i].Y > north)
            i++;
        var (a, b) = (corners[i - 1], corners[i]);
        return a.X + (b.X - a.X) * (north - a.Y) / (b.Y - a.Y);
    }

    /// <summary>Where the yards of a lane and of the next lane to the north meet, from west to east.</summary>
    private IEnumerable<Coordinate> Wall(int lane, Func<double, double> west, Func<double, double> east)
    {
        var (south, north) = (_layout.Lanes[Block][lane], _layout.Lanes[Block][lane + 1]);
        // the yards north of a lane are deeper than those south of one
        double NorthAt(double u) => south.NorthAt(u) * 0.45 + north.NorthAt(u) * 0.55;
        var level = NorthAt(0);
        var (from, to) = (west(level), east(level));
        const int pieces = 16;
        for (var piece = 0; piece <= pieces; piece++)
        {
            var u = from + (to - from) * piece / pieces;
            yield return new Coordinate(u, NorthAt(u));
        }
    }

    private static Coordinate[] Outline(Coordinate[] board) =>
        [.. Ground.Trace([.. board, board[0]]).SkipLast(1), Ground.OnGround(board[0])];
}
