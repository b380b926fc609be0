using Npgsql;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;
using SituationMap.Store.Supervision;

namespace SituationMap.Store.Statuses.Recompute;

/// <summary>
/// Works out everything anew, in the background, when the server starts with other rules than the last full recompute went by: another
/// plan, or an edition that was edited. Several servers that start together share the work. Broken off, the parts that are done stay, and
/// the next try or start begins anew.
/// </summary>
public sealed partial class RecomputeOnNewRules(
    NpgsqlDataSource database,
    ProtocolCatalog protocols,
    TimeProvider clock,
    Supervisor supervisor,
    ILogger<RecomputeOnNewRules> logger
) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        supervisor.OnceAsync("working out every status by the new rules", RunAsync, stoppingToken);

    private async Task RunAsync(CancellationToken cancellation)
    {
        if (await LastRulesAsync(cancellation) == protocols.Fingerprint)
            return;
        Begun(logger, protocols.Fingerprint);
        var result = await new FullRecompute(database, protocols, clock).RunAsync(
            workers: 1,
            FullRecompute.DefaultPartSize,
            done: null,
            cancellation
        );
        Done(logger, result.Progress.Households, result.Progress.Changes, result.Took.TotalSeconds);
        if (result.Progress.SetAside > 0)
            SetAside(logger, result.SetAsideInWords);
    }

    /// <summary>The rules of the last full recompute that was finished; null where there was none.</summary>
    private async Task<string?> LastRulesAsync(CancellationToken cancellation)
    {
        await using var command = database.Command(
            "SELECT rules FROM recompute_run WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1"
        );
        return await command.ExecuteScalarAsync(cancellation) as string;
    }

    [LoggerMessage(
        250,
        LogLevel.Information,
        "The rules ({Rules}) are not those of the last full recompute: working out every status anew"
    )]
    private static partial void Begun(ILogger logger, string rules);

    [LoggerMessage(251, LogLevel.Information, "{Households} households were looked at, {Changes} changed, in {Seconds:0.0} s")]
    private static partial void Done(ILogger logger, long households, long changes, double seconds);

    [LoggerMessage(252, LogLevel.Warning, "Of those, {SetAside}")]
    private static partial void SetAside(ILogger logger, string setAside);
}
