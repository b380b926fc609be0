using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Persons;

namespace SituationMap.Store.Facts;

/// <summary>Appends facts to the store.</summary>
public sealed class FactStore(NpgsqlDataSource database, FactTexts texts, TimeProvider clock)
{
    /// <summary>As often is it begun again where something else that was written meanwhile came in between.</summary>
    private const int Attempts = 4;

    /// <summary>
    /// Appends the reports that name known households and members, marks their households dirty, and wakes the workers: one
    /// transaction, committed when this returns. The outcomes come in the order of the reports.
    /// </summary>
    /// <param name="account">Who brings them.</param>
    /// <param name="scope">A household elsewhere is none that is known.</param>
    public async Task<IReadOnlyList<FactItemOutcome>> AppendAsync(
        IReadOnlyList<FactReport> reports,
        ReportingAccount account,
        Scope scope,
        CancellationToken cancellation
    )
    {
        if (reports.Count == 0)
            return [];
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await AppendOnceAsync(reports, account, scope, cancellation);
            }
            catch (PostgresException failure) when (attempt < Attempts && CameBetween(failure))
            {
                // what is known is looked up anew: a member who was moved is none of that household any more
            }
        }
    }

    /// <summary>Whether an import moved or removed what was found already, or the two waited for each other.</summary>
    private static bool CameBetween(PostgresException failure) =>
        failure.SqlState is PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.DeadlockDetected;

    private async Task<IReadOnlyList<FactItemOutcome>> AppendOnceAsync(
        IReadOnlyList<FactReport> reports,
        ReportingAccount account,
        Scope scope,
        CancellationToken cancellation
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);

        var known = await KnownNames.LoadAsync(connection, reports, scope, account.Name, cancellation);
        var outcomes = new Dictionary<int, FactItemOutcome>(reports.Count);
        var rows = new List<FactRow>(reports.Count);
        foreach (var report in reports)
        {
            if (known.Resolve(report, out var row) is { } fault)
                outcomes.Add(report.Index, FactItemOutcome.Rejected(report.Index, report.Id, fault));
            else
                rows.Add(row);
        }

        foreach (var (row, outcome) in await InsertAsync(connection, rows, account, known.Reporter.Hands, cancellation))
            outcomes.Add(row.Report.Index, outcome);
        await transaction.CommitAsync(cancellation);
        return [.. reports.Select(report => outcomes[report.Index])];
    }

    private async Task<List<(FactRow Row, FactItemOutcome Outcome)>> InsertAsync(
        NpgsqlConnection connection,
        List<FactRow> rows,
        ReportingAccount account,
        IReadOnlyList<string> hands,
        CancellationToken cancellation
    )
    {
        if (rows.Count == 0)
            return [];
        // one order of ids for all: two requests that repeat one another's facts wait instead of deadlocking
        var firsts = rows.GroupBy(row => row.Report.Id)
            .Select(same => same.MinBy(row => row.Report.Index)!)
            .OrderBy(row => row.Report.Id)
            .ToArray();
        var now = clock.GetUtcNow();
        await using var insert = connection.Command(
            """
            WITH sent AS (
              SELECT * FROM unnest($1::uuid[], $2::int[], $3::int[], $4::text[], $5::timestamptz[], $6::text[], $7::jsonb[])
                AS s (id, household, person, kind, at, source, data)
            ), inserted AS (
              INSERT INTO fact (id, grid, household, person, kind, at, received_at, source, data, account, account_kind, hands)
              SELECT s.id, h.grid, s.household, s.person, s.kind::fact_kind, s.at, $8, s.source, s.data,
                $9, $10, CASE WHEN s.kind = 'override' THEN $11::text[] END
              FROM sent s JOIN household h ON h.id = s.household
              ORDER BY s.id
              ON CONFLICT (id) DO NOTHING
              RETURNING id, household
            )
            -- materialised by the aggregate: every fact is in before any household is marked
            SELECT array_agg(id), mark_dirty(array_agg(household), $8) FROM inserted HAVING count(*) > 0
            """,
            [.. Columns(firsts), now, account.Name, account.Kind, hands.ToArray()]
        );
        var inserted = await insert.ExecuteScalarAsync(cancellation) is Guid[] ids ? ids.ToHashSet() : [];

        var accepted = firsts.Where(row => inserted.Contains(row.Report.Id)).ToHashSet();
        await texts.KeepAsync(connection, accepted.Select(row => row.Report), now, cancellation);
        var repeats = rows.FindAll(row => !accepted.Contains(row));
        var same = await FindSameAsync(connection, repeats, cancellation);
        return rows.ConvertAll(row =>
            (
                row,
                row.Report switch
                {
                    { Index: var index, Id: var id } when accepted.Contains(row) => new FactItemOutcome(index, id, FactOutcome.Accepted),
                    { Index: var index, Id: var id } when same.Contains(index) => new FactItemOutcome(index, id, FactOutcome.Duplicate),
                    var report => FactItemOutcome.Rejected(
                        report.Index,
                        report.Id,
                        new Fault("id-conflict", "id", "a new id: another fact, which says something else, already has this one")
                    ),
                }
            )
        );
    }

    /// <summary>The indexes of those reports whose stored namesake says the same in every field. Before accounts were kept, keys
    /// said what source they liked.</summary>
    private async Task<HashSet<int>> FindSameAsync(NpgsqlConnection connection, List<FactRow> repeats, CancellationToken cancellation)
    {
        var same = new HashSet<int>();
        // nearly always one: what came before a key was rotated is sent again for minutes at most
        foreach (var generation in repeats.Count == 0 ? [] : texts.Generations)
        {
            await foreach (var index in FindSameAsync(connection, repeats, generation, cancellation))
                same.Add(index);
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
            SELECT s.index
            FROM unnest($1::uuid[], $2::int[], $3::int[], $4::text[], $5::timestamptz[], $6::text[], $7::jsonb[], $8::int[])
              AS s (id, household, person, kind, at, source, data, index)
            JOIN fact f ON f.id = s.id
            WHERE (f.household, f.kind, f.at, f.data) = (s.household, s.kind::fact_kind, s.at, s.data)
              AND (f.source = s.source OR f.account IS NULL)
              AND f.person IS NOT DISTINCT FROM s.person
            """,
            [.. Columns(repeats, generation), repeats.Select(row => row.Report.Index).ToArray()]
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
