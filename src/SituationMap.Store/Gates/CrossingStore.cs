using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Facts;

namespace SituationMap.Store.Gates;

/// <param name="Hour">When it begins.</param>
/// <param name="Who">visitor, courier, vehicle or worker; resident: whoever lives here.</param>
public sealed record CrossingCount(DateTimeOffset Hour, string Who, bool IsIn, int Count);

/// <summary>Who went through checkpoints and lives elsewhere.</summary>
public sealed class CrossingStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Stores those that name no household; the outcomes come in their order. The request's row of the record goes with
    /// them.</summary>
    public async Task<IReadOnlyList<FactItemOutcome>> AppendAsync(
        IReadOnlyList<FactReport> reports,
        ReportingAccount account,
        AuditEntry? record,
        CancellationToken cancellation
    )
    {
        var firsts = reports.DistinctBy(report => report.Id).OrderBy(report => report.Id).ToArray();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (
            var insert = connection.Command(
                """
                INSERT INTO crossing (id, checkpoint, at, received_at, data, source, account, account_kind)
                SELECT s.id, s.data->>'checkpoint', s.at, $4, s.data, s.source, $6, $7
                FROM unnest($1::uuid[], $2::timestamptz[], $3::jsonb[], $5::text[]) AS s (id, at, data, source)
                ON CONFLICT (id) DO NOTHING RETURNING id
                """,
                [.. Columns(firsts), clock.GetUtcNow(), firsts.Select(report => report.Source).ToArray(), account.Name, account.Kind]
            )
        )
        await using (var reader = await insert.ExecuteReaderAsync(cancellation))
        {
            var inserted = (await reader.ReadAllAsync(row => row.GetGuid(0), cancellation)).ToHashSet();
            await reader.CloseAsync();
            if (record is not null)
                await record.AppendAsync(connection, cancellation);
            await transaction.CommitAsync(cancellation);
            var same = await FindSameAsync(connection, [.. reports.Where(report => !inserted.Contains(report.Id))], cancellation);
            // the first of an id that comes twice is the one that was inserted
            return [.. reports.Select(report => Outcome(report, inserted.Remove(report.Id), same.Contains(report.Id)))];
        }
    }

    /// <summary>How many went through a checkpoint in each hour, and who, as far as it was not taken back.</summary>
    /// <param name="from">Included; hours are counted from it.</param>
    /// <param name="to">Excluded.</param>
    public async Task<CrossingCount[]> CountAsync(string checkpoint, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        await using var command = database.Command(
            """
            WITH reported AS MATERIALIZED (
              SELECT id, at, 'resident' AS who, data->>'direction' AS direction FROM fact
              WHERE kind = 'passage' AND data->>'checkpoint' = $1 AND at >= $2 AND at < $3
              UNION ALL
              SELECT id, at, data->>'who', data->>'direction' FROM fact
              WHERE data ? 'who' AND kind = 'crossing' AND data->>'checkpoint' = $1 AND at >= $2 AND at < $3
            ), went AS (
              SELECT at, who, direction FROM reported
              WHERE id NOT IN (SELECT r FROM retracted_facts(ARRAY(SELECT id FROM reported)) r)
              UNION ALL
              SELECT at, data->>'who', data->>'direction' FROM crossing WHERE checkpoint = $1 AND at >= $2 AND at < $3
            )
            SELECT floor(extract(epoch FROM at - $2) / 3600)::int, who, direction, count(*)::int FROM went GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """,
            checkpoint,
            from,
            to
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(
            row => new CrossingCount(from.AddHours(row.GetInt32(0)), row.GetString(1), row.GetString(2) == "in", row.GetInt32(3)),
            cancellation
        );
    }

    private static async Task<HashSet<Guid>> FindSameAsync(
        NpgsqlConnection connection,
        FactReport[] repeats,
        CancellationToken cancellation
    )
    {
        if (repeats.Length == 0)
            return [];
        await using var command = connection.Command(
            """
            SELECT s.id FROM unnest($1::uuid[], $2::timestamptz[], $3::jsonb[]) AS s (id, at, data)
            JOIN crossing c ON c.id = s.id WHERE c.at = s.at AND c.data = s.data
            """,
            Columns(repeats)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return [.. await reader.ReadAllAsync(row => row.GetGuid(0), cancellation)];
    }

    private static FactItemOutcome Outcome(FactReport report, bool isInserted, bool isSame) =>
        isInserted ? new(report.Index, report.Id, FactOutcome.Accepted)
        : isSame ? new(report.Index, report.Id, FactOutcome.Duplicate)
        : FactItemOutcome.Rejected(
            report.Index,
            report.Id,
            new Fault("id-conflict", "id", "a new id: another crossing, which says something else, already has this one")
        );

    private static SqlValue[] Columns(FactReport[] reports) =>
        [
            reports.Select(report => report.Id).ToArray(),
            reports.Select(report => report.At.UtcDateTime).ToArray(),
            SqlValue.Json(reports.Select(report => report.Data.GetRawText()).ToArray()),
        ];
}
