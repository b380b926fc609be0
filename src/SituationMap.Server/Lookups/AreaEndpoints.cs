using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Prepared;
using SituationMap.Core;
using SituationMap.Core.Projections;
using SituationMap.Geo.Features;
using SituationMap.Geo.Indexes;
using SituationMap.Geo.Shapes;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Protocols;
using SituationMap.Store.Replay;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Zones;

namespace SituationMap.Server.Lookups;

/// <summary>What lies within an area. A building, with its households, is where its inner point is, and in the zones that its edition
/// says.</summary>
internal static class AreaEndpoints
{
    private const int MaxBytes = 1 << 20;

    public static IEndpointRouteBuilder MapAreas(this IEndpointRouteBuilder routes)
    {
        var api = routes
            .MapGroup("/api")
            .WithTags("Lookups")
            .RequiresRight(Right.See)
            .OpenToListedOrigins()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapNearest();
        api.MapGet("/within", GetWithinAsync)
            .WithSummary("The households, buildings or checkpoints within an area")
            .WithDescription(
                "of= households, buildings or checkpoints, and one area: bbox= west,south,east,north (in the order of crs=); "
                    + "lon and lat, or x and y, with radius= in metres; grid= with all below it; zone= in force. limit= and after= "
                    + "for pages; crs= of what comes in and goes out: lon and lat, or x (easting) and y (northing) in metres; at= a "
                    + "past instant."
            )
            .Produces<PlacedListResponse>();
        api.MapPost("/within", PostWithinAsync)
            .ChangesNothing()
            .WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
            .WithSummary("The same within a polygon")
            .WithDescription(
                "The body is a polygon or several: a GeoJSON geometry, or well-known text (text/plain), in the system and the "
                    + "order of axes of crs=."
            )
            .Accepts<object>("application/json", "application/geo+json", "text/plain")
            .Produces<PlacedListResponse>()
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge);
        return routes;
    }

    private static async Task<IResult> GetWithinAsync(
        HttpContext context,
        PastSnapshots past,
        CoordinateSystems systems,
        ProtocolCatalog protocols,
        CancellationToken cancellation,
        string? of = null,
        string? bbox = null,
        string? lon = null,
        string? lat = null,
        string? x = null,
        string? y = null,
        string? radius = null,
        string? grid = null,
        string? zone = null,
        string? crs = null,
        int? limit = null,
        string? after = null,
        string? at = null
    )
    {
        if (systems.Find(crs ?? CoordinateSystems.Default) is not { } system)
            return Problems.BadRequest(PositionReader.UnknownSystem("crs"));
        if (new[] { bbox, radius, grid, zone }.Count(given => given is not null) != 1)
            return Problems.BadRequest(new Fault("field-missing", "bbox", "one of bbox, radius, grid and zone"));
        Envelope[]? boxes = null;
        if (bbox is not null && (boxes = Reprojection.Box(bbox, system)) is null)
            return Problems.BadRequest(
                new Fault(
                    "value-wrong",
                    "bbox",
                    $"four numbers with commas between: the smallest and the largest of both axes, in the order of {system.Code}"
                )
            );
        double? metres = null;
        if (Placed.Metres("radius", radius, ref metres) is { } wrong)
            return Problems.BadRequest(wrong);
        var (position, fault) = metres is null ? (default, null) : PositionReader.Read(systems, lon, lat, x, y, crs);
        if (fault is not null)
            return Problems.BadRequest(fault);
        return await AnswerAsync(
            context,
            past,
            system,
            of,
            limit,
            after,
            at,
            snapshot =>
            {
                if (grid is not null && !snapshot.City.GridByCode.ContainsKey(grid))
                    return (null, new Fault("value-wrong", "grid", "the code of a known grid"));
                if (zone is not null && snapshot.Zones.All(known => known.Code != zone))
                    return (null, new Fault("value-wrong", "zone", "the code of a zone in force"));
                if (boxes is not null)
                    return (new Area(snapshot.City, point => Array.Exists(boxes, box => box.Covers(point))), null);
                if (metres is not null)
                    return (new Area(snapshot.City, position.Longitude, position.Latitude, metres.Value), null);
                if (grid is not null)
                    return (new Area(snapshot.City, snapshot.City.GridByCode[grid]), null);
                var (city, outline) = (snapshot.City, snapshot.Zones.First(known => known.Code == zone).Outline);
                var (edges, around) = (Edges.Of(outline), outline.EnvelopeInternal);
                var prepared = protocols.Plan.HasIntersects ? PreparedGeometryFactory.Prepare(outline) : null;
                return (
                    new Area(
                        city,
                        point => around.Covers(point) && edges.Cover(point.X, point.Y),
                        building =>
                            prepared is not null
                            && protocols.Plan.IsInZone(city.Grids[building.Grid].Code, snapshot.AsOf, coversPoint: false)
                            && prepared.Intersects(building.Outline)
                    ),
                    null
                );
            },
            cancellation
        );
    }

    private static async Task<IResult> PostWithinAsync(
        HttpContext context,
        PastSnapshots past,
        CoordinateSystems systems,
        CancellationToken cancellation,
        string? of = null,
        string? crs = null,
        int? limit = null,
        string? after = null,
        string? at = null
    )
    {
        if (systems.Find(crs ?? CoordinateSystems.Default) is not { } system)
            return Problems.BadRequest(PositionReader.UnknownSystem("crs"));
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(cancellation);
        if (ReadPolygon(text, system) is not { IsValid: true } polygon)
            return Problems.BadRequest(
                new Fault("outline-invalid", "body", "a valid polygon or several, as a GeoJSON geometry or well-known text")
            );
        var prepared = PreparedGeometryFactory.Prepare(polygon);
        return await AnswerAsync(
            context,
            past,
            system,
            of,
            limit,
            after,
            at,
            snapshot =>
                (
                    new Area(snapshot.City, point =>
                        prepared.Geometry.EnvelopeInternal.Covers(point) && prepared.Covers(polygon.Factory.CreatePoint(point))
                    ),
                    null
                ),
            cancellation
        );
    }

    private static Geometry? ReadPolygon(string text, CoordinateSystem system)
    {
        try
        {
            Geometry? read;
            if (text.AsSpan().TrimStart().StartsWith("{", StringComparison.Ordinal))
            {
                using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 16 });
                read = GeoJson.Read(json.RootElement);
            }
            else
                read = WellKnownText.Read(text).Shape;
            return read is Polygon or MultiPolygon && !read.IsEmpty ? Reprojection.ToLonLat(read, system).Shape : null;
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static async Task<IResult> AnswerAsync(
        HttpContext context,
        PastSnapshots past,
        CoordinateSystem system,
        string? of,
        int? limit,
        string? after,
        string? at,
        Func<Snapshot, (Area? Area, Fault? Fault)> find,
        CancellationToken cancellation
    )
    {
        var key = (Group: long.MinValue, Id: 0L);
        if ((Placed.CheckKind(of) ?? Paging.CheckLimit(limit) ?? ReadKey(after, ref key)) is { } fault)
            return Problems.BadRequest(fault);
        var asked = await past.AskAsync(at, cancellation);
        if (asked.Found is not { } snapshot)
            return Problems.BadRequest(asked.Fault!);
        var (area, wrong) = find(snapshot);
        if (wrong is not null)
            return Problems.BadRequest(wrong);
        Caching.Apply(context, asked.IsFinal);
        var (city, scope) = (snapshot.City, context.Scope());
        var most = limit ?? Paging.DefaultLimit;
        var (page, matched) = (new List<(int Index, (long Group, long Id) Key)>(), 0);
        if (of == "checkpoints")
        {
            foreach (var index in area!.Checkpoints())
                Add(index, (city.Checkpoints[index].Id, 0));
        }
        else
        {
            foreach (
                var building in area!
                    .Buildings()
                    .Where(building => scope.Covers(city, city.Buildings[building].Grid))
                    .OrderBy(building => city.Buildings[building].Id)
            )
            {
                var (group, first, count) = (
                    city.Buildings[building].Id,
                    city.Buildings[building].FirstHousehold,
                    city.Buildings[building].HouseholdCount
                );
                if (of == "buildings")
                    Add(building, (group, 0));
                else if (group < key.Group || page.Count > most)
                    matched += count;
                else
                {
                    foreach (var index in Enumerable.Range(first, count).OrderBy(index => city.Households[index].Id))
                        Add(index, (group, city.Households[index].Id));
                }
            }
        }
        var next = page.Count > most ? $"{page[most - 1].Key.Group}.{page[most - 1].Key.Id}" : null;
        return TypedResults.Ok(
            Placed.Answer(context, snapshot, system, of!, matched, page.Take(most).Select(item => (item.Index, (double?)null)), next)
        );

        void Add(int index, (long, long) at)
        {
            matched++;
            if (page.Count <= most && at.CompareTo(key) > 0)
                page.Add((index, at));
        }
    }

    private static Fault? ReadKey(string? after, ref (long Group, long Id) key)
    {
        if (after is null)
            return null;
        var parts = after.Split('.');
        if (
            parts.Length != 2
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var group)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        )
            return new Fault("value-wrong", "after", "what a next link has");
        key = (group, id);
        return null;
    }
}
