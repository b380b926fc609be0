namespace SituationMap.Core.Calendar;

/// <summary>How days are counted.</summary>
public enum DayCount : byte
{
    /// <summary>By local midnights: the day of the event is day 0, and N days end at the midnight that ends day N.</summary>
    Calendar,

    /// <summary>N times 24 hours.</summary>
    Elapsed,
}
