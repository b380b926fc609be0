using NetTopologySuite.Algorithm;
using NetTopologySuite.Geometries;
using SituationMap.Core.Projections;

namespace SituationMap.Geo.Shapes;

/// <summary>A box in world units (or, within a tile, in its units), borders included.</summary>
public readonly record struct Box(int MinX, int MinY, int MaxX, int MaxY)
{
    /// <summary>Nowhere: meets no other.</summary>
    public static readonly Box None = new(int.MaxValue, int.MaxValue, int.MinValue, int.MinValue);

    /// <summary>The smallest box that contains both.</summary>
    public static Box Around(Box one, Box other) =>
        new(Math.Min(one.MinX, other.MinX), Math.Min(one.MinY, other.MinY), Math.Max(one.MaxX, other.MaxX), Math.Max(one.MaxY, other.MaxY));

    /// <summary>Larger by so many units on every side.</summary>
    public Box Widened(int units) => new(MinX - units, MinY - units, MaxX + units, MaxY + units);

    /// <summary>Whether the two have a point in common.</summary>
    public bool Intersects(in Box other) => MinX <= other.MaxX && other.MinX <= MaxX && MinY <= other.MaxY && other.MinY <= MaxY;

    /// <summary>Whether the other lies in it.</summary>
    public bool Contains(in Box other) => MinX <= other.MinX && other.MaxX <= MaxX && MinY <= other.MinY && other.MaxY <= MaxY;

    /// <summary>In world units, of one in degrees.</summary>
    public static Box Of(Envelope lonLat) => new(World.X(lonLat.MinX), World.Y(lonLat.MaxY), World.X(lonLat.MaxX), World.Y(lonLat.MinY));
}

/// <summary>
/// World units: <see cref="WebMercator"/>'s square cut into 2^31 steps a side (19 mm at the equator), twice as fine as a tile of
/// zoom 18 with an extent of 4,096, so one rounding serves every zoom.
/// </summary>
public static class World
{
    /// <summary>So many bits a side has.</summary>
    public const int Bits = 31;

    /// <summary>From a longitude in degrees to world units.</summary>
    public static int X(double longitude) => ToUnits(WebMercator.X(longitude));

    /// <summary>From a latitude in degrees to world units, which grow to the south.</summary>
    public static int Y(double latitude) => ToUnits(WebMercator.Y(latitude));

    /// <summary>The longitude in the middle of a unit.</summary>
    public static double Longitude(int x) => WebMercator.Longitude((x + 0.5) / (1L << Bits));

    /// <summary>The latitude in the middle of a unit.</summary>
    public static double Latitude(int y) => WebMercator.Latitude((y + 0.5) / (1L << Bits));

    private static int ToUnits(double share) => (int)Math.Clamp(Math.Floor(share * (1L << Bits)), 0, int.MaxValue);
}

/// <summary>What a shape is made of; the numbers are those of vector tiles.</summary>
public enum ShapeKind : byte
{
    /// <summary>Points.</summary>
    Points = 1,

    /// <summary>Lines.</summary>
    Lines = 2,

    /// <summary>Surfaces.</summary>
    Polygons = 3,
}

/// <summary>
/// A geometry in world units, ready to be cut into tiles: parts one after the other, each a run of x, y pairs. For polygons a part
/// is a ring without its closing point; outer rings have a positive area in world units (y to the south), as vector tiles want
/// them, their holes follow and have a negative one.
/// </summary>
public sealed class Shape : IEquatable<Shape>
{
    /// <summary>The ends of shapes of one part, by their number of coordinates: most shapes are such, and need none of their own.</summary>
    private static readonly int[][] OnePart = [.. Enumerable.Range(0, 64).Select(end => (int[])[end])];

    private Shape(ShapeKind kind, int[] coordinates, int[] ends, Box box) =>
        (Kind, Coordinates, Ends, Box) = (kind, coordinates, ends.Length == 1 && ends[0] < OnePart.Length ? OnePart[ends[0]] : ends, box);

    /// <summary>What its parts are.</summary>
    public ShapeKind Kind { get; }

    /// <summary>x and y in turn.</summary>
    public int[] Coordinates { get; }

    /// <summary>Where each part ends: an index into <see cref="Coordinates"/>.</summary>
    public int[] Ends { get; }

    /// <summary>Around all of it, in world units.</summary>
    public Box Box { get; }

    /// <inheritdoc/>
    public bool Equals(Shape? other) =>
        ReferenceEquals(this, other)
        || (
            other is not null
            && Kind == other.Kind
            && Coordinates.AsSpan().SequenceEqual(other.Coordinates)
            && Ends.AsSpan().SequenceEqual(other.Ends)
        );

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Box, Coordinates.Length);

    /// <summary>The same, in memory of its own.</summary>
    public Shape Copy() => new(Kind, [.. Coordinates], Ends, Box);

    /// <summary>The same with every point moved.</summary>
    /// <param name="to">From longitude and latitude in degrees to where they are moved.</param>
    public Shape Moved(Func<double, double, (double Longitude, double Latitude)> to)
    {
        var moved = new int[Coordinates.Length];
        var box = new Box(int.MaxValue, int.MaxValue, int.MinValue, int.MinValue);
        for (var i = 0; i < moved.Length; i += 2)
        {
            var (longitude, latitude) = to(World.Longitude(Coordinates[i]), World.Latitude(Coordinates[i + 1]));
            var (x, y) = (moved[i], moved[i + 1]) = (World.X(longitude), World.Y(latitude));
            box = new Box(Math.Min(box.MinX, x), Math.Min(box.MinY, y), Math.Max(box.MaxX, x), Math.Max(box.MaxY, y));
        }
        return new Shape(Kind, moved, Ends, box);
    }

    /// <summary>Takes a geometry in lon, lat degrees (WGS 84).</summary>
    public static Shape Of(Geometry geometry)
    {
        var coordinates = new List<int>(geometry.NumPoints * 2);
        var ends = new List<int>();
        for (var i = 0; i < geometry.NumGeometries; i++)
        {
            switch (geometry.GetGeometryN(i))
            {
                case Polygon polygon:
                    AddRing(polygon.Shell, outer: true);
                    foreach (var hole in polygon.Holes)
                        AddRing(hole, outer: false);
                    break;
                case var part:
                    Add(part.Coordinates, part.NumPoints, reverse: false);
                    break;
            }
        }
        var kind = geometry.Dimension switch
        {
            Dimension.Point => ShapeKind.Points,
            Dimension.Curve => ShapeKind.Lines,
            _ => ShapeKind.Polygons,
        };
        return new Shape(kind, [.. coordinates], [.. ends], Box.Of(geometry.EnvelopeInternal));

        void AddRing(LineString ring, bool outer)
        {
            // counter-clockwise with y to the north is a negative area with y to the south
            var reverse = Orientation.IsCCW(ring.CoordinateSequence) == outer;
            Add(ring.Coordinates, ring.NumPoints - 1, reverse);
        }

        void Add(Coordinate[] points, int count, bool reverse)
        {
            for (var i = 0; i < count; i++)
            {
                var point = points[reverse ? count - 1 - i : i];
                coordinates.Add(World.X(point.X));
                coordinates.Add(World.Y(point.Y));
            }
            ends.Add(coordinates.Count);
        }
    }
}
