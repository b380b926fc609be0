using NetTopologySuite.Geometries;
using NetTopologySuite.Operation.Overlay;
using NetTopologySuite.Operation.OverlayNG;

namespace SituationMap.Geo.Outlines;

/// <summary>Whether parts are a whole, cut.</summary>
public static class Partition
{
    /// <summary>Square metres by which parts may miss the whole: what rounding positions leaves along a cut.</summary>
    private const double Tolerance = 1;

    /// <summary>Whether the parts cover the whole and do not overlap.</summary>
    public static bool IsOf(MultiPolygon whole, IReadOnlyList<MultiPolygon> parts)
    {
        var metres = LocalMetres.Around(whole);
        var union = OverlayNGRobust.Union(parts.Cast<Geometry>(), Surfaces.Factory);
        return Metres(OverlayNGRobust.Overlay(union, whole, SpatialFunction.SymDifference)) <= Tolerance
            && parts.Sum(part => Metres(part)) - Metres(union) <= Tolerance;

        double Metres(Geometry surface) => metres.SquareMetres(surface);
    }
}
