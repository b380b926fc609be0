using NetTopologySuite.Geometries;
using NetTopologySuite.LinearReferencing;

namespace SituationMap.Server.Demo.Town;

/// <summary>
/// A stretch beside a road with axes of its own: along the road, and away from it. Buildings are drawn in these axes and so stand
/// aligned to their road.
/// </summary>
/// <param name="Foot">The point of the road, on the ground.</param>
/// <param name="Along">The road's direction there, of length 1.</param>
/// <param name="Side">1: to the left of that direction; -1: to the right.</param>
internal readonly record struct Frontage(Coordinate Foot, Coordinate Along, int Side)
{
    /// <summary>The frontage at the point of the road that far from its start.</summary>
    public static Frontage On(Coordinate[] road, double distance, int side)
    {
        // the direction over 16 m, so that a kink does not twist the building that stands at it
        var line = new LengthIndexedLine(new LineString(road));
        var (before, after) = (line.ExtractPoint(Math.Max(0, distance - 8)), line.ExtractPoint(distance + 8));
        var length = before.Distance(after);
        return new Frontage(
            line.ExtractPoint(distance),
            new Coordinate((after.X - before.X) / length, (after.Y - before.Y) / length),
            side
        );
    }

    public Frontage Turned(double radians)
    {
        var (cos, sin) = (Math.Cos(radians), Math.Sin(radians));
        return this with { Along = new Coordinate(Along.X * cos - Along.Y * sin, Along.X * sin + Along.Y * cos) };
    }

    /// <summary>The ground point that far along the road and that far away from it.</summary>
    public Coordinate Point(double along, double away) =>
        new(Foot.X + Along.X * along - Along.Y * away * Side, Foot.Y + Along.Y * along + Along.X * away * Side);

    public Polygon Outline(params ReadOnlySpan<(double Along, double Away)> corners)
    {
        var ring = new Coordinate[corners.Length + 1];
        for (var i = 0; i < corners.Length; i++)
            ring[i] = Point(corners[i].Along, corners[i].Away);
        ring[^1] = ring[0].Copy();
        return new Polygon(new LinearRing(ring));
    }

    public Polygon Rectangle(double width, double near, double depth) =>
        Outline((-width / 2, near), (width / 2, near), (width / 2, near + depth), (-width / 2, near + depth));
}
