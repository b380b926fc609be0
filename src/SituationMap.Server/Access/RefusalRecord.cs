using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using SituationMap.Store.Access;
using SituationMap.Store.Supervision;

namespace SituationMap.Server.Access;

/// <summary>
/// Puts refused requests into the audit record: some of each account in a minute, and how many were left out before. Nobody waits for it,
/// and however many are refused, they cost the record no more than that.
/// </summary>
internal sealed class RefusalRecord(AuditStore audit, TimeProvider clock, Supervisor supervisor) : BackgroundService
{
    public const int InAMinute = 5;
    private const int MostAccounts = 10_000;

    private readonly ConcurrentDictionary<string, Minute> _minutes = new(StringComparer.Ordinal);
    private readonly Channel<AuditEntry> _entries = Channel.CreateBounded<AuditEntry>(
        new BoundedChannelOptions(200) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }
    );

    /// <param name="caller">Null: somebody unknown; all of them together count as one.</param>
    public void Note(HttpContext context, Caller? caller, string code)
    {
        var now = clock.GetUtcNow().Ticks / TimeSpan.TicksPerMinute;
        if (_minutes.Count > MostAccounts)
            _minutes.Clear();
        var minute = _minutes.GetOrAdd(caller?.Name ?? "nobody", _ => new Minute());
        long leftOut;
        lock (minute)
        {
            if (minute.Number != now)
                (minute.Number, minute.Noted) = (now, 0);
            if (++minute.Noted > InAMinute)
            {
                minute.LeftOut++;
                return;
            }
            (leftOut, minute.LeftOut) = (minute.LeftOut, 0);
        }
        var subject = $"{context.Request.Method} {(context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText}";
        var details = new JsonObject { ["code"] = code, ["leftOut"] = leftOut };
        _entries.Writer.TryWrite(RequestAudit.Of(context, "refused", subject, details: details));
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        supervisor.KeepAsync("recording refused requests", WriteAsync, _ => Task.CompletedTask, stoppingToken);

    private async Task WriteAsync(CancellationToken cancellation)
    {
        await _entries.Reader.WaitToReadAsync(cancellation);
        while (_entries.Reader.TryPeek(out var entry))
        {
            await audit.AppendAsync(entry, cancellation);
            _entries.Reader.TryRead(out _);
        }
    }

    private sealed class Minute
    {
        public long Number { get; set; }

        public int Noted { get; set; }

        public long LeftOut { get; set; }
    }
}
