using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Server.Http;
using SituationMap.Server.Snapshots;

namespace SituationMap.Server.Lookups;

internal static class LookupEndpoints
{
    public static IEndpointRouteBuilder MapLookups(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/lookup", GetAsync)
            .WithTags("Lookups")
            .WithSummary("What is at a point: grids, building, zones, risk level, nearest checkpoints")
            .WithDescription("lon and lat in degrees, WGS 84. at= asks about a past instant. A point on a border belongs to what has the smallest code there.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return routes;
    }

    private static async Task<Results<Ok<LookupAnswer>, ProblemHttpResult>> GetAsync(
        HttpContext context, PastSnapshots past, Lookup lookup, CancellationToken cancellation, string? lon = null, string? lat = null, string? at = null)
    {
        if (!TryParse(lon, 180, out var longitude))
            return Problems.BadRequest(new Fault(lon is null ? "field-missing" : "value-wrong", "lon", "a longitude in degrees from -180 to 180"));
        if (!TryParse(lat, 90, out var latitude))
        {
            var swapped = TryParse(lat, 180, out _) && Math.Abs(longitude) <= 90;
            return Problems.BadRequest(new Fault(
                lat is null ? "field-missing" : swapped ? "axes-swapped" : "value-wrong", "lat",
                "a latitude in degrees from -90 to 90" + (swapped ? "; this looks like lat, lon, and lon, lat is wanted" : "")));
        }
        var asked = await past.AskAsync(at, cancellation);
        if (asked.Found is not { } snapshot)
            return Problems.BadRequest(asked.Fault!);
        Caching.Apply(context, asked.IsFinal);
        return TypedResults.Ok(lookup.At(snapshot, longitude, latitude));
    }

    private static bool TryParse(string? text, double most, out double degrees) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out degrees) && Math.Abs(degrees) <= most;
}
