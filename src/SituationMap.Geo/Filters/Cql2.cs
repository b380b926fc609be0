using System.Globalization;
using NetTopologySuite.Geometries;
using SituationMap.Core.Calendar;
using SituationMap.Core.Projections;
using SituationMap.Geo.Features;

namespace SituationMap.Geo.Filters;

/// <summary>What is wrong with a filter: <see cref="Exception.Message"/> says what was expected, for who wrote it.</summary>
public sealed class Cql2Exception(string message) : Exception(message);

/// <summary>Filters in OGC's Common Query Language, CQL2, and the literals that both of its forms have.</summary>
public static class Cql2
{
    /// <summary>The longest filter in the text form.</summary>
    public const int MaxCharacters = 8_192;

    /// <summary>How deep expressions stand within each other.</summary>
    public const int MaxDepth = 64;

    internal static readonly string[] SpatialOperators =
    [
        "s_intersects",
        "s_disjoint",
        "s_within",
        "s_contains",
        "s_equals",
        "s_touches",
        "s_overlaps",
        "s_crosses",
    ];

    /// <summary>Reads a filter in the text form.</summary>
    /// <param name="crs">In which its geometries are.</param>
    /// <exception cref="Cql2Exception">It is none; the message says what was expected.</exception>
    public static Cql2Expression<TFeature> ReadText<TFeature>(string text, Cql2Schema<TFeature> schema, CoordinateSystem crs) =>
        Cql2Text<TFeature>.Read(text, schema, crs);

    /// <summary>Reads a filter in the JSON form.</summary>
    /// <inheritdoc cref="ReadText"/>
    public static Cql2Expression<TFeature> ReadJson<TFeature>(string json, Cql2Schema<TFeature> schema, CoordinateSystem crs) =>
        Cql2Json.Read(json, schema, crs);

    /// <summary>Both hold.</summary>
    public static Cql2Expression<TFeature> And<TFeature>(Cql2Expression<TFeature> one, Cql2Expression<TFeature> other) =>
        Cql2Operators<TFeature>.And(one, other);

    /// <summary>The property has the value that a text means; null: the text means none of its type.</summary>
    public static Cql2Expression<TFeature>? Equal<TFeature>(Cql2Property<TFeature> property, string text) =>
        Cql2Operators<TFeature>.Literal(property, text) is { } value ? Cql2Operators<TFeature>.Equal(property, value) : null;

    /// <summary>A shape as it was written, to lon, lat.</summary>
    internal static Geometry ToLonLat(Geometry shape, CoordinateSystem crs)
    {
        var (moved, expected) = Reprojection.ToLonLat(shape, crs);
        return moved ?? throw new Cql2Exception(expected!);
    }

    /// <summary>A box in any system as a shape in lon, lat.</summary>
    internal static Geometry Box(string numbers, CoordinateSystem crs) =>
        Reprojection.Box(numbers, crs) is { } boxes
            ? boxes.Select(GeometryFactory.Default.ToGeometry).Aggregate((one, other) => one.Union(other))
            : throw new Cql2Exception("a box of four numbers: the smallest and the largest of both axes");

    internal static DateTimeOffset Instant(string text) =>
        Instants.TryParse(text, out var instant) ? instant
        : DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out instant)
            ? instant
        : throw new Cql2Exception("a time with its offset, such as 2020-02-05T09:00:00Z");
}
