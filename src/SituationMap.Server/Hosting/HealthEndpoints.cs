using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Supervision;

namespace SituationMap.Server.Hosting;

internal static class HealthEndpoints
{
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/healthz").WithTags("Health").OpenToAll();
        health.MapGet("/live", () => TypedResults.Text("live")).WithSummary("The process answers");
        health
            .MapGet("/ready", IsReady)
            .WithSummary("Facts can be stored, and all that the server does by itself goes on")
            .WithDescription(
                "for=read asks only whether the map can be read: it can from memory, also while the database is away. Where "
                    + "the answer is no (503) the body says why."
            )
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .Produces(StatusCodes.Status503ServiceUnavailable)
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return routes;
    }

    private static Results<ContentHttpResult, ProblemHttpResult> IsReady(
        SnapshotHolder holder,
        StoreProbe store,
        StoreGauges gauges,
        Supervisor supervisor,
        AuditSealing record,
        string? @for = null
    )
    {
        if (Problems.UnlessOneOf("for", @for, ["read"]) is { } fault)
            return Problems.BadRequest(fault);
        var (unable, age) = (store.WhyUnable, holder.AgeIfStale());
        var isOld = age is { } old ? $"what is shown is {old.TotalSeconds:0} s old" : null;
        if (@for == "read")
            // older than what others may have, unless they all lack the store
            return unable is null && isOld is not null ? NotReady(isOld) : Ready(isOld is null ? "ready" : $"ready; {isOld}, for {unable}");
        if (unable is not null)
            return NotReady($"no fact can be stored, for {unable}; what is known is still shown");
        string[] wrong = [.. supervisor.Down, .. isOld is null ? (string[])[] : [isOld]];
        if (wrong.Length > 0)
            return NotReady(string.Join("; ", wrong));
        var warnings = supervisor.Warnings.Append(record.Warning).OfType<string>().Select(warning => $"warning: {warning}");
        return Ready(string.Join("; ", new[] { "ready", gauges.ClockWarning }.Concat(warnings).OfType<string>()));
    }

    private static ContentHttpResult Ready(string words) => TypedResults.Text(words);

    private static ContentHttpResult NotReady(string words) =>
        TypedResults.Text($"not ready: {words}", statusCode: StatusCodes.Status503ServiceUnavailable);
}
