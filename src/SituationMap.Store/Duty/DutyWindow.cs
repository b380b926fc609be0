using SituationMap.Core.Duty;

namespace SituationMap.Store.Duty;

/// <summary>Of which shifts the steps are read to tell how things stand with a post at an instant.</summary>
public static class DutyWindow
{
    /// <summary>So long a plan may hold at most, as an edition of work may say.</summary>
    private static readonly TimeSpan LongestPlan = TimeSpan.FromDays(7);

    /// <summary>Shifts that end later than this.</summary>
    public static DateTimeOffset From(DateTimeOffset at) => at - DutyRules.LookBack - LongestPlan;

    /// <summary>Shifts that begin earlier than this.</summary>
    public static DateTimeOffset To(DateTimeOffset at) => at + DutyRules.LookAhead;
}
