using System.Globalization;
using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Prepared;
using SituationMap.Core.Calendar;
using SituationMap.Core.Projections;
using SituationMap.Geo.Features;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Ogc;

/// <summary>Whether a filter holds of the feature at a place; null: it cannot be said, for a value is missing.</summary>
internal delegate bool? Cql2Expression(Snapshot snapshot, int place);

/// <summary>What is wrong with a filter, in words for who wrote it.</summary>
internal sealed class Cql2Exception(string message) : Exception(message);

/// <summary>A property or a value in a filter.</summary>
/// <param name="Property">Null: a value.</param>
/// <param name="Value">A text, a double, a boolean, an instant or a geometry in lon, lat.</param>
internal readonly record struct Cql2Operand(FeatureProperty? Property, object? Value, bool IsGeometry = false)
{
    public object? Of(Snapshot snapshot, int place) => Property is null ? Value : Property.Value(snapshot, place);
}

/// <summary>The parts of which filters in CQL2 are made, whichever way they are written.</summary>
internal static class Cql2
{
    public const int MaxCharacters = 8_192;
    public const int MaxDepth = 64;

    public static readonly string[] SpatialOperators =
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

    public static Cql2Operand PropertyOf(FeatureCollection collection, string name) =>
        name is "geometry" or "geom" ? new Cql2Operand(null, null, IsGeometry: true)
        : Array.Find(collection.Properties, property => property.Name == name) is { } property ? new Cql2Operand(property, null)
        : throw new Cql2Exception(
            $"one of the properties geometry, {string.Join(", ", collection.Properties.Select(known => known.Name))}; there is no {name}"
        );

    public static Cql2Expression And(Cql2Expression one, Cql2Expression other) =>
        (snapshot, place) =>
            one(snapshot, place) switch
            {
                false => false,
                true => other(snapshot, place),
                null => other(snapshot, place) == false ? false : null,
            };

    public static Cql2Expression Or(Cql2Expression one, Cql2Expression other) =>
        (snapshot, place) =>
            one(snapshot, place) switch
            {
                true => true,
                false => other(snapshot, place),
                null => other(snapshot, place) == true ? true : null,
            };

    public static Cql2Expression Not(Cql2Expression one) => (snapshot, place) => !one(snapshot, place);

    public static Cql2Expression IsNull(Cql2Operand operand) => (snapshot, place) => operand.Of(snapshot, place) is null;

    public static Cql2Expression Equal(FeatureProperty property, object value) =>
        Compare("=", new Cql2Operand(property, null), new Cql2Operand(null, value));

    public static Cql2Expression Compare(string operation, Cql2Operand one, Cql2Operand other)
    {
        if (one.IsGeometry || other.IsGeometry || one.Value is Geometry || other.Value is Geometry)
            throw new Cql2Exception($"geometries with {string.Join(", ", SpatialOperators)} alone");
        if (TypeOf(one) != TypeOf(other))
            throw new Cql2Exception($"two values of one type beside {operation}");
        Func<int, bool> holds = operation switch
        {
            "=" => order => order == 0,
            "<>" => order => order != 0,
            "<" => order => order < 0,
            ">" => order => order > 0,
            "<=" => order => order <= 0,
            ">=" => order => order >= 0,
            _ => throw new Cql2Exception($"one of =, <>, <, >, <=, >= in place of {operation}"),
        };
        return (snapshot, place) =>
            one.Of(snapshot, place) is { } left && other.Of(snapshot, place) is { } right ? holds(Order(left, right)) : null;
    }

    public static Cql2Expression Between(Cql2Operand operand, Cql2Operand least, Cql2Operand most) =>
        And(Compare(">=", operand, least), Compare("<=", operand, most));

    public static Cql2Expression In(Cql2Operand operand, IReadOnlyList<Cql2Operand> values) =>
        values.Count == 0
            ? throw new Cql2Exception("at least one value within in")
            : values.Select(value => Compare("=", operand, value)).Aggregate(Or);

    public static Cql2Expression Like(Cql2Operand operand, Cql2Operand pattern)
    {
        if (TypeOf(operand) != "string" || pattern.Value is not string text)
            throw new Cql2Exception("a property that is a text, and a pattern, beside like");
        var like = new LikePattern(text);
        return (snapshot, place) => operand.Of(snapshot, place) is string value ? like.Matches(value) : null;
    }

    public static Cql2Expression Spatial(string operation, Cql2Operand one, Cql2Operand other, FeatureCollection collection)
    {
        if (one.IsGeometry == other.IsGeometry || (one.Value ?? other.Value) is not Geometry shape)
            throw new Cql2Exception($"the property geometry and one shape within {operation}");
        if (!shape.IsValid)
            throw new Cql2Exception("a valid shape: its lines do not cross one another");
        var prepared = PreparedGeometryFactory.Prepare(shape);
        var isTurned = other.IsGeometry; // the shape comes first
        Func<Geometry, bool> holds = (operation, isTurned) switch
        {
            ("s_intersects", _) => prepared.Intersects,
            ("s_disjoint", _) => prepared.Disjoint,
            ("s_within", false) or ("s_contains", true) => prepared.Contains,
            ("s_within", true) or ("s_contains", false) => prepared.Within,
            ("s_equals", _) => shape.EqualsTopologically,
            ("s_touches", _) => prepared.Touches,
            ("s_overlaps", _) => prepared.Overlaps,
            ("s_crosses", _) => prepared.Crosses,
            _ => throw new Cql2Exception($"one of {string.Join(", ", SpatialOperators)} in place of {operation}"),
        };
        return (snapshot, place) => holds(collection.Geometry(snapshot, place));
    }

    /// <summary>A shape as it was written, to lon, lat.</summary>
    public static Geometry ToLonLat(Geometry shape, CoordinateSystem crs)
    {
        var (moved, expected) = Reprojection.ToLonLat(shape, crs);
        return moved ?? throw new Cql2Exception(expected!);
    }

    /// <summary>A box in any system as a shape in lon, lat.</summary>
    public static Geometry Box(string numbers, CoordinateSystem crs) =>
        Reprojection.Box(numbers, crs) is { } boxes
            ? boxes.Select(GeometryFactory.Default.ToGeometry).Aggregate((one, other) => one.Union(other))
            : throw new Cql2Exception("a box of four numbers: the smallest and the largest of both axes");

    /// <summary>The value that a text means where a property is compared with it; null: none.</summary>
    public static object? Literal(FeatureProperty property, string text) =>
        (property.Type, property.Format) switch
        {
            ("boolean", _) => bool.TryParse(text, out var truth) ? truth : null,
            ("integer", _) or ("number", _) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
                ? number
                : null,
            (_, "date-time") => Instants.TryParse(text, out var instant) ? instant : null,
            _ => text,
        };

    public static DateTimeOffset Instant(string text) =>
        Instants.TryParse(text, out var instant) ? instant
        : DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out instant)
            ? instant
        : throw new Cql2Exception("a time with its offset, such as 2020-02-05T09:00:00Z");

    private static string TypeOf(Cql2Operand operand) =>
        operand switch
        {
            { Property: { } property } => property.Format ?? (property.Type == "integer" ? "number" : property.Type),
            { Value: string } => "string",
            { Value: double } => "number",
            { Value: bool } => "boolean",
            { Value: DateTimeOffset } => "date-time",
            _ => "none",
        };

    private static int Order(object left, object right) =>
        (left, right) switch
        {
            (string one, string other) => string.CompareOrdinal(one, other),
            _ => Comparer<object>.Default.Compare(left, right),
        };
}
