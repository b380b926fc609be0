using System.Data;
using System.Text.Json;
using Npgsql;
using SituationMap.Core;
using SituationMap.Store.Database;
using SituationMap.Store.Files;
using SituationMap.Store.Supervision;

namespace SituationMap.Store.Imports;

/// <summary>An upload that is being imported, or was lately.</summary>
/// <param name="State"><c>waiting</c>, <c>reading</c>, <c>checking</c>, <c>writing</c>, or the report's outcome, or <c>failed</c>.</param>
/// <param name="Progress">From 0 to 1.</param>
/// <param name="Fault">Why the file cannot be imported at all.</param>
public sealed record ImportResponse(Guid Id, string File, string State, double Progress, ImportReport? Report, Fault? Fault);

/// <summary>
/// What is to be imported, is being imported, and was lately, known to all servers: each import has a row, and its file lies on the
/// <see cref="ImportFiles"/> until it has ended. One that is broken off begins again, and what is imported ends with the transaction
/// that writes it: it is imported once, whenever the server dies.
/// </summary>
public sealed class ImportRuns(NpgsqlDataSource database, ImportFiles files, Importer importer, TimeProvider clock, Supervisor supervisor)
{
    private const int MaxWaiting = 8;
    private const int MaxRemembered = 30;
    private const string Service = "importing files";

    /// <summary>As long may one that waits be overlooked, such as where the server died before it enqueued it.</summary>
    private static readonly TimeSpan IsForgottenAfter = TimeSpan.FromMinutes(5);

    /// <summary>Takes an upload over, its folder included; null: too many wait.</summary>
    public async Task<ImportResponse?> AddAsync(ImportFolder folder, ImportOrder order, CancellationToken cancellation)
    {
        var id = Guid.NewGuid();
        var name = folder.Name;
        using (folder)
            files.Put(id, folder);
        await using var add = database.Command(
            """
            WITH old AS (
              DELETE FROM import_run WHERE id IN (
                SELECT id FROM import_run WHERE ended_at IS NOT NULL ORDER BY added_at DESC OFFSET $5)
            )
            INSERT INTO import_run (id, folder, file, what)
            SELECT $1, $2, $3, $4::jsonb WHERE (SELECT count(*) FROM import_run WHERE ended_at IS NULL) <= $6
            """,
            id,
            files.Name,
            name,
            StoredOrder.Write(order),
            MaxRemembered,
            MaxWaiting
        );
        if (await add.ExecuteNonQueryAsync(cancellation) > 0)
            return new ImportResponse(id, name, "waiting", 0, null, null);
        files.Remove(id);
        return null;
    }

