using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Utilities;
using NetTopologySuite.Operation.OverlayNG;
using NetTopologySuite.Operation.Valid;

namespace SituationMap.Geo.Outlines;

/// <summary>Mends slips of an outline's rings, where it is plain what was meant.</summary>
public static class OutlineMending
{
    /// <summary>A ring that mending changes by more than this share of its area was not meant that way.</summary>
    private const double MaxMended = 0.05;

    /// <summary>The outline as it is where it is valid, else mended, with what was wrong and where.</summary>
    /// <param name="polygons">As the file has them.</param>
    /// <returns>Null: it cannot be mended.</returns>
    public static (MultiPolygon? Outline, string? Where) Mend(IReadOnlyList<Polygon> polygons, GeometryFactory factory)
    {
        var outline = factory.CreateMultiPolygon([.. polygons]);
        var check = new IsValidOp(outline);
        if (check.IsValid)
            return (outline, null);
        var error = check.ValidationError;
        var where = FormattableString.Invariant($"{error.Message} at {error.Coordinate?.X:0.######}, {error.Coordinate?.Y:0.######}");
        try
        {
            var (mended, meant) = ByContainment(polygons);
            var outcome = mended switch
            {
                MultiPolygon all => all,
                Polygon one => factory.CreateMultiPolygon([one]),
                _ => null,
            };
            // not so either where an area is no number
            return outcome is { IsEmpty: false } && Math.Abs(outcome.Area - meant) <= MaxMended * outcome.Area
                ? (outcome, where)
                : (null, where);
        }
        catch (Exception wrong) when (wrong is TopologyException or ArgumentException or InvalidOperationException)
        {
            return (null, where);
        }
    }

    /// <summary>
    /// Puts polygons together that each are mended by themselves. One that lies wholly within what is there already is a courtyard,
    /// whichever way its ring runs: formats that tell holes by their winding lose them where a program wrote it the other way round. One
    /// within a courtyard stands in it.
    /// </summary>
    /// <returns>The surface, and the area that it should have by its rings.</returns>
    private static (Geometry? Surface, double Area) ByContainment(IReadOnlyList<Polygon> polygons)
    {
        var (surface, area) = ((Geometry?)null, 0.0);
        foreach (var polygon in polygons.OrderByDescending(polygon => Math.Abs(polygon.Area)))
        {
            var part = GeometryFixer.Fix(polygon);
            var isCourtyard = surface is not null && !part.IsEmpty && surface.Covers(part) && !surface.EqualsTopologically(part);
            surface = surface is null ? part : OverlayNGRobust.Overlay(surface, part, isCourtyard ? OverlayNG.DIFFERENCE : OverlayNG.UNION);
            area += isCourtyard ? -Math.Abs(polygon.Area) : Math.Abs(polygon.Area);
        }
        return (surface, area);
    }
}
