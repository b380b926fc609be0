using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using NetTopologySuite.Geometries;
using SituationMap.Core;
using SituationMap.Core.Json;
using SituationMap.Geo.Outlines;
using SituationMap.Server.Http;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Server.Zones;

/// <summary>What a request of planning says: a draft, the fields of a step, and what the caller has seen of the zone.</summary>
internal static class PlanningRequest
{
    private const int MaxParts = 26;
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static async Task<(ReadDraft? Draft, IResult? Refused)> ReadDraftAsync(
        HttpContext context,
        TimeProvider clock,
        CancellationToken cancellation,
        bool isComplete = true
    )
    {
        var (body, unreadable) = await ReadJsonAsync(context.Request, isOptional: false, cancellation);
        if (unreadable is not null)
            return (null, Problems.BadRequest(unreadable));
        return ReadDraft(body, clock.GetUtcNow(), isComplete);
    }

    public static (ReadDraft? Draft, IResult? Refused) ReadDraft(JsonElement body, DateTimeOffset now, bool isComplete = true)
    {
        var (draft, fault, position) = DraftReader.Read(body, now, isComplete);
        return draft is not null
            ? (draft, null)
            : (
                null,
                Problems.From(
                    StatusCodes.Status400BadRequest,
                    fault!,
                    position is null ? null : [new("place", new[] { position.X, position.Y })]
                )
            );
    }

    public static async Task<(JsonElement Body, Fault? Fault)> ReadJsonAsync(
        HttpRequest request,
        bool isOptional,
        CancellationToken cancellation
    )
    {
        try
        {
            if (isOptional && request.ContentLength is 0 or null && request.ContentType is null)
                return (JsonSerializer.Deserialize<JsonElement>("{}"), null);
            using var document = await JsonDocument.ParseAsync(
                request.Body,
                new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 16 },
                cancellation
            );
            if (JsonText.FirstUnstorable(document.RootElement) is { } unstorable)
                return (default, new Fault("text-invalid", unstorable, "text without U+0000 and lone surrogates"));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? (document.RootElement.Clone(), null)
                : (default, new Fault("type-wrong", "body", "a JSON object"));
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException) // the latter of a name that is no text
        {
            return (default, new Fault("json-malformed", "body", "well-formed JSON without repeated names"));
        }
    }

    public static MultiPolygon[] Parts(JsonElement body, JsonFields fields)
    {
        if (
            !body.TryGetProperty("parts", out var parts)
            || parts.ValueKind != JsonValueKind.Array
            || parts.GetArrayLength() is < 2 or > MaxParts
        )
        {
            fields.Refuse("parts", "type-wrong", $"an array of 2 to {MaxParts} GeoJSON Polygons");
            return [];
        }
        var read = parts.EnumerateArray().Select((part, index) => OutlineCheck.Read(part, $"parts[{index}]")).ToArray();
        foreach (var (_, fault, _) in read.Where(part => part.Fault is not null))
            fields.Refuse(fault!);
        return fields.Fault is null ? [.. read.Select(part => part.Outline!.Surface)] : [];
    }

    public static DateTimeOffset? OptionalInstant(JsonFields fields, string name) =>
        fields.Has(name) ? fields.Instant(name, Earliest, Earliest.AddYears(200)) : null;

    /// <summary>What the caller has seen, by <c>If-Match</c>; null: he does not say.</summary>
    public static ZoneTag? Seen(HttpContext context) =>
        context.Request.Headers.IfMatch is [{ } tag] ? ZoneTag.Parse(tag) ?? new ZoneTag(-1, -1) : null;

    public static ProblemHttpResult Unseen() =>
        Problems.From(
            StatusCodes.Status428PreconditionRequired,
            new Fault("precondition-missing", HeaderNames.IfMatch, "the ETag of the zone as you saw it")
        );
}
