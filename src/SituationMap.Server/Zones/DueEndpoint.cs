using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using SituationMap.Core.Calendar;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Protocols;
using SituationMap.Store.Zones.Lowering;

namespace SituationMap.Server.Zones;

internal sealed record DueZonesResponse(DateTimeOffset At, IReadOnlyList<DueZone> Zones);

internal static class DueEndpoint
{
    public static IEndpointRouteBuilder MapDueZones(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/api/zones/due", GetAsync)
            .RequiresRight(Right.See)
            .UsesStore()
            .WithTags("Zones")
            .WithSummary("When each zone in force may be lowered, by the edition's clock: those due first")
            .WithDescription(
                "With the evidence and what would reset it; a person decides. at= asks about another instant: of the past by "
                    + "what was known then, of one to come as if nothing happened until then."
            )
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return routes;
    }

    private static async Task<Results<Ok<DueZonesResponse>, ProblemHttpResult>> GetAsync(
        HttpContext context,
        NpgsqlDataSource database,
        ProtocolCatalog protocols,
        TimeProvider clock,
        CancellationToken cancellation,
        string? at = null
    )
    {
        var now = clock.GetUtcNow();
        var instant = now;
        if (at is not null && !Instants.TryParse(at, out instant))
            return Problems.BadRequest(Instants.Fault("at"));
        Caching.Apply(context, isFinal: false);
        return TypedResults.Ok(
            new DueZonesResponse(
                instant,
                await DueZones.FindAsync(database, protocols.Plan, instant, instant < now ? instant : now, context.Scope(), cancellation)
            )
        );
    }
}
