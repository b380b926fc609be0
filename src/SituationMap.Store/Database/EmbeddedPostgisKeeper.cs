using SituationMap.Store.Supervision;

namespace SituationMap.Store.Database;

/// <summary>Starts the embedded PostgreSQL again when it is found dead; meanwhile the map goes on from its snapshot.</summary>
public sealed partial class EmbeddedPostgisKeeper(EmbeddedPostgis postgis, Supervisor supervisor, ILogger<EmbeddedPostgisKeeper> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private bool _isLogged;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        supervisor.KeepAsync("keeping PostgreSQL running", LookAsync, supervisor.Every(Interval), stoppingToken);

    private async Task LookAsync(CancellationToken cancellation)
    {
        if (!postgis.IsGone)
            return;
        if (!_isLogged)
            Died(logger);
        _isLogged = true;
        await postgis.RestartAsync(new Progress<string>(), cancellation);
        _isLogged = false;
        Restarted(logger);
    }

    [LoggerMessage(150, LogLevel.Error, "PostgreSQL has died; starting it again")]
    private static partial void Died(ILogger logger);

    [LoggerMessage(151, LogLevel.Information, "PostgreSQL runs again")]
    private static partial void Restarted(ILogger logger);
}
