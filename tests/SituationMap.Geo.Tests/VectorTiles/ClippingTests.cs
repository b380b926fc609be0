using NetTopologySuite.Geometries;
using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;

namespace SituationMap.Geo.Tests.VectorTiles;

/// <summary>Shapes cut to one tile, drawn in tile units (0 to 4096, with a buffer around).</summary>
public sealed class ClippingTests
{
    private const int Zoom = 12;
    private const int Low = -TileId.Buffer;
    private const int High = TileId.Extent + TileId.Buffer;
    private static readonly TileId Tile = new(Zoom, 3460, 1546);

    [Fact]
    public void A_line_that_leaves_the_tile_and_comes_back_is_two_lines() =>
        Cut(ShapeKind.Lines, [(-900, 1000), (1000, 1000), (1000, 2000), (9000, 2000), (9000, 3000), (3000, 3000)])
            .ShouldBe([
                [(Low, 1000), (1000, 1000), (1000, 2000), (High, 2000)],
                [(High, 3000), (3000, 3000)],
            ]);

    [Fact]
    public void A_line_that_passes_by_or_only_touches_a_corner_is_none()
    {
        Cut(ShapeKind.Lines, [(-900, -900), (9000, -900)]).ShouldBeEmpty();
        Cut(ShapeKind.Lines, [(Low - 100, Low + 100), (Low + 100, Low - 100)]).ShouldBeEmpty();
    }

    [Fact]
    public void A_ring_around_the_tile_is_the_tile() =>
        Area(Cut(ShapeKind.Polygons, [(-9000, -9000), (9000, -9000), (9000, 9000), (-9000, 9000)])).ShouldBe(Math.Pow(High - Low, 2));

    [Fact]
    public void A_comb_whose_teeth_reach_in_is_as_many_pieces_as_teeth()
    {
        // the back of the comb lies east of the tile
        var cut = Cut(
            ShapeKind.Polygons,
            [(9000, 500), (9000, 3500), (2000, 3500), (2000, 3000), (8000, 3000), (8000, 1000), (3000, 1000), (3000, 500)]
        );

        cut.Count.ShouldBe(2);
        Area(cut).ShouldBe(((High - 2000) + (High - 3000)) * 500.0);
    }

    [Fact]
    public void A_tile_within_a_hole_is_not_touched()
    {
        var shape = Shape.Of(
            new Polygon(
                Ring([(-20_000, -20_000), (20_000, -20_000), (20_000, 20_000), (-20_000, 20_000)]),
                [Ring([(-10_000, -10_000), (10_000, -10_000), (10_000, 10_000), (-10_000, 10_000)])]
            )
        );

        new TileGeometry().Touches(shape, Tile).ShouldBeFalse();
        new TileGeometry().Touches(shape, Tile with { X = Tile.X + 3 }).ShouldBeTrue();
    }

    [Fact]
    public void Stars_of_any_form_keep_the_area_that_they_have_within_the_tile()
    {
        var random = new Random(4);
        var frame = GeometryFactory.Default.ToGeometry(new Envelope(Low, High, Low, High));
        var inTwo = 0;
        for (var round = 0; round < 500; round++)
        {
            var (x, y) = (random.Next(-3000, 7000), random.Next(-3000, 7000));
            var corners = Enumerable
                .Range(0, 12)
                .Select(corner => (Angle: corner * Math.PI / 6, Away: random.Next(500, 6000)))
                .Select(at => (x + (int)(at.Away * Math.Cos(at.Angle)), y + (int)(at.Away * Math.Sin(at.Angle))))
                .ToArray();
            var expected = GeometryFactory
                .Default.CreatePolygon([.. corners.Append(corners[0]).Select(corner => new Coordinate(corner.Item1, corner.Item2))])
                .Intersection(frame);

            var cut = Cut(ShapeKind.Polygons, corners);

            inTwo += cut.Count > 1 ? 1 : 0;
            // each corner lies within a unit of where it was
            Area(cut).ShouldBe(expected.Area, (expected.Length * 2) + 4, $"round {round}");
        }
        inTwo.ShouldBeGreaterThan(5);
    }

    private static List<(int X, int Y)[]> Cut(ShapeKind kind, (int X, int Y)[] points)
    {
        Geometry drawn = kind == ShapeKind.Lines ? new LineString([.. points.Select(Locate)]) : new Polygon(Ring(points));
        var geometry = new TileGeometry();
        return geometry.Encode(Shape.Of(drawn), Tile)
            ? [.. VectorTile.DecodeGeometry(kind == ShapeKind.Lines ? 2 : 3, VectorTile.Packed(geometry.Commands.Written.ToArray()))]
            : [];
    }

    private static LinearRing Ring((int X, int Y)[] points) => new([.. points.Append(points[0]).Select(Locate)]);

    /// <summary>A point of the tile in lon, lat.</summary>
    private static Coordinate Locate((int X, int Y) point)
    {
        var unit = World.Bits - Zoom - 12;
        return new Coordinate(World.Longitude(((Tile.X << 12) + point.X) << unit), World.Latitude(((Tile.Y << 12) + point.Y) << unit));
    }

    private static double Area(IEnumerable<(int X, int Y)[]> rings) => rings.Sum(ring => VectorTile.Area(ring)) / 2.0;
}
