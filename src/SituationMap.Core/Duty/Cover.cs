namespace SituationMap.Core.Duty;

/// <summary>How things stand with a post.</summary>
public enum CoverState : byte
{
    /// <summary>No shift is planned, nor was one until a short while ago.</summary>
    NoPlan,

    /// <summary>As many are there as are wanted, or have been missing for only some minutes.</summary>
    Covered,

    /// <summary>Too few are there.</summary>
    Gap,
}

/// <summary>The names of states in JSON and in the store.</summary>
public static class CoverStateNames
{
    /// <summary>noPlan, covered or gap.</summary>
    public static string Name(this CoverState state) =>
        state switch
        {
            CoverState.Covered => "covered",
            CoverState.Gap => "gap",
            _ => "noPlan",
        };
}

/// <summary>Why too few are there.</summary>
public enum GapReason : byte
{
    /// <summary>Nobody, or too few, are planned.</summary>
    NotPlanned,

    /// <summary>Whoever is planned has not come.</summary>
    NotArrived,

    /// <summary>Whoever is planned has gone before his time.</summary>
    LeftEarly,
}

/// <summary>How things stand with a post at one instant.</summary>
/// <param name="State">Covered, a gap, or no plan.</param>
/// <param name="Since">From when on; a gap since too few are there. Null: longer than <see cref="DutyRules.LookBack"/>.</param>
/// <param name="Wanted">How many people are wanted.</param>
/// <param name="Present">Who is there, by code, in order.</param>
/// <param name="Planned">Whose shift it is, by code, in order.</param>
/// <param name="Reason">Of a gap: why.</param>
/// <param name="ChiefFrom">Of a gap: from when on the chief is told.</param>
/// <param name="ShortHandover">When the next planned shift ends whose worker stands beside whoever follows for a shorter time than he
/// should; null: none within <see cref="DutyRules.LookAhead"/>.</param>
/// <param name="Next">When any of this becomes another by time alone; null: not within <see cref="DutyRules.LookAhead"/>.</param>
public sealed record Cover(
    CoverState State,
    DateTimeOffset? Since,
    int Wanted,
    IReadOnlyList<string> Present,
    IReadOnlyList<string> Planned,
    GapReason? Reason,
    DateTimeOffset? ChiefFrom,
    DateTimeOffset? ShortHandover,
    DateTimeOffset? Next
)
{
    /// <summary>Whether somebody is there, or has just gone and is about to be followed.</summary>
    public bool IsManned => Present.Count > 0 || (State == CoverState.Covered && Wanted > 0);
}

/// <summary>A time [From, To) at which too few are there, or by what is planned will be.</summary>
/// <param name="From">From when.</param>
/// <param name="To">Until when.</param>
/// <param name="IsAhead">It has not come yet: it is a hole in the plan.</param>
public sealed record Gap(DateTimeOffset From, DateTimeOffset To, bool IsAhead);
