using System.Data;
using System.Text.Json;
using Npgsql;
using SituationMap.Core;
using SituationMap.Store.Database;
using SituationMap.Store.Files;
using SituationMap.Store.Supervision;

namespace SituationMap.Store.Exports;

/// <param name="Grids">The paths of the grids to keep to; null: all.</param>
/// <param name="WithMark">As for <see cref="Exporter.WriteAsync"/>.</param>
public sealed record ExportOrder(ExportCollection Collection, string Format, bool WithMark, string[]? Grids);

/// <summary>An export that was ordered.</summary>
/// <param name="State"><c>waiting</c>, <c>writing</c>, <c>ready</c> or <c>failed</c>.</param>
/// <param name="Bytes">Of its file, once it is ready.</param>
public sealed record ExportRun(Guid Id, ExportOrder Order, string State, long? Bytes, Fault? Fault);

/// <summary>
/// Exports that were ordered, known to all servers: each has a row, and its file in pieces, which are written in the transaction that ends
/// it. One that is broken off begins again; it is ready once, whenever the server dies.
/// </summary>
public sealed class ExportRuns(NpgsqlDataSource database, Exporter exporter, TimeProvider clock, Supervisor supervisor)
{
    /// <summary>Of one account, waiting and ready ones together.</summary>
    public const int MaxOfAccount = 4;

    private const int PieceBytes = 1 << 20;
    private const string Service = "writing exports";

    /// <summary>Nobody fetches it any more, and what it tells of persons was to be erased since.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>As long may one that waits be overlooked, such as where the server died before it enqueued it.</summary>
    private static readonly TimeSpan IsForgottenAfter = TimeSpan.FromMinutes(5);

    /// <summary>Takes an order, in the place of the account's oldest ready one; null: too many of its own wait.</summary>
    public async Task<ExportRun?> AddAsync(string account, ExportOrder order, CancellationToken cancellation)
    {
        var id = Guid.NewGuid();
        await using var add = database.Command(
            """
            WITH own AS (
              SELECT id, ended_at, row_number() OVER (ORDER BY ended_at IS NULL DESC, added_at DESC) AS place
              FROM export_run WHERE account = $2
            ), old AS (
              DELETE FROM export_run WHERE id IN (SELECT id FROM own WHERE ended_at IS NOT NULL AND place >= $5)
            )
            INSERT INTO export_run (id, account, what, grids, added_at, enqueued_at)
            SELECT $1, $2, $3::jsonb, $4, $6, $6 WHERE (SELECT count(*) FROM own WHERE ended_at IS NULL) < $5
            """,
            id,
            account,
            JsonSerializer.Serialize(new StoredOrder(order.Collection.Name, order.Format, order.WithMark), JsonSerializerOptions.Web),
            SqlValue.LTree(order.Grids),
            MaxOfAccount,
            clock.GetUtcNow()
        );
        return await add.ExecuteNonQueryAsync(cancellation) == 0 ? null : new ExportRun(id, order, "waiting", null, null);
    }

