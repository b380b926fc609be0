using System.Text.Json;
using NetTopologySuite.Geometries;
using SituationMap.Geo.Outlines;

namespace SituationMap.Geo.Tests.Outlines;

public sealed class BordersTests
{
    [Fact]
    public void Offers_to_close_gaps_and_slivers_beside_a_zone_of_the_same_level()
    {
        var beside = Rectangle(124.01, 124.02);
        // a metre and a quarter short of it in one, over it in the other
        var gap = Borders.Find(Rectangle(124, 124.009985), [("Z-2", beside)]).ShouldNotBeNull();
        gap.Faults.ShouldHaveSingleItem().Kind.ShouldBe("gap");
        var sliver = Borders.Find(Rectangle(124, 124.010015), [("Z-2", beside)]).ShouldNotBeNull();
        sliver.Faults.ShouldHaveSingleItem().Kind.ShouldBe("sliver");
        foreach (var closed in new[] { gap.Closed, sliver.Closed })
        {
            var surface = OutlineCheck
                .Read(JsonSerializer.Deserialize<JsonElement>(closed.ToJsonString()), "closed")
                .Outline.ShouldNotBeNull()
                .Surface;
            Borders.Find(surface, [("Z-2", beside)]).ShouldBeNull();
            surface.EnvelopeInternal.MaxX.ShouldBe(124.01, 1e-7);
        }
        Borders.Find(Rectangle(124, 124.005), [("Z-2", beside)]).ShouldBeNull();
    }

    /// <summary>From 40° to 40.01° north, as an outline that was read.</summary>
    private static MultiPolygon Rectangle(double west, double east)
    {
        double[][][] rings =
        [
            [
                [west, 40],
                [east, 40],
                [east, 40.01],
                [west, 40.01],
                [west, 40],
            ],
        ];
        return OutlineCheck
            .Read(JsonSerializer.SerializeToElement(new { type = "Polygon", coordinates = rings }), "geometry")
            .Outline!.Surface;
    }
}
