using SituationMap.Store.Supervision;

namespace SituationMap.Store.Access;

/// <summary>
/// Has the audit record sealed as it grows, and its end kept outside the database. Says at the start and from then on where the record is
/// not what it was; whether accounts are what it says is looked at once, at the start.
/// </summary>
public sealed partial class AuditSealing(AuditSealer sealer, AuditAnchor anchor, Supervisor supervisor, ILogger<AuditSealing> logger)
    : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private IReadOnlyList<string>? _ofAccounts;
    private string? _logged;

    /// <summary>What is wrong, for everybody to read; null: nothing that was seen.</summary>
    public string? Warning { get; private set; }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        supervisor.KeepAsync("sealing the audit record", LookAsync, supervisor.Every(LookEvery), stoppingToken);

    private async Task LookAsync(CancellationToken cancellation)
    {
        _ofAccounts ??= await anchor.CompareAccountsAsync(cancellation);
        await sealer.SealAsync(cancellation);
        IReadOnlyList<string> faults = [.. await anchor.KeepAsync(cancellation), .. _ofAccounts];
        Warning =
            faults.Count == 0 ? null : "the audit record is not what it was, or accounts are not what it says: audit verify tells more";
        var message = string.Join("; ", faults);
        if (message.Length > 0 && message != _logged)
            LogFaults(logger, message);
        _logged = message;
    }

    [LoggerMessage(180, LogLevel.Error, "The audit record: {Faults}. After a restore from a backup: audit accept")]
    private static partial void LogFaults(ILogger logger, string faults);
}
