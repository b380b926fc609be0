using System.Globalization;
using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Store.Database;

namespace SituationMap.Store.Facts;

/// <summary>A report whose codes were found in the store.</summary>
/// <param name="Ordinal">Among all that come in with it.</param>
/// <param name="Grid">The path of the household's grid.</param>
/// <param name="By">Who brings it.</param>
/// <param name="Hands">Of what takes two persons: the accounts that had a hand in his, with a space between.</param>
public sealed record FactRow(int Ordinal, FactReport Report, int Household, string Grid, int? Person, ReportingAccount By, string? Hands);

/// <summary>The households, members, checkpoints and facts that a set of reports names, as far as the store knows them; and, of those who
/// bring what takes two persons, who had a hand in their accounts.</summary>
public sealed class KnownNames
{
    private const string PassPrefix = "pass:";
    private const string ConfirmsPath = $"data.{FactSchema.Confirms}";

    private readonly Dictionary<string, (int Id, string Path)> _households = [];
    private readonly Dictionary<long, (int Id, string Path)> _passes = [];
    private readonly Dictionary<string, (int Id, int Household)> _persons = [];
    private readonly HashSet<string> _checkpoints = [];
    private readonly Dictionary<Guid, (int Household, Reporter? By, string Source)> _facts = [];
    private readonly HashSet<Guid> _decided = [];
    private readonly Dictionary<Guid, List<(Reporter? By, string Source)>> _objections = [];
    private readonly Dictionary<string, string[]> _hands = [];
    private readonly RetractionChains _chains = new();

