using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Utilities;
using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;

namespace SituationMap.Geo.Tests.VectorTiles;

/// <summary>A border as administrative ones are: 18,000 corners around 16,000 km², with creeks and headlands of any width.</summary>
public sealed class LargeOutlinesTests
{
    private const int Corners = 18_000;
    private static readonly Polygon Outline = Jagged();
    public static readonly Shape Shape = Shape.Of(
        GeometryFactory.Default.CreatePolygon([
            .. Outline.Coordinates.Select(point => new Coordinate(World.Longitude((int)point.X), World.Latitude((int)point.Y))),
        ])
    );

    /// <summary>Seen from far it crosses and touches itself, and the borders of tiles cut it into many pieces.</summary>
    [Theory]
    [InlineData(8, 0)]
    [InlineData(8, 2)]
    [InlineData(9, 2)]
    public void Every_tile_of_a_border_of_many_corners_has_what_lies_in_it(int zoom, int step)
    {
        var geometry = new TileGeometry();
        var shift = World.Bits - zoom;
        for (var x = Shape.Box.MinX >> shift; x <= Shape.Box.MaxX >> shift; x++)
        {
            for (var y = Shape.Box.MinY >> shift; y <= Shape.Box.MaxY >> shift; y++)
            {
                var tile = new TileId(zoom, x, y);
                var drawn = geometry.Encode(Shape, tile, step)
                    ? VectorTile.DecodeGeometry(3, VectorTile.Packed(geometry.Commands.Written.ToArray())).Sum(VectorTile.Area) / 2.0
                    : 0;
                // a corner moves by up to half a step; where a border is jagged that evens out
                drawn.ShouldBe(AreaIn(tile), TileId.Extent * TileId.Extent * 0.005, tile.ToString());
            }
        }
    }

    /// <summary>What lies in the tile and its buffer, in its units squared.</summary>
    private static double AreaIn(TileId tile)
    {
        var toUnits = AffineTransformation
            .TranslationInstance(-tile.OriginX, -tile.OriginY)
            .Scale(1.0 / (1L << tile.UnitShift), 1.0 / (1L << tile.UnitShift));
        var (low, high) = (-TileId.Buffer, TileId.Extent + TileId.Buffer);
        return toUnits.Transform(Outline).Intersection(Outline.Factory.ToGeometry(new Envelope(low, high, low, high))).Area;
    }

    /// <summary>In world units: a star whose rays change their length at random, a little from each to the next.</summary>
    private static Polygon Jagged()
    {
        var random = new Random(17);
        var (x, y, radius) = (World.X(116.4), World.Y(40.2), 4_800_000.0);
        var ring = new Coordinate[Corners + 1];
        for (var corner = 0; corner < Corners; corner++)
        {
            radius = Math.Clamp(radius + random.Next(-20_000, 20_001), 3_000_000, 5_500_000);
            var angle = 2 * Math.PI * corner / Corners;
            ring[corner] = new Coordinate(Math.Round(x + (radius * Math.Cos(angle))), Math.Round(y + (radius * Math.Sin(angle))));
        }
        ring[Corners] = ring[0];
        return GeometryFactory.Default.CreatePolygon(ring);
    }
}