    public async Task<ImportResponse?> FindAsync(Guid id, CancellationToken cancellation)
    {
        await using var find = database.Command(
            "SELECT file, state, progress, report::text, fault::text FROM import_run WHERE id = $1",
            id
        );
        await using var reader = await find.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellation);
        return await reader.ReadAsync(cancellation)
            ? new ImportResponse(
                id,
                reader.GetString(0),
                reader.GetString(1),
                reader.GetDouble(2),
                Read<ImportReport>(reader.TextOrNull(3)),
                Read<Fault>(reader.TextOrNull(4))
            )
            : null;
    }

    /// <summary>Some of its rows as GeoJSON, once they have been checked.</summary>
    public async Task<byte[]?> PreviewAsync(Guid id, CancellationToken cancellation)
    {
        await using var find = database.Command("SELECT preview FROM import_run WHERE id = $1", id);
        return await find.ExecuteScalarAsync(cancellation) as byte[];
    }

    /// <summary>Those with files here that have not ended and that were not enqueued for a while, which they count as now; removes files
    /// that none needs.</summary>
    public async Task<IReadOnlyList<Guid>> ForgottenAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var find = database.Command(
            """
            UPDATE import_run SET enqueued_at = CASE WHEN enqueued_at < $2 THEN $3 ELSE enqueued_at END
            WHERE folder = $1 AND ended_at IS NULL RETURNING id, enqueued_at = $3
            """,
            files.Name,
            now - IsForgottenAfter,
            now
        );
        await using var reader = await find.ExecuteReaderAsync(cancellation);
        var open = await reader.ReadAllAsync(row => (Id: row.GetGuid(0), IsForgotten: row.GetBoolean(1)), cancellation);
        files.Clear(open.Select(one => one.Id).ToHashSet(), now);
        return [.. open.Where(one => one.IsForgotten).Select(one => one.Id)];
    }

    /// <summary>Imports one that has not ended, to be called by whoever alone works on it.</summary>
    /// <exception cref="NpgsqlException">The store is away; nothing was written, and the import begins anew when it is called
    /// again.</exception>
    public async Task RunAsync(Guid id, CancellationToken cancellation)
    {
        string file;
        string what;
        await using (var find = database.Command("SELECT file, what::text FROM import_run WHERE id = $1 AND ended_at IS NULL", id))
        await using (var reader = await find.ExecuteReaderAsync(cancellation))
        {
            if (!await reader.ReadAsync(cancellation))
            {
                files.Remove(id);
                return;
            }
            (file, what) = (reader.GetString(0), reader.GetString(1));
        }
        await ImportAsync(id, file, what, cancellation);
        files.Remove(id);
    }

    private async Task ImportAsync(Guid id, string file, string what, CancellationToken cancellation)
    {
        try
        {
            using var folder = files.Get(id, file);
            var now = new ImportProgress("reading", 0);
            var report = await importer
                .RunAsync(
                    folder,
                    StoredOrder.Read(what),
                    new ImmediateProgress<ImportProgress>(reached => now = reached),
                    cancellation,
                    atEnd: (connection, imported) => EndAsync(connection, id, imported, cancellation)
                )
                .ReportingAsync(() => ProgressAsync(id, now));
            if (report.Outcome != "imported")
            {
                await using var connection = await database.OpenConnectionAsync(cancellation);
                await EndAsync(connection, id, report, cancellation);
            }
        }
        catch (ImportRefusedException refused)
        {
            await EndAsync(id, "refused", refused.Fault, cancellation);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested && !IsAway(failure))
        {
            supervisor.ItemFailed(Service, $"the import {id}, of which nothing was written", failure);
            await EndAsync(
                id,
                "failed",
                StoreFailure.Describe(failure) is { } words
                    ? new Fault("unavailable", "request", $"another try in a moment, for {words}; nothing was written")
                    : new Fault(
                        "import-failed",
                        "file",
                        "a file that the server can get through; nothing was written, and the server's log says what stopped it"
                    ),
                cancellation
            );
        }
    }

    /// <summary>Whether the connection is gone: the import is tried again when the store is back.</summary>
    private static bool IsAway(Exception failure) =>
        failure is NpgsqlException and not PostgresException || failure is PostgresException { SqlState: ['5', '7', 'P', '0', _] };

    private async Task ProgressAsync(Guid id, ImportProgress now)
    {
        await using var update = database.Command(
            "UPDATE import_run SET state = $2, progress = $3 WHERE id = $1 AND ended_at IS NULL AND (state, progress) <> ($2, $3)",
            id,
            now.Step,
            now.Share
        );
        await update.ExecuteNonQueryAsync();
    }

    private async Task EndAsync(Guid id, string state, Fault fault, CancellationToken cancellation)
    {
        await using var end = database.Command(
            "UPDATE import_run SET state = $2, progress = 1, fault = $3::jsonb, ended_at = $4 WHERE id = $1",
            id,
            state,
            JsonSerializer.Serialize(fault, JsonSerializerOptions.Web),
            clock.GetUtcNow()
        );
        await end.ExecuteNonQueryAsync(cancellation);
    }

    private async Task EndAsync(NpgsqlConnection connection, Guid id, ImportReport report, CancellationToken cancellation)
    {
        await using var end = connection.Command(
            "UPDATE import_run SET state = $2, progress = 1, report = $3::jsonb, preview = $4, ended_at = $5 WHERE id = $1",
            id,
            report.Outcome,
            JsonSerializer.Serialize(report, JsonSerializerOptions.Web),
            report.Preview,
            clock.GetUtcNow()
        );
        await end.ExecuteNonQueryAsync(cancellation);
    }

    private static T? Read<T>(string? json)
        where T : class => json is null ? null : JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web);

    /// <summary>An order as its row has it, with the collection by its name.</summary>
    private sealed record StoredOrder(
        string As,
        string? Crs,
        string? Layer,
        IReadOnlyList<string> Map,
        bool DryRun,
        bool SwapAxes,
        bool TrustCrs,
        bool SkipRejected,
        string Author
    )
    {
        public static string Write(ImportOrder order) =>
            JsonSerializer.Serialize(
                new StoredOrder(
                    order.As.Name,
                    order.Crs,
                    order.Layer,
                    order.Map,
                    order.DryRun,
                    order.SwapAxes,
                    order.TrustCrs,
                    order.SkipRejected,
                    order.Author
                ),
                JsonSerializerOptions.Web
            );

        public static ImportOrder Read(string json)
        {
            var kept = JsonSerializer.Deserialize<StoredOrder>(json, JsonSerializerOptions.Web)!;
            return new ImportOrder(
                ImportCollection.Find(kept.As) ?? throw new InvalidDataException($"Nothing is imported as {kept.As}."),
                kept.Crs,
                kept.Layer,
                kept.Map,
                kept.DryRun,
                kept.SwapAxes,
                kept.TrustCrs,
                kept.SkipRejected,
                kept.Author
            );
        }
    }
}
