using SituationMap.Server.Access;
using SituationMap.Server.Snapshots;

namespace SituationMap.Server.Http;

internal static class HealthEndpoints
{
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/healthz").WithTags("Health").OpenToAll();
        health.MapGet("/live", () => TypedResults.Text("live")).WithSummary("The process answers");
        health.MapGet("/ready", IResult (SnapshotHolder holder) =>
                holder.AgeIfStale() is null
                    ? TypedResults.Text("ready")
                    : TypedResults.Text("the store is away; what is known is still answered", statusCode: StatusCodes.Status503ServiceUnavailable))
            .WithSummary("The snapshot is loaded and follows the store");
        return routes;
    }
}
