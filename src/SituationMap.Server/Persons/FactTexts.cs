using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using SituationMap.Core.Facts;
using SituationMap.Server.Facts;

namespace SituationMap.Server.Persons;

/// <summary>
/// Keeps the reasons of decisions and retractions apart from the facts, encrypted: people write names there, facts are seen by all who see the
/// map, and they cannot be erased. In the fact a keyed hash stands for the reason, so that a repeat is still known as one.
/// </summary>
internal sealed class FactTexts(PersonVault vault)
{
    public const string Field = "reason";

    /// <summary>The data of a fact as they are stored.</summary>
    public string Stored(FactReport report)
    {
        if (ReasonOf(report) is not { } reason)
            return report.Data.GetRawText();
        var data = JsonObject.Create(report.Data)!;
        data[Field] = vault.Stand(reason);
        return data.ToJsonString();
    }

    /// <summary>Keeps the reasons of facts that were stored in the same transaction.</summary>
    public async Task KeepAsync(NpgsqlConnection connection, IEnumerable<FactReport> stored, DateTimeOffset now, CancellationToken cancellation)
    {
        var told = stored.Where(report => ReasonOf(report) is not null).ToArray();
        if (told.Length == 0)
            return;
        var sealer = await vault.SealerAsync(connection, cancellation);
        await using var keep = new NpgsqlCommand("INSERT INTO fact_text (fact, generation, reason, made_at) SELECT fact, $3, reason, $4 FROM unnest($1::uuid[], $2::bytea[]) AS t (fact, reason)", connection)
        {
            Parameters =
            {
                new() { Value = told.Select(report => report.Id).ToArray() },
                new() { Value = told.Select(report => sealer.Seal(ReasonOf(report)!, Field, report.Id.ToString())).ToArray() },
                new() { Value = sealer.Generation },
                new() { Value = now.UtcDateTime },
            },
        };
        await keep.ExecuteNonQueryAsync(cancellation);
    }

    private static string? ReasonOf(FactReport report) =>
        report.Kind is FactKind.Override or FactKind.Retraction && report.Data.TryGetProperty(Field, out JsonElement reason) ? reason.GetString() : null;
}
