using NetTopologySuite.Geometries;
using SituationMap.Server.Demo.Town;

namespace SituationMap.Server.Demo.City;

/// <summary>
/// The ground the city stands on: a net of streets, some 500 m apart, whose crossings were moved a little. Each mesh is a grid.
/// Everything inside a mesh is planned on a square of 500 m and stretched into it, so what does not touch on the square does not
/// touch on the ground, and grids share their corners to the last digit.
/// </summary>
internal sealed class CityGround
{
    /// <summary>The side of a mesh on the drawing board, metres.</summary>
    public const double Mesh = 500;

    private const double Turn = 11 * Math.PI / 180;

    private readonly Coordinate[,] _crossings;

    public CityGround(CityPlan plan)
    {
        (Rows, Columns) = (plan.Rows, plan.Columns);
        var random = plan.Random("crossings");
        _crossings = new Coordinate[Rows + 1, Columns + 1];
        for (var row = 0; row <= Rows; row++)
        {
            for (var column = 0; column <= Columns; column++)
                _crossings[row, column] = new Coordinate(
                    (column - Columns / 2.0) * Mesh + random.Between(-45, 45),
                    (row - Rows / 2.0) * Mesh + random.Between(-45, 45)
                );
        }
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>A crossing, lon, lat.</summary>
    public Coordinate Crossing(int row, int column) => OnGlobe(_crossings[row, column]);

    /// <summary>A point of a mesh, given in metres from its south-western corner on the board, as lon, lat.</summary>
    public Coordinate Locate(int row, int column, double east, double north) => OnGlobe(OnGround(row, column, east, north));

    /// <summary>Where that is on the ground: metres east and north of the middle of the city.</summary>
    public Coordinate OnGround(int row, int column, double east, double north)
    {
        var (u, v) = (east / Mesh, north / Mesh);
        var (southWest, southEast) = (_crossings[row, column], _crossings[row, column + 1]);
        var (northWest, northEast) = (_crossings[row + 1, column], _crossings[row + 1, column + 1]);
        return new Coordinate(
            (southWest.X * (1 - u) + southEast.X * u) * (1 - v) + (northWest.X * (1 - u) + northEast.X * u) * v,
            (southWest.Y * (1 - u) + southEast.Y * u) * (1 - v) + (northWest.Y * (1 - u) + northEast.Y * u) * v
        );
    }

    /// <summary>From the ground to lon, lat; the whole net is turned a little.</summary>
    public static Coordinate OnGlobe(Coordinate ground) =>
        Ground.ToLonLat(
            new Coordinate(ground.X * Math.Cos(Turn) - ground.Y * Math.Sin(Turn), ground.X * Math.Sin(Turn) + ground.Y * Math.Cos(Turn))
        );

    /// <summary>The outline of a rectangle of meshes; it passes through every crossing on its border, as its neighbours' outlines
    /// do.</summary>
    public Polygon Outline(int south, int west, int north, int east)
    {
        var ring = new List<Coordinate>();
        for (var column = west; column < east; column++)
            ring.Add(Crossing(south, column));
        for (var row = south; row < north; row++)
            ring.Add(Crossing(row, east));
        for (var column = east; column > west; column--)
            ring.Add(Crossing(north, column));
        for (var row = north; row > south; row--)
            ring.Add(Crossing(row, west));
        ring.Add(ring[0].Copy());
        return new Polygon(new LinearRing([.. ring]));
    }

    /// <summary>
    /// How central a mesh is, from 0 to 1: one main centre and six others, spread over the city whatever its size.
    /// </summary>
    public double Centrality(int row, int column)
    {
        var (x, y) = ((column + 0.5) / Columns - 0.5, (row + 0.5) / Rows - 0.5);
        var sum = Hill(x, y, 0, 0, 0.17) * 0.85;
        foreach (var (centreX, centreY, radius) in Centres)
            sum += Hill(x, y, centreX, centreY, radius) * 0.55;
        return Math.Min(1, sum);
    }

    private static readonly (double X, double Y, double Radius)[] Centres =
    [
        (0.26, 0.1, 0.045),
        (-0.24, 0.17, 0.052),
        (0.12, -0.29, 0.04),
        (-0.18, -0.22, 0.048),
        (0.29, -0.19, 0.036),
        (-0.03, 0.33, 0.04),
    ];

    private static double Hill(double x, double y, double centreX, double centreY, double radius) =>
        Math.Exp(-((x - centreX) * (x - centreX) + (y - centreY) * (y - centreY)) / (2 * radius * radius));
}
