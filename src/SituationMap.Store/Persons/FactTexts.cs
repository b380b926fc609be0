using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using SituationMap.Core.Facts;
using SituationMap.Store.Access;
using SituationMap.Store.Database;

namespace SituationMap.Store.Persons;

/// <summary>
/// Keeps what people write in their own words (reasons of decisions and retractions, notes) apart from the facts, encrypted: they write
/// names there, facts are seen by all who see the map, and they cannot be erased. In the fact a keyed hash stands for the words, so that a
/// repeat is still known as one.
/// </summary>
public sealed class FactTexts(NpgsqlDataSource database, PersonVault vault)
{
    /// <summary>What the encrypted words are bound to, whatever they are called in the fact.</summary>
    public const string Field = "reason";
    private const string Ellipsis = "…";

    /// <summary>The data of a fact as they are stored.</summary>
    /// <param name="generation">Of the key that what stands for a reason is made with; null: the present one.</param>
    public string Stored(FactReport report, int? generation = null)
    {
        if (ReasonOf(report) is not { } reason)
            return report.Data.GetRawText();
        return With(report.Kind, report.Data, vault.Stand(reason, generation)).GetRawText();
    }

    /// <summary>The generations of the key that what is stored may have been made with, the newest first.</summary>
    public IEnumerable<int> Generations => vault.StandGenerations;

    /// <summary>Whether a report has a reason.</summary>
    public static bool IsKeptApart(FactReport report) => ReasonOf(report) is not null;

    /// <summary>Keeps the reasons of facts that were stored in the same transaction.</summary>
    public async Task KeepAsync(
        NpgsqlConnection connection,
        IEnumerable<FactReport> stored,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var withReasons = stored.Where(report => ReasonOf(report) is not null).ToArray();
        if (withReasons.Length == 0)
            return;
        var sealer = await vault.SealerAsync(connection, cancellation);
        await using var keep = connection.Command(
            "INSERT INTO fact_text (fact, generation, reason, made_at) SELECT fact, $3, reason, $4 FROM unnest($1::uuid[], "
                + "$2::bytea[]) AS t (fact, reason)",
            withReasons.Select(report => report.Id).ToArray(),
            withReasons.Select(report => sealer.Seal(ReasonOf(report)!, Field, report.Id.ToString())).ToArray(),
            sealer.Generation,
            now
        );
        await keep.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>A household's facts with an ellipsis where a reason is kept apart.</summary>
    public static HouseholdFacts Masked(HouseholdFacts household) => household with { Facts = [.. household.Facts.Select(Masked)] };

    /// <summary>A fact with an ellipsis where its reason is kept apart.</summary>
    public static Fact Masked(Fact fact) => IsStanding(fact) ? fact with { Data = With(fact.Kind, fact.Data, Ellipsis) } : fact;

    /// <summary>The reasons that were given in a household and are still kept, the oldest first.</summary>
    /// <param name="masked">An ellipsis stands for each.</param>
    public async Task<IReadOnlyList<GivenReason>> ReadAsync(string household, Scope scope, bool masked, CancellationToken cancellation)
    {
        await using var command = database.Command(
            $"""
            SELECT t.fact, t.generation, t.reason FROM household h JOIN fact f ON f.household = h.id JOIN fact_text t ON t.fact = f.id
            WHERE h.code = $1 AND {Scope.Sql("h.grid", "$2")} ORDER BY t.made_at, t.fact
            """,
            household,
            scope.Paths
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row =>
            {
                var fact = row.GetGuid(0);
                return new GivenReason(
                    fact,
                    masked ? Ellipsis : vault.Open(row.GetInt32(1), row.GetFieldValue<byte[]>(2), Field, fact.ToString())
                );
            },
            cancellation
        );
    }

    /// <summary>Whether a hash stands for the fact's words; those of the made-up community are in the fact itself.</summary>
    private static bool IsStanding(Fact fact) => WordsOf(fact.Kind, fact.Data) is ['#', ..];

    private static JsonElement With(FactKind kind, JsonElement data, string words)
    {
        var changed = JsonObject.Create(data)!;
        changed[FactSchema.OwnWords(kind)!] = words;
        return JsonSerializer.SerializeToElement(changed);
    }

    private static string? ReasonOf(FactReport report) => WordsOf(report.Kind, report.Data);

    private static string? WordsOf(FactKind kind, JsonElement data) =>
        FactSchema.OwnWords(kind) is { } field && data.TryGetProperty(field, out var words) ? words.GetString() : null;
}
