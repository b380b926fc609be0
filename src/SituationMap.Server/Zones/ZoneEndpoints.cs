using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Protocols;
using SituationMap.Store.Replay;
using SituationMap.Store.Zones;
using SituationMap.Store.Zones.Impact;
using SituationMap.Store.Zones.Outlines;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Server.Zones;

internal sealed record ZonesResponse(DateTimeOffset At, IReadOnlyList<ZonePeriodResponse> Zones);

internal static class ZoneEndpoints
{
    private static readonly string[] States = ["inForce", "scheduled", "ended", "draft", "submitted", "rejected", "all"];

    public static IServiceCollection AddZones(this IServiceCollection services) =>
        services
            .AddSingleton<ZoneStore>()
            .AddSingleton<ZoneReader>()
            .AddSingleton<ZoneWorkflow>()
            .AddSingleton(typeof(CachedByBuilding<>))
            .AddSingleton<BuildingReads>()
            .AddSingleton<StatusImpact>()
            .AddSingleton<ImpactPreview>()
            .AddSingleton<OutlineFile>()
            .AddHostedService<DecisionWorker>();

    public static IEndpointRouteBuilder MapZones(this IEndpointRouteBuilder routes)
    {
        Describe(routes.MapGet("/api/zones", GetAsync), "The risk zones in force now, or at an instant")
            .WithDescription(
                "at= asks about another instant: of the past as published by then, of one to come as published so far. known= "
                    + "counts only what was published by then. "
                    + "state= asks for others: scheduled, ended (the last version of each), draft, submitted, rejected, or all; "
                    + "bbox=west,south,east,north for those that reach into it."
            )
            .ProducesProblem(StatusCodes.Status400BadRequest);
        Describe(routes.MapGet("/api/zones/{code}", GetOneAsync), "One zone with what is in force, scheduled and planned, and its ETag")
            .ProducesProblem(StatusCodes.Status404NotFound);
        Describe(
                routes.MapGet("/api/zones/{code}/versions", GetVersionsAsync),
                "Every version of a zone with what it changed, and every step taken"
            )
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes.MapDueZones().MapZonePlanning().MapZonePreview().MapOutlineFile().MapZoneNotices();
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route, string summary) =>
        route.RequiresRight(Right.See).UsesStore().WithTags("Zones").WithSummary(summary);

    private static async Task<Results<Ok<ZonesResponse>, ProblemHttpResult>> GetAsync(
        HttpContext context,
        ZoneReader zones,
        PastSnapshots past,
        TimeProvider clock,
        CancellationToken cancellation,
        string? at = null,
        string? known = null,
        string state = "inForce",
        string? bbox = null
    )
    {
        var now = clock.GetUtcNow();
        var instant = now;
        if (at is not null && !Instants.TryParse(at, out instant))
            return Problems.BadRequest(Instants.Fault("at"));
        // of the past: as published by then; of an instant to come: as published so far
        var knownAt = instant < now ? instant : now;
        if (known is not null && Instants.ParsePast("known", known, now, out knownAt) is { } fault)
            return Problems.BadRequest(fault);
        if (Problems.UnlessOneOf("state", state, States) is { } wrong)
            return Problems.BadRequest(wrong);
        if (ReadBox(bbox) is not { } box)
            return Problems.BadRequest(new Fault("value-wrong", "bbox", "four numbers in degrees: west,south,east,north"));
        Caching.Apply(context, state == "inForce" && at is not null && past.IsFinal(instant) && past.IsFinal(knownAt));
        var listed = await zones.ListAsync(instant, knownAt, state, box.Length == 0 ? null : box, cancellation);
        return TypedResults.Ok(new ZonesResponse(instant, listed));
    }

    private static async Task<Results<Ok<ZoneResponse>, ProblemHttpResult>> GetOneAsync(
        string code,
        HttpContext context,
        ZoneReader zones,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        if (await zones.FindAsync(code, clock.GetUtcNow(), cancellation) is not { } zone)
            return Unknown();
        Tag(context, zone);
        return TypedResults.Ok(ZoneResponse.Of(zone, clock.GetUtcNow()));
    }

    private static async Task<Results<Ok<ZoneHistoryResponse>, ProblemHttpResult>> GetVersionsAsync(
        string code,
        HttpContext context,
        ZoneReader zones,
        ProtocolCatalog protocols,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        if (await zones.HistoryAsync(code, protocols.Plan, clock.GetUtcNow(), cancellation) is not var (zone, history))
            return Unknown();
        Tag(context, zone);
        return TypedResults.Ok(history);
    }

    private static void Tag(HttpContext context, ZoneRecord zone)
    {
        context.Response.Headers.ETag = zone.Tag.Text;
        Caching.Apply(context, isFinal: false);
    }

    private static ProblemHttpResult Unknown() => Problems.NotFound("code", "the code of a zone");

    /// <summary>Nothing: everywhere. Null: it is wrong.</summary>
    private static double[]? ReadBox(string? text)
    {
        if (text is null)
            return [];
        var numbers = text.Split(',')
            .Select(part =>
                double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) <= 180
                    ? number
                    : double.NaN
            )
            .ToArray();
        return numbers.Length == 4 && !numbers.Any(double.IsNaN) && numbers[0] <= numbers[2] && numbers[1] <= numbers[3] ? numbers : null;
    }
}
