using SituationMap.Core.Calendar;
using SituationMap.Core.Protocols;

namespace SituationMap.Core.Zones;

/// <summary>What zones and their times are called in plain words, in both languages.</summary>
public static class ZoneWords
{
    /// <summary>An end: 2 月 19 日 24 时 · the end of 19 February, or 2 月 5 日 20:00 · 20:00 on 5 February.</summary>
    /// <param name="plan">The plan, in whose time zone it is said.</param>
    /// <param name="instant">What is said.</param>
    /// <param name="asked">The instant it is said at; a day of another year is said with its year.</param>
    public static LocalText By(ProtocolPlan plan, DateTimeOffset instant, DateTimeOffset asked) =>
        new(
            new Moments(plan.Days, asked.UtcTicks, isChinese: true).By(instant.UtcTicks),
            new Moments(plan.Days, asked.UtcTicks, isChinese: false).By(instant.UtcTicks)
        );

    /// <summary>A beginning: 2 月 5 日 9:05 · 09:05 on 5 February.</summary>
    /// <param name="plan">The plan, in whose time zone it is said.</param>
    /// <param name="instant">What is said.</param>
    /// <param name="asked">The instant it is said at; a day of another year is said with its year.</param>
    public static LocalText Time(ProtocolPlan plan, DateTimeOffset instant, DateTimeOffset asked) =>
        new(
            new Moments(plan.Days, asked.UtcTicks, isChinese: true).Time(instant.UtcTicks),
            new Moments(plan.Days, asked.UtcTicks, isChinese: false).Time(instant.UtcTicks)
        );

    /// <summary>The name of a level in the edition of that time; its id where that edition has none such.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="level">The level's id.</param>
    /// <param name="at">When the zone has it.</param>
    public static LocalText Level(ProtocolPlan plan, string level, DateTimeOffset at) =>
        plan.EditionAt(at).ZoneLevel(level)?.Name ?? new LocalText(level, level);
}
