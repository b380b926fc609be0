namespace SituationMap.Core.Protocols;

/// <summary>Which way somebody goes through a checkpoint.</summary>
public enum GateDirection : byte
{
    /// <summary>Into the area.</summary>
    In,

    /// <summary>Out of it.</summary>
    Out,
}

/// <summary>For whom a pass is.</summary>
public enum PassKind : byte
{
    /// <summary>Whoever of a household goes out.</summary>
    Resident,

    /// <summary>Who goes to work that has to go on.</summary>
    Worker,

    /// <summary>Who looks after somebody of the household.</summary>
    Carer,
}

/// <summary>Why somebody says he goes.</summary>
public enum GatePurpose : byte
{
    /// <summary>Nothing that counts.</summary>
    None,

    /// <summary>To see a doctor.</summary>
    Doctor,
}

/// <summary>Why a pass does not count.</summary>
public enum PassFault : byte
{
    /// <summary>It is none, or was not signed by this place.</summary>
    Forged,

    /// <summary>It is of another place.</summary>
    Foreign,

    /// <summary>Its days are over, or to come.</summary>
    Expired,

    /// <summary>It was ended.</summary>
    Revoked,
}

/// <summary>By what a gate decides: part of an edition of work. Without rules everybody goes.</summary>
/// <param name="Stays">The statuses of a household of which nobody goes out.</param>
/// <param name="Rules">The first that applies decides; the last one applies always.</param>
/// <param name="Refused">What is said of a pass that does not count.</param>
public sealed record GateEdition(
    IReadOnlyList<Status> Stays,
    IReadOnlyList<GateRule> Rules,
    IReadOnlyDictionary<PassFault, LocalText> Refused
)
{
    /// <summary>That of an edition which says nothing of gates.</summary>
    public static GateEdition None { get; } = new([], [], new Dictionary<PassFault, LocalText>());

    /// <summary>On so many days, this one counted, it is asked who went out; 0: on none.</summary>
    public int DaysOfOuts => Rules.Max(rule => rule.OutWithinDays) ?? 0;

    /// <summary>Whether a pass of that kind is of no use for going out where the household has that status.</summary>
    /// <param name="kind">Of the pass.</param>
    /// <param name="status">Null: the household has none yet.</param>
    public bool Holds(PassKind kind, Status? status) =>
        status is { } known
        && Stays.Contains(known)
        && Rules.Any(rule =>
            rule is { Stays: true, Decision: not GateDecision.Go } && (rule.Kinds.Count == 0 || rule.Kinds.Contains(kind))
        );
}

/// <summary>One rule of a gate: what it takes, all of it, and what it decides then.</summary>
public sealed record GateRule
{
    /// <summary>The id that decisions name, unique in the edition.</summary>
    public required string Id { get; init; }

    /// <summary>True for a rule that was published; false for local practice or a local setting.</summary>
    public required bool Published { get; init; }

    /// <summary>Only this way.</summary>
    public GateDirection? Direction { get; init; }

    /// <summary>Only with a pass of one of these kinds; empty: of any.</summary>
    public IReadOnlyList<PassKind> Kinds { get; init; } = [];

    /// <summary>Only for this purpose.</summary>
    public GatePurpose? Purpose { get; init; }

    /// <summary>Only of a household of which nobody goes out, or only of another.</summary>
    public bool? Stays { get; init; }

    /// <summary>Only with a temperature above this.</summary>
    public double? CelsiusOver { get; init; }

    /// <summary>Only at these times [From, To) of a day, in minutes since midnight, over midnight too.</summary>
    public (int From, int To)? Between { get; init; }

    /// <summary>Only where somebody of the household went out on this day or on one of so many before it, this one counted.</summary>
    public int? OutWithinDays { get; init; }

    /// <summary>What it decides.</summary>
    public required GateDecision Decision { get; init; }

    /// <summary>The sentence that says why, which tells nothing about the household's status.</summary>
    public required LocalText Words { get; init; }

    /// <summary>Whether it applies to everybody.</summary>
    public bool IsUnconditional =>
        Direction is null
        && Kinds.Count == 0
        && Purpose is null
        && Stays is null
        && CelsiusOver is null
        && Between is null
        && OutWithinDays is null;
}
