using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;
using SituationMap.Core;
using SituationMap.Core.Projections;
using SituationMap.Geo.Outlines;
using SituationMap.Server.Http;
using SituationMap.Server.Lookups;
using SituationMap.Server.Zones;

namespace SituationMap.Server.Ogc;

/// <summary>A feature, or a patch of one (RFC 7396), as it was sent.</summary>
/// <param name="Json">Its geometry is in lon, lat, whatever system it came in.</param>
/// <param name="System">In which it came: what <c>Content-Crs</c> names, else CRS84.</param>
internal sealed record FeatureBody(JsonObject Json, CoordinateSystem System)
{
    /// <summary>Reads the body of a request, or says why not: 400 without a media type, 415 with another one.</summary>
    public static async Task<(FeatureBody? Body, IResult? Refused)> ReadAsync(
        HttpRequest request,
        CoordinateSystems systems,
        string[] types,
        CancellationToken cancellation
    )
    {
        if (string.IsNullOrEmpty(request.ContentType))
            return Wrong("field-missing", HeaderNames.ContentType, string.Join(" or ", types));
        if (
            !MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !types.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase)
        )
            return (
                null,
                Problems.From(
                    StatusCodes.Status415UnsupportedMediaType,
                    new Fault("media-type-unsupported", HeaderNames.ContentType, string.Join(" or ", types))
                )
            );
        var named = request.Headers["Content-Crs"];
        if (
            systems.Find(named.Count == 0 ? CoordinateSystems.Default : named.ToString().Trim().TrimStart('<').TrimEnd('>'))
            is not { } system
        )
            return Wrong("crs-unknown", "Content-Crs", "one of those that the collection lists under crs, between < and >");
        var (read, fault) = await PlanningRequest.ReadJsonAsync(request, isOptional: false, cancellation);
        if (fault is not null)
            return (null, Problems.BadRequest(fault));
        var json = JsonObject.Create(read)!;
        var left = OutlineCheck.MaxVertices;
        return
            json["geometry"] is JsonObject geometry
            && system.Code != CoordinateSystems.Default
            && ToLonLat(geometry["coordinates"], "geometry.coordinates", system, ref left) is { } wrong
            ? (null, Problems.BadRequest(wrong))
            : (new FeatureBody(json, system), null);
    }

    /// <summary>What becomes of a document by a patch: members that are null there are gone, objects are patched member by member, all else
    /// is replaced.</summary>
    public static JsonNode? Merge(JsonNode? document, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
            return patch?.DeepClone();
        var merged = document is JsonObject old ? (JsonObject)old.DeepClone() : [];
        foreach (var (name, value) in changes)
        {
            if (value is null)
                merged.Remove(name);
            else
                merged[name] = Merge(merged[name], value);
        }
        return merged;
    }

    /// <summary>Writes lon, lat in place of every position. What is none is left to whoever reads the geometry.</summary>
    /// <param name="left">How many positions an outline may still have; beyond them it is refused anyway.</param>
    private static Fault? ToLonLat(JsonNode? node, string field, CoordinateSystem system, ref int left)
    {
        if (node is not JsonArray array || left < 0)
            return null;
        if (array.Count >= 2 && Number(array[0]) is { } first && Number(array[1]) is { } second)
        {
            left--;
            var (x, y) = system.Axes == AxisOrder.NorthEast ? (second, first) : (first, second);
            var (position, fault) = PositionReader.Of(system, x, y);
            if (fault is not null)
                return fault with { Field = field };
            (array[0], array[1]) = (position.Longitude, position.Latitude);
            return null;
        }
        for (var i = 0; i < array.Count; i++)
        {
            if (ToLonLat(array[i], $"{field}[{i}]", system, ref left) is { } within)
                return within;
        }
        return null;
    }

    private static double? Number(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<double>(out var number)
            ? number
            : null;

    private static (FeatureBody?, IResult?) Wrong(string code, string field, string expected) =>
        (null, Problems.BadRequest(new Fault(code, field, expected)));
}
