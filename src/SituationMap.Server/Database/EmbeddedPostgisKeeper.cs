namespace SituationMap.Server.Database;

/// <summary>Starts the embedded PostgreSQL again when it is found dead; meanwhile the map goes on from its snapshot.</summary>
internal sealed partial class EmbeddedPostgisKeeper(EmbeddedPostgis postgis, TimeProvider clock, ILogger<EmbeddedPostgisKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (postgis.IsGone)
                    await RestartAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the server stops, and stops PostgreSQL itself
        }
    }

    private async Task RestartAsync(CancellationToken cancellation)
    {
        Died(logger);
        try
        {
            await postgis.RestartAsync(new Progress<string>(), cancellation);
            Restarted(logger);
        }
        catch (StartupException failure)
        {
            DidNotStart(logger, failure.Message); // and is tried again at the next tick
        }
    }

    [LoggerMessage(150, LogLevel.Error, "PostgreSQL has died; starting it again")]
    private static partial void Died(ILogger logger);

    [LoggerMessage(151, LogLevel.Information, "PostgreSQL runs again")]
    private static partial void Restarted(ILogger logger);

    [LoggerMessage(152, LogLevel.Error, "{Reason}")]
    private static partial void DidNotStart(ILogger logger, string reason);
}
