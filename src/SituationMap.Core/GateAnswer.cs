namespace SituationMap.Core;

/// <summary>What a guard is told to do with whoever stands before him.</summary>
public enum GateDecision : byte
{
    /// <summary>He lets him through.</summary>
    Go,

    /// <summary>He does not.</summary>
    Stop,

    /// <summary>He sends him to a doctor.</summary>
    Refer,
}

/// <summary>A decision at a gate, and why; nothing about the household.</summary>
/// <param name="Decision">What to do.</param>
/// <param name="Rule">The rule of the edition of work, or of a pass that does not count: pass-forged, pass-foreign, pass-expired,
/// pass-revoked; null: there are no rules.</param>
/// <param name="Words">Why; null: there are no rules.</param>
public sealed record GateAnswer(GateDecision Decision, string? Rule, WordsResponse? Words);
