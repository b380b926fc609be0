using Npgsql;
using SituationMap.Store.Database;
using SituationMap.Store.Files;

namespace SituationMap.Store.Imports;

/// <summary>
/// The rows of an import inside the database, in the caller's transaction: staged as they are read, compared with the store, written
/// where they differ, and told to the feed in one go instead of row by row.
/// </summary>
public sealed class Staging(NpgsqlConnection connection, ImportCollection collection, CancellationToken cancellation)
{
    private readonly StagingSql _sql = StagingSql.Of(collection.Name);

    public Task BeginAsync() =>
        ExecuteAsync(
            $"""
            SELECT pg_advisory_xact_lock({LockKeys.Import});
            CREATE TEMP TABLE import_row (row int NOT NULL, code text NOT NULL, fields jsonb NOT NULL, shape geometry) ON COMMIT DROP;
            """
        );

    public async Task<NpgsqlBinaryImporter> CopyAsync() =>
        await connection.BeginBinaryImportAsync("COPY import_row (row, code, fields, shape) FROM STDIN (FORMAT BINARY)", cancellation);

    /// <summary>Makes import_target: each row as it would be, the id it has, and whether it is new, changed or the same; rejects what does
    /// not fit.</summary>
    public async Task CompareAsync(ImportRun run)
    {
        await ExecuteAsync("ANALYZE import_row");
        await ExecuteAsync(
            """
            -- what lies in a grid lies in one that has none below it
            CREATE TEMP TABLE import_leaf ON COMMIT DROP AS
            SELECT path, outline FROM grid g WHERE NOT EXISTS (SELECT FROM grid below WHERE below.parent = g.path);
            CREATE INDEX ON import_leaf USING gist (outline);
            ANALYZE import_leaf;
            """
        );
        await ExecuteAsync($"CREATE TEMP TABLE import_target ON COMMIT DROP AS {_sql.Target}");
        run.Preview = await new ImportPreview(connection, cancellation).DrawAsync(collection, _sql, run.Rows);
        await using (var faults = Command(_sql.Faults))
        {
            await using var reader = await faults.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
                run.Reject(
                    new RejectedRow(reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4))
                );
        }
        await ExecuteAsync("DELETE FROM import_target WHERE fault IS NOT NULL");
        if (_sql.Remarks.Length > 0)
            await RemarkAsync(run, _sql.Remarks);
        await RemarkAsync(run, StagingSql.CodesAlike(collection.Name));
        await using var counts = Command(
            """
            SELECT count(*) FILTER (WHERE change = 'new')::int, count(*) FILTER (WHERE change = 'changed')::int,
                   count(*) FILTER (WHERE change = 'same')::int
            FROM import_target
            """
        );
        await using var counted = await counts.ExecuteReaderAsync(cancellation);
        await counted.ReadAsync(cancellation);
        (run.Added, run.Changed, run.Unchanged) = (counted.GetInt32(0), counted.GetInt32(1), counted.GetInt32(2));
    }

    /// <summary>The numbers of the zones' rows that are new or changed, with what the zones' last versions have.</summary>
    public async Task<IReadOnlyDictionary<int, StoredZone>> ZonesThatDifferAsync()
    {
        await using var command = Command("SELECT row, effective_from, effective_to, reason FROM import_target WHERE change <> 'same'");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        DateTimeOffset? Instant(NpgsqlDataReader row, int column) =>
            row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
        return (
            await reader.ReadAllAsync(
                row => (Row: row.GetInt32(0), Stored: new StoredZone(Instant(row, 1), Instant(row, 2), row.TextOrNull(3))),
                cancellation
            )
        ).ToDictionary(row => row.Row, row => row.Stored);
    }

    /// <summary>What is taken and should be known.</summary>
    private async Task RemarkAsync(ImportRun run, string sql)
    {
        await using var command = Command(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        run.Findings.AddRange(
            await reader.ReadAllAsync(row => new Finding(row.GetString(0), row.GetString(1), Details: row.GetString(2)), cancellation)
        );
    }

    /// <summary>Adds and changes. The triggers that tell the feed of each row are off: that is done for all at once.</summary>
    public Task WriteAsync() =>
        ExecuteAsync($"SET LOCAL situation.filling = 'on'; DELETE FROM import_target WHERE change = 'same'; {_sql.Write}");

    /// <summary>Marks the households concerned and tells the feed; the last act, since it draws sequences.</summary>
    public async Task AnnounceAsync()
    {
        if (_sql.Mark.Length > 0)
            await ExecuteAsync(_sql.Mark);
        await ExecuteAsync(
            $"""
            WITH announced AS MATERIALIZED (
              SELECT kind, grid, subject, touched, row_number() OVER (ORDER BY grid, subject) AS ordinal FROM ({_sql.Feed}) t
            ), drawn AS MATERIALIZED (
              SELECT d.* FROM (SELECT count(*)::int AS n FROM announced HAVING count(*) > 0) f, draw_sequences(f.n, clock_timestamp()) d
            )
            INSERT INTO feed (sequence, recorded_at, kind, grid, subject, touched)
            SELECT first + ordinal - 1, recorded_at, kind::feed_kind, grid, subject, touched FROM announced CROSS JOIN drawn;
            SELECT pg_notify('{Channels.Feed}', '');
            """
        );
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = Command(sql);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    // what is put together here are the statements of StagingSql
    private NpgsqlCommand Command(string sql) => new(sql, connection) { CommandTimeout = 600 };
}
