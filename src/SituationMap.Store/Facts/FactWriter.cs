using System.Data;
using System.Threading.Channels;
using Npgsql;
using SituationMap.Core.Facts;
using SituationMap.Store.Database;
using SituationMap.Store.Supervision;

namespace SituationMap.Store.Facts;

/// <summary>
/// Takes in what requests bring. Those that come while a transaction is being committed are joined into the next one, so that under load
/// one commit serves many and an idle server lets nobody wait; each is answered when its own facts are durable, with its own outcomes. What
/// cannot be stored together, or would have to wait for somebody's lock, is stored one by one: what one request brings never fails or holds
/// up another's. The workers are woken after the commit, by one connection: NOTIFY takes a lock of the whole database until its transaction
/// is over, and a lost one costs only delay.
/// </summary>
public sealed class FactWriter(NpgsqlDataSource database, FactStore store, TimeProvider clock, Supervisor supervisor) : BackgroundService
{
    /// <summary>So many reports are worth a commit: whoever brings as many waits for nobody, and nobody for him.</summary>
    private const int MinReportsAlone = 100;

    /// <summary>As often is it begun again where something else that was written meanwhile came in between.</summary>
    private const int Attempts = 4;

    /// <summary>Of a transaction of several requests.</summary>
    private const int MaxReports = 1_000;

    /// <summary>As many are stored within seconds, where nothing is wrong.</summary>
    private const int MaxReportsInLine = 10_000;

    /// <summary>Of those that could not be stored together: each has a connection for as long as it waits.</summary>
    private const int MaxOneByOne = 4;

    /// <summary>The store may hang, or fail again and again.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>For those who were just answered, and report again at once.</summary>
    private static readonly TimeSpan LongestGathering = TimeSpan.FromMilliseconds(1);

    /// <summary>A connection that is kept need not be reset for each group; a server that rests gives it back.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromSeconds(1);

    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>();
    private readonly Channel<bool> _stored = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    private readonly SemaphoreSlim _oneByOne = new(MaxOneByOne);

    private int _beingStored;
    private int _inLine;

    /// <summary>Whether anything is being stored just now.</summary>
    public bool IsBusy => Volatile.Read(ref _beingStored) > 0;

