using NetTopologySuite.Geometries;
using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;

namespace SituationMap.Geo.Tests.VectorTiles;

public sealed class SimplificationTests
{
    private const double West = 124.0,
        East = 124.5,
        South = 40.2,
        North = 40.6,
        Middle = 124.25;

    [Theory]
    [InlineData(6, 1)]
    [InlineData(8, 2)]
    [InlineData(9, 2)]
    [InlineData(9, 3)]
    public void A_border_that_two_features_share_is_drawn_alike_on_both_sides(int zoom, int step)
    {
        var random = new Random(zoom);
        for (var round = 0; round < 20; round++)
        {
            var border = Border(random);
            var (left, right, whole) = (
                Polygon([new(West, South), .. border, new(West, North)]),
                Polygon([new(East, North), .. border.Reverse(), new(East, South)]),
                Polygon([new(West, South), border[0], new(East, South), new(East, North), border[^1], new(West, North)])
            );

            // what one side loses the other one gains, to the unit: no gap and no overlap
            (AreaOf(left, zoom, step) + AreaOf(right, zoom, step)).ShouldBe(AreaOf(whole, zoom, step));
        }
    }

    [Fact]
    public void From_far_an_outline_has_few_points_and_lies_where_it_lay()
    {
        var outline = Polygon([new(West, South), .. Border(new Random(1)), new(West, North)]);

        var (fine, coarse) = (Encode(outline, 9, 0), Encode(outline, 9, 2));

        coarse.Sum(ring => ring.Length).ShouldBeLessThan(fine.Sum(ring => ring.Length) / 2);
        foreach (var (x, y) in coarse.SelectMany(ring => ring))
            fine.SelectMany(ring => ring).Min(point => Math.Max(Math.Abs(point.X - x), Math.Abs(point.Y - y))).ShouldBeLessThanOrEqualTo(3);
    }

    /// <summary>From south to north with many turns, as borders along rivers are.</summary>
    private static Coordinate[] Border(Random random)
    {
        var points = new Coordinate[4_000];
        var x = Middle;
        for (var i = 0; i < points.Length; i++)
        {
            x += (random.NextDouble() - 0.5) * 0.0004;
            points[i] = new Coordinate(x, South + ((North - South) * i / (points.Length - 1)));
        }
        return points;
    }

    private static Polygon Polygon(Coordinate[] ring) => GeometryFactory.Default.CreatePolygon([.. ring, ring[0]]);

    private static long AreaOf(Polygon polygon, int zoom, int step) => Encode(polygon, zoom, step).Sum(VectorTile.Area);

    /// <summary>Drawn into one tile; up to zoom 9 it is small beside it, and is not cut.</summary>
    private static IReadOnlyList<(int X, int Y)[]> Encode(Polygon polygon, int zoom, int step)
    {
        var shape = Shape.Of(polygon);
        var tile = new TileId(zoom, shape.Box.MinX >> (World.Bits - zoom), shape.Box.MinY >> (World.Bits - zoom));
        var geometry = new TileGeometry();
        geometry.Encode(shape, tile, step).ShouldBeTrue();
        return VectorTile.DecodeGeometry(3, VectorTile.Packed(geometry.Commands.Written.ToArray()));
    }
}
