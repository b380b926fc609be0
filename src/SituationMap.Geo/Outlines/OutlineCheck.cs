using System.Text.Json;
using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Utilities;
using NetTopologySuite.Operation.Valid;
using SituationMap.Core;
using SituationMap.Geo.Features;

namespace SituationMap.Geo.Outlines;

/// <summary>Something about an outline that was mended, so that nothing changes silently.</summary>
/// <param name="Code">Stable, such as <c>self-intersection</c>, <c>ring-open</c>, <c>part-tiny</c>.</param>
/// <param name="Lon">Where, degrees; null: not at one place.</param>
/// <param name="Words">What was done.</param>
public sealed record Mended(string Code, double? Lon, double? Lat, string Words);

/// <summary>An outline fit to be kept.</summary>
/// <param name="Surface">Lon, lat; valid, in the winding of GeoJSON.</param>
public sealed record CheckedOutline(MultiPolygon Surface, IReadOnlyList<Mended> Mended);

/// <summary>The rules that every outline of a zone goes by: read, mended where something is left of it (and told what), else refused with
/// the position marked.</summary>
public static class OutlineCheck
{
    /// <summary>More positions than that make no better border, and every preview would pay for them.</summary>
    public const int MaxVertices = 10_000;

    /// <summary>Square metres. Smaller than any home: an outline below it was drawn by accident.</summary>
    public const double LeastArea = 10;

    /// <summary>Degrees, wide or high: beyond any city, and of a size whose tiles could not all be told to be new.</summary>
    public const double MaxDegrees = 3;

    /// <summary>Square metres. Parts that mending leaves over and nobody meant.</summary>
    private const double TinyPart = 1;

    /// <summary>Reads an outline as GeoJSON and checks it; either it or a fault, and where that lies.</summary>
    public static (CheckedOutline? Outline, Fault? Fault, Coordinate? Position) Read(JsonElement json, string field)
    {
        var (drawn, wasOpen, fault) = SurfaceReader.Read(json, field, MaxVertices);
        if (drawn is null)
            return (null, fault, null);
        if (Math.Max(drawn.EnvelopeInternal.Width, drawn.EnvelopeInternal.Height) > MaxDegrees)
            return (null, new Fault("outline-too-large", field, $"an outline at most {MaxDegrees}° wide and high"), null);
        var mended = new List<Mended>();
        if (wasOpen)
            mended.Add(new Mended("ring-open", null, null, "a ring was closed: its last position was not its first"));
        Geometry surface = drawn;
        var isValid = new IsValidOp(drawn);
        if (!isValid.IsValid)
        {
            var (code, words) = Name(isValid.ValidationError.ErrorType);
            var position = isValid.ValidationError.Coordinate;
            surface = Rounded(GeometryFixer.Fix(drawn));
            if (Surfaces.AsMulti(surface).IsEmpty)
                return (
                    null,
                    new Fault("outline-invalid", field, $"an outline that does not cross itself; {words} at {position.X}, {position.Y}"),
                    position
                );
            mended.Add(new Mended(code, position.X, position.Y, words));
        }
        var (kept, tiny) = WithoutTiny(surface);
        if (tiny.Count > 0 && !kept.IsEmpty)
            mended.AddRange(
                tiny.Select(part => new Mended(
                    "part-tiny",
                    part.Coordinate.X,
                    part.Coordinate.Y,
                    $"a part of less than {TinyPart} m² was left out"
                ))
            );
        if (LocalMetres.Around(drawn).SquareMetres(kept) < LeastArea)
            return (null, new Fault("area-too-small", field, $"an area of at least {LeastArea} m²"), drawn.Coordinate);
        return (new CheckedOutline(Wound(kept), mended), null, null);
    }

    /// <summary>Rounds to what is kept, and mends what the rounding may have bent.</summary>
    public static Geometry Rounded(Geometry surface)
    {
        var rounded = new GeometryEditor(Surfaces.Factory).Edit(surface, new Rounding());
        return rounded.IsValid ? rounded : GeometryFixer.Fix(rounded);
    }

    /// <summary>Outer rings counter-clockwise, holes clockwise, as RFC 7946 wants them.</summary>
    public static MultiPolygon Wound(Geometry surface)
    {
        var wound = Surfaces.AsMulti(surface);
        wound.Normalize(); // clockwise
        return (MultiPolygon)
            Surfaces.Factory.CreateMultiPolygon([.. wound.Geometries.Cast<Polygon>().Select(polygon => (Polygon)polygon.Reverse())]);
    }

    private static (Geometry Large, List<Polygon> Tiny) WithoutTiny(Geometry surface)
    {
        var metres = LocalMetres.Around(surface);
        var parts = Surfaces.Of(surface).ToLookup(part => metres.SquareMetres(part) < TinyPart);
        return (Surfaces.Factory.CreateMultiPolygon([.. parts[false]]), [.. parts[true]]);
    }

    private static (string Code, string Words) Name(TopologyValidationErrors error) =>
        error switch
        {
            TopologyValidationErrors.SelfIntersection or TopologyValidationErrors.RingSelfIntersection => (
                "self-intersection",
                "the outline crossed itself"
            ),
            TopologyValidationErrors.HoleOutsideShell => ("hole-outside", "a hole lay outside its part"),
            TopologyValidationErrors.NestedHoles => ("holes-nested", "a hole lay within a hole"),
            TopologyValidationErrors.NestedShells => ("parts-overlap", "a part lay within another"),
            TopologyValidationErrors.DuplicateRings => ("ring-repeated", "a ring came twice"),
            TopologyValidationErrors.DisconnectedInteriors => ("part-disconnected", "holes cut a part in two"),
            TopologyValidationErrors.TooFewPoints => ("ring-flat", "a ring enclosed nothing"),
            _ => ("outline-invalid", "the outline was not a surface"),
        };

    private sealed class Rounding : GeometryEditor.CoordinateOperation
    {
        public override Coordinate[] Edit(Coordinate[] coordinates, Geometry geometry)
        {
            var rounded = Array.ConvertAll(coordinates, position => new Coordinate(
                Math.Round(position.X, GeoJson.Decimals),
                Math.Round(position.Y, GeoJson.Decimals)
            ));
            var distinct = CoordinateArrays.RemoveRepeatedPoints(rounded);
            return geometry is LinearRing && distinct.Length < 4 ? [] : distinct;
        }
    }
}
