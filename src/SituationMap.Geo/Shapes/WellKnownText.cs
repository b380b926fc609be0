using NetTopologySuite.Geometries;
using NetTopologySuite.IO;

namespace SituationMap.Geo.Shapes;

/// <summary>Reads well-known text that somebody sent, EWKT included: x and y as they are written, in whatever system.</summary>
public static class WellKnownText
{
    /// <summary>The reader goes down once for each bracket, and a stack that has run over cannot be caught. No map nests deeper than a
    /// collection of collections.</summary>
    public const int MaxDepth = 16;

    /// <summary>What is expected of a text that is none.</summary>
    public const string Readable = "a geometry as WKT, rings closed";

    /// <summary>The geometry; null with what was expected where it is none, is nested too deeply, or has coordinates that are no
    /// numbers.</summary>
    public static (Geometry? Shape, string? Expected) Read(string text)
    {
        if (!IsShallow(text))
            return (null, $"a geometry as WKT, with brackets at most {MaxDepth} deep");
        // whatever the reader makes of other characters is no geometry
        if (text.AsSpan().ContainsAnyExceptInRange('\u0001', '\u007F'))
            return (null, Readable);
        Geometry? shape;
        try
        {
            shape = new WKTReader().Read(text);
        }
        catch (Exception wrong) when (wrong is not OutOfMemoryException)
        {
            // besides what it documents, it fails in whatever way its tokens lead it to
            return (null, Readable);
        }
        // null of a text that is empty
        return shape is null ? (null, Readable)
            : shape.IsFinite() ? (shape, null)
            : (null, "a geometry whose coordinates are finite numbers");
    }

    private static bool IsShallow(string text)
    {
        var depth = 0;
        foreach (var letter in text)
        {
            depth += letter switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if (depth > MaxDepth)
                return false;
        }
        return true;
    }
}

/// <summary>Tells geometries that lie somewhere from those that do not.</summary>
public static class Finite
{
    /// <summary>Whether x and y of every position are numbers: not one of them is NaN or infinite.</summary>
    public static bool IsFinite(this Geometry shape)
    {
        var check = new Check();
        shape.Apply(check);
        return !check.Done;
    }

    /// <summary>Done as soon as a position is found that is none.</summary>
    private sealed class Check : ICoordinateSequenceFilter
    {
        public bool Done { get; private set; }

        public bool GeometryChanged => false;

        public void Filter(CoordinateSequence points, int i) =>
            Done |= !double.IsFinite(points.GetX(i)) || !double.IsFinite(points.GetY(i));
    }
}
