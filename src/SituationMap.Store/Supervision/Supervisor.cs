using System.Diagnostics.Metrics;
using System.Numerics;

namespace SituationMap.Store.Supervision;

/// <summary>
/// Keeps the server's own work going, whatever goes wrong in it: what fails is logged, counted, and tried again after a pause that grows;
/// nothing that one service meets ends another or the server. Every service that runs in the background runs through here.
/// </summary>
public sealed partial class Supervisor
{
    /// <summary>So often in a row makes a service one that is down: a connection that breaks is found at the next try to be a new
    /// one.</summary>
    private const int IsDownAfter = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    /// <summary>While the store is away: it costs little to ask, and everybody waits for it to be back.</summary>
    private static readonly TimeSpan LongestPauseWhilePassing = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _clock;
    private readonly ILogger<Supervisor> _logger;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _failedItems;
    private readonly Lock _gate = new();
    private readonly List<Watched> _services = [];

    public Supervisor(IMeterFactory meters, TimeProvider clock, ILogger<Supervisor> logger)
    {
        (_clock, _logger) = (clock, logger);
        var meter = meters.CreateSituationMap();
        _failures = meter.CreateCounter<long>(
            "situationmap.service.failures",
            "{failure}",
            "How often a background service failed and was tried again."
        );
        _failedItems = meter.CreateCounter<long>(
            "situationmap.service.failed_items",
            "{item}",
            "What a background service could not do and has set aside: households, imports, deliveries."
        );
        meter.CreateObservableGauge("situationmap.service.down", Measure, description: "1: this background service keeps failing.");
    }

    /// <summary>What the server is not ready without, keeps failing, and why: a sentence each, for people; empty where all is
    /// well.</summary>
    public IReadOnlyList<string> Down => Failing(isNeeded: true);

    /// <summary>As <see cref="Down"/>, of what it is ready without.</summary>
    public IReadOnlyList<string> Warnings => Failing(isNeeded: false);

