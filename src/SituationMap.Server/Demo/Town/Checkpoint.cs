using NetTopologySuite.Geometries;
using NetTopologySuite.LinearReferencing;

namespace SituationMap.Server.Demo.Town;

/// <summary>A post where a street crosses the outer lane into the community; it stands beside the street.</summary>
internal sealed record Checkpoint(string Name, bool Manned, string Street, Coordinate Near, int Side)
{
    /// <summary>Three manned round the clock; two more posts with only a poster.</summary>
    public static readonly IReadOnlyList<Checkpoint> All =
    [
        new("站前街北口卡点", true, Streets.Station, new(290, 519), 1),
        new("凤山路东口卡点", true, Streets.Hill, new(785, 14), 1),
        new("凤山路西口卡点", true, Streets.Hill, new(-786, 40), 1),
        new("草河街南口卡点", false, Streets.River, new(-301, -551), 1),
        new("铁南街西口卡点", false, Streets.Railway, new(-797, 428), 1),
    ];

    public static string Code(int id) => $"C-{id}";

    public DemoCheckpoint Locate(int id, TownLayout layout, GridTree tree)
    {
        var street = layout.Street(Street).Line;
        var near = Ground.OnGround(Near);
        var crossing = new LineString(street)
            .Intersection(new LineString(layout.Ring.Line))
            .Coordinates.MinBy(point => point.Distance(near))
            ?? throw new InvalidOperationException($"{Street} does not cross the outer lane");
        var distance = new LengthIndexedLine(new LineString(street)).Project(crossing);
        var location = new Point(Ground.ToLonLat(Frontage.On(street, distance, Side).Point(0, 6)));
        return new DemoCheckpoint(id, tree.Of(location), Code(id), Name, Manned, location);
    }
}
