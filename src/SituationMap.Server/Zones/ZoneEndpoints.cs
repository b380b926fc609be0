using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;
using SituationMap.Store.Replay;
using SituationMap.Store.Zones;
using SituationMap.Store.Zones.Impact;
using SituationMap.Store.Zones.Outlines;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Server.Zones;

/// <param name="Version">Of a draft: the version it changes, 0 where it is a new zone.</param>
/// <param name="From">When this version began to hold; of a draft null: when it is approved.</param>
/// <param name="To">When it holds no more; null: open.</param>
/// <param name="State">inForce, scheduled, ended, draft, submitted or rejected.</param>
/// <param name="Outline">GeoJSON MultiPolygon, lon, lat.</param>
internal sealed record ZonePeriodResponse(
    string Code,
    string Name,
    string Level,
    int Version,
    DateTimeOffset? From,
    DateTimeOffset? To,
    string State,
    JsonElement Outline
);

internal sealed record ZonesResponse(DateTimeOffset At, IReadOnlyList<ZonePeriodResponse> Zones);

internal static class ZoneEndpoints
{
    private static readonly string[] States = ["inForce", "scheduled", "ended", "draft", "submitted", "rejected", "all"];

    public static IServiceCollection AddZones(this IServiceCollection services) =>
        services
            .AddSingleton<ZoneStore>()
            .AddSingleton<ZonePlanning>()
            .AddSingleton(typeof(CachedByBuilding<>))
            .AddSingleton<BuildingReads>()
            .AddSingleton<StatusImpact>()
            .AddSingleton<ImpactPreview>()
            .AddSingleton<OutlineFile>();

    public static IEndpointRouteBuilder MapZones(this IEndpointRouteBuilder routes)
    {
        Describe(routes.MapGet("/api/zones", GetAsync), "The risk zones in force now, or at an instant")
            .WithDescription(
                "at= asks about another instant: of the past as published by then, of one to come as published so far. known= counts only what was published by then. "
                    + "state= asks for others: scheduled, ended (the last version of each), draft, submitted, rejected, or all; bbox=west,south,east,north for those that reach into it."
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
        NpgsqlDataSource database,
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
        await using var command = database.Command(
            """
            WITH period AS (
              SELECT p.zone, p.name, p.level, p.version, p.starts_at, p.ends_at, p.outline,
                     CASE WHEN p.starts_at > $1 THEN 'scheduled' WHEN p.ends_at <= $1 THEN 'ended' ELSE 'inForce' END AS state,
                     max(p.ends_at) FILTER (WHERE p.ends_at <= $1) OVER z AS last_end, bool_or(p.ends_at IS NULL OR p.ends_at > $1) OVER z AS goes_on
              FROM zone_periods_known($2) p WINDOW z AS (PARTITION BY p.zone)
            ), listed AS (
              SELECT zone, name, level, version, starts_at, ends_at, state, outline FROM period
              -- of a zone that is over, what it was last
              WHERE state <> 'ended' OR (NOT goes_on AND ends_at = last_end)
              UNION ALL
              SELECT zone, name, level, base, effective_from, effective_to, state, outline FROM zone_draft
            )
            SELECT z.code, l.name, l.level, l.version, l.starts_at, l.ends_at, l.state, ST_AsGeoJSON(l.outline, 7)::json
            FROM listed l JOIN zone z ON z.id = l.zone
            WHERE ($3 = 'all' OR l.state = $3) AND ($4::float8[] IS NULL OR ST_Intersects(l.outline, ST_MakeEnvelope($4[1], $4[2], $4[3], $4[4], 4326)))
            ORDER BY z.code, l.state, l.version
            """,
            instant,
            knownAt,
            state,
            box.Length == 0 ? null : box
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var zones = await reader.ReadAllAsync(
            row => new ZonePeriodResponse(
                row.GetString(0),
                row.GetString(1),
                row.GetString(2),
                row.GetInt32(3),
                row.InstantOrNull(4),
                row.InstantOrNull(5),
                row.GetString(6),
                row.GetFieldValue<JsonElement>(7)
            ),
            cancellation
        );
        return TypedResults.Ok(new ZonesResponse(instant, zones));
    }

    private static Task<Results<Ok<ZoneResponse>, ProblemHttpResult>> GetOneAsync(
        string code,
        HttpContext context,
        NpgsqlDataSource database,
        TimeProvider clock,
        CancellationToken cancellation
    ) => ReadAsync(code, context, database, clock, (_, zone) => Task.FromResult(ZoneResponse.Of(zone, clock.GetUtcNow())), cancellation);

    private static Task<Results<Ok<ZoneHistoryResponse>, ProblemHttpResult>> GetVersionsAsync(
        string code,
        HttpContext context,
        NpgsqlDataSource database,
        ProtocolCatalog protocols,
        TimeProvider clock,
        CancellationToken cancellation
    ) =>
        ReadAsync(
            code,
            context,
            database,
            clock,
            (connection, zone) => ZoneHistory.ReadAsync(connection, zone, protocols.Plan, clock.GetUtcNow(), cancellation),
            cancellation
        );

    private static async Task<Results<Ok<T>, ProblemHttpResult>> ReadAsync<T>(
        string code,
        HttpContext context,
        NpgsqlDataSource database,
        TimeProvider clock,
        Func<NpgsqlConnection, PlannedZone, Task<T>> answer,
        CancellationToken cancellation
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        if (await PlannedZones.ReadAsync(connection, code, clock.GetUtcNow(), cancellation) is not { } zone)
            return Problems.NotFound("code", "the code of a zone");
        context.Response.Headers.ETag = zone.Tag.Text;
        Caching.Apply(context, isFinal: false);
        return TypedResults.Ok(await answer(connection, zone));
    }

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
