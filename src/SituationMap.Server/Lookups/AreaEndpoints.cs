using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
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

/// <summary>A household, building or checkpoint near a point or within an area; what does not apply to its kind is null.</summary>
/// <param name="Lon">Of a point in it, in a geographic system: degrees.</param>
/// <param name="X">Of a point in it, in a projected system: the easting in metres.</param>
/// <param name="Y">The northing in metres.</param>
/// <param name="Metres">From the point asked about, along the ellipsoid WGS 84; null where none was.</param>
internal sealed record PlacedResponse(
    string Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Lon,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Lat,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? X,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Y,
    double? Metres,
    string? Building,
    string? Grid,
    string? Address,
    string? Label,
    [property: Schema("Status")] string? Status,
    bool? Surveyed,
    int? Households,
    string? Name,
    bool? Manned
);

/// <param name="Crs">The system of the items' positions.</param>
/// <param name="Matched">How many there are without pages; of households, buildings and checkpoints near a point as many as were looked
/// for.</param>
/// <param name="Next">Where the next page is; null: this is the last one.</param>
internal sealed record PlacedListResponse(
    long Sequence,
    DateTimeOffset AsOf,
    string Crs,
    int Matched,
    IReadOnlyList<PlacedResponse> Items,
    string? Next
);

/// <summary>What is nearest to a point, and what lies within an area. A building, with its households, is where its inner point is, and in
/// the zones that its edition says.</summary>
internal static class AreaEndpoints
{
    private const int MaxNearest = 10_000;
    private const int MaxBytes = 1 << 20;

    /// <summary>The farthest that a circle reaches, in metres.</summary>
    private const double MaxMetres = 1_000_000;

    private static readonly string[] Kinds = ["households", "buildings", "checkpoints"];

    public static IEndpointRouteBuilder MapAreas(this IEndpointRouteBuilder routes)
    {
        var api = routes
            .MapGroup("/api")
            .WithTags("Lookups")
            .RequiresRight(Right.See)
            .OpenToListedOrigins()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/nearest", GetNearestAsync)
            .WithSummary("The households, buildings or checkpoints nearest to a point")
            .WithDescription(
                "of= households, buildings or checkpoints; lon and lat, or x and y with crs=, which is also that of the "
                    + "answer: lon and lat, or x (easting) and y (northing) in metres; within= metres at the most; limit= and after= "
                    + "for pages, of 10,000 in all; at= a past instant. Equally near ones come in the order of their grids."
            )
            .Produces<PlacedListResponse>();
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

    private static async Task<IResult> GetNearestAsync(
        HttpContext context,
        PastSnapshots past,
        CoordinateSystems systems,
        CancellationToken cancellation,
        string? of = null,
        string? lon = null,
        string? lat = null,
        string? x = null,
        string? y = null,
        string? crs = null,
        string? within = null,
        int? limit = null,
        int after = 0,
        string? at = null
    )
    {
        var (position, fault) = PositionReader.Read(systems, lon, lat, x, y, crs);
        double? metres = null;
        fault ??= CheckKind(of) ?? Paging.CheckLimit(limit) ?? Metres("within", within, ref metres);
        if (fault is null && after is < 0 or >= MaxNearest)
            fault = new Fault("value-wrong", "after", "what a next link has");
        if (fault is not null)
            return Problems.BadRequest(fault);
        var asked = await past.AskAsync(at, cancellation);
        if (asked.Found is not { } snapshot)
            return Problems.BadRequest(asked.Fault!);
        Caching.Apply(context, asked.IsFinal);
        var (city, scope, most) = (snapshot.City, context.Scope(), Math.Min(MaxNearest, after + (limit ?? Paging.DefaultLimit) + 1));
        var found = new List<Near>();
        if (of == "checkpoints")
            city.NearCheckpoints.Find(position.Longitude, position.Latitude, most, found, metres ?? double.PositiveInfinity);
        else
        {
            // outside the caller's jurisdiction nothing is told, so farther ones take their place
            for (var taken = most; ; taken = Math.Min(taken * 4, city.Buildings.Length))
            {
                city.Places.NearBuildings.Find(position.Longitude, position.Latitude, taken, found, metres ?? double.PositiveInfinity);
                var all = found.Count < taken || taken >= city.Buildings.Length;
                found.RemoveAll(near =>
                    !scope.Covers(city, city.Buildings[near.Place].Grid)
                    || (of == "households" && city.Buildings[near.Place].HouseholdCount == 0)
                );
                if (found.Count >= most || all)
                    break;
            }
            if (of == "households")
                found =
                [
                    .. found
                        .SelectMany(near =>
                            Enumerable
                                .Range(city.Buildings[near.Place].FirstHousehold, city.Buildings[near.Place].HouseholdCount)
                                .Select(place => new Near(place, near.Metres))
                        )
                        .Take(most),
                ];
        }
        var page = found.Take(most).Skip(after).Take(limit ?? Paging.DefaultLimit).ToArray();
        var end = after + page.Length;
        return TypedResults.Ok(
            Answer(
                context,
                snapshot,
                position.System!,
                of!,
                Math.Min(found.Count, most),
                page.Select(near => (near.Place, (double?)near.Metres)),
                end < Math.Min(found.Count, most) ? end.ToString(CultureInfo.InvariantCulture) : null
            )
        );
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
        if (Metres("radius", radius, ref metres) is { } wrong)
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
        if ((CheckKind(of) ?? Paging.CheckLimit(limit) ?? ReadKey(after, ref key)) is { } fault)
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
        var (page, matched) = (new List<(int Place, (long Group, long Id) Key)>(), 0);
        if (of == "checkpoints")
        {
            foreach (var place in area!.Checkpoints())
                Add(place, (city.Checkpoints[place].Id, 0));
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
                    foreach (var place in Enumerable.Range(first, count).OrderBy(place => city.Households[place].Id))
                        Add(place, (group, city.Households[place].Id));
                }
            }
        }
        var next = page.Count > most ? $"{page[most - 1].Key.Group}.{page[most - 1].Key.Id}" : null;
        return TypedResults.Ok(
            Answer(context, snapshot, system, of!, matched, page.Take(most).Select(item => (item.Place, (double?)null)), next)
        );

