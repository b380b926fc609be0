using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Utilities;
using NetTopologySuite.Operation.Overlay;
using NetTopologySuite.Operation.OverlayNG;
using SituationMap.Geo.Shapes;

namespace SituationMap.Geo.VectorTiles;

/// <summary>Cuts polygons that fall into several pieces at a tile's border, which cutting side by side cannot tell apart.</summary>
internal static class PolygonCutter
{
    /// <summary>The rings that are left, in tile units: outer rings of positive area, each followed by its holes.</summary>
    /// <param name="rings">The whole polygons' rings in the same form; the list handed over may be reused for the next one.</param>
    public static List<List<int>> Cut(IEnumerable<List<int>> rings, in Box box)
    {
        var factory = GeometryFactory.Default;
        var polygons = new List<(LinearRing Shell, List<LinearRing> Holes)>();
        foreach (var ring in rings)
        {
            if (ring.Count < 6)
                continue; // collapsed at this zoom
            if (Rings.Area(ring) > 0)
                polygons.Add((Ring(factory, ring), []));
            else if (polygons.Count > 0)
                polygons[^1].Holes.Add(Ring(factory, ring));
        }
        var whole = factory.CreateMultiPolygon([.. polygons.Select(polygon => factory.CreatePolygon(polygon.Shell, [.. polygon.Holes]))]);
        var frame = factory.ToGeometry(new Envelope(box.MinX, box.MaxX, box.MinY, box.MaxY));
        var left = Intersection(whole, frame);

        var cut = new List<List<int>>();
        for (var i = 0; i < left.NumGeometries; i++)
        {
            if (left.GetGeometryN(i) is not Polygon polygon || !Add(cut, polygon.Shell, outer: true))
                continue; // a point or a line where it only touches the border, or less than a unit
            foreach (var hole in polygon.Holes)
                Add(cut, hole, outer: false);
        }
        return cut;
    }

    /// <summary>Rounding can let rings of a valid outline cross or overlap, which cutting mostly bears; where it does not, they are mended
    /// first.</summary>
    private static Geometry Intersection(Geometry whole, Geometry frame)
    {
        try
        {
            return OverlayNGRobust.Overlay(whole, frame, SpatialFunction.Intersection);
        }
        catch (TopologyException)
        {
            return OverlayNGRobust.Overlay(GeometryFixer.Fix(whole), frame, SpatialFunction.Intersection);
        }
    }

    private static LinearRing Ring(GeometryFactory factory, List<int> ring)
    {
        var points = new Coordinate[(ring.Count / 2) + 1];
        for (var i = 0; i < points.Length; i++)
            points[i] = new Coordinate(ring[i * 2 % ring.Count], ring[((i * 2) + 1) % ring.Count]);
        return factory.CreateLinearRing(points);
    }

    private static bool Add(List<List<int>> cut, LineString ring, bool outer)
    {
        var points = new List<int>(ring.NumPoints * 2);
        foreach (var point in ring.Coordinates)
            Rings.Add(points, (int)Math.Round(point.X), (int)Math.Round(point.Y));
        Rings.Close(points);
        var area = Rings.Area(points);
        if (area == 0)
            return false;
        if (area > 0 != outer)
            Reverse(points);
        cut.Add(points);
        return true;
    }

    private static void Reverse(List<int> points)
    {
        points.Reverse(); // which also swaps x and y of each point
        for (var i = 0; i < points.Count; i += 2)
            (points[i], points[i + 1]) = (points[i + 1], points[i]);
    }
}
