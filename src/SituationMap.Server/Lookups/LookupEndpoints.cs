using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core.Projections;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Server.Snapshots;

namespace SituationMap.Server.Lookups;

internal static class LookupEndpoints
{
    public static IEndpointRouteBuilder MapLookups(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/lookup", GetAsync)
            .Needs(Right.See)
            .WithTags("Lookups")
            .WithSummary("What is at a point: grids, building, zones, risk level, nearest checkpoints")
            .WithDescription("lon and lat in degrees, WGS 84 unless crs= says otherwise (EPSG:4326, EPSG:4490, CRS84, GCJ02, BD09); x and y, easting and northing in metres, with crs= EPSG:3857 or EPSG:4513 to 4554. at= asks about a past instant. A point on a border belongs to what has the smallest code there.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return routes;
    }

    private static async Task<Results<Ok<LookupAnswer>, ProblemHttpResult>> GetAsync(
        HttpContext context, PastSnapshots past, Lookup lookup, CoordinateSystems systems, CancellationToken cancellation,
        string? lon = null, string? lat = null, string? x = null, string? y = null, string? crs = null, string? at = null)
    {
        var (longitude, latitude, fault) = PositionReader.Read(systems, lon, lat, x, y, crs);
        if (fault is not null)
            return Problems.BadRequest(fault);
        var asked = await past.AskAsync(at, cancellation);
        if (asked.Found is not { } snapshot)
            return Problems.BadRequest(asked.Fault!);
        Caching.Apply(context, asked.IsFinal);
        return TypedResults.Ok(lookup.At(snapshot, longitude, latitude));
    }
}