        void Add(int place, (long, long) at)
        {
            matched++;
            if (page.Count <= most && at.CompareTo(key) > 0)
                page.Add((place, at));
        }
    }

    private static PlacedListResponse Answer(
        HttpContext context,
        Snapshot snapshot,
        CoordinateSystem system,
        string of,
        int matched,
        IEnumerable<(int Place, double? Metres)> places,
        string? next
    )
    {
        var city = snapshot.City;
        return new PlacedListResponse(
            snapshot.Sequence,
            snapshot.AsOf,
            system.Code,
            matched,
            [.. places.Select(Of)],
            next is null
                ? null
                : QueryHelpers.AddQueryString(
                    context.Request.Here(),
                    context
                        .Request.Query.Where(parameter => parameter.Key != "after")
                        .Select(parameter => KeyValuePair.Create(parameter.Key, (string?)parameter.Value.ToString()))
                        .Append(new("after", next))
                )
        );

        PlacedResponse Of((int Place, double? Metres) item)
        {
            var (place, metres) = (item.Place, item.Metres is { } exact ? Math.Round(exact, 2) : (double?)null);
            if (of == "checkpoints")
            {
                var checkpoint = city.Checkpoints[place];
                var (lon, lat, easting, northing) = At(checkpoint.Location.X, checkpoint.Location.Y);
                return new PlacedResponse(
                    checkpoint.Code,
                    lon,
                    lat,
                    easting,
                    northing,
                    metres,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    checkpoint.Name,
                    checkpoint.Manned
                );
            }
            var at = of == "buildings" ? place : city.Households[place].Building;
            var (building, grid) = (city.Buildings[at], city.Grids[city.Buildings[at].Grid].Code);
            var (longitude, latitude, x, y) = At(city.Places.Points[at].Longitude, city.Places.Points[at].Latitude);
            return of == "buildings"
                ? new PlacedResponse(
                    building.Code,
                    longitude,
                    latitude,
                    x,
                    y,
                    metres,
                    null,
                    grid,
                    building.Address,
                    null,
                    null,
                    null,
                    building.HouseholdCount,
                    null,
                    null
                )
                : new PlacedResponse(
                    city.Households[place].Code,
                    longitude,
                    latitude,
                    x,
                    y,
                    metres,
                    building.Code,
                    grid,
                    building.Address,
                    city.Households[place].Label(building),
                    StatusNames.Name(snapshot.States[place].Status),
                    snapshot.States[place].Surveyed,
                    null,
                    null,
                    null
                );
        }

        (double? Lon, double? Lat, double? X, double? Y) At(double longitude, double latitude)
        {
            var (x, y) = system.FromLonLat(longitude, latitude);
            return system.IsGeographic
                ? (Math.Round(x, 9), Math.Round(y, 9), null, null)
                : (null, null, Math.Round(x, 4), Math.Round(y, 4));
        }
    }

    private static Fault? CheckKind(string? of) =>
        of is null ? new Fault("field-missing", "of", $"one of {string.Join(", ", Kinds)}") : Problems.UnlessOneOf("of", of, Kinds);

    private static Fault? Metres(string field, string? text, ref double? metres)
    {
        if (text is null)
            return null;
        if (
            !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !(number > 0 && number <= MaxMetres)
        )
            return new Fault("value-wrong", field, $"metres, more than 0 and at most {MaxMetres:0}");
        metres = number;
        return null;
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

    /// <summary>Finds what lies in an area.</summary>
    private sealed class Area
    {
        private readonly City _city;
        private readonly Func<Coordinate, bool>? _holds;
        private readonly Func<Building, bool>? _meets;
        private readonly int _grid = -1;
        private readonly (double Longitude, double Latitude, double Metres) _circle;

        /// <param name="holds">Whether a point is in it.</param>
        /// <param name="meets">Whether a building is whose point is not; null: none.</param>
        public Area(City city, Func<Coordinate, bool> holds, Func<Building, bool>? meets = null) =>
            (_city, _holds, _meets) = (city, holds, meets);

        public Area(City city, int grid) => (_city, _grid) = (city, grid);

        public Area(City city, double longitude, double latitude, double metres) =>
            (_city, _circle) = (city, (longitude, latitude, metres));

        public IEnumerable<int> Buildings()
        {
            if (_grid >= 0)
                return Enumerable
                    .Range(0, _city.Buildings.Length)
                    .Where(building => _city.WithAncestors(_city.Buildings[building].Grid).Contains(_grid));
            if (_holds is not null)
                return Enumerable
                    .Range(0, _city.Buildings.Length)
                    .Where(building =>
                        _holds(new Coordinate(_city.Places.Points[building].Longitude, _city.Places.Points[building].Latitude))
                        || _meets?.Invoke(_city.Buildings[building]) == true
                    );
            return Circle(_city.Places.NearBuildings);
        }

        public IEnumerable<int> Checkpoints()
        {
            if (_grid >= 0)
            {
                var edges = Edges.Of(_city.Grids[_grid].Outline);
                return Enumerable
                    .Range(0, _city.Checkpoints.Length)
                    .Where(place =>
                        _city.Grids[_grid].Outline.EnvelopeInternal.Covers(_city.Checkpoints[place].Location.Coordinate)
                        && edges.Cover(_city.Checkpoints[place].Location.X, _city.Checkpoints[place].Location.Y)
                    );
            }
            return _holds is not null
                ? Enumerable.Range(0, _city.Checkpoints.Length).Where(place => _holds(_city.Checkpoints[place].Location.Coordinate))
                : Circle(_city.NearCheckpoints).Order();
        }

        private List<int> Circle(NearestIndex index)
        {
            var found = new List<int>();
            index.Within(_circle.Longitude, _circle.Latitude, _circle.Metres, found);
            return found;
        }
    }
}
