using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Persons;

namespace SituationMap.Store.Facts;

/// <summary>Appends facts to the store.</summary>
public sealed class FactStore(FactTexts texts, TimeProvider clock)
{
    /// <summary>
    /// Appends the reports of several requests that name known households and members, marks their households, and records the requests:
    /// one transaction, committed when this returns; the workers are to be woken then. The outcomes come by request and in the order of its
    /// reports.
    /// </summary>
    public async Task<IReadOnlyList<FactItemOutcome[]>> AppendAsync(
        NpgsqlConnection connection,
        IReadOnlyList<FactIntake> intakes,
        CancellationToken cancellation
    )
    {
        // what is one batch is a transaction by itself, which costs no message of its own
        await using var transaction = intakes.Any(intake => intake.Reports.Any(FactTexts.IsKeptApart))
            ? await connection.BeginTransactionAsync(cancellation)
            : null;
        var known = await KnownNames.LoadAsync(connection, intakes, cancellation);
        var outcomes = new List<FactItemOutcome>();
        var rows = new List<FactRow>();
        foreach (var (intake, report) in intakes.SelectMany(intake => intake.Reports.Select(report => (intake, report))))
        {
            var fault = known.Resolve(outcomes.Count, intake, report, out var row);
            outcomes.Add(
                fault is null
                    ? new(report.Index, report.Id, FactOutcome.Accepted)
                    : FactItemOutcome.Rejected(report.Index, report.Id, fault)
            );
            if (fault is null)
                rows.Add(row);
        }
        var records = intakes.Select(intake => intake.Record).OfType<AuditEntry>().ToArray();
        foreach (var repeat in await InsertAsync(connection, rows, records, cancellation))
            outcomes[repeat.Ordinal] = repeat.Outcome;
        if (transaction is not null)
            await transaction.CommitAsync(cancellation);

        var ordinal = 0;
        return [.. intakes.Select(intake => outcomes[ordinal..(ordinal += intake.Reports.Count)].ToArray())];
    }

    /// <summary>Gives the outcomes of those that were not new.</summary>
    private async Task<IEnumerable<(int Ordinal, FactItemOutcome Outcome)>> InsertAsync(
        NpgsqlConnection connection,
        List<FactRow> rows,
        AuditEntry[] records,
        CancellationToken cancellation
    )
    {
        var firsts = rows.DistinctBy(row => row.Report.Id).ToArray();
        var now = clock.GetUtcNow();
        await using var batch = new NpgsqlBatch(connection);
        if (records.Length > 0)
            batch.BatchCommands.Add(AuditEntry.InBatch(records));
        batch.BatchCommands.Add(
            Sql.InBatch(
                """
                WITH inserted AS (
                  INSERT INTO fact (id, grid, household, person, kind, at, received_at, source, data, account, account_kind, hands, clock)
                  SELECT s.id, s.grid, s.household, s.person, s.kind::fact_kind, s.at, $12, s.source, s.data,
                    s.account, s.account_kind, string_to_array(s.hands, ' '), s.clock
                  FROM unnest($1::uuid[], $2::int[], $3::int[], $4::text[], $5::timestamptz[], $6::text[], $7::jsonb[],
                      $8::ltree[], $9::text[], $10::text[], $11::text[], $13::timestamptz[])
                    AS s (id, household, person, kind, at, source, data, grid, account, account_kind, hands, clock)
                  ORDER BY s.id  -- one order for all: two groups that repeat one another's facts wait instead of deadlocking
                  ON CONFLICT (id) DO NOTHING
                  RETURNING id, household
                )
                SELECT array_agg(id), mark_households(array_agg(household), $12) FROM inserted HAVING count(*) > 0
                """,
                [
                    .. Columns(firsts),
                    SqlValue.LTree([.. firsts.Select(row => row.Grid)]),
                    firsts.Select(row => row.By.Name).ToArray(),
                    firsts.Select(row => row.By.Kind).ToArray(),
                    firsts.Select(row => row.Hands).ToArray(),
                    now,
                    firsts.Select(row => row.Report.Clock?.UtcDateTime).ToArray(),
                ]
            )
        );
        var inserted = await batch.ExecuteScalarAsync(cancellation) is Guid[] ids ? ids.ToHashSet() : [];

        var accepted = firsts.Where(row => inserted.Contains(row.Report.Id)).ToHashSet(ReferenceEqualityComparer.Instance);
        await texts.KeepAsync(connection, firsts.Where(accepted.Contains).Select(row => row.Report), now, cancellation);
        var repeats = rows.FindAll(row => !accepted.Contains(row));
        var same = await FindSameAsync(connection, repeats, cancellation);
        return repeats.Select(row =>
            (
                row.Ordinal,
                same.Contains(row.Ordinal)
                    ? new FactItemOutcome(row.Report.Index, row.Report.Id, FactOutcome.Duplicate)
                    : FactItemOutcome.Rejected(
                        row.Report.Index,
                        row.Report.Id,
                        new Fault("id-conflict", "id", "a new id: another fact, which says something else, already has this one")
                    )
            )
        );
    }

    /// <summary>The ordinals of those reports whose stored namesake says the same in every field. Before accounts were kept, keys
    /// said what source they liked; what a clock showed is no part of what is said.</summary>
    private async Task<HashSet<int>> FindSameAsync(NpgsqlConnection connection, List<FactRow> repeats, CancellationToken cancellation)
    {
        var same = new HashSet<int>();
        // nearly always one: what came before a key was rotated is sent again for minutes at most
        foreach (var generation in repeats.Count == 0 ? [] : texts.Generations)
        {
            await foreach (var ordinal in FindSameAsync(connection, repeats, generation, cancellation))
                same.Add(ordinal);
            if (same.Count == repeats.Count)
                break;
        }
        return same;
    }

    private async IAsyncEnumerable<int> FindSameAsync(
        NpgsqlConnection connection,
        List<FactRow> repeats,
        int generation,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await using var command = connection.Command(
            """
            SELECT s.ordinal
            FROM unnest($1::uuid[], $2::int[], $3::int[], $4::text[], $5::timestamptz[], $6::text[], $7::jsonb[], $8::int[])
              AS s (id, household, person, kind, at, source, data, ordinal)
            JOIN fact f ON f.id = s.id
            WHERE (f.household, f.kind, f.at, f.data) = (s.household, s.kind::fact_kind, s.at, s.data)
              AND (f.source = s.source OR f.account IS NULL)
              AND f.person IS NOT DISTINCT FROM s.person
            """,
            [.. Columns(repeats, generation), repeats.Select(row => row.Ordinal).ToArray()]
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            yield return reader.GetInt32(0);
    }

    /// <summary>$1 to $7, one array a column: id, household, person, kind, at, source, data.</summary>
    private SqlValue[] Columns(IReadOnlyCollection<FactRow> rows, int? generation = null) =>
        [
            rows.Select(row => row.Report.Id).ToArray(),
            rows.Select(row => row.Household).ToArray(),
            rows.Select(row => row.Person).ToArray(),
            rows.Select(row => FactReader.Name(row.Report.Kind)).ToArray(),
            rows.Select(row => row.Report.At.UtcDateTime).ToArray(),
            rows.Select(row => row.Report.Source).ToArray(),
            SqlValue.Json(rows.Select(row => texts.Stored(row.Report, generation)).ToArray()),
        ];
}