    /// <summary>Asks only for what they name: most name a household and nothing else. To be called in the transaction that stores
    /// them: the households of retractions are locked until its end.</summary>
    public static async Task<KnownNames> LoadAsync(
        NpgsqlConnection connection,
        IReadOnlyList<FactIntake> intakes,
        CancellationToken cancellation
    )
    {
        var reports = intakes.SelectMany(intake => intake.Reports).ToArray();
        var known = new KnownNames();
        var reads = new List<Action<NpgsqlDataReader>>();
        await using var batch = new NpgsqlBatch(connection);
        Ask("SELECT code, id, ltree2text(grid) FROM household WHERE code = ANY ($1)", reports.Select(report => report.Household), row =>
            known._households.Add(row.GetString(0), (row.GetInt32(1), row.GetString(2)))
        );
        Ask(
            """
            SELECT (f.data->>'serial')::bigint, h.id, ltree2text(h.grid) FROM fact f JOIN household h ON h.id = f.household
            WHERE f.data ? 'serial' AND f.data ? 'kind' AND f.kind = 'pass' AND (f.data->>'serial')::bigint = ANY ($1)
            """,
            reports.Select(SerialOf).OfType<long>(),
            row => known._passes.Add(row.GetInt64(0), (row.GetInt32(1), row.GetString(2)))
        );
        Ask("SELECT code, id, household FROM person WHERE code = ANY ($1)", reports.Select(report => report.Person).OfType<string>(), row =>
            known._persons.Add(row.GetString(0), (row.GetInt32(1), row.GetInt32(2)))
        );
        Ask(
            "SELECT code FROM checkpoint WHERE code = ANY ($1)",
            reports.Select(Checkpoint).OfType<(string, string Code)>().Select(named => named.Code),
            row => known._checkpoints.Add(row.GetString(0))
        );
        Ask(
            $"SELECT id, household, source, {StoredFact.Reporter} FROM fact WHERE id = ANY ($1)",
            reports.Select(Reference).OfType<(string, Guid Fact)>().Select(named => named.Fact),
            row => known._facts.Add(row.GetGuid(0), (row.GetInt32(1), Reporter.Parse(row.GetString(3)), row.GetString(2)))
        );
        Ask(
            "SELECT account, account_hands(account) FROM unnest($1::text[]) AS account",
            intakes.Where(intake => intake.Reports.Any(report => FactSchema.TakesTwo(report.Kind))).Select(intake => intake.Account.Name),
            row => known._hands.Add(row.GetString(0), row.GetFieldValue<string[]>(1))
        );
        // by whom that was done which an objection is about, and by whom it was confirmed; not there: it is no objection, or about what is
        // not known yet
        Ask(
            $"""
            SELECT o.id, act.source, act.reporter
            FROM fact o LEFT JOIN LATERAL (
              SELECT source, {StoredFact.Reporter} AS reporter FROM fact f
              WHERE f.household = o.household AND (f.id = o.refers_to OR (f.refers_to = o.refers_to AND f.kind IN ('order', 'override')))
            ) act ON true
            WHERE o.id = ANY ($1) AND o.kind = 'objection'
              AND (o.refers_to IS NULL OR EXISTS (SELECT FROM fact f WHERE f.id = o.refers_to))
            """,
            reports
                .Where(report => report.Kind == FactKind.Answered)
                .Select(Reference)
                .OfType<(string, Guid Fact)>()
                .Select(named => named.Fact),
            row =>
            {
                if (!known._objections.TryGetValue(row.GetGuid(0), out var acts))
                    known._objections.Add(row.GetGuid(0), acts = []);
                if (!row.IsDBNull(1))
                    acts.Add((Reporter.Parse(row.GetString(2)), row.GetString(1)));
            }
        );
        var retractions = reports.Where(report => report.Kind == FactKind.Retraction).ToArray();
        // which of what is taken back, or is to count again, was decided by those who may order: orders, but for proposals that nobody
        // has confirmed, and releases
        Ask(
            """
            WITH RECURSIVE named AS (
              SELECT id AS asked, id, household, kind, refers_to, data FROM fact WHERE id = ANY ($1)
              UNION ALL
              SELECT n.asked, f.id, f.household, f.kind, f.refers_to, f.data
              FROM named n JOIN fact f ON f.id = n.refers_to WHERE n.kind = 'retraction'
            )
            SELECT asked FROM named n
            WHERE n.kind = 'release' OR (n.kind = 'order' AND (
              (n.data->>'proposed') IS DISTINCT FROM 'true'
              OR EXISTS (SELECT FROM fact c WHERE c.household = n.household AND c.kind = 'order' AND c.refers_to = n.id)))
            """,
            retractions.Select(Reference).OfType<(string, Guid Fact)>().Select(named => named.Fact),
            row => known._decided.Add(row.GetGuid(0))
        );
        var retracting = retractions.Select(report => report.Household);
        // before the chains are read, and until they are longer: two that come at once would not see one another
        Ask(
            $"""
            SELECT count(pg_advisory_xact_lock({LockKeys.Retractions}, id))
            FROM (SELECT id FROM household WHERE code = ANY ($1) ORDER BY id) AS h
            """,
            retracting,
            _ => { }
        );
        Ask(
            """
            SELECT f.id, f.refers_to FROM fact f JOIN household h ON h.id = f.household
            WHERE h.code = ANY ($1) AND f.kind = 'retraction' AND f.refers_to IS NOT NULL
            """,
            retracting,
            row => known._chains.Add(row.GetGuid(0), row.GetGuid(1))
        );
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        foreach (var read in reads)
        {
            while (await reader.ReadAsync(cancellation))
                read(reader);
            await reader.NextResultAsync(cancellation);
        }
        return known;

        void Ask<T>(string sql, IEnumerable<T> named, Action<NpgsqlDataReader> read)
        {
            T[] names = [.. named.Distinct()];
            if (names.Length == 0)
                return;
            batch.BatchCommands.Add(Sql.InBatch(sql, (Array)names));
            reads.Add(read);
        }
    }

