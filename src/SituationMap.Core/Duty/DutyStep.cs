namespace SituationMap.Core.Duty;

/// <summary>What was done about a shift.</summary>
public enum DutyStepKind : byte
{
    /// <summary>It was planned, or is planned otherwise from now on; what was cancelled is planned again.</summary>
    Planned,

    /// <summary>It is planned no more.</summary>
    Cancelled,

    /// <summary>Whoever has it has come.</summary>
    Arrived,

    /// <summary>Whoever has it has gone.</summary>
    Left,

    /// <summary>Somebody else has it from now on; where its worker is there, he is relieved on the spot.</summary>
    Substituted,

    /// <summary>A step was wrong.</summary>
    Retracted,
}

/// <summary>One step of a shift, only ever added. Its id is chosen by whoever reports it, so a repeat is harmless.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">What was done.</param>
/// <param name="Shift">The shift, by the id that whoever planned it chose.</param>
/// <param name="At">When it was done.</param>
/// <param name="ReceivedAt">When it became known.</param>
/// <param name="Worker">Planned and substituted: whose the shift is, by code.</param>
/// <param name="From">Planned: from when.</param>
/// <param name="To">Planned: until when (excluded).</param>
/// <param name="Step">Retracted: the step that was wrong.</param>
public sealed record DutyStep(
    Guid Id,
    DutyStepKind Kind,
    Guid Shift,
    DateTimeOffset At,
    DateTimeOffset ReceivedAt,
    string? Worker = null,
    DateTimeOffset? From = null,
    DateTimeOffset? To = null,
    Guid? Step = null
)
{
    /// <summary>The order in which steps count, whatever the order in which they come.</summary>
    internal (DateTimeOffset, DateTimeOffset, Guid) Order => (At, ReceivedAt, Id);
}

/// <summary>The names of kinds of steps in JSON and in the store.</summary>
public static class DutyStepNames
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<DutyStepKind>().Select(kind => kind.Name())];

    /// <summary>planned, cancelled, arrived, left, substituted or retracted.</summary>
    public static string Name(this DutyStepKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>The kind of that name, one of <see cref="All"/>.</summary>
    public static DutyStepKind KindOf(string name) => (DutyStepKind)All.ToList().IndexOf(name);
}
