using NetTopologySuite.Geometries;
using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;

namespace SituationMap.Geo.Tests.VectorTiles;

public sealed class TileCoverTests
{
    private static readonly TileGeometry Geometry = new();

    [Fact]
    public void The_tiles_of_a_border_of_many_corners_are_told_down_to_where_they_are_too_many()
    {
        var (city, deep) = (new TileCover(100_000, 10_000_000), new TileCover(100_000, 10_000_000));

        city.Add(1, LargeOutlinesTests.Shape, 0, 14);
        deep.Add(1, LargeOutlinesTests.Shape, 0, 18);

        city.Tiles.ShouldNotBeNull().Count.ShouldBeGreaterThan(4_000);
        deep.Tiles.ShouldBeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Exactly_the_tiles_in_which_a_shape_lies_are_told(int seed)
    {
        const int First = 9;
        const int Last = 14;
        var random = new Random(seed);
        for (var round = 0; round < 20; round++)
        {
            var (x, y) = (116 + random.NextDouble(), 40 + random.NextDouble());
            var shell = Star(x, y, 0.05, 0.1);
            var shape = Shape.Of(round % 3 == 0 ? shell : new Polygon((LinearRing)shell.Shell, [(LinearRing)Star(x, y, 0.02, 0.04).Shell]));
            var cover = new TileCover(100_000, 10_000_000);

            cover.Add(4, shape, First, Last);

            var expected =
                from zoom in Enumerable.Range(First, Last - First + 1)
                from tile in Around(shape.Box, zoom)
                where Geometry.Touches(shape, tile)
                select tile;
            cover.Tiles.ShouldNotBeNull().Keys.ToHashSet().SetEquals(expected).ShouldBeTrue($"round {round}");
            cover.Tiles.Values.ShouldAllBe(bits => bits == 4);
        }

        Polygon Star(double x, double y, double least, double most)
        {
            Coordinate[] corners =
            [
                .. Enumerable
                    .Range(0, 24)
                    .Select(corner => (Angle: 2 * Math.PI * corner / 24, Away: least + (random.NextDouble() * (most - least))))
                    .Select(at => new Coordinate(x + (at.Away * Math.Cos(at.Angle)), y + (at.Away * Math.Sin(at.Angle)))),
            ];
            return new Polygon(new LinearRing([.. corners, corners[0]]));
        }
    }

    private static IEnumerable<TileId> Around(Box box, int zoom)
    {
        var shift = World.Bits - zoom;
        var columns = Enumerable.Range((box.MinX >> shift) - 1, (box.MaxX >> shift) - (box.MinX >> shift) + 3);
        var rows = Enumerable.Range((box.MinY >> shift) - 1, (box.MaxY >> shift) - (box.MinY >> shift) + 3);
        return columns.SelectMany(x => rows.Select(y => new TileId(zoom, x, y)));
    }
}