    /// <param name="account">Whose it is; null: anybody's.</param>
    public async Task<ExportRun?> FindAsync(Guid id, string? account, CancellationToken cancellation)
    {
        await using var find = database.Command(
            """
            SELECT what::text, grids::text[], state, bytes, fault::text FROM export_run
            WHERE id = $1 AND ($2::text IS NULL OR account = $2) AND added_at > $3
            """,
            id,
            account,
            clock.GetUtcNow() - Kept
        );
        await using var reader = await find.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellation);
        if (!await reader.ReadAsync(cancellation))
            return null;
        var stored = JsonSerializer.Deserialize<StoredOrder>(reader.GetString(0), JsonSerializerOptions.Web)!;
        return new ExportRun(
            id,
            new ExportOrder(
                ExportCollection.All.Single(collection => collection.Name == stored.Collection),
                stored.Format,
                stored.WithMark,
                reader.IsDBNull(1) ? null : reader.GetFieldValue<string[]>(1)
            ),
            reader.GetString(2),
            reader.IsDBNull(3) ? null : reader.GetInt64(3),
            reader.TextOrNull(4) is { } fault ? JsonSerializer.Deserialize<Fault>(fault, JsonSerializerOptions.Web) : null
        );
    }

    /// <summary>Writes the file of one that is ready.</summary>
    public async Task CopyAsync(Guid id, Stream target, CancellationToken cancellation)
    {
        await using var read = database.Command("SELECT bytes FROM export_piece WHERE export = $1 ORDER BY ordinal", id).Unlimited();
        await using var reader = await read.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellation);
        while (await reader.ReadAsync(cancellation))
            await target.WriteAsync(reader.GetFieldValue<byte[]>(0), cancellation);
    }

    /// <summary>Those that have not ended and that were not enqueued for a while, which they count as now; forgets the old ones.</summary>
    public async Task<IReadOnlyList<Guid>> ForgottenAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var find = database.Command(
            """
            WITH old AS (DELETE FROM export_run WHERE added_at <= $2)
            UPDATE export_run SET enqueued_at = $1 WHERE ended_at IS NULL AND enqueued_at < $3 AND added_at > $2 RETURNING id
            """,
            now,
            now - Kept,
            now - IsForgottenAfter
        );
        await using var reader = await find.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(row => row.GetGuid(0), cancellation);
    }

    /// <summary>Writes one that has not ended, to be called by whoever alone works on it.</summary>
    /// <exception cref="NpgsqlException">The store is away; it begins anew when it is called again.</exception>
    public async Task RunAsync(Guid id, CancellationToken cancellation)
    {
        if (await FindAsync(id, account: null, cancellation) is not { State: "waiting" or "writing" } run)
            return;
        await using var begin = database.Command("UPDATE export_run SET state = 'writing' WHERE id = $1 AND ended_at IS NULL", id);
        await begin.ExecuteNonQueryAsync(cancellation);
        try
        {
            await using var spool = ExportSpool.Create();
            var (collection, format, withMark, grids) = run.Order;
            await exporter.WriteAsync(collection.Within(grids), format, withMark, spool, cancellation);
            spool.Position = 0;
            await EndAsync(id, spool, cancellation);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested && !StoreFailure.IsPassing(failure))
        {
            supervisor.ItemFailed(Service, $"the export {id}", failure);
            var fault = failure is ImportRefusedException refused
                ? refused.Fault
                : new Fault("export-failed", "id", "another order; the server's log says what stopped this one");
            await using var end = database.Command(
                "UPDATE export_run SET state = 'failed', fault = $2::jsonb, ended_at = $3 WHERE id = $1",
                id,
                JsonSerializer.Serialize(fault, JsonSerializerOptions.Web),
                clock.GetUtcNow()
            );
            await end.ExecuteNonQueryAsync(cancellation);
        }
    }

    private async Task EndAsync(Guid id, FileStream file, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var end = connection.Command(
            "UPDATE export_run SET state = 'ready', bytes = $2, ended_at = $3 WHERE id = $1 AND ended_at IS NULL",
            id,
            file.Length,
            clock.GetUtcNow()
        );
        // somebody who was taken for dead has done it meanwhile, or it was forgotten
        if (await end.ExecuteNonQueryAsync(cancellation) == 0)
            return;
        var piece = new byte[PieceBytes];
        for (
            var ordinal = 0;
            await file.ReadAtLeastAsync(piece, PieceBytes, throwOnEndOfStream: false, cancellation) is > 0 and var read;
            ordinal++
        )
        {
            await using var write = connection.Command(
                "INSERT INTO export_piece (export, ordinal, bytes) VALUES ($1, $2, $3)",
                id,
                ordinal,
                piece[..read]
            );
            await write.ExecuteNonQueryAsync(cancellation);
        }
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>An order as its row has it.</summary>
    private sealed record StoredOrder(string Collection, string Format, bool WithMark);
}
