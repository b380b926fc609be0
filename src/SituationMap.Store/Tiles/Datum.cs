using System.Runtime.CompilerServices;
using NetTopologySuite.Geometries;
using SituationMap.Core.Projections;
using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Tiles;

/// <summary>
/// The shifted degrees in which a base map below our tiles may be drawn (<c>?datum=gcj02</c>): the whole picture is moved once, and its
/// tiles are then made like all others. Tiles carry no degrees, so a client needs to know nothing of it.
/// </summary>
/// <param name="Name">In addresses: gcj02 or bd09.</param>
/// <param name="From">From the shifted longitude and latitude in degrees to those of WGS 84.</param>
/// <param name="To">The way there.</param>
public sealed record Datum(
    string Name,
    Func<double, double, (double Longitude, double Latitude)> From,
    Func<double, double, (double Longitude, double Latitude)> To
)
{
    public static readonly IReadOnlyList<Datum> All =
    [
        new("gcj02", ChineseOffsets.FromGcj02, ChineseOffsets.ToGcj02),
        new("bd09", ChineseOffsets.FromBd09, ChineseOffsets.ToBd09),
    ];

    private readonly ConditionalWeakTable<City, City> _cities = [];
    private readonly ConditionalWeakTable<ZoneInForce, ZoneInForce> _zones = [];

    public static readonly IReadOnlyList<string> Names = [.. All.Select(datum => datum.Name)];

    /// <param name="name">One of <see cref="Names"/>; null for none.</param>
    public static Datum? Find(string? name) => name is null ? null : All.First(known => known.Name == name);

    /// <summary>The same picture, moved. What there is is moved when it is first asked for, then only what is new.</summary>
    public Snapshot Move(Snapshot snapshot)
    {
        City city;
        lock (_cities) // once for all who ask at first: a large city takes a second
            city = _cities.GetValue(snapshot.City, Move);
        return snapshot with { City = city, Zones = [.. snapshot.Zones.Select(zone => _zones.GetValue(zone, Move))] };
    }

    /// <summary>The tiles of WGS 84, of the same zoom, that hold what this tile is drawn from.</summary>
    public IEnumerable<TileId> Unmoved(TileId tile)
    {
        var (side, last) = (1 << tile.Z, (1 << tile.Z) - 1);
        // the tile with its buffer, and a little for the shift's own bend: it is less than a thousandth of the distance
        const double Margin = (TileId.Buffer + 16.0) / TileId.Extent;
        double[] xs = [tile.X - Margin, tile.X + 1 + Margin];
        double[] ys = [tile.Y - Margin, tile.Y + 1 + Margin];
        var corners = (
            from x in xs
            from y in ys
            let position = From(WebMercator.Longitude(x / side), WebMercator.Latitude(y / side))
            select (X: WebMercator.X(position.Longitude) * side, Y: WebMercator.Y(position.Latitude) * side)
        ).ToArray();
        for (var x = Inside(corners.Min(corner => corner.X)); x <= Inside(corners.Max(corner => corner.X)); x++)
        {
            for (var y = Inside(corners.Min(corner => corner.Y)); y <= Inside(corners.Max(corner => corner.Y)); y++)
                yield return new TileId(tile.Z, x, y);
        }

        int Inside(double coordinate) => (int)Math.Clamp(Math.Floor(coordinate), 0, last);
    }

    private City Move(City city) => city.Moved(Array.ConvertAll(city.Grids, grid =>
            {
                var outline = Move(grid.Outline);
                return grid with { Outline = outline, Shape = Shape.Of(outline), Label = grid.Label.Moved(To) };
            }), Array.ConvertAll(city.Buildings, building =>
            {
                var outline = Move(building.Outline);
                return building with { Outline = outline, Shape = Shape.Of(outline) };
            }), Array.ConvertAll(city.Checkpoints, checkpoint =>
            {
                var location = Move(checkpoint.Location);
                return checkpoint with { Location = location, Shape = Shape.Of(location) };
            }), Array.ConvertAll(city.Roads, road => road with { Shape = road.Shape.Moved(To) }));

    private ZoneInForce Move(ZoneInForce zone)
    {
        var outline = Move(zone.Outline);
        return zone with { Outline = outline, Shape = Shape.Of(outline) };
    }

    private T Move<T>(T geometry)
        where T : Geometry
    {
        var moved = (T)geometry.Copy();
        moved.Apply(new Shift(To));
        moved.GeometryChanged();
        return moved;
    }

    private sealed class Shift(Func<double, double, (double Longitude, double Latitude)> to) : ICoordinateSequenceFilter
    {
        public bool Done => false;

        public bool GeometryChanged => true;

        public void Filter(CoordinateSequence seq, int i)
        {
            var (longitude, latitude) = to(seq.GetX(i), seq.GetY(i));
            seq.SetX(i, longitude);
            seq.SetY(i, latitude);
        }
    }
}
