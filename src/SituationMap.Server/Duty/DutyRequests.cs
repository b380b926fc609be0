using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Core.Duty;

namespace SituationMap.Server.Duty;

/// <param name="Kind">Of the edition of work, such as roundTheClock.</param>
/// <param name="Checkpoint">The code of the checkpoint it is at; without it grid, lon and lat are needed.</param>
/// <param name="Grid">The code of its grid.</param>
/// <param name="Leader">The code of the worker who is told of a gap first.</param>
internal sealed record NewPost(
    string? Code = null,
    string? Name = null,
    string? Kind = null,
    string? Checkpoint = null,
    string? Grid = null,
    double? Lon = null,
    double? Lat = null,
    string? Leader = null
);

/// <param name="Account">By which he says himself that he has come; without it others say it.</param>
internal sealed record NewWorker(string? Code = null, string? Grid = null, string? Account = null);

/// <param name="Steps">1 to 500, stored together or not at all.</param>
internal sealed record StepsRequest(IReadOnlyList<NewStep>? Steps);

/// <param name="Id">A new one; a repeat is harmless.</param>
/// <param name="Kind">planned, cancelled, arrived, left, substituted or retracted.</param>
/// <param name="Shift">The shift's id, which whoever plans it chooses.</param>
/// <param name="At">When; without it now.</param>
/// <param name="Worker">Planned and substituted: whose it is, by code.</param>
/// <param name="From">Planned: from when.</param>
/// <param name="To">Planned: until when.</param>
/// <param name="Step">Retracted: the id of the step that was wrong.</param>
internal sealed record NewStep(
    Guid? Id = null,
    string? Kind = null,
    Guid? Shift = null,
    DateTimeOffset? At = null,
    string? Worker = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    Guid? Step = null
);

/// <param name="Duplicate">Those that were there already.</param>
internal sealed record StepsResponse(int Accepted, int Duplicate);

/// <param name="Grid">The code of a grid: its posts and those below it.</param>
/// <param name="From">A day of the week that is copied.</param>
/// <param name="To">A day of the week that gets the same shifts.</param>
internal sealed record CopyRequest(string? Grid, DateOnly? From, DateOnly? To);

/// <summary>Reads steps, or says what is wrong with one of them.</summary>
internal static class StepReader
{
    private const int MostSteps = 500;
    private static readonly TimeSpan LongestShift = TimeSpan.FromHours(24);
    private static readonly TimeSpan FarthestPlan = TimeSpan.FromDays(366);

    /// <returns>The steps, or the fault and none.</returns>
    public static (DutyStep[] Steps, Fault? Fault) Read(StepsRequest body, DateTimeOffset now)
    {
        if (body.Steps is not { Count: > 0 and <= MostSteps } sent)
            return ([], new Fault(body.Steps is null ? "field-missing" : "value-wrong", "steps", $"1 to {MostSteps} steps"));
        var steps = new DutyStep[sent.Count];
        for (var i = 0; i < steps.Length; i++)
        {
            if (sent[i] is not { } one)
                return ([], new Fault("value-wrong", $"steps[{i}]", "a step"));
            if (Check(one, now) is { } fault)
                return ([], fault with { Field = $"steps[{i}].{fault.Field}" });
            var kind = DutyStepNames.KindOf(one.Kind!);
            var isPlan = kind == DutyStepKind.Planned;
            var at = one.At is { } then && then < now ? then : now;
            steps[i] = new DutyStep(
                one.Id!.Value,
                kind,
                one.Shift!.Value,
                Whole(at),
                now,
                isPlan || kind == DutyStepKind.Substituted ? one.Worker : null,
                isPlan ? Whole(one.From!.Value) : null,
                isPlan ? Whole(one.To!.Value) : null,
                kind == DutyStepKind.Retracted ? one.Step : null
            );
        }
        return (steps, null);
    }

    private static Fault? Check(NewStep step, DateTimeOffset now)
    {
        if (step.Id is null)
            return new Fault("field-missing", "id", "a UUID");
        if (step.Kind is null || !DutyStepNames.All.Contains(step.Kind))
            return new Fault("value-wrong", "kind", $"one of {string.Join(", ", DutyStepNames.All)}");
        if (step.Shift is null)
            return new Fault("field-missing", "shift", "the UUID of the shift");
        if (step.At > now + Instants.ClockTolerance || step.At < now - FarthestPlan)
            return new Fault("value-wrong", "at", "a time not after the present one, of the last year");
        if (step.Kind == DutyStepKind.Retracted.Name() && step.Step is null)
            return new Fault("field-missing", "step", "the UUID of the step that was wrong");
        if (step.Kind == DutyStepKind.Substituted.Name() && step.Worker is null)
            return new Fault("field-missing", "worker", "the code of a worker");
        if (step.Kind != DutyStepKind.Planned.Name())
            return null;
        return step.Worker is null ? new Fault("field-missing", "worker", "the code of a worker")
            : step.From is null ? new Fault("field-missing", "from", "when the shift begins")
            : (step.From.Value - now).Duration() > FarthestPlan ? new Fault("value-wrong", "from", "a time within a year")
            : step.To is null || step.To <= step.From || step.To - step.From > LongestShift
                ? new Fault("value-wrong", "to", $"a time after from, at most {LongestShift.TotalHours} hours later")
            : null;
    }

    /// <summary>As the store keeps it, so that a repeat is the same.</summary>
    private static DateTimeOffset Whole(DateTimeOffset at) =>
        new(at.UtcTicks / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
}
