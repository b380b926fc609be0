using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using SituationMap.Server.Access;
using SituationMap.Server.Database;
using SituationMap.Server.Http;
using SituationMap.Server.Snapshots;

namespace SituationMap.Server.Zones;

/// <param name="From">When this version began to hold.</param>
/// <param name="To">When it holds no more; null: open.</param>
/// <param name="Outline">GeoJSON MultiPolygon, lon, lat.</param>
internal sealed record ZonePeriodAnswer(string Code, string Name, string Level, int Version, DateTimeOffset From, DateTimeOffset? To, JsonElement Outline);

internal sealed record ZonesAnswer(DateTimeOffset At, IReadOnlyList<ZonePeriodAnswer> Zones);

internal static class ZoneEndpoints
{
    public static IEndpointRouteBuilder MapZones(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/zones", GetAsync)
            .Needs(Right.See)
            .AsksStore()
            .WithTags("Zones")
            .WithSummary("The risk zones in force now, or at an instant")
            .WithDescription("at= asks about another instant: of the past as published by then, of one to come as published so far. known= counts only what was published by then.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return routes;
    }

    private static async Task<Results<Ok<ZonesAnswer>, ProblemHttpResult>> GetAsync(
        HttpContext context, NpgsqlDataSource database, PastSnapshots past, TimeProvider clock, CancellationToken cancellation, string? at = null, string? known = null)
    {
        var now = clock.GetUtcNow();
        var instant = now;
        if (at is not null && !Instants.TryParse(at, out instant))
            return Problems.BadRequest(Instants.Fault("at"));
        // of the past: as published by then; of an instant to come: as published so far
        var knownAt = instant < now ? instant : now;
        if (known is not null && Instants.ParsePast("known", known, now, out knownAt) is { } fault)
            return Problems.BadRequest(fault);
        Caching.Apply(context, at is not null && past.IsFinal(instant) && past.IsFinal(knownAt));
        await using var command = database.CreateCommand(
            """
            SELECT z.code, p.name, p.level, p.version, p.starts_at, p.ends_at, ST_AsGeoJSON(p.outline, 7)::json
            FROM zone_periods_known($2) p JOIN zone z ON z.id = p.zone
            WHERE p.starts_at <= $1 AND (p.ends_at IS NULL OR p.ends_at > $1)
            ORDER BY z.code
            """);
        command.Parameters.Add(new() { Value = instant.UtcDateTime });
        command.Parameters.Add(new() { Value = knownAt.UtcDateTime });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var zones = await reader.ReadAllAsync(row => new ZonePeriodAnswer(
            row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt32(3),
            new DateTimeOffset(row.GetDateTime(4), TimeSpan.Zero), row.IsDBNull(5) ? null : new DateTimeOffset(row.GetDateTime(5), TimeSpan.Zero),
            row.GetFieldValue<JsonElement>(6)), cancellation);
        return TypedResults.Ok(new ZonesAnswer(instant, zones));
    }
}
