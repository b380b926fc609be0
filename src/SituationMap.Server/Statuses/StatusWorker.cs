using System.Diagnostics;
using Npgsql;
using SituationMap.Core.Statuses;
using SituationMap.Server.Database;
using SituationMap.Server.Protocols;
using SituationMap.Server.Zones;

namespace SituationMap.Server.Statuses;

/// <summary>What the worker of this process last did; read by the jobs page.</summary>
internal sealed record WorkerState(DateTimeOffset? LastBatchAt, int LastBatchHouseholds, int LastBatchChanges, double LastBatchMilliseconds);

/// <summary>
/// Works out statuses: claims dirty households, evaluates them, writes what changed. Any number of workers in any number of
/// processes share the work; what one has claimed the others skip. Woken by a notification, by the next instant at which time
/// alone changes something, and by itself every few seconds in case either was missed.
/// </summary>
internal sealed partial class StatusWorker(NpgsqlDataSource database, ProtocolCatalog protocols, TimeProvider clock, ILogger<StatusWorker> logger)
    : BackgroundService
{
    private const int BatchSize = 2_000;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    /// <summary>How long it works on before it looks again at what is due.</summary>
    private static readonly TimeSpan LongestWork = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    public WorkerState State { get; private set; } = new(null, 0, 0, 0);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var wakeup = new Wakeup(database, Channels.Dirty, clock, logger);
        var due = DateTimeOffset.MinValue;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (clock.GetUtcNow() >= due)
                    await FireDueAsync(stoppingToken);
                // until nothing is left to claim; where reports never cease, what is due does not wait for their end
                var began = clock.GetTimestamp();
                bool isMore;
                do
                    isMore = await RunBatchAsync(stoppingToken) > 0;
                while (isMore && clock.GetElapsedTime(began) < LongestWork);
                await using (var connection = await database.OpenConnectionAsync(stoppingToken))
                    due = await NextDueAsync(connection, clock.GetUtcNow(), stoppingToken);
                var wait = due - clock.GetUtcNow();
                if (!isMore && wait > TimeSpan.Zero)
                    await wakeup.WaitAsync(wait, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException)
            {
                // the claims were rolled back with the transaction: nothing is lost, it is tried again
                Interrupted(logger, failure.Message);
                await Task.Delay(Retry, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>
    /// Announces the zones, and marks the households, for which an instant has come at which time alone changes something.
    /// </summary>
    public async Task<int> FireDueAsync(CancellationToken cancellation)
    {
        await ZoneAnnouncer.AnnounceDueAsync(database, clock, cancellation);
        var now = clock.GetUtcNow();
        await using var command = database.CreateCommand(
            """
            WITH due AS (SELECT array_agg(household) AS households FROM household_status WHERE next_due <= $1)
            SELECT cardinality(households), mark_dirty(households, $1) FROM due WHERE households IS NOT NULL
            """);
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        return await command.ExecuteScalarAsync(cancellation) as int? ?? 0;
    }

    /// <summary>Claims, evaluates and writes one batch. Gives the number of households claimed; 0: nothing was left.</summary>
    public async Task<int> RunBatchAsync(CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var (households, markedFrom) = await ClaimAsync(connection, cancellation);
        if (households.Length == 0)
            return 0;
        await StatusLocks.ShareAsync(connection, households, cancellation);
        // The clock is read after the claim: a fact reported up to now is either seen below or marks the household again.
        var now = clock.GetUtcNow();
        var inputs = await StatusBatch.LoadAsync(connection, protocols.Plan, households, DateTimeOffset.MaxValue, cancellation);
        var results = new StatusChange?[inputs.Count];
        Parallel.For(0, inputs.Count, index =>
        {
            var input = inputs[index];
            var found = StoredStatus.Of(StatusRules.Evaluate(input.Facts, input.Zones, protocols.Plan.ForGrid(input.Grid), now));
            results[index] = StatusChange.Between(input.Household, input.Stored, found);
        });
        await PassageFollower.FollowAsync(connection, households, markedFrom, now, cancellation);
        var changes = await StatusBatch.WriteAsync(connection, [.. results.OfType<StatusChange>()], now, cancellation);
        await transaction.CommitAsync(cancellation);
        State = new WorkerState(now, households.Length, changes, watch.Elapsed.TotalMilliseconds);
        return households.Length;
    }

    private static async Task<(int[] Households, DateTimeOffset MarkedFrom)> ClaimAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var claim = new NpgsqlCommand(
            """
            WITH claimed AS (
              DELETE FROM dirty_household WHERE (grid, household) IN (
                -- SKIP LOCKED: neither wait for another worker nor for a report that is just being written
                SELECT grid, household FROM dirty_household ORDER BY marked_at LIMIT $1 FOR UPDATE SKIP LOCKED)
              RETURNING household, marked_at
            )
            SELECT COALESCE(array_agg(household ORDER BY household), '{}'), COALESCE(min(marked_at), 'infinity') FROM claimed
            """, connection);
        claim.Parameters.Add(new() { Value = BatchSize });
        await using var reader = await claim.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetFieldValue<int[]>(0), StatusBatch.Instant(reader, 1)!.Value);
    }

    /// <summary>The next instant at which time alone changes something, or at which to look in any case.</summary>
    public static async Task<DateTimeOffset> NextDueAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT LEAST($1 + $2,
                         (SELECT min(next_due) FROM household_status),
                         (SELECT min(effective_from) FROM zone_version WHERE effective_from > $1),
                         (SELECT min(effective_to) FROM zone_version WHERE effective_to > $1))
            """, connection);
        command.Parameters.Add(new() { Value = now.UtcDateTime });
        command.Parameters.Add(new() { Value = LongestWait });
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellation))!, TimeSpan.Zero);
    }

    [LoggerMessage(200, LogLevel.Warning, "Working out statuses was interrupted and is tried again: {Reason}")]
    private static partial void Interrupted(ILogger logger, string reason);
}
