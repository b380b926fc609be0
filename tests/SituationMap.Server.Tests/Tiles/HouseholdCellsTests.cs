using Microsoft.Extensions.DependencyInjection;
using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Utilities;
using Shouldly;
using SituationMap.Core;
using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Tiles;

namespace SituationMap.Server.Tests.Tiles;

/// <summary>Buildings with a corner missing: the rectangle in which their households are drawn reaches beyond the box around their
/// outline.</summary>
public sealed class HouseholdCellsTests(PostgisCluster cluster)
{
    private static readonly GeometryFactory Factory = new(new PrecisionModel(), 4326);

    [Fact]
    public async Task Households_are_in_every_tile_that_shows_them_and_all_of_these_are_told_of_a_change()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var (encoder, layers, touched) = (
            demo.Server.Services.GetRequiredService<TileEncoder>(),
            demo.Server.Services.GetRequiredService<LayerCatalog>(),
            demo.Server.Services.GetRequiredService<TouchedTiles>()
        );
        var random = new Random(2);
        var reachesOut = 0;
        for (var round = 0; round < 300; round++)
        {
            var city = CityOf(demo.Snapshot.City, Corner(random));
            reachesOut += city.Buildings[0].Shape.Box.Contains(HouseholdCells.Outline(city.Buildings[0]).Box) ? 0 : 1;
            var before = Snapshot.Of(city, new HouseholdState[city.Households.Length], [], 1, DateTimeOffset.UnixEpoch);
            var after = before.With(
                Enumerable.Range(0, city.Households.Length).Select(index => (index, new HouseholdState(Status.Observed, true))),
                [],
                2,
                DateTimeOffset.UnixEpoch
            );

            var around = TilesAround(city.Buildings[0].Shape.Box.Widened(1 << 13)).ToArray();
            var drawn = around.ToDictionary(tile => tile, tile => VectorTile.Decode(encoder.Encode(after, tile, [layers.Households])));
            foreach (var tile in around)
            {
                if (drawn.TryGetValue(tile with { X = tile.X + 1 }, out var east))
                    TileSeams.Between(drawn[tile], east, east: true).ShouldBeEmpty($"{tile} and its eastern neighbour");
                if (drawn.TryGetValue(tile with { Y = tile.Y + 1 }, out var south))
                    TileSeams.Between(drawn[tile], south, east: false).ShouldBeEmpty($"{tile} and its southern neighbour");
            }
            var announced = touched.Between(before, after, [.. Enumerable.Range(0, city.Households.Length)], []);
            around
                .Where(tile => drawn[tile].Count > 0)
                .Except(announced!.Where(tile => (tile.Value & layers.Bit(layers.Households)) != 0).Select(tile => tile.Key))
                .ShouldBeEmpty();
        }
        reachesOut.ShouldBeGreaterThan(50);
    }

    [Fast]
    [Fact]
    public void A_home_of_two_doors_is_drawn_over_both()
    {
        var outline = Factory.CreatePolygon([
            new(124.05, 40.45),
            new(124.0508, 40.45),
            new(124.0508, 40.4502),
            new(124.05, 40.4502),
            new(124.05, 40.45),
        ]);
        Household[] homes =
        [
            new(1, "H-1", 0, 1, 1, 1, 2, 2),
            new(2, "H-2", 0, 1, 1, 3, 1, 2),
            new(3, "H-3", 0, 2, 1, 1, 1, 2),
            new(4, "H-4", 0, 2, 1, 2, 1, 2),
        ];

        var cells = HouseholdCells.Geometries(outline, homes).Select(cell => cell.Cell).ToArray();

        cells[0].Area.ShouldBe(cells[1].Area * 1.88 / 0.88, cells[1].Area * 0.01); // both, and the space that would be between them
        cells[0].Covers(cells[2].Union(cells[3]).Centroid).ShouldBeFalse("another floor");
        var below = AffineTransformation
            .TranslationInstance(cells[1].Centroid.X - cells[0].Centroid.X, cells[1].Centroid.Y - cells[0].Centroid.Y)
            .Transform(cells[0]);
        below.Contains(cells[1].Centroid).ShouldBeTrue();
        cells[0].Disjoint(cells[1]).ShouldBeTrue();
    }

    /// <summary>A right-angled triangle, turned at random, somewhere near the edge between two tiles.</summary>
    private static Polygon Corner(Random random)
    {
        var triangle = Factory.CreatePolygon([new(0, 0), new(0.0003, 0), new(0, 0.0003), new(0, 0)]);
        var turned = AffineTransformation.RotationInstance(random.NextDouble() * Math.Tau).Transform(triangle);
        return (Polygon)
            AffineTransformation
                .TranslationInstance(124.05 + (random.NextDouble() * 0.0014), 40.45 + (random.NextDouble() * 0.001))
                .Transform(turned);
    }

    private static City CityOf(City like, Polygon outline) =>
        new(
            like.Grids,
            [new Building(1, "B-1", "1", "slab", 3, 1, like.Grids.Length - 1, outline, Shape.Of(outline), 0, 12)],
            [
                .. Enumerable
                    .Range(0, 12)
                    .Select(index => new Household(index + 1, $"H-{index}", 0, (sbyte)(1 + (index / 4)), 1, (byte)(1 + (index % 4)), 1, 2)),
            ],
            [],
            []
        );

    private static IEnumerable<TileId> TilesAround(Box box)
    {
        const int Shift = World.Bits - TileId.MaxZoom;
        var rows = Enumerable.Range(box.MinY >> Shift, (box.MaxY >> Shift) - (box.MinY >> Shift) + 1).ToList();
        return Enumerable
            .Range(box.MinX >> Shift, (box.MaxX >> Shift) - (box.MinX >> Shift) + 1)
            .SelectMany(x => rows, (x, y) => new TileId(TileId.MaxZoom, x, y));
    }
}
