using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Store.Access;
using SituationMap.Store.Database;

namespace SituationMap.Store.Facts;

/// <summary>A report whose codes were found in the store.</summary>
public sealed record FactRow(FactReport Report, int Household, int? Person);

/// <summary>The households, members, checkpoints and facts that a set of reports names, as far as the store knows them.</summary>
public sealed class KnownNames
{
    private readonly Dictionary<string, int> _households = [];
    private readonly Dictionary<string, (int Id, int Household)> _persons = [];
    private readonly HashSet<string> _checkpoints = [];
    private readonly Dictionary<Guid, (int Household, Reporter? By, string Source)> _facts = [];
    private readonly RetractionChains _chains = new();

    /// <summary>Who brings the reports; with the accounts that had a hand in his where one of these is an override.</summary>
    public Reporter Reporter { get; private set; } = null!;

    public static async Task<KnownNames> LoadAsync(
        NpgsqlConnection connection,
        IReadOnlyList<FactReport> reports,
        Scope scope,
        string account,
        CancellationToken cancellation
    )
    {
        var known = new KnownNames();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.InBatch(
                    $"SELECT code, id FROM household WHERE code = ANY ($1) AND {Scope.Sql("grid", "$2")}",
                    reports.Select(report => report.Household).Distinct().ToArray(),
                    scope.Paths
                ),
                Sql.InBatch(
                    "SELECT code, id, household FROM person WHERE code = ANY ($1)",
                    reports.Select(report => report.Person).OfType<string>().Distinct().ToArray()
                ),
                Sql.InBatch(
                    "SELECT code FROM checkpoint WHERE code = ANY ($1)",
                    reports.Select(Checkpoint).OfType<(string, string Code)>().Select(named => named.Code).Distinct().ToArray()
                ),
                Sql.InBatch(
                    $"SELECT id, household, source, {StoredFact.Reporter} FROM fact WHERE id = ANY ($1)",
                    reports.Select(Reference).OfType<(string, Guid Fact)>().Select(r => r.Fact).Distinct().ToArray()
                ),
                // only overrides take two persons
                Sql.InBatch(
                    "SELECT CASE WHEN $2 THEN account_hands($1) END",
                    account,
                    reports.Any(report => report.Kind == FactKind.Override)
                ),
                Sql.InBatch(
                    """
                    SELECT f.id, f.refers_to FROM fact f JOIN household h ON h.id = f.household
                    WHERE h.code = ANY ($1) AND f.kind = 'retraction' AND f.refers_to IS NOT NULL
                    """,
                    reports.Where(report => report.Kind == FactKind.Retraction).Select(report => report.Household).Distinct().ToArray()
                ),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            known._households.Add(reader.GetString(0), reader.GetInt32(1));
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            known._persons.Add(reader.GetString(0), (reader.GetInt32(1), reader.GetInt32(2)));
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            known._checkpoints.Add(reader.GetString(0));
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            known._facts.Add(reader.GetGuid(0), (reader.GetInt32(1), Reporter.Parse(reader.GetString(3)), reader.GetString(2)));
        await reader.NextResultAsync(cancellation);
        await reader.ReadAsync(cancellation);
        known.Reporter = new Reporter(account, reader.IsDBNull(0) ? [] : reader.GetFieldValue<string[]>(0));
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            known._chains.Add(reader.GetGuid(0), reader.GetGuid(1));
        return known;
    }

    /// <summary>Gives the row, or the fault that keeps it out.</summary>
    public Fault? Resolve(FactReport report, out FactRow row)
    {
        row = new FactRow(report, default, null);
        if (!_households.TryGetValue(report.Household, out var household))
            return new Fault("household-unknown", "household", "the code of a known household, such as H-01-0001");
        (int Id, int Household) person = default;
        if (report.Person is { } code && (!_persons.TryGetValue(code, out person) || person.Household != household))
            return new Fault("person-unknown", "person", "the code of a known member of that household, such as P-00001");
        if (Checkpoint(report) is var (named, checkpoint) && !_checkpoints.Contains(checkpoint))
            return new Fault("checkpoint-unknown", named, "the code of a known checkpoint, such as C-1");
        // A fact that is not known yet may still arrive: order does not matter. One of another household never fits.
        if (Reference(report) is var (field, fact) && _facts.TryGetValue(fact, out var other))
        {
            if (other.Household != household)
                return new Fault("fact-of-another-household", field, "the id of a fact about the same household");
            if (report.Kind == FactKind.Override && !Reporter.AreTwo((other.By, other.Source), (Reporter, report.Source)))
                return new Fault(
                    "same-source",
                    field,
                    "the id of what somebody else has decided, who had no hand in this account nor it in his: it takes two to override"
                );
        }
        if (report.Kind == FactKind.Retraction && Reference(report) is var (of, target) && !_chains.TryAdd(report.Id, target))
            return new Fault(
                "chain-too-long",
                of,
                $"the id of a fact with which the chain of retractions is at most {RetractionChains.Longest} long: report anew what is so"
            );
        row = new FactRow(report, household, report.Person is null ? null : person.Id);
        return null;
    }

    private static (string Field, Guid Fact)? Reference(FactReport report) => FactSchema.Reference(report.Kind, report.Data);

    private static (string Field, string Code)? Checkpoint(FactReport report) => FactSchema.Checkpoint(report.Kind, report.Data);
}