    /// <summary>Gives the row, or the fault that keeps it out.</summary>
    /// <param name="ordinal">Among all that come in with it.</param>
    public Fault? Resolve(int ordinal, FactIntake intake, FactReport report, out FactRow row)
    {
        row = null!;
        var serial = SerialOf(report);
        (int Id, string Path) household;
        var isKnown = serial is { } pass
            ? _passes.TryGetValue(pass, out household)
            : _households.TryGetValue(report.Household, out household);
        var isWithin = isKnown && intake.Scope?.CoversPath(household.Path) == true;
        if (!isWithin && report.Person is not null && intake.IsOfAnybody(report))
            return new Fault("value-wrong", "person", "none: a guard says of which household somebody is, and no more");
        if (!isWithin && !(isKnown && intake.IsOfAnybody(report)))
            return serial is not null
                ? new Fault("pass-unknown", "household", $"{PassPrefix} and the number of a known pass, such as {PassPrefix}17")
                : new Fault("household-unknown", "household", "the code of a known household, such as H-01-0001");
        (int Id, int Household) person = default;
        if (report.Person is { } code && (!_persons.TryGetValue(code, out person) || person.Household != household.Id))
            return new Fault("person-unknown", "person", "the code of a known member of that household, such as P-00001");
        if (Checkpoint(report) is var (named, checkpoint) && !_checkpoints.Contains(checkpoint))
            return new Fault("checkpoint-unknown", named, "the code of a known checkpoint, such as C-1");
        var mayOrder = intake.Orders?.CoversPath(household.Path) == true;
        if (report.Kind == FactKind.Answered && !mayOrder)
            return new Fault("right-missing", "kind", "another kind: objections are answered by those who may order there");
        if (report.Kind == FactKind.Release && !mayOrder)
            return new Fault("right-missing", "kind", "another kind: what was ordered is ended by those who may order there");
        if (report.Kind == FactKind.Retraction && !mayOrder && Reference(report) is var (back, decided) && _decided.Contains(decided))
            return new Fault(
                "right-missing",
                back,
                "the id of another fact: orders and releases are taken back by those who may order there"
            );
        if (report.Kind == FactKind.Assignment && !mayOrder && !IsTaken(report, intake.Account))
            return new Fault(
                "right-missing",
                "data.to",
                $"{intake.Account.Name} or nothing: work is given to others by those who may order there"
            );
        if (report.Kind == FactKind.Order && !mayOrder)
            report = report.AsProposal();
        var hands = FactSchema.TakesTwo(report.Kind) ? _hands[intake.Account.Name] : null;
        var reporter = hands is null ? null : new Reporter(intake.Account.Name, hands);
        // A fact that is not known yet may still arrive: order does not matter. One of another household never fits.
        if (Reference(report) is var (field, fact) && _facts.TryGetValue(fact, out var other))
        {
            if (other.Household != household.Id)
                return new Fault("fact-of-another-household", field, "the id of a fact about the same household");
            if (field == ConfirmsPath && !Reporter.AreTwo((other.By, other.Source), (reporter, report.Source)))
                return new Fault(
                    "same-source",
                    field,
                    "the id of what somebody else has decided, who had no hand in this account nor it in his: it takes two to decide"
                );
        }
        if (report.Kind == FactKind.Retraction && Reference(report) is var (of, target) && !_chains.TryAdd(report.Id, target))
            return new Fault(
                "chain-too-long",
                of,
                $"the id of a fact with which the chain of retractions is at most {RetractionChains.Longest} long: report anew what is so"
            );
        if (report.Kind == FactKind.Answered && OwnAct(report, reporter!) is { } own)
            return own;
        row = new FactRow(
            ordinal,
            report,
            household.Id,
            household.Path,
            report.Person is null ? null : person.Id,
            intake.Account,
            hands is null ? null : string.Join(' ', hands)
        );
        return null;
    }

    /// <summary>The fault of an answer whose objection is not known, or is about what he who answers has done himself.</summary>
    private Fault? OwnAct(FactReport report, Reporter by) =>
        Reference(report) is not var (field, fact) || !_objections.TryGetValue(fact, out var acts)
            ? new Fault("objection-unknown", "data.objection", "the id of an objection that is stored, as is what it is about")
        : acts.Exists(act => act.By is null ? act.Source == report.Source : !Reporter.AreTwo(act, (by, report.Source)))
            ? new Fault("own-act", field, "the id of an objection to what others have done: nobody answers one to his own act")
        : null;

    /// <summary>Whether an assignment gives work to nobody but whoever reports it, or takes it from somebody.</summary>
    private static bool IsTaken(FactReport report, ReportingAccount account) =>
        FactSchema.AssignedTo(report.Data) is not { } to || to == account.Name || report.Source == $"person:{to}";

    /// <summary>The number of the pass that stands for the household, which a gate without a network does not know; only of what happens
    /// at a gate.</summary>
    private static long? SerialOf(FactReport report) =>
        Checkpoint(report) is not null
        && report.Household.StartsWith(PassPrefix, StringComparison.Ordinal)
        && long.TryParse(report.Household.AsSpan(PassPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var serial)
            ? serial
            : null;

    private static (string Field, Guid Fact)? Reference(FactReport report) => FactSchema.Reference(report.Kind, report.Data);

    private static (string Field, string Code)? Checkpoint(FactReport report) => FactSchema.Checkpoint(report.Kind, report.Data);
}
