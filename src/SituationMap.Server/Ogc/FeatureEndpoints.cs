using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Primitives;
using SituationMap.Core.Projections;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Server.Lookups;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Server.Ogc;

/// <summary>The features of a collection in pages, and one of them, from the present picture.</summary>
internal static class FeatureEndpoints
{
    /// <summary>Answers are sent on when this much is written.</summary>
    private const int Portion = 64 << 10;

    public static void MapFeatures(this IEndpointRouteBuilder ogc)
    {
        ogc.MapGet("/collections/{collection}/items", GetItemsAsync)
            // each collection has names of its own
            .TakesAnyQuery()
            .WithSummary("Features of a collection, in pages (GeoJSON)")
            .WithDescription(
                "limit= features a page (100; at most 10,000), and a next link where there are more. bbox= with bbox-crs=; "
                    + "datetime= an instant or an interval, for zones: those in force then, while state=draft, submitted or rejected "
                    + "gives what is planned; crs= of the answer, in that system's order of axes; "
                    + "filter= in CQL2 with filter-lang= cql2-text or cql2-json and filter-crs=; and every property of the "
                    + "collection as a parameter."
            )
            .Produces<object>(StatusCodes.Status200OK, OgcAnswers.GeoJson);
        ogc.MapGet("/collections/{collection}/items/{id}", GetItemAsync)
            // with what is planned of it, and its ETag
            .UsesStore(when: context => FeatureCollections.Find(context.GetRouteValue("collection") as string ?? "")?.HasTime == true)
            .WithSummary("One feature (GeoJSON)")
            .WithDescription(
                "A zone's id is its code, a colon and the version, or draft; its code alone is what is in force. Zones come "
                    + "with the ETag that changing them asks for."
            )
            .Produces<object>(StatusCodes.Status200OK, OgcAnswers.GeoJson);
    }

    private static async Task GetItemsAsync(
        string collection,
        HttpContext context,
        SnapshotHolder holder,
        ZoneReader zoneReader,
        CoordinateSystems systems,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        if (FeatureCollections.Find(collection) is not { } asked)
        {
            await OgcEndpoints.Unknown().ExecuteAsync(context);
            return;
        }
        var (query, fault) = FeatureQuery.Read(context.Request.Query, asked, systems);
        if ((fault ?? OgcAnswers.CheckForm(context.Request)) is { } wrong)
        {
            await Problems.BadRequest(wrong).ExecuteAsync(context);
            return;
        }
        var snapshot = holder.Current;
        if (asked.HasTime && await ZoneFeatures.ReadAsync(zoneReader, query!, context.Request.Query["state"], cancellation) is { } zones)
            snapshot = snapshot with { Zones = zones, AsOf = clock.GetUtcNow() };
        var (indexes, more, matched) = FeatureSelection.Select(asked, query!, snapshot, context.Scope(), cancellation);

        JsonObject[] links =
        [
            .. OgcAnswers.Self(context.Request, OgcAnswers.GeoJson),
            .. more ? [Next(context.Request, asked.Key(snapshot, indexes[^1]))] : (JsonObject[])[],
            OgcAnswers.Link($"{OgcAnswers.Root(context.Request)}/collections/{asked.Id}", "collection", OgcAnswers.Json, asked.Title),
        ];
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers["Situation-Sequence"] = snapshot.SequenceText;
        context.Response.Headers["Content-Crs"] = $"<{query!.Crs.Uri}>";
        if (OgcAnswers.WantsHtml(context.Request))
        {
            var features = indexes
                .Take(MaxOnPage)
                .Select(index => new JsonObject
                {
                    ["id"] = asked.IdOf(snapshot, index),
                    ["properties"] = FeatureWriter.Properties(asked, snapshot, index),
                });
            await OgcPage.WriteAsync(
                context,
                new JsonObject
                {
                    ["title"] = asked.Title,
                    ["description"] = asked.Description,
                    ["features"] = OgcEndpoints.Array(features),
                    ["links"] = OgcEndpoints.Array(links),
                }
            );
            return;
        }
        context.Response.ContentType = OgcAnswers.GeoJson;
        await using var writer = new Utf8JsonWriter(
            context.Response.BodyWriter,
            new JsonWriterOptions { Encoder = LookupTexts.Plain.Encoder }
        );
        writer.WriteStartObject();
        writer.WriteString("type"u8, "FeatureCollection"u8);
        writer.WriteString("timeStamp"u8, snapshot.AsOf.UtcDateTime);
        if (matched is { } number)
            writer.WriteNumber("numberMatched"u8, number);
        writer.WriteNumber("numberReturned"u8, indexes.Count);
        writer.WriteStartArray("features"u8);
        foreach (var index in indexes)
        {
            FeatureWriter.Write(writer, asked, snapshot, index, query.Crs);
            if (writer.BytesPending > Portion)
            {
                await writer.FlushAsync(cancellation);
                await context.Response.BodyWriter.FlushAsync(cancellation);
            }
        }
        writer.WriteEndArray();
        FeatureWriter.WriteLinks(writer, links);
        writer.WriteEndObject();
        await writer.FlushAsync(cancellation);
    }

