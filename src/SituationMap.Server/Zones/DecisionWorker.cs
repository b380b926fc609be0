using SituationMap.Store.Supervision;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Server.Zones;

/// <summary>
/// Takes the steps that were decided to take effect later, once their time has come. Any number of servers may: the step of a zone that
/// another one was faster at is stale. What cannot be taken any more, for the zone has ended meanwhile, lapses.
/// </summary>
internal sealed partial class DecisionWorker(
    ZoneReader zones,
    ZoneWorkflow planning,
    TimeProvider clock,
    Supervisor supervisor,
    ILogger<DecisionWorker> logger
) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        supervisor.KeepAsync("taking decisions on zones", TakeDueAsync, supervisor.Every(LookEvery), stoppingToken);

    private async Task TakeDueAsync(CancellationToken cancellation)
    {
        foreach (var code in await zones.DueDecisionsAsync(clock.GetUtcNow(), cancellation))
            if (await zones.FindAsync(code, clock.GetUtcNow(), cancellation) is { Decision: { } decision } zone)
                await TakeAsync(zone, decision, cancellation);
    }

    private async Task TakeAsync(ZoneRecord zone, ZoneDecision decision, CancellationToken cancellation)
    {
        var step = ZoneSteps.All.First(step => step.Name == decision.Step);
        var (take, _, wrong) = step.Read(planning, zone.Code, decision.Body, cancellation);
        var result = wrong is null
            ? await take(zone.Tag, decision.Actor with { Decision = decision })
            : StepResult.Refused(StepOutcome.Invalid, wrong);
        if (result is not { Fault: { } fault, Outcome: not StepOutcome.Stale })
            return;
        LogLapsed(logger, decision.Step, zone.Code, fault.Code, fault.Expected);
        await planning.LapseAsync(zone.Code, zone.Tag, decision.Actor, $"{decision.Step}: {fault.Code}", cancellation);
    }

    [LoggerMessage(190, LogLevel.Warning, "The decision to {Step} the zone {Code} was not taken: {Fault}, {Expected} was expected.")]
    private static partial void LogLapsed(ILogger logger, string step, string code, string fault, string expected);
}
