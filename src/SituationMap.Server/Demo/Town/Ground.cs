using NetTopologySuite.Algorithm;
using NetTopologySuite.Geometries;

namespace SituationMap.Server.Demo.Town;

/// <summary>
/// The ground the community stands on. It is planned on a drawing board with straight streets (metres, u east and v north of
/// the middle), bent and turned a little into the ground (metres, x east and y north), and put on the globe (lon, lat).
/// Bending moves neighbours alike, so what does not touch on the board does not touch on the ground.
/// </summary>
internal static class Ground
{
    /// <summary>The community's published area.</summary>
    public const double SquareMetres = 1_970_000;

    private const double Longitude = 124.05,
        Latitude = 40.45;

    /// <summary>The community's outline on the board, counter-clockwise, not closed; the named corners are where grids meet it.</summary>
    public static readonly Coordinate[] Outline =
    [
        WestEnd,
        new(-834, -180),
        new(-818, -420),
        new(-742, -556),
        new(-520, -578),
        new(-300, -590),
        new(-20, -601),
        SouthEnd,
        new(520, -596),
        new(742, -560),
        new(822, -452),
        new(838, -200),
        EastEnd,
        new(832, 240),
        new(842, 470),
        new(818, 574),
        NorthEnd,
        new(-60, 596),
        new(-480, 588),
        new(-800, 584),
        new(-838, 430),
        new(-826, 240),
    ];

    private static readonly double Scale = Math.Sqrt(SquareMetres / Area.OfRing(Trace(Outline.Append(Outline[0]), Bend)));

    public static Coordinate WestEnd => new(-832, 40);

    public static Coordinate EastEnd => new(846, 12);

    public static Coordinate NorthEnd => new(292, 592);

    public static Coordinate SouthEnd => new(262, -600);

    /// <summary>From the board to the ground.</summary>
    public static Coordinate OnGround(Coordinate board)
    {
        var bent = Bend(board);
        return new Coordinate(bent.X * Scale, bent.Y * Scale);
    }

    /// <summary>A line of the board on the ground, with enough points between to follow the bend; its own points stay points.</summary>
    public static Coordinate[] Trace(IEnumerable<Coordinate> board) => Trace(board, OnGround);

    /// <summary>
    /// From the ground to lon, lat by the WGS 84 ellipsoid's two radii of curvature here, which is right to a few millimetres over
    /// the community. Rounded to 1e-7 degrees (1 cm): the last bits of a sine may differ between machines.
    /// </summary>
    public static Coordinate ToLonLat(Coordinate ground)
    {
        const double equator = 6378137,
            squaredEccentricity = 0.00669437999014,
            degrees = 180 / Math.PI;
        var latitude = Latitude / degrees;
        var w = 1 - squaredEccentricity * Math.Sin(latitude) * Math.Sin(latitude);
        var meridian = equator * (1 - squaredEccentricity) / Math.Pow(w, 1.5);
        var parallel = equator / Math.Sqrt(w) * Math.Cos(latitude);
        return new Coordinate(
            Math.Round(Longitude + ground.X / parallel * degrees, 7),
            Math.Round(Latitude + ground.Y / meridian * degrees, 7)
        );
    }

    public static Coordinate[] ToLonLat(IEnumerable<Coordinate> ground) => [.. ground.Select(ToLonLat)];

    private static Coordinate Bend(Coordinate board)
    {
        var (u, v) = (board.X, board.Y);
        var x = u + 24 * Math.Sin(v / 310 + 0.7) + 6 * Math.Sin(v / 118 + u / 160);
        var y = v + 20 * Math.Sin(u / 380 + 0.4) + 5 * Math.Sin(u / 125 + v / 170);
        const double turn = -0.06;
        return new Coordinate(x * Math.Cos(turn) - y * Math.Sin(turn), x * Math.Sin(turn) + y * Math.Cos(turn));
    }

    private static Coordinate[] Trace(IEnumerable<Coordinate> board, Func<Coordinate, Coordinate> transform)
    {
        const double step = 18;
        var traced = new List<Coordinate>();
        Coordinate? previous = null;
        foreach (var next in board)
        {
            if (previous is not null)
            {
                var pieces = Math.Max(1, (int)Math.Round(previous.Distance(next) / step));
                for (var piece = 1; piece < pieces; piece++)
                {
                    var t = (double)piece / pieces;
                    traced.Add(transform(new Coordinate(previous.X + (next.X - previous.X) * t, previous.Y + (next.Y - previous.Y) * t)));
                }
            }
            traced.Add(transform(next));
            previous = next;
        }
        return [.. traced];
    }
}
