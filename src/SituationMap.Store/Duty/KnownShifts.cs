using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Duty;
using SituationMap.Store.Database;

namespace SituationMap.Store.Duty;

/// <summary>What the store knows of what steps name: workers, shifts, other steps.</summary>
internal sealed class KnownShifts
{
    private readonly int _post;
    private readonly HashSet<string> _workers;
    private readonly Dictionary<string, string?> _accounts;
    private readonly Dictionary<Guid, (int Post, string Worker)> _shifts;
    private readonly Dictionary<Guid, (int Post, DutyStep Step)> _steps;

    private KnownShifts(
        int post,
        Dictionary<string, string?> accounts,
        Dictionary<Guid, (int Post, string Worker)> shifts,
        Dictionary<Guid, (int Post, DutyStep Step)> steps
    ) => (_post, _accounts, _workers, _shifts, _steps) = (post, accounts, [.. accounts.Keys], shifts, steps);

    public static async Task<KnownShifts> LoadAsync(
        NpgsqlConnection connection,
        int post,
        IReadOnlyList<DutyStep> steps,
        CancellationToken cancellation
    )
    {
        Guid[] shifts = [.. steps.Select(step => step.Shift).Distinct()];
        await using var plans = connection.Command(
            """
            SELECT DISTINCT ON (s.shift) s.shift, s.post, w.code FROM duty_step s JOIN worker w ON w.id = s.worker
            WHERE s.shift = ANY ($1) ORDER BY s.shift, s.at DESC, s.received_at DESC, s.id DESC
            """,
            shifts
        );
        Dictionary<Guid, (int, string)> found;
        await using (var reader = await plans.ExecuteReaderAsync(cancellation))
            found = (await reader.ReadAllAsync(row => (row.GetGuid(0), (row.GetInt32(1), row.GetString(2))), cancellation)).ToDictionary(
                row => row.Item1,
                row => row.Item2
            );

        await using var named = connection.Command(
            """
            SELECT s.post, s.id, s.kind, s.shift, s.at, s.received_at, w.code, s.starts_at, s.ends_at, s.step
            FROM duty_step s LEFT JOIN worker w ON w.id = s.worker WHERE s.id = ANY ($1)
            """,
            steps.Select(step => step.Id).Concat(steps.Select(step => step.Step).OfType<Guid>()).ToArray()
        );
        Dictionary<Guid, (int, DutyStep)> others;
        await using (var reader = await named.ExecuteReaderAsync(cancellation))
            others = (await reader.ReadAllAsync(row => (Post: row.GetInt32(0), Step: DutyReader.ReadStep(row)), cancellation)).ToDictionary(
                row => row.Step.Id
            );

        await using var workers = connection.Command(
            "SELECT code, account FROM worker WHERE code = ANY ($1)",
            steps.Select(step => step.Worker).OfType<string>().Concat(found.Values.Select(shift => shift.Item2)).ToArray()
        );
        await using var accounts = await workers.ExecuteReaderAsync(cancellation);
        return new KnownShifts(
            post,
            (await accounts.ReadAllAsync(row => (row.GetString(0), row.TextOrNull(1)), cancellation)).ToDictionary(),
            found,
            others
        );
    }

    /// <summary>The first fault; null: all fit.</summary>
    /// <param name="owner">The account whose shifts alone these may be; null: anybody's.</param>
    public Fault? Check(IReadOnlyList<DutyStep> steps, string? owner)
    {
        var isOwn = owner is null;
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            if (_steps.TryGetValue(step.Id, out var same) && !IsSame(same, step))
                return new Fault(
                    "id-conflict",
                    $"steps[{i}].id",
                    "a new id: another step, which says something else, already has this one"
                );
            if (step.Worker is { } worker && !_workers.Contains(worker))
                return new Fault("value-wrong", $"steps[{i}].worker", "the code of a known worker");
            if (step.Kind == DutyStepKind.Planned)
                _shifts.TryAdd(step.Shift, (_post, step.Worker!));
            if (!_shifts.TryGetValue(step.Shift, out var shift) || shift.Post != _post)
                return new Fault("value-wrong", $"steps[{i}].shift", "the id of a shift that is planned at this post, or a new one");
            if (step.Step is { } wrong && !(_steps.TryGetValue(wrong, out var target) && target.Step.Shift == step.Shift))
                return new Fault("value-wrong", $"steps[{i}].step", "the id of a step of this shift");
            if (owner is not null && step.Kind is not (DutyStepKind.Arrived or DutyStepKind.Left))
                return new Fault("right-missing", $"steps[{i}].kind", "arrived or left; planning takes the right Dispatch in this grid");
            isOwn |= _accounts.GetValueOrDefault(shift.Worker) == owner;
        }
        return isOwn
            ? null
            : new Fault("right-missing", "steps[0].shift", "a shift of one's own; others' take the right Dispatch in this grid");
    }

    private bool IsSame((int Post, DutyStep Step) known, DutyStep step) =>
        known.Post == _post && known.Step with { At = step.At, ReceivedAt = step.ReceivedAt } == step;
}
