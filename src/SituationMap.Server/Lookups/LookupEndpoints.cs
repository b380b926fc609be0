using Microsoft.AspNetCore.Mvc;
using SituationMap.Core.Projections;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Replay;

namespace SituationMap.Server.Lookups;

internal static class LookupEndpoints
{
    /// <summary>The most bytes of points in one request: some ten million rows.</summary>
    private const long MaxBytes = 1L << 30;

    private const string Systems =
        "lon and lat in degrees, WGS 84 unless crs= says otherwise (EPSG:4326, EPSG:4490, CRS84, GCJ02, BD09); x and y, "
        + "easting and northing in metres, with crs= EPSG:3857 or EPSG:4513 to 4554. The answer has the point under the same "
        + "names, as it was asked, and its crs. at= asks about a past instant. "
        + "A border belongs to both sides; of the grids there the deepest is told, and of several alike, and of buildings, the "
        + "one with the smallest code.";

    public static IEndpointRouteBuilder MapLookups(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/api/lookup", GetAsync)
            .RequiresRight(Right.See)
            .OpenToListedOrigins()
            .WithTags("Lookups")
            .WithSummary("What is at a point: grids, building, zones, risk level, nearest checkpoints")
            .WithDescription(Systems)
            .Produces<LookupResponse>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        routes
            .MapPost("/api/lookup", LookupStream.PostAsync)
            .RequiresRight(Right.See)
            .OpenToListedOrigins()
            .ChangesNothing()
            .WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
            .WithTags("Lookups")
            .WithSummary("The same for any number of points: a JSON array, NDJSON or CSV, in and out")
            .WithDescription(
                Systems
                    + " What comes in is told by Content-Type, what goes out by Accept (as it came in, where that names none of "
                    + "the three). Every point may have an id, which stands beside its answer. "
                    + "A point that is none has an error in place of an answer, and the others are answered. All are answered "
                    + "from one picture; the header Situation-Sequence tells which."
            )
            .Accepts<LookupPointSchema[]>("application/json", "application/x-ndjson", "text/csv")
            .Produces<LookupResponse[]>(StatusCodes.Status200OK, "application/json", "application/x-ndjson", "text/csv")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        return routes;
    }

    private static Task GetAsync(
        HttpContext context,
        PastSnapshots past,
        Lookup lookup,
        CoordinateSystems systems,
        string? lon = null,
        string? lat = null,
        string? x = null,
        string? y = null,
        string? crs = null,
        string? at = null
    )
    {
        var (position, fault) = PositionReader.Read(systems, lon, lat, x, y, crs);
        if (fault is not null)
            return Problems.BadRequest(fault).ExecuteAsync(context);
        var asked = past.AskAsync(at, context.RequestAborted);
        return asked.IsCompletedSuccessfully ? AnswerAsync(context, lookup, asked.Result, position) : WaitAsync();

        async Task WaitAsync() => await AnswerAsync(context, lookup, await asked, position);
    }

    private static Task AnswerAsync(HttpContext context, Lookup lookup, PictureAsked asked, Position position)
    {
        if (asked.Found is not { } snapshot)
            return Problems.BadRequest(asked.Fault!).ExecuteAsync(context);
        Caching.Apply(context, asked.IsFinal);
        var view = lookup.Over(snapshot, context.Scope());
        var found = new Found();
        view.At(position.Longitude, position.Latitude, found);
        context.Response.ContentType = "application/json; charset=utf-8";
        new LookupWriter(view, position.System!).Write(context.Response.BodyWriter, position.X, position.Y, found, default);
        return context.Response.CompleteAsync();
    }
}
