using System.Text.Json.Nodes;
using NetTopologySuite.Geometries;
using NetTopologySuite.Operation.Buffer;
using NetTopologySuite.Operation.Overlay;
using NetTopologySuite.Operation.OverlayNG;
using SituationMap.Core;
using SituationMap.Geo.Features;

namespace SituationMap.Geo.Outlines;

/// <param name="Kind"><c>gap</c>: ground between two zones that nobody meant to leave out; <c>sliver</c>: a strip in both.</param>
/// <param name="Zone">The other zone's code.</param>
/// <param name="Lon">A point in it, degrees.</param>
/// <param name="Outline">GeoJSON Polygon, lon, lat.</param>
public sealed record BorderFault(
    [property: Schema("BorderFaultKind")] string Kind,
    string Zone,
    double SquareMetres,
    double Lon,
    double Lat,
    [property: Schema("Polygon")] JsonObject Outline
);

/// <summary>Faults along shared borders, and the outline without them: offered, never done silently.</summary>
/// <param name="Closed">The outline with gaps taken in and slivers left to the other zone: GeoJSON, lon, lat.</param>
public sealed record BorderOffer(IReadOnlyList<BorderFault> Faults, [property: Schema("Surface")] JsonObject Closed);

/// <summary>Compares an outline with other zones of its level along the borders they almost share.</summary>
public static class Borders
{
    /// <summary>Metres: narrower than that, a gap or an overlap was not meant. Also how far borders snap to one another.</summary>
    public const double Tolerance = 2;

    /// <summary>Degrees of latitude within which other zones are looked for: the tolerance, with room for what a degree of longitude is in
    /// the north.</summary>
    public const double ReachDegrees = Tolerance / 30_000;

    /// <summary>Metres: as wide as the rounding of positions on both sides may leave, which no closing can mend.</summary>
    private const double Rounding = 0.02;

    private static readonly BufferParameters Sharp = new(8, EndCapStyle.Flat, JoinStyle.Mitre, 5);

    /// <param name="others">Other zones of the same level nearby, with their codes.</param>
    public static BorderOffer? Find(MultiPolygon outline, IReadOnlyList<(string Code, MultiPolygon Outline)> others)
    {
        var metres = LocalMetres.Around(outline);
        var drawn = metres.ToMetres(outline);
        Geometry closed = drawn;
        var faults = new List<BorderFault>();
        foreach (var (code, surface) in others)
        {
            var other = metres.ToMetres(surface);
            var both = OverlayNGRobust.Overlay(drawn, other, SpatialFunction.Union);
            // what a closing by half the tolerance fills lies between them, and is narrow
            var filled = both.Buffer(Tolerance / 2, Sharp).Buffer(-Tolerance / 2, Sharp);
            foreach (
                var gap in Pieces(OverlayNGRobust.Overlay(filled, both, SpatialFunction.Difference))
                    .Where(gap => gap.Distance(drawn) < 0.01 && gap.Distance(other) < 0.01)
            )
            {
                faults.Add(Fault("gap", code, gap));
                closed = OverlayNGRobust.Overlay(closed, gap, SpatialFunction.Union);
            }
            var overlap = OverlayNGRobust.Overlay(drawn, other, SpatialFunction.Intersection);
            foreach (var sliver in Pieces(overlap).Where(sliver => sliver.Buffer(-Tolerance / 2).IsEmpty))
            {
                faults.Add(Fault("sliver", code, sliver));
                closed = OverlayNGRobust.Overlay(closed, sliver, SpatialFunction.Difference);
            }
        }
        return faults.Count == 0
            ? null
            : new BorderOffer(faults, GeoJson.ToJson(OutlineCheck.Wound(OutlineCheck.Rounded(metres.ToDegrees(closed)))));

        BorderFault Fault(string kind, string code, Polygon piece)
        {
            var degrees = OutlineCheck.Rounded(metres.ToDegrees(piece));
            var position = metres.ToDegrees(piece.InteriorPoint).Coordinate;
            return new BorderFault(
                kind,
                code,
                Math.Round(piece.Area, 2),
                Math.Round(position.X, GeoJson.Decimals),
                Math.Round(position.Y, GeoJson.Decimals),
                GeoJson.ToJson(degrees)
            );
        }
    }

    private static IEnumerable<Polygon> Pieces(Geometry geometry) =>
        Surfaces.Of(geometry).Where(piece => !piece.Buffer(-Rounding / 2).IsEmpty);
}