    /// <summary>A page for people shows no more, whatever limit says.</summary>
    private const int MaxOnPage = 1_000;

    private static async Task GetItemAsync(
        string collection,
        string id,
        HttpContext context,
        SnapshotHolder holder,
        ZoneReader zoneReader,
        CoordinateSystems systems,
        TimeProvider clock,
        CancellationToken cancellation,
        string? crs = null
    )
    {
        if (FeatureCollections.Find(collection) is not { } asked)
        {
            await OgcEndpoints.Unknown().ExecuteAsync(context);
            return;
        }
        if (
            (
                systems.Find(crs ?? CoordinateSystems.Default) is null
                    ? PositionReader.UnknownSystem("crs")
                    : OgcAnswers.CheckForm(context.Request)
            ) is
            { } wrong
        )
        {
            await Problems.BadRequest(wrong).ExecuteAsync(context);
            return;
        }
        var (snapshot, system) = (holder.Current, systems.Find(crs ?? CoordinateSystems.Default)!);
        if (asked.HasTime)
        {
            var (zone, tag) = await ZoneFeatures.FindAsync(zoneReader, id, clock.GetUtcNow(), cancellation);
            snapshot = snapshot with { Zones = zone is null ? [] : [zone], AsOf = clock.GetUtcNow() };
            if (tag is not null && !OgcAnswers.WantsHtml(context.Request))
                context.Response.Headers.ETag = tag;
        }
        var index = asked.Find(snapshot, id);
        if (index < 0 || !asked.IsIn(context.Scope(), snapshot, index))
            await Problems.NotFound("id", "the id of a feature of this collection").ExecuteAsync(context);
        else
            await AnswerAsync(context, asked, snapshot, index, system, cancellation);
    }

    /// <summary>Answers with one feature as GeoJSON.</summary>
    public static async Task WriteAsync(
        HttpContext context,
        FeatureCollection collection,
        Snapshot snapshot,
        int index,
        CoordinateSystem system,
        JsonObject[] links,
        CancellationToken cancellation,
        JsonNode? mended = null
    )
    {
        context.Response.ContentType = OgcAnswers.GeoJson;
        context.Response.Headers["Content-Crs"] = $"<{system.Uri}>";
        await using var writer = new Utf8JsonWriter(
            context.Response.BodyWriter,
            new JsonWriterOptions { Encoder = LookupTexts.Plain.Encoder }
        );
        FeatureWriter.Write(writer, collection, snapshot, index, system, links, mended);
        await writer.FlushAsync(cancellation);
    }

    private static async Task AnswerAsync(
        HttpContext context,
        FeatureCollection collection,
        Snapshot snapshot,
        int index,
        CoordinateSystem system,
        CancellationToken cancellation
    )
    {
        JsonObject[] links =
        [
            .. OgcAnswers.Self(context.Request, OgcAnswers.GeoJson),
            OgcAnswers.Link(
                $"{OgcAnswers.Root(context.Request)}/collections/{collection.Id}",
                "collection",
                OgcAnswers.Json,
                collection.Title
            ),
        ];
        context.Response.Headers.CacheControl = "no-cache";
        if (OgcAnswers.WantsHtml(context.Request))
        {
            context.Response.Headers["Content-Crs"] = $"<{system.Uri}>";
            await OgcPage.WriteAsync(
                context,
                new JsonObject
                {
                    ["title"] = collection.IdOf(snapshot, index),
                    ["geometry"] = FeatureWriter.Words(collection.Geometry(snapshot, index), system),
                    ["properties"] = FeatureWriter.Properties(collection, snapshot, index),
                    ["links"] = OgcEndpoints.Array(links),
                }
            );
            return;
        }
        await WriteAsync(context, collection, snapshot, index, system, links, cancellation);
    }

    private static JsonObject Next(HttpRequest request, long after) =>
        OgcAnswers.Link(
            OgcAnswers.Root(request)[..^4]
                + request.Path
                + QueryString.Create(
                    request.Query.Where(parameter => parameter.Key != "after").Append(new("after", new StringValues(after.ToString())))
                ),
            "next",
            OgcAnswers.WantsHtml(request) ? OgcAnswers.Html : OgcAnswers.GeoJson,
            "The next page"
        );
}
