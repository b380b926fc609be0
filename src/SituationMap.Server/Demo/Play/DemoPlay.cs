namespace SituationMap.Server.Demo.Play;

/// <summary>
/// Goes on reporting where the demo's thirty days end, so that a newcomer sees the map live. It is a client like any other: it knows
/// the server only by its API.
/// </summary>
internal static class DemoPlay
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    /// <summary>Reports until it is cancelled, and tells each report in words.</summary>
    /// <param name="server">Has the running server's address as its base address.</param>
    /// <param name="pace">Facts a second, at most 1,000.</param>
    public static async Task RunAsync(
        HttpClient server,
        double pace,
        TimeProvider clock,
        IProgress<string> progress,
        CancellationToken cancellation
    )
    {
        // another story at each start
        var random = new DemoRandom($"play {clock.GetUtcNow():O}");
        var households = new PlayedHouseholds(server, random);
        using var beat = new PeriodicTimer(TimeSpan.FromSeconds(1 / pace), clock);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                if (households.Count == 0)
                    await households.LoadAsync(cancellation);
                if (households.Count == 0)
                {
                    progress.Report("There are no households on this server; fill it with: demo --reset");
                    return;
                }
                // where nobody fits what chance drew, the beat is left out rather than hurried after
                while (await beat.WaitForNextTickAsync(cancellation))
                {
                    if (await PlayedReport.NextAsync(households, random, cancellation) is { } report)
                        await PostAsync(server, report, random.NextGuid(), clock, progress, cancellation);
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
            {
                progress.Report($"The server at {server.BaseAddress} does not answer ({failure.Message}); trying again");
                await Task.Delay(Retry, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static async Task PostAsync(
        HttpClient server,
        PlayedReport report,
        Guid id,
        TimeProvider clock,
        IProgress<string> progress,
        CancellationToken cancellation
    )
    {
        var at = clock.GetLocalNow();
        var fact = new
        {
            id,
            report.Kind,
            household = report.Household.Household,
            report.Person,
            at,
            report.Source,
            report.Data,
        };
        using var answer = await server.PostAsJsonAsync("/api/facts", fact, cancellation);
        var refused = answer.IsSuccessStatusCode ? "" : $": refused, {await answer.Content.ReadAsStringAsync(cancellation)}";
        progress.Report($"{at:HH:mm:ss}  {report.Household.Door} ({report.Household.Status}): {report.Words}{refused}");
    }
}
