using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Primitives;
using NetTopologySuite.Geometries;
using SituationMap.Core.Projections;
using SituationMap.Geo.Features;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Server.Lookups;
using SituationMap.Store.Access;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Server.Ogc;

/// <summary>The features of a collection in pages, and one of them, from the present picture.</summary>
internal static class FeatureEndpoints
{
    /// <summary>Answers are sent on when this much is written.</summary>
    private const int Portion = 64 << 10;

    /// <summary>How many are looked at exactly for the sake of numberMatched.</summary>
    private const int MaxCounted = 10_000;

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
        var (places, more, matched) = Select(asked, query!, snapshot, context.Scope(), cancellation);

        JsonObject[] links =
        [
            .. OgcAnswers.Self(context.Request, OgcAnswers.GeoJson),
            .. more ? [Next(context.Request, asked.Key(snapshot, places[^1]))] : (JsonObject[])[],
            OgcAnswers.Link($"{OgcAnswers.Root(context.Request)}/collections/{asked.Id}", "collection", OgcAnswers.Json, asked.Title),
        ];
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers["Situation-Sequence"] = snapshot.SequenceText;
        context.Response.Headers["Content-Crs"] = $"<{query!.Crs.Uri}>";
        if (OgcAnswers.WantsHtml(context.Request))
        {
            var features = places
                .Take(MaxOnPage)
                .Select(place => new JsonObject
                {
                    ["id"] = asked.IdOf(snapshot, place),
                    ["properties"] = Properties(asked, snapshot, place),
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
        writer.WriteNumber("numberReturned"u8, places.Count);
        writer.WriteStartArray("features"u8);
        foreach (var place in places)
        {
            Write(writer, asked, snapshot, place, query.Crs);
            if (writer.BytesPending > Portion)
            {
                await writer.FlushAsync(cancellation);
                await context.Response.BodyWriter.FlushAsync(cancellation);
            }
        }
        writer.WriteEndArray();
        WriteLinks(writer, links);
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
        var place = asked.Find(snapshot, id);
        if (place < 0 || !asked.IsIn(context.Scope(), snapshot, place))
            await Problems.NotFound("id", "the id of a feature of this collection").ExecuteAsync(context);
        else
            await AnswerAsync(context, asked, snapshot, place, system, cancellation);
    }

    /// <summary>Answers with one feature as GeoJSON.</summary>
    public static async Task WriteAsync(
        HttpContext context,
        FeatureCollection collection,
        Snapshot snapshot,
        int place,
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
        Write(writer, collection, snapshot, place, system, links, mended);
        await writer.FlushAsync(cancellation);
    }

    private static async Task AnswerAsync(
        HttpContext context,
        FeatureCollection collection,
        Snapshot snapshot,
        int place,
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
                    ["title"] = collection.IdOf(snapshot, place),
                    ["geometry"] = Words(collection.Geometry(snapshot, place), system),
                    ["properties"] = Properties(collection, snapshot, place),
                    ["links"] = OgcEndpoints.Array(links),
                }
            );
            return;
        }
        await WriteAsync(context, collection, snapshot, place, system, links, cancellation);
    }

    /// <summary>The places of one page, whether more follow, and how many there are without pages, where that is cheap to say.</summary>
    private static (List<int> Places, bool More, long? Matched) Select(
        FeatureCollection collection,
        FeatureQuery query,
        Snapshot snapshot,
        Scope scope,
        CancellationToken cancellation
    )
    {
        int[] candidates;
        Geometry? around = null;
        if (query.Boxes is { } boxes && collection.Meet is { } meet)
        {
            candidates = [.. boxes.SelectMany(box => meet(snapshot, box)).Distinct()];
            Array.Sort(Array.ConvertAll(candidates, place => collection.Key(snapshot, place)), candidates);
        }
        else
            candidates = collection.Order(snapshot);
        if (query.Boxes is not null)
            around = query.Boxes.Select(snapshot.City.GeometryFactory.ToGeometry).Aggregate((one, other) => one.Union(other));

        var places = new List<int>(Math.Min(query.Limit, 1_000));
        var more = false;
        // by halves: the candidates are in the order of their keys
        var (first, end) = (0, candidates.Length);
        while (first < end)
        {
            var middle = (first + end) / 2;
            (first, end) = collection.Key(snapshot, candidates[middle]) > query.After ? (first, middle) : (middle + 1, end);
        }
        for (var i = first; i < candidates.Length && !more; i++)
        {
            if ((i & 0xFFF) == 0)
                cancellation.ThrowIfCancellationRequested();
            if (!Holds(candidates[i]))
                continue;
            more = places.Count == query.Limit;
            if (!more)
                places.Add(candidates[i]);
        }
        long? matched =
            !more && first == 0 ? places.Count
            : query.Filter is null && around is null && (collection.Grid is null || scope.IsWholeCity) ? candidates.Length
            : candidates.Length <= MaxCounted ? candidates.Count(Holds)
            : null;
        return (places, more, matched);

        bool Holds(int place) =>
            collection.IsIn(scope, snapshot, place)
            && (around is null || around.Intersects(collection.Geometry(snapshot, place)))
            && (query.Filter is null || query.Filter(new FeatureAt(snapshot, place)) == true);
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

    private static void Write(
        Utf8JsonWriter writer,
        FeatureCollection collection,
        Snapshot snapshot,
        int place,
        CoordinateSystem crs,
        JsonObject[]? links = null,
        JsonNode? mended = null
    )
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Feature"u8);
        writer.WriteString("id"u8, collection.IdOf(snapshot, place));
        writer.WritePropertyName("geometry"u8);
        GeoJson.Write(writer, collection.Geometry(snapshot, place), crs);
        writer.WriteStartObject("properties"u8);
        foreach (var property in collection.Properties)
        {
            switch (property.Value(snapshot, place))
            {
                case null:
                    writer.WriteNull(property.Name);
                    break;
                case double number:
                    writer.WriteNumber(property.Name, number);
                    break;
                case bool truth:
                    writer.WriteBoolean(property.Name, truth);
                    break;
                case DateTimeOffset instant:
                    writer.WriteString(property.Name, instant.UtcDateTime);
                    break;
                case var text:
                    writer.WriteString(property.Name, (string)text);
                    break;
            }
        }
        writer.WriteEndObject();
        if (links is not null)
            WriteLinks(writer, links);
        if (mended is not null)
        {
            writer.WritePropertyName("mended"u8);
            mended.WriteTo(writer);
        }
        writer.WriteEndObject();
    }

    private static void WriteLinks(Utf8JsonWriter writer, JsonObject[] links)
    {
        writer.WriteStartArray("links"u8);
        foreach (var link in links)
            link.WriteTo(writer);
        writer.WriteEndArray();
    }

    /// <summary>A geometry for people: what it is, and where, in the order of the system's axes.</summary>
    private static string Words(Geometry geometry, CoordinateSystem system)
    {
        var box = geometry.EnvelopeInternal;
        return $"{geometry.GeometryType}, {geometry.NumPoints} positions, "
            + $"{Corner(box.MinX, box.MinY)}{(geometry is Point ? "" : $" – {Corner(box.MaxX, box.MaxY)}")} ({system.Code})";

        string Corner(double longitude, double latitude)
        {
            var (x, y) = system.FromLonLat(longitude, latitude);
            var (first, second) = system.Axes == AxisOrder.NorthEast ? (y, x) : (x, y);
            return FormattableString.Invariant(
                $"{Math.Round(first, system.IsGeographic ? 7 : 2)}, {Math.Round(second, system.IsGeographic ? 7 : 2)}"
            );
        }
    }

    private static JsonObject Properties(FeatureCollection collection, Snapshot snapshot, int place)
    {
        var properties = new JsonObject();
        foreach (var property in collection.Properties)
            properties[property.Name] = JsonValue.Create(property.Value(snapshot, place)?.ToString());
        return properties;
    }
}
