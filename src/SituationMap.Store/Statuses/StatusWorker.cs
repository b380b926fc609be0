using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Npgsql;
using SituationMap.Core.Facts;
using SituationMap.Core.Statuses;
using SituationMap.Store.Database;
using SituationMap.Store.Facts;
using SituationMap.Store.Protocols;
using SituationMap.Store.Supervision;
using SituationMap.Store.Zones;

namespace SituationMap.Store.Statuses;

/// <summary>What the worker of this process last did; read by the jobs page.</summary>
public sealed record WorkerState(DateTimeOffset? LastBatchAt, int LastBatchHouseholds, int LastBatchChanges, double LastBatchMilliseconds);

/// <summary>
/// Works out statuses: claims dirty households, evaluates them, writes what changed. Any number of workers in any number of
/// processes share the work; what one has claimed the others skip. Woken by a notification, by the next instant at which time
/// alone changes something, and by itself every few seconds in case either was missed. A household that cannot be worked out stays
/// marked and is set aside, so that the others go on.
/// </summary>
/// <param name="reports">What takes reports in beside it; null: nothing in this process.</param>
public sealed class StatusWorker(
    NpgsqlDataSource database,
    ProtocolCatalog protocols,
    TimeProvider clock,
    Supervisor supervisor,
    FactWriter? reports = null
) : BackgroundService
{
    private const string Service = "working out statuses";
    private const int BatchSize = 2_000;

    /// <summary>So many at fault with no batch between them that went well are no matter of theirs: better to pause than to go through
    /// all.</summary>
    private const int MaxAtFault = 20;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>How long it works on before it looks again at what is due.</summary>
    private static readonly TimeSpan LongestWork = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whoever wakes it is worked out at once. While reports keep coming it lets the next ones gather, up to this, and longer while some
    /// are being stored: one batch of many costs little more than one of a few, and who reports waits for an answer.
    /// </summary>
    private static readonly TimeSpan LongestGathering = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestGatheringWhileBusy = TimeSpan.FromMilliseconds(125);

    private readonly SetAside<int> _setAside = new(clock);
    private DateTimeOffset _due = DateTimeOffset.MinValue;

    /// <summary>How many are claimed at once: fewer for a while, where one of a batch is at fault and has to be found.</summary>
    private volatile int _atOnce = BatchSize;
    private volatile int _atFault;

    public WorkerState State { get; private set; } = new(null, 0, 0, 0);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var wakeup = new Wakeup(database, Channels.Dirty, clock, supervisor);
        await supervisor.KeepAsync(Service, WorkAsync, WaitAsync, stoppingToken);

        async Task WaitAsync(CancellationToken stopping)
        {
            if (_due - clock.GetUtcNow() is var wait && wait > TimeSpan.Zero)
                await wakeup.WaitAsync(wait, stopping);
        }
    }

    /// <summary>Works until nothing is left to claim, or some time has gone by: where reports never cease, what is due does not wait for
    /// their end.</summary>
    private async Task WorkAsync(CancellationToken cancellation)
    {
        ExceptionDispatchInfo? notFired = null;
        try
        {
            if (clock.GetUtcNow() >= _due)
                await FireDueAsync(cancellation);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested && !StoreFailure.IsPassing(failure))
        {
            // what is reported does not wait for what cannot be announced
            notFired = ExceptionDispatchInfo.Capture(failure);
        }
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var isMore = await WorkOffAsync(connection, cancellation);
        _due = isMore ? DateTimeOffset.MinValue : await NextDueAsync(connection, clock.GetUtcNow(), _setAside.Waiting, cancellation);
        notFired?.Throw();
    }

    /// <summary>True: there may be more.</summary>
    private async Task<bool> WorkOffAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < LongestWork)
        {
            var began = watch.Elapsed;
            var (claimed, isContested) = await RunBatchAsync(connection, cancellation);
            if (claimed == 0 && !isContested)
                return false;
            // what another worker is at is looked at again when that one may be done
            var gathering = claimed == 0 ? LongestGathering : Gathering(watch.Elapsed - began, isFull: claimed >= _atOnce);
            if (gathering > TimeSpan.Zero)
                await Task.Delay(gathering, cancellation);
        }
        return true;
    }

    /// <summary>How long to wait after a batch.</summary>
    private TimeSpan Gathering(TimeSpan took, bool isFull) =>
        reports?.IsBusy == true ? Shorter(4 * took, LongestGatheringWhileBusy)
        : isFull ? TimeSpan.Zero
        : Shorter(took, LongestGathering);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>
    /// Announces the zones, and marks the households, for which an instant has come at which time alone changes something.
    /// </summary>
    public async Task<int> FireDueAsync(CancellationToken cancellation)
    {
        await ZoneAnnouncer.AnnounceDueAsync(database, clock, cancellation);
        var now = clock.GetUtcNow();
        await using var command = database.Command(
            """
            WITH due AS (
              SELECT array_agg(household) AS households FROM household_status s
              WHERE next_due <= $1 AND household <> ALL ($2)
                AND NOT EXISTS (SELECT FROM dirty_household d WHERE d.household = s.household) -- is worked out in any case
            )
            SELECT cardinality(households), mark_dirty(households, $1) FROM due WHERE households IS NOT NULL
            """,
            now,
            _setAside.Waiting
        );
        return await command.ExecuteScalarAsync(cancellation) as int? ?? 0;
    }

    /// <summary>
    /// Claims, evaluates and writes one batch. Gives the number of households claimed; 0: nothing was left. Where one of them is at fault
    /// nothing of the batch is written, and the next one is half as large, until it is found and set aside.
    /// </summary>
    public async Task<int> RunBatchAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await RunBatchAsync(connection, cancellation)).Claimed;
    }

    /// <returns>IsContested: marks were left to another worker, which is at their households just now.</returns>
    private async Task<(int Claimed, bool IsContested)> RunBatchAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        int[] households = [];
        try
        {
            return await RunBatchAsync(connection, claimed => households = claimed, cancellation);
        }
        // what comes before the claim, or passes, is nobody's fault among them
        catch (Exception failure) when (households.Length > 0 && !cancellation.IsCancellationRequested && !StoreFailure.IsPassing(failure))
        {
            _atOnce = Math.Max(1, households.Length / 2);
            if (households is [var alone])
                SetAside(alone, failure);
        }
        return (households.Length, false);
    }

    private async Task<(int Claimed, bool IsContested)> RunBatchAsync(
        NpgsqlConnection connection,
        Action<int[]> claimed,
        CancellationToken cancellation
    )
    {
        var watch = Stopwatch.StartNew();
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var (households, markedFrom, isContested) = await ClaimAsync(connection, cancellation);
        if (households.Length == 0)
            return (0, isContested);
        claimed(households);
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
        if (inputs.Any(input => input.Facts.Facts.Any(fact => fact.Kind == FactKind.Passage)))
            await PassageFollower.FollowAsync(connection, households, markedFrom, now, cancellation);
        var changes = await StatusBatch.WriteAsync(connection, [.. results.OfType<StatusChange>()], now, cancellation);
        await transaction.CommitAsync(cancellation);
        _atOnce = Math.Min(BatchSize, _atOnce * 2);
        _atFault = 0;
        _setAside.Remove(households);
        State = new WorkerState(now, households.Length, changes, watch.Elapsed.TotalMilliseconds);
        return (households.Length, isContested);
    }

    private void SetAside(int household, Exception failure)
    {
        _setAside.Add(household);
        supervisor.ItemFailed(Service, $"the household with the id {household} could not be worked out", failure);
        if (++_atFault > MaxAtFault)
            throw new InvalidOperationException($"{_atFault} households in a row could not be worked out.", failure);
    }

    private async Task<(int[] Households, DateTimeOffset MarkedFrom, bool IsContested)> ClaimAsync(
        NpgsqlConnection connection,
        CancellationToken cancellation
    )
    {
        await using var claim = connection.Command(
            "SELECT households, marked_from, contested FROM claim_households($1, $2)",
            _atOnce,
            _setAside.Waiting
        );
        await using var reader = await claim.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetFieldValue<int[]>(0), reader.InstantOrNull(1)!.Value, reader.GetBoolean(2));
    }

    /// <summary>The next instant at which time alone changes something, or at which to look in any case.</summary>
    /// <param name="setAside">Households that are not tried again just now; they stay due.</param>
    public static async Task<DateTimeOffset> NextDueAsync(
        NpgsqlConnection connection,
        DateTimeOffset now,
        int[] setAside,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command(
            """
            SELECT LEAST($1 + $2,
                         (SELECT min(next_due) FROM household_status WHERE household <> ALL ($3)),
                         (SELECT min(effective_from) FROM zone_version WHERE effective_from > $1),
                         (SELECT min(effective_to) FROM zone_version WHERE effective_to > $1))
            """,
            now,
            LongestWait,
            setAside
        );
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellation))!, TimeSpan.Zero);
    }
}
