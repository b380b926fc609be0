using System.Globalization;
using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Prepared;
using SituationMap.Core.Calendar;

namespace SituationMap.Geo.Filters;

/// <summary>Whether a filter holds of a feature; null: it cannot be said, for a value is missing.</summary>
public delegate bool? Cql2Expression<in TFeature>(TFeature feature);

/// <summary>A property that filters may name.</summary>
/// <param name="Type">As JSON Schema names it.</param>
/// <param name="Format">As JSON Schema names it; null: none.</param>
/// <param name="Value">Of a feature: a text, a number as double, a boolean, an instant, or null.</param>
public sealed record Cql2Property<TFeature>(string Name, string Type, string? Format, Func<TFeature, object?> Value);

/// <summary>What filters may name.</summary>
/// <param name="Geometry">In lon, lat; filters name it geometry or geom.</param>
public sealed record Cql2Schema<TFeature>(IReadOnlyList<Cql2Property<TFeature>> Properties, Func<TFeature, Geometry> Geometry);

/// <summary>A property or a value in a filter.</summary>
/// <param name="Property">Null: a value.</param>
/// <param name="Value">A text, a double, a boolean, an instant or a geometry in lon, lat.</param>
internal readonly record struct Cql2Operand<TFeature>(Cql2Property<TFeature>? Property, object? Value, bool IsGeometry = false)
{
    public object? Of(TFeature feature) => Property is null ? Value : Property.Value(feature);
}

/// <summary>The parts of which filters in CQL2 are made, whichever way they are written. Nothing is said of what is not known: the logic
/// has three values, as SQL's.</summary>
internal static class Cql2Operators<TFeature>
{
    public static Cql2Operand<TFeature> PropertyOf(Cql2Schema<TFeature> schema, string name) =>
        name is "geometry" or "geom" ? new Cql2Operand<TFeature>(null, null, IsGeometry: true)
        : schema.Properties.FirstOrDefault(property => property.Name == name) is { } property ? new Cql2Operand<TFeature>(property, null)
        : throw new Cql2Exception(
            $"one of the properties geometry, {string.Join(", ", schema.Properties.Select(known => known.Name))}; there is no {name}"
        );

    /// <summary>Both hold.</summary>
    public static Cql2Expression<TFeature> And(Cql2Expression<TFeature> one, Cql2Expression<TFeature> other) =>
        feature =>
            one(feature) switch
            {
                false => false,
                true => other(feature),
                null => other(feature) == false ? false : null,
            };

    public static Cql2Expression<TFeature> Or(Cql2Expression<TFeature> one, Cql2Expression<TFeature> other) =>
        feature =>
            one(feature) switch
            {
                true => true,
                false => other(feature),
                null => other(feature) == true ? true : null,
            };

    public static Cql2Expression<TFeature> Not(Cql2Expression<TFeature> one) => feature => !one(feature);

    public static Cql2Expression<TFeature> IsNull(Cql2Operand<TFeature> operand) => feature => operand.Of(feature) is null;

    /// <summary>The property has this value.</summary>
    public static Cql2Expression<TFeature> Equal(Cql2Property<TFeature> property, object value) =>
        Compare("=", new Cql2Operand<TFeature>(property, null), new Cql2Operand<TFeature>(null, value));

    public static Cql2Expression<TFeature> Compare(string operation, Cql2Operand<TFeature> one, Cql2Operand<TFeature> other)
    {
        if (one.IsGeometry || other.IsGeometry || one.Value is Geometry || other.Value is Geometry)
            throw new Cql2Exception($"geometries with {string.Join(", ", Cql2.SpatialOperators)} alone");
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
        return feature => one.Of(feature) is { } left && other.Of(feature) is { } right ? holds(Order(left, right)) : null;
    }

    public static Cql2Expression<TFeature> Between(
        Cql2Operand<TFeature> operand,
        Cql2Operand<TFeature> least,
        Cql2Operand<TFeature> most
    ) => And(Compare(">=", operand, least), Compare("<=", operand, most));

    public static Cql2Expression<TFeature> In(Cql2Operand<TFeature> operand, IReadOnlyList<Cql2Operand<TFeature>> values) =>
        values.Count == 0
            ? throw new Cql2Exception("at least one value within in")
            : values.Select(value => Compare("=", operand, value)).Aggregate(Or);

    public static Cql2Expression<TFeature> Like(Cql2Operand<TFeature> operand, Cql2Operand<TFeature> pattern)
    {
        if (TypeOf(operand) != "string" || pattern.Value is not string text)
            throw new Cql2Exception("a property that is a text, and a pattern, beside like");
        var like = new LikePattern(text);
        return feature => operand.Of(feature) is string value ? like.Matches(value) : null;
    }

    public static Cql2Expression<TFeature> Spatial(
        string operation,
        Cql2Operand<TFeature> one,
        Cql2Operand<TFeature> other,
        Cql2Schema<TFeature> schema
    )
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
            _ => throw new Cql2Exception($"one of {string.Join(", ", Cql2.SpatialOperators)} in place of {operation}"),
        };
        return feature => holds(schema.Geometry(feature));
    }

    /// <summary>The value that a text means where a property is compared with it; null: none.</summary>
    public static object? Literal(Cql2Property<TFeature> property, string text) =>
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

    private static string TypeOf(Cql2Operand<TFeature> operand) =>
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
