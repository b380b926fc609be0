using System.Diagnostics.Metrics;
using Npgsql;
using SituationMap.Store.Supervision;

namespace SituationMap.Store.Database;

/// <summary>
/// Tells whether a fact could be stored, by trying every second what storing one takes: a connection to a store that may be written to, a
/// new file on its disk, and a commit that it has on disk. Leaves nothing behind but some bytes in PostgreSQL's log of changes.
/// </summary>
public sealed partial class StoreProbe : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MayTake = TimeSpan.FromSeconds(2);

    /// <summary>One try that fails, as on a connection that was cut, is made good by the next; two are told within 5 s, also where nothing
    /// answers.</summary>
    private static readonly TimeSpan UnableAfter = TimeSpan.FromSeconds(3.5);

    private readonly NpgsqlDataSource _database;
    private readonly Supervisor _supervisor;
    private readonly TimeProvider _clock;
    private readonly ILogger<StoreProbe> _logger;
    private long _stored;
    private volatile string? _why;
    private string? _logged;

    public StoreProbe(
        NpgsqlDataSource database,
        Supervisor supervisor,
        TimeProvider clock,
        IMeterFactory meters,
        ILogger<StoreProbe> logger
    )
    {
        (_database, _supervisor, _clock, _logger, _stored) = (database, supervisor, clock, logger, clock.GetTimestamp());
        meters
            .CreateSituationMap()
            .CreateObservableGauge(
                "situationmap.store.writable",
                () => WhyUnable is null ? 1 : 0,
                description: "1: a fact could be stored just now."
            );
    }

    /// <summary>Why no fact can be stored, in words that follow "for"; null: one could be stored just now.</summary>
    public string? WhyUnable =>
        _clock.GetElapsedTime(Interlocked.Read(ref _stored)) < UnableAfter ? null : _why ?? "the database is away or does not answer";

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        _supervisor.KeepAsync("looking whether facts can be stored", LookAsync, _supervisor.Every(Interval), stoppingToken);

    private async Task LookAsync(CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(MayTake, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, limit.Token);
        try
        {
            await StoreAsync(either.Token);
            Interlocked.Exchange(ref _stored, _clock.GetTimestamp());
            _why = null;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            _why = null; // it does not answer
        }
        catch (Exception failure) when (StoreFailure.Describe(failure) is { } words)
        {
            _why = words;
            // a session keeps for its life what it found when it began, so the end of it is seen by new ones
            if (StoreFailure.IsReadOnly(failure))
                _database.Clear();
        }
        Tell(WhyUnable);
    }

    private void Tell(string? why)
    {
        if (why == _logged)
            return;
        _logged = why;
        if (why is null)
            LogAble(_logger);
        else
            LogUnable(_logger, why);
    }

    [LoggerMessage(170, LogLevel.Error, "No fact can be stored, for {Why}")]
    private static partial void LogUnable(ILogger logger, string why);

    [LoggerMessage(171, LogLevel.Information, "Facts can be stored again")]
    private static partial void LogAble(ILogger logger);

    private async Task StoreAsync(CancellationToken cancellation)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                // needs an empty block on the disk, until the transaction ends
                Sql.InBatch("SELECT pg_export_snapshot()"),
                // fails where nothing may be written, as an insert would: neither of the others minds
                Sql.InBatch("SELECT FROM access_version FOR KEY SHARE"),
                Sql.InBatch("SELECT pg_logical_emit_message(true, 'situationmap', 'could a fact be stored?')"),
            },
        };
        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }
}
