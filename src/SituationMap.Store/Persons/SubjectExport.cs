using System.Text.Json;
using Npgsql;
using SituationMap.Core;
using SituationMap.Store.Database;

namespace SituationMap.Store.Persons;

/// <param name="Clock">The instant of <paramref name="At"/> by the clock of the device, where that was put right.</param>
/// <param name="Reason">What somebody wrote, where it is still kept.</param>
public sealed record SubjectFact(
    Guid Id,
    string Kind,
    DateTimeOffset At,
    DateTimeOffset? Clock,
    DateTimeOffset ReceivedAt,
    string Source,
    [property: Schema("Object")] JsonElement Data,
    string? Reason
);

/// <param name="Purpose">What it was for.</param>
public sealed record SubjectLook(DateTimeOffset At, string Account, string Action, string? Purpose);

/// <summary>Everything that is known of one person, for himself.</summary>
/// <param name="Facts">What was reported of him; not what was reported of his whole household.</param>
/// <param name="Looks">Who looked at it, changed it or searched for it and found him.</param>
public sealed record SubjectResponse(
    string Code,
    string Household,
    string Grid,
    int? Born,
    string? Sex,
    string? Name,
    string? Phone,
    string? Number,
    IReadOnlyList<SubjectFact> Facts,
    IReadOnlyList<SubjectLook> Looks
);

/// <summary>Gathers everything that is known of one person.</summary>
public sealed class SubjectExport(NpgsqlDataSource database, PersonVault vault)
{
    public async Task<SubjectResponse> ReadAsync(PersonRow person, CancellationToken cancellation)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(
            Sql.InBatch(
                """
                SELECT f.id, f.kind::text, f.at, f.received_at, f.source, f.data, t.generation, t.reason, f.clock
                FROM fact f LEFT JOIN fact_text t ON t.fact = f.id
                WHERE f.person = $1 ORDER BY f.at, f.id
                """,
                person.Id
            )
        );
        batch.BatchCommands.Add(
            Sql.InBatch(
                "SELECT at, account, action, purpose FROM audit WHERE subject = ANY ($1) OR details->'persons' ? $2 ORDER BY id",
                (string[])[person.Code, $"members of {person.Household}"],
                person.Code
            )
        );
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var facts = await reader.ReadAllAsync(
            row =>
            {
                var id = row.GetGuid(0);
                return new SubjectFact(
                    id,
                    row.GetString(1),
                    row.InstantOrNull(2)!.Value,
                    row.InstantOrNull(8),
                    row.InstantOrNull(3)!.Value,
                    row.GetString(4),
                    row.GetFieldValue<JsonElement>(5),
                    row.IsDBNull(7) ? null : vault.Open(row.GetInt32(6), row.GetFieldValue<byte[]>(7), FactTexts.Field, id.ToString())
                );
            },
            cancellation
        );
        await reader.NextResultAsync(cancellation);
        var looks = await reader.ReadAllAsync(
            row => new SubjectLook(row.InstantOrNull(0)!.Value, row.GetString(1), row.GetString(2), row.TextOrNull(3)),
            cancellation
        );
        return new SubjectResponse(
            person.Code,
            person.Household,
            person.Grid,
            person.Born,
            person.Sex,
            person.Details.Name,
            person.Details.Phone,
            person.Details.Number,
            facts,
            looks
        );
    }
}
