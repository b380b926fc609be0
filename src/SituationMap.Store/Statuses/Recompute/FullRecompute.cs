using System.Diagnostics;
using Npgsql;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;
using SituationMap.Store.Supervision;
using SituationMap.Store.Zones;

namespace SituationMap.Store.Statuses.Recompute;

/// <summary>How a full recompute went.</summary>
/// <param name="Progress">Of the whole run, the work of others included.</param>
/// <param name="SetAside">The ids of some of the households that could not be worked out, which the workers try again and again.</param>
/// <param name="IsJoined">Whether others had begun it.</param>
public sealed record RecomputeResult(RecomputeProgress Progress, IReadOnlyList<int> SetAside, bool IsJoined, TimeSpan Took)
{
    /// <summary>How many could not be worked out, and which, in words for operators; empty: none.</summary>
    public string SetAsideInWords =>
        Progress.SetAside == 0
            ? ""
            : $"{Progress.SetAside} could not be worked out and were set aside: the households with the ids "
                + string.Join(", ", SetAside)
                + (Progress.SetAside > SetAside.Count ? " and others" : "");
}

/// <summary>
/// Works out the status of every household anew, by the same function as the workers do: after a change of the rules, or to repair.
/// May be stopped and started at any time and run beside everything else, also several times at once: then they share the work.
/// </summary>
public sealed class FullRecompute(NpgsqlDataSource database, ProtocolCatalog protocols, TimeProvider clock)
{
    /// <summary>Large enough that a part's queries are few, small enough that nothing waits long for one.</summary>
    public const int DefaultPartSize = 1 << 16;

    /// <summary>
    /// Does it, with so many workers of this process. Every part that was finished stays when it is cancelled, and no other was begun.
    /// </summary>
    /// <param name="done">Told the share that is done, from 0 to 1.</param>
    /// <exception cref="StartupException">A run by other rules is under way.</exception>
    public async Task<RecomputeResult> RunAsync(int workers, int partSize, IProgress<double>? done, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        await using var run = await RecomputeRun.JoinOrBeginAsync(
            database,
            protocols.Fingerprint,
            partSize,
            clock.GetUtcNow(),
            cancellation
        );
        await ZoneAnnouncer.AnnounceDueAsync(database, clock, cancellation);
        using var covers = new ZoneCovers(protocols.Plan);
        await Task.WhenAll(
            Enumerable.Range(0, workers).Select(_ => Task.Run(() => WorkAsync(run, covers, done, cancellation), cancellation))
        );
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await run.FinishAsync(connection, clock.GetUtcNow(), cancellation);
        var progress = await run.ProgressAsync(connection, cancellation);
        return new RecomputeResult(progress, await run.SetAsideAsync(connection, cancellation), run.IsJoined, watch.Elapsed);
    }

    private async Task WorkAsync(RecomputeRun run, ZoneCovers covers, IProgress<double>? done, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var reader = new PartReader();
        while (await WorkOnPartAsync(connection, run, covers, reader, cancellation))
            if (done is not null && await run.ProgressAsync(connection, cancellation) is { Parts: > 0 } progress)
                done.Report((double)progress.Done / progress.Parts);
    }

    /// <summary>
    /// Does one part in one transaction; false when none was left. One that cannot be written for reasons of its own is left to the workers
    /// of statuses, who find the household at fault, set it aside and do the others.
    /// </summary>
    private async Task<bool> WorkOnPartAsync(
        NpgsqlConnection connection,
        RecomputeRun run,
        ZoneCovers covers,
        PartReader reader,
        CancellationToken cancellation
    )
    {
        RecomputePart? part = null;
        try
        {
            return await DoPartAsync(connection, run, covers, reader, claimed => part = claimed, cancellation);
        }
        catch (Exception failure) when (part is not null && !cancellation.IsCancellationRequested && !StoreFailure.IsPassing(failure))
        {
            await LeaveAsync(connection, run, part.Value, cancellation);
            return true;
        }
    }

    private async Task LeaveAsync(NpgsqlConnection connection, RecomputeRun run, RecomputePart part, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var now = clock.GetUtcNow();
        await using var mark = connection.Command(
            "SELECT mark_dirty(ARRAY(SELECT id FROM household WHERE id BETWEEN $1 AND $2), $3)",
            part.First,
            part.Last,
            now
        );
        await mark.ExecuteNonQueryAsync(cancellation);
        await run.FinishPartAsync(connection, part, now, households: 0, changes: 0, setAside: [], cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private async Task<bool> DoPartAsync(
        NpgsqlConnection connection,
        RecomputeRun run,
        ZoneCovers covers,
        PartReader reader,
        Action<RecomputePart> claimed,
        CancellationToken cancellation
    )
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await run.ClaimAsync(connection, cancellation) is not { } part)
            return false;
        claimed(part);
        await StatusLocks.TakeAsync(connection, part.First, part.Last, cancellation);
        // The clock is read after that and before the inputs: what is reported later marks its household, and a worker will see to it.
        var now = clock.GetUtcNow();
        var cover = await covers.GetAsync(connection, cancellation);
        var inputs = await reader.ReadAsync(connection, part.First, part.Last, cover, protocols.Plan.HasOverlays, cancellation);
        var result = PartEvaluation.Evaluate(protocols, part, inputs, cover, now, cancellation);
        if (result.SetAside.Length > 0)
        {
            // the workers tell of them, and have them once they can be worked out again
            await using var mark = connection.Command("SELECT mark_dirty($1, $2)", result.SetAside, now);
            await mark.ExecuteNonQueryAsync(cancellation);
        }
        var shown = await StatusBatch.WriteAsync(connection, result.Changes, now, cancellation);
        await run.FinishPartAsync(connection, part, now, result.Looked, shown, result.SetAside, cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }
}
