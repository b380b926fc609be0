using System.Collections.Concurrent;
using Npgsql;
using SituationMap.Server.Database;
using SituationMap.Server.Http;

namespace SituationMap.Server.Imports;

/// <summary>An upload that is being imported, or was lately.</summary>
/// <param name="State"><c>waiting</c>, <c>reading</c>, <c>checking</c>, <c>writing</c>, or the report's outcome, or <c>failed</c>.</param>
/// <param name="Progress">From 0 to 1.</param>
/// <param name="Fault">Why the file cannot be imported at all.</param>
internal sealed record ImportAnswer(Guid Id, string File, string State, double Progress, ImportReport? Report, Fault? Fault);

/// <summary>Imports uploads one after the other and remembers, for a while and in this process, how each went.</summary>
internal sealed partial class ImportRuns(Importer importer, ILogger<ImportRuns> logger) : BackgroundService
{
    private const int MostWaiting = 8;
    private const int MostRemembered = 30;

    private readonly ConcurrentDictionary<Guid, ImportAnswer> _runs = new();
    private readonly ConcurrentQueue<Guid> _order = new();
    private readonly System.Threading.Channels.Channel<(Guid Id, ImportFolder Folder, ImportOrder Order)> _waiting =
        System.Threading.Channels.Channel.CreateBounded<(Guid, ImportFolder, ImportOrder)>(MostWaiting);

    /// <summary>Takes an upload over, its folder included; null: too many wait.</summary>
    public ImportAnswer? Add(ImportFolder folder, ImportOrder order)
    {
        var answer = new ImportAnswer(Guid.NewGuid(), folder.Name, "waiting", 0, null, null);
        _runs[answer.Id] = answer;
        if (!_waiting.Writer.TryWrite((answer.Id, folder, order)))
        {
            _runs.TryRemove(answer.Id, out _);
            return null;
        }
        _order.Enqueue(answer.Id);
        while (_order.Count > MostRemembered && _order.TryDequeue(out var oldest))
            _runs.TryRemove(oldest, out _);
        return answer;
    }

    public ImportAnswer? Find(Guid id) => _runs.GetValueOrDefault(id);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var (id, folder, order) in _waiting.Reader.ReadAllAsync(stoppingToken))
            {
                using (folder)
                    _runs[id] = await RunAsync(_runs[id], folder, order, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // what was being imported is rolled back
        }
        while (_waiting.Reader.TryRead(out var left))
            left.Folder.Dispose();
    }

    private async Task<ImportAnswer> RunAsync(ImportAnswer answer, ImportFolder folder, ImportOrder order, CancellationToken cancellation)
    {
        try
        {
            var progress = new Commands.ConsoleProgress.Told<ImportProgress>(now => _runs[answer.Id] = answer with { State = now.Step, Progress = now.Share });
            var report = await importer.RunAsync(folder, order, progress, cancellation);
            return answer with { State = report.Outcome, Progress = 1, Report = report };
        }
        catch (ImportRefusedException refused)
        {
            return answer with { State = "refused", Progress = 1, Fault = refused.Fault };
        }
        catch (Exception failure) when (failure is NpgsqlException or IOException)
        {
            ImportFailed(logger, failure, order.As.Name);
            return answer with
            {
                State = "failed", Progress = 1,
                Fault = StoreFailure.IsPassing(failure) ? new Fault("unavailable", "request", "another try in a moment") : new Fault("internal", "request", "nothing else: the fault is ours, and is in the server's log"),
            };
        }
    }

    [LoggerMessage(700, LogLevel.Error, "An import of {Collection} failed; nothing was written")]
    private static partial void ImportFailed(ILogger logger, Exception failure, string collection);
}