    /// <summary>
    /// Appends the reports that name known households and members, and marks their households; durable when this returns. The outcomes come
    /// in the order of the reports. Null: too many wait already.
    /// </summary>
    /// <exception cref="NpgsqlException">The store is away, refuses, or does not answer in time.</exception>
    public async Task<IReadOnlyList<FactItemOutcome>?> AppendAsync(FactIntake intake, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _beingStored);
        try
        {
            return HasOwnConnection(intake)
                ? await AppendAloneAsync(intake, cancellation)
                : await AppendTogetherAsync(intake, cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _beingStored);
        }
    }

    /// <summary>Whether it is stored over a connection of its own; the others share one.</summary>
    public static bool HasOwnConnection(FactIntake intake) => intake.Reports.Count >= MinReportsAlone;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(
            supervisor.KeepAsync("storing reports", WriteAsync, _ => Task.CompletedTask, stoppingToken),
            supervisor.KeepAsync("waking the workers", WakeAsync, _ => Task.CompletedTask, stoppingToken, isNeeded: false)
        );

    private async Task<IReadOnlyList<FactItemOutcome>?> AppendTogetherAsync(FactIntake intake, CancellationToken cancellation)
    {
        if (Interlocked.Add(ref _inLine, intake.Reports.Count) > MaxReportsInLine)
        {
            Interlocked.Add(ref _inLine, -intake.Reports.Count);
            return null;
        }
        using var limit = new CancellationTokenSource(LongestWait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var waiting = new Waiting(intake, either.Token);
        _waiting.Writer.TryWrite(waiting);
        try
        {
            return await waiting.Outcomes.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new NpgsqlException("The store did not take reports in time.", new TimeoutException());
        }
    }

    private async Task WriteAsync(CancellationToken stopping)
    {
        await _waiting.Reader.WaitToReadAsync(stopping);
        await using var connection = database.CreateConnection();
        var expected = 1;
        do
        {
            var group = await GatherAsync(expected, stopping);
            if (group.Count == 0)
                continue;
            try
            {
                if (connection.State != ConnectionState.Open)
                    await OpenAsync(connection, stopping);
                var outcomes = await store.AppendAsync(connection, [.. group.Select(waiting => waiting.Intake)], stopping);
                _stored.Writer.TryWrite(true);
                expected = group.Count + _waiting.Reader.Count;
                foreach (var (waiting, own) in group.Zip(outcomes))
                    waiting.Answer(own);
            }
            catch (Exception) when (connection.State == ConnectionState.Open && !stopping.IsCancellationRequested)
            {
                // as long as the connection holds, it lies with one of them, or with whoever one of them would have to wait for
                foreach (var waiting in group)
                    _ = AnswerAloneAsync(waiting);
            }
            catch (Exception failure)
            {
                group.ForEach(waiting => waiting.Fail(failure));
                throw;
            }
        } while (await ComeAsync(ConnectionLifetime, stopping));
    }

    private static async Task OpenAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await connection.OpenAsync(cancellation);
        // such as that of an import, which marks households and commits minutes later
        await using var limit = connection.Command("SET lock_timeout = '100ms'");
        await limit.ExecuteNonQueryAsync(cancellation);
    }

    private async Task AnswerAloneAsync(Waiting waiting)
    {
        try
        {
            await _oneByOne.WaitAsync(waiting.Aborted);
            try
            {
                waiting.Answer(await AppendAloneAsync(waiting.Intake, waiting.Aborted));
            }
            finally
            {
                _oneByOne.Release();
            }
        }
        catch (Exception failure)
        {
            waiting.Fail(failure);
        }
    }

    private async Task<IReadOnlyList<FactItemOutcome>> AppendAloneAsync(FactIntake intake, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var outcomes = await store.AppendAsync(connection, [intake], cancellation);
                _stored.Writer.TryWrite(true);
                return outcomes[0];
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

    /// <summary>Takes those in line; and where fewer are than lately reported side by side, waits for the others a moment: one commit for
    /// all of them is sooner done than one for each half.</summary>
    private async Task<List<Waiting>> GatherAsync(int expected, CancellationToken stopping)
    {
        var (group, reports) = (new List<Waiting>(), 0);
        do
        {
            while (reports < MaxReports && _waiting.Reader.TryRead(out var next))
            {
                Interlocked.Add(ref _inLine, -next.Intake.Reports.Count);
                if (next.Aborted.IsCancellationRequested)
                    continue; // nobody waits for the answer any more
                group.Add(next);
                reports += next.Intake.Reports.Count;
            }
        } while (group.Count < expected && reports < MaxReports && await ComeAsync(LongestGathering, stopping));
        return group;
    }

    private async Task<bool> ComeAsync(TimeSpan within, CancellationToken stopping)
    {
        var coming = _waiting.Reader.WaitToReadAsync(stopping).AsTask();
        await ((Task)coming.WaitAsync(within, stopping)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return coming.IsCompletedSuccessfully;
    }

    private async Task WakeAsync(CancellationToken stopping)
    {
        await _stored.Reader.ReadAsync(stopping);
        await using var notify = database.Command("SELECT pg_notify($1, '')", Channels.Dirty);
        await notify.ExecuteNonQueryAsync(stopping);
    }

    private sealed class Waiting(FactIntake intake, CancellationToken aborted)
    {
        // whoever writes goes on writing, and does not run what waits for it
        private readonly TaskCompletionSource<IReadOnlyList<FactItemOutcome>> _outcomes = new(
            TaskCreationOptions.RunContinuationsAsynchronously
        );

        public FactIntake Intake => intake;

        public Task<IReadOnlyList<FactItemOutcome>> Outcomes => _outcomes.Task;

        public CancellationToken Aborted => aborted;

        public void Answer(IReadOnlyList<FactItemOutcome> outcomes) => _outcomes.TrySetResult(outcomes);

        public void Fail(Exception failure) => _outcomes.TrySetException(failure);
    }
}
