using SituationMap.Server.Access;
using SituationMap.Store.Access;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Server.Zones;

internal static class RequestActor
{
    /// <param name="right">The right that the endpoint needs.</param>
    public static ZoneActor Of(HttpContext context, Right right) =>
        new(context.User.Identity?.Name is { Length: > 0 } name ? name : "local", context.Scope(right));

    /// <summary>What HTTP calls it.</summary>
    public static int ToStatusCode(this StepOutcome outcome) =>
        outcome switch
        {
            StepOutcome.Taken => StatusCodes.Status200OK,
            StepOutcome.Invalid => StatusCodes.Status400BadRequest,
            StepOutcome.Forbidden => StatusCodes.Status403Forbidden,
            StepOutcome.NotFound => StatusCodes.Status404NotFound,
            StepOutcome.Stale => StatusCodes.Status412PreconditionFailed,
            _ => StatusCodes.Status409Conflict,
        };
}