    private string[] Failing(bool isNeeded)
    {
        lock (_gate)
        {
            return
            [
                .. _services
                    .Where(service => service.IsDown && service.IsNeeded == isNeeded)
                    .GroupBy(service => service.Why, service => service.Name)
                    .Select(down =>
                        $"{string.Join(" and ", down)} keeps "
                        + $"failing{(down.Key is { } why ? $", for {why}" : " (the server's log says why)")}"
                    ),
            ];
        }
    }

    /// <summary>Does something again and again until the server stops. Never throws.</summary>
    /// <param name="service">What it does, in words for people, such as <c>working out statuses</c>.</param>
    /// <param name="round">Does what there is to do now.</param>
    /// <param name="wait">Waits until there may be something to do again.</param>
    /// <param name="isNeeded">Whether the server is not ready without it.</param>
    public async Task KeepAsync(
        string service,
        Func<CancellationToken, Task> round,
        Func<CancellationToken, Task> wait,
        CancellationToken stopping,
        bool isNeeded = true
    )
    {
        var watched = Watch(service, isNeeded);
        while (await UntilDoneAsync(watched, round, stopping))
            await wait(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Does something until it has succeeded once, or the server stops. Never throws.</summary>
    /// <inheritdoc cref="KeepAsync" path="/param"/>
    public Task OnceAsync(string service, Func<CancellationToken, Task> round, CancellationToken stopping, bool isNeeded = true) =>
        UntilDoneAsync(Watch(service, isNeeded), round, stopping);

    /// <summary>Does it once, for somebody else who tries again: a failure is logged, counted and thrown.</summary>
    /// <inheritdoc cref="KeepAsync" path="/param"/>
    public async Task<T> AttemptAsync<T>(string service, Func<CancellationToken, Task<T>> round, CancellationToken stopping)
    {
        var watched = Watch(service, isNeeded: true);
        try
        {
            var result = await round(stopping);
            Succeeded(watched);
            return result;
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            Failed(watched, failure);
            throw;
        }
    }

    /// <summary>One item could not be done; its service sets it aside and goes on.</summary>
    /// <param name="service">As for <see cref="KeepAsync"/>.</param>
    /// <param name="item">Which, in words, without anything personal.</param>
    public void ItemFailed(string service, string item, Exception failure)
    {
        _failedItems.Add(1, new KeyValuePair<string, object?>("service", service));
        LogItem(_logger, failure, service, item);
    }

    /// <summary>Waits for so long, as long as nothing wakes it.</summary>
    public Func<CancellationToken, Task> Every(TimeSpan interval) => stopping => Task.Delay(interval, _clock, stopping);

    /// <summary>True: it was done; false: the server stops.</summary>
    private async Task<bool> UntilDoneAsync(Watched service, Func<CancellationToken, Task> round, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await round(stopping);
                Succeeded(service);
                return true;
            }
            catch (Exception failure)
            {
                if (!stopping.IsCancellationRequested)
                    await Task.Delay(Failed(service, failure), _clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        return false;
    }

    private void Succeeded(Watched service)
    {
        var failures = Interlocked.Exchange(ref service.Failures, 0);
        if (failures > 0)
            LogGoesOn(_logger, service.Name, failures);
    }

    private TimeSpan Failed(Watched service, Exception failure)
    {
        var failures = Interlocked.Increment(ref service.Failures);
        _failures.Add(1, new KeyValuePair<string, object?>("service", service.Name));
        service.Why = StoreFailure.Describe(failure);
        // what a person can mend has a sentence of its own; it may tell of the machine's folders, so it is for the log alone
        var passing = failure is StartupException startup ? startup.Message : service.Why;
        var pause = Backoff.After(failures, FirstPause, passing is null ? LongestPause : LongestPauseWhilePassing);
        if (passing is null)
            LogFailed(_logger, failure, service.Name, failures, pause.TotalSeconds);
        else if (BitOperations.IsPow2(failures)) // while the store is away for an hour, a dozen lines are enough
            LogInterrupted(_logger, service.Name, passing);
        return pause;
    }

    private Watched Watch(string service, bool isNeeded)
    {
        lock (_gate)
        {
            if (_services.Find(known => known.Name == service) is { } watched)
                return watched;
            _services.Add(watched = new Watched(service, isNeeded));
            // a count that is there from the beginning is seen to rise
            _failures.Add(0, new KeyValuePair<string, object?>("service", service));
            _failedItems.Add(0, new KeyValuePair<string, object?>("service", service));
            return watched;
        }
    }

    private IEnumerable<Measurement<int>> Measure()
    {
        lock (_gate)
            return
            [
                .. _services.Select(service => new Measurement<int>(
                    service.IsDown ? 1 : 0,
                    new KeyValuePair<string, object?>("service", service.Name)
                )),
            ];
    }

    private sealed class Watched(string name, bool isNeeded)
    {
        /// <summary>In a row.</summary>
        public int Failures;

        /// <summary>Of the last failure, in words for people; null: nobody foresaw it.</summary>
        public volatile string? Why;

        public string Name => name;

        public bool IsNeeded => isNeeded;

        public bool IsDown => Volatile.Read(ref Failures) >= IsDownAfter;
    }

    [LoggerMessage(160, LogLevel.Error, "Failed at {Service} ({Failures} in a row), trying again in {Pause:0.0} s")]
    private static partial void LogFailed(ILogger logger, Exception failure, string service, int failures, double pause);

    [LoggerMessage(161, LogLevel.Warning, "Interrupted at {Service}, trying again: {Reason}")]
    private static partial void LogInterrupted(ILogger logger, string service, string reason);

    [LoggerMessage(162, LogLevel.Information, "Going on with {Service} after {Failures} failures")]
    private static partial void LogGoesOn(ILogger logger, string service, int failures);

    [LoggerMessage(163, LogLevel.Error, "Failed at {Service}: {Item}; set aside, the others go on")]
    private static partial void LogItem(ILogger logger, Exception failure, string service, string item);
}
