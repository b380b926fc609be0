using System.Text.Json;
using Npgsql;
using SituationMap.Store.Access;
using SituationMap.Store.Database;

namespace SituationMap.Store.Zones.Planning;

/// <summary>A step that somebody has decided and that takes effect later; until then it can be taken back.</summary>
/// <param name="Step">Its name, as in its address: approve, end, lower, rollback or split.</param>
/// <param name="Body">What was sent with it.</param>
/// <param name="Actor">Who decided, and the grids for which he may.</param>
public sealed record ZoneDecision(string Step, JsonElement Body, ZoneActor Actor, DateTimeOffset At, DateTimeOffset TakesEffectAt)
{
    /// <summary>Why; empty where nothing was said.</summary>
    public string Reason =>
        Body.TryGetProperty("reason", out var reason) && reason.ValueKind == JsonValueKind.String ? reason.GetString()! : "";
}

/// <summary>Reads and writes decisions, in the caller's transaction.</summary>
internal static class ZoneDecisions
{
    /// <summary>That of a zone, by its code.</summary>
    public const string Select = """
        SELECT d.step, d.body, d.actor, d.grids, d.decided_at, d.takes_effect_at
        FROM zone_decision d JOIN zone z ON z.id = d.zone WHERE z.code = $1
        """;

    /// <param name="row">Of <see cref="Select"/>.</param>
    public static ZoneDecision Read(NpgsqlDataReader row) =>
        new(
            row.GetString(0),
            row.GetFieldValue<JsonElement>(1),
            new ZoneActor(row.GetString(2), Scope.Of(row.GetFieldValue<string[]>(3))),
            row.InstantOrNull(4)!.Value,
            row.InstantOrNull(5)!.Value
        );

    public static async Task WriteAsync(NpgsqlConnection connection, int zone, ZoneDecision decision, CancellationToken cancellation)
    {
        await using var write = connection.Command(
            """
            INSERT INTO zone_decision (zone, step, body, actor, grids, decided_at, takes_effect_at)
            VALUES ($1, $2, $3::text::jsonb, $4, $5, $6, $7)
            """,
            zone,
            decision.Step,
            decision.Body.GetRawText(),
            decision.Actor.Name,
            decision.Actor.Scope.Grids.ToArray(),
            decision.At,
            decision.TakesEffectAt
        );
        await write.ExecuteNonQueryAsync(cancellation);
    }

    public static async Task DeleteAsync(NpgsqlConnection connection, int zone, CancellationToken cancellation)
    {
        await using var delete = connection.Command("DELETE FROM zone_decision WHERE zone = $1", zone);
        await delete.ExecuteNonQueryAsync(cancellation);
    }
}
