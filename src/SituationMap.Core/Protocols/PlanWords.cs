using SituationMap.Core.Calendar;

namespace SituationMap.Core.Protocols;

/// <summary>Says instants in the time zone of a plan, as people do; the year only where it is another than that of the instant asked
/// about.</summary>
public static class PlanWords
{
    /// <summary>2 月 5 日 9:05 · 09:05 on 5 February.</summary>
    public static LocalText Time(this ProtocolPlan plan, DateTimeOffset instant, DateTimeOffset asked) =>
        Say(plan, asked, moments => moments.Time(instant.UtcTicks));

    /// <summary>至 2 月 19 日 24 时 · until the end of 19 February.</summary>
    public static LocalText Until(this ProtocolPlan plan, DateTimeOffset instant, DateTimeOffset asked) =>
        Say(plan, asked, moments => moments.Until(instant.UtcTicks));

    private static LocalText Say(ProtocolPlan plan, DateTimeOffset asked, Func<Moments, string> say) =>
        new(say(new Moments(plan.Days, asked.UtcTicks, isChinese: true)), say(new Moments(plan.Days, asked.UtcTicks, isChinese: false)));
}
