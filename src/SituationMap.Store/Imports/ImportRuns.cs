using System.Collections.Concurrent;
using SituationMap.Core;
using SituationMap.Store.Files;
using SituationMap.Store.Supervision;

namespace SituationMap.Store.Imports;

/// <summary>An upload that is being imported, or was lately.</summary>
/// <param name="State"><c>waiting</c>, <c>reading</c>, <c>checking</c>, <c>writing</c>, or the report's outcome, or <c>failed</c>.</param>
/// <param name="Progress">From 0 to 1.</param>
/// <param name="Fault">Why the file cannot be imported at all.</param>
public sealed record ImportResponse(Guid Id, string File, string State, double Progress, ImportReport? Report, Fault? Fault);

/// <summary>Imports uploads one after the other and remembers, for a while and in this process, how each went.</summary>
public sealed class ImportRuns(Importer importer, Supervisor supervisor) : BackgroundService
{
    private const int MaxWaiting = 8;
    private const int MaxRemembered = 30;
    private const string Service = "importing files";

    private readonly ConcurrentDictionary<Guid, ImportResponse> _runs = new();
    private readonly ConcurrentQueue<Guid> _order = new();
    private readonly System.Threading.Channels.Channel<(Guid Id, ImportFolder Folder, ImportOrder Order)> _waiting =
        System.Threading.Channels.Channel.CreateBounded<(Guid, ImportFolder, ImportOrder)>(MaxWaiting);

    /// <summary>Takes an upload over, its folder included; null: too many wait.</summary>
    public ImportResponse? Add(ImportFolder folder, ImportOrder order)
    {
        var answer = new ImportResponse(Guid.NewGuid(), folder.Name, "waiting", 0, null, null);
        _runs[answer.Id] = answer;
        if (!_waiting.Writer.TryWrite((answer.Id, folder, order)))
        {
            _runs.TryRemove(answer.Id, out _);
            return null;
        }
        _order.Enqueue(answer.Id);
        while (_order.Count > MaxRemembered && _order.TryDequeue(out var oldest))
            _runs.TryRemove(oldest, out _);
        return answer;
    }

    public ImportResponse? Find(Guid id) => _runs.GetValueOrDefault(id);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // what is being imported when the server stops is rolled back
        await supervisor.KeepAsync(
            Service,
            ImportNextAsync,
            async stopping => await _waiting.Reader.WaitToReadAsync(stopping),
            stoppingToken
        );
        while (_waiting.Reader.TryRead(out var left))
            left.Folder.Dispose();
    }

    private async Task ImportNextAsync(CancellationToken cancellation)
    {
        if (!_waiting.Reader.TryRead(out var next))
            return;
        using (next.Folder)
        {
            // one that is forgotten already, among very many, is not asked for any more
            if (_runs.TryGetValue(next.Id, out var waiting))
                _runs[next.Id] = await RunAsync(waiting, next.Folder, next.Order, cancellation);
        }
    }

    private async Task<ImportResponse> RunAsync(
        ImportResponse answer,
        ImportFolder folder,
        ImportOrder order,
        CancellationToken cancellation
    )
    {
        try
        {
            var progress = new ImmediateProgress<ImportProgress>(now =>
                _runs[answer.Id] = answer with { State = now.Step, Progress = now.Share }
            );
            var report = await importer.RunAsync(folder, order, progress, cancellation);
            return answer with { State = report.Outcome, Progress = 1, Report = report };
        }
        catch (ImportRefusedException refused)
        {
            return answer with { State = "refused", Progress = 1, Fault = refused.Fault };
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            supervisor.ItemFailed(Service, $"the import {answer.Id}, of which nothing was written", failure);
            return answer with
            {
                State = "failed",
                Progress = 1,
                Fault = StoreFailure.Describe(failure) is { } words
                    ? new Fault("unavailable", "request", $"another try in a moment, for {words}; nothing was written")
                    : new Fault(
                        "import-failed",
                        "file",
                        "a file that the server can get through; nothing was written, and the server's log says what stopped it"
                    ),
            };
        }
    }
}
