using System.Text.Json;
using SituationMap.Core.Projections;
using SituationMap.Geo.Features;

namespace SituationMap.Geo.Filters;

/// <summary>Reads a filter in CQL2's JSON form.</summary>
internal static class Cql2Json
{
    /// <param name="crs">In which its geometries are.</param>
    /// <exception cref="Cql2Exception">It is none; the message says what was expected.</exception>
    public static Cql2Expression<TFeature> Read<TFeature>(string json, Cql2Schema<TFeature> schema, CoordinateSystem crs)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Cql2.MaxDepth });
            return Expression(document.RootElement);
        }
        catch (JsonException)
        {
            throw new Cql2Exception($"well-formed JSON of at most {Cql2.MaxDepth} levels");
        }
        catch (InvalidOperationException) // text that is no Unicode
        {
            throw new Cql2Exception("text of valid Unicode characters");
        }

        Cql2Expression<TFeature> Expression(JsonElement element)
        {
            if (element.ValueKind is JsonValueKind.True or JsonValueKind.False)
            {
                var truth = element.GetBoolean();
                return _ => truth;
            }
            if (
                element.ValueKind != JsonValueKind.Object
                || !element.TryGetProperty("op", out var name)
                || name.ValueKind != JsonValueKind.String
                || !element.TryGetProperty("args", out var list)
                || list.ValueKind != JsonValueKind.Array
            )
                throw new Cql2Exception("an object with op and args");
            var operation = name.GetString()!;
            JsonElement[] args = [.. list.EnumerateArray()];
            return operation switch
            {
                "and" when args.Length >= 1 => args.Select(Expression).Aggregate(Cql2Operators<TFeature>.And),
                "or" when args.Length >= 1 => args.Select(Expression).Aggregate(Cql2Operators<TFeature>.Or),
                "not" when args.Length == 1 => Cql2Operators<TFeature>.Not(Expression(args[0])),
                "isNull" when args.Length == 1 => Cql2Operators<TFeature>.IsNull(Operand(args[0])),
                "like" when args.Length == 2 => Cql2Operators<TFeature>.Like(Operand(args[0]), Operand(args[1])),
                "between" when args.Length == 3 => Cql2Operators<TFeature>.Between(Operand(args[0]), Operand(args[1]), Operand(args[2])),
                "in" when args.Length == 2 && args[1].ValueKind == JsonValueKind.Array => Cql2Operators<TFeature>.In(
                    Operand(args[0]),
                    [.. args[1].EnumerateArray().Select(Operand)]
                ),
                "=" or "<>" or "<" or ">" or "<=" or ">=" when args.Length == 2 => Cql2Operators<TFeature>.Compare(
                    operation,
                    Operand(args[0]),
                    Operand(args[1])
                ),
                _ when Cql2.SpatialOperators.Contains(operation) && args.Length == 2 => Cql2Operators<TFeature>.Spatial(
                    operation,
                    Operand(args[0]),
                    Operand(args[1]),
                    schema
                ),
                _ => throw new Cql2Exception($"a known op with as many args as it takes in place of {operation}"),
            };
        }

        Cql2Operand<TFeature> Operand(JsonElement element) =>
            element.ValueKind switch
            {
                JsonValueKind.String => new Cql2Operand<TFeature>(null, element.GetString()),
                JsonValueKind.Number => new Cql2Operand<TFeature>(null, element.GetDouble()),
                JsonValueKind.True or JsonValueKind.False => new Cql2Operand<TFeature>(null, element.GetBoolean()),
                JsonValueKind.Object when Text(element, "property") is { } property => Cql2Operators<TFeature>.PropertyOf(schema, property),
                JsonValueKind.Object when (Text(element, "timestamp") ?? Text(element, "date")) is { } instant => new Cql2Operand<TFeature>(
                    null,
                    Cql2.Instant(instant)
                ),
                JsonValueKind.Object when element.TryGetProperty("bbox", out var box) && box.ValueKind == JsonValueKind.Array =>
                    new Cql2Operand<TFeature>(
                        null,
                        Cql2.Box(string.Join(',', box.EnumerateArray().Select(number => number.GetRawText())), crs)
                    ),
                JsonValueKind.Object when GeoJson.Read(element) is { } shape => new Cql2Operand<TFeature>(null, Cql2.ToLonLat(shape, crs)),
                _ => throw new Cql2Exception("a text, a number, a boolean, a property, a timestamp, a bbox or a shape in GeoJSON"),
            };

        static string? Text(JsonElement element, string name) =>
            element.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
    }
}
