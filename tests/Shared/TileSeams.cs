using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Utilities;
using NetTopologySuite.Operation.Overlay;
using NetTopologySuite.Operation.OverlayNG;

namespace SituationMap.Testing;

/// <summary>
/// Whether two neighbouring tiles show the same where both show it: along their common edge each holds a buffer of the other. What
/// differs there is a seam on the map.
/// </summary>
public static class TileSeams
{
    private const int Extent = 4096;

    /// <summary>Half the buffer, in tile units: where it is cut, the last unit may be rounded otherwise.</summary>
    private const int Strip = 32;

    /// <summary>How far apart, in tile units, the same outline may lie: cutting rounds it to a whole unit.</summary>
    private const double Allowed = 1.5;

    /// <summary>The features that differ along the edge, each with what is wrong.</summary>
    /// <param name="tile">The western or northern tile, decoded.</param>
    /// <param name="neighbour">The tile to the east (<paramref name="east"/>) or to the south.</param>
    public static IEnumerable<string> Between(IReadOnlyList<VectorTileLayer> tile, IReadOnlyList<VectorTileLayer> neighbour, bool east)
    {
        var strip = east
            ? new Envelope(Extent - Strip, Extent + Strip, 0, Extent)
            : new Envelope(0, Extent, Extent - Strip, Extent + Strip);
        // what one side shows in the strip is looked for on the other side in a little more, since a line may leave the strip elsewhere
        var around = strip.Copy();
        around.ExpandBy(Strip / 2);
        foreach (var name in tile.Concat(neighbour).Select(layer => layer.Name).Distinct().Where(name => name != "metadata"))
        {
            var (here, there) = (ById(tile, name), ById(neighbour, name));
            foreach (var id in here.Keys.Union(there.Keys))
            {
                var (one, other) = (Shape(here, id, 0, 0), Shape(there, id, east ? Extent : 0, east ? 0 : Extent));
                if (!IsShownBy(Within(one, strip), Within(other, around)) || !IsShownBy(Within(other, strip), Within(one, around)))
                    yield return $"{name} {id}: {Within(one, strip)} on one side, {Within(other, strip)} on the other";
            }
        }

        static Geometry? Shape(IReadOnlyDictionary<ulong, VectorTileFeature> features, ulong id, int dx, int dy) =>
            features.TryGetValue(id, out var feature) ? GeometryFixer.Fix(ShapeOf(feature, dx, dy)) : null;

        static bool IsShownBy(Geometry one, Geometry other) => one.IsEmpty || one.Difference(other.Buffer(Allowed)).IsEmpty;
    }

    /// <summary>What of a shape lies in a box, in as many dimensions as the shape: not where it only touches it.</summary>
    private static Geometry Within(Geometry? shape, Envelope box)
    {
        var factory = GeometryFactory.Default;
        if (shape is null || !shape.EnvelopeInternal.Intersects(box))
            return factory.CreateEmpty(Dimension.Surface);
        var within = OverlayNGRobust.Overlay(shape, factory.ToGeometry(box), SpatialFunction.Intersection);
        return factory.BuildGeometry([
            .. Enumerable.Range(0, within.NumGeometries).Select(within.GetGeometryN).Where(part => part.Dimension == shape.Dimension),
        ]);
    }

    private static Dictionary<ulong, VectorTileFeature> ById(IReadOnlyList<VectorTileLayer> tile, string layer) =>
        tile.SingleOrDefault(found => found.Name == layer)?.Features.ToDictionary(feature => feature.Id) ?? [];

    /// <summary>A feature's geometry, y to the south, moved by whole units.</summary>
    public static Geometry ShapeOf(VectorTileFeature feature, int dx = 0, int dy = 0)
    {
        var factory = GeometryFactory.Default;
        return feature.Type switch
        {
            1 => factory.CreateMultiPointFromCoords([.. feature.Parts.SelectMany(Coordinates)]),
            2 => factory.CreateMultiLineString([.. feature.Parts.Select(part => factory.CreateLineString([.. Coordinates(part)]))]),
            _ => Polygons(),
        };

        IEnumerable<Coordinate> Coordinates((int X, int Y)[] part) => part.Select(point => new Coordinate(point.X + dx, point.Y + dy));

        MultiPolygon Polygons()
        {
            var polygons = new List<(LinearRing Shell, List<LinearRing> Holes)>();
            foreach (var part in feature.Parts)
            {
                var ring = factory.CreateLinearRing([.. Coordinates([.. part, part[0]])]);
                if (VectorTile.Area(part) > 0)
                    polygons.Add((ring, []));
                else
                    polygons[^1].Holes.Add(ring);
            }
            return factory.CreateMultiPolygon([.. polygons.Select(polygon => factory.CreatePolygon(polygon.Shell, [.. polygon.Holes]))]);
        }
    }
}
