using SituationMap.Core.Calendar;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Zones;

namespace SituationMap.Core.Statuses;

/// <summary>
/// Turns what was reported, and the zones, into windows. A window never begins before the fact that made it and never ends,
/// by a fact, before that fact: so what is found for an instant stays true when later facts come.
/// </summary>
internal static class Windows
{
    public static List<Window> Of(IReadOnlyList<int> members, CountingFacts facts, IReadOnlyList<ZonePeriod> zones, ProtocolPlan plan)
    {
        var windows = new List<Window>();
        foreach (var fact in facts.Facts)
        {
            var span = plan.SpanAt(fact.At.UtcTicks);
            var first = windows.Count;
            RuleWindows.Add(windows, fact, members, facts, plan.Spans[span].Edition, plan.Days);
            if (windows.Count > first)
                CarriedOver.Apply(windows, first, fact, span, members, facts, plan);
        }
        Absence.Add(windows, members, facts, plan);
        for (var i = 0; i < zones.Count; i++)
            AddZone(windows, zones[i], plan);
        return windows;
    }

    private static void AddZone(List<Window> windows, ZonePeriod zone, ProtocolPlan plan)
    {
        var to = zone.To?.UtcTicks ?? LocalDays.Never;
        foreach (var span in plan.Spans)
        {
            var (start, end) = (Math.Max(zone.From.UtcTicks, span.From), Math.Min(to, span.To));
            if (!span.Edition.IsInZone(zone.CoversPoint))
                continue;
            // a level that an edition does not know has no effect while it is in force
            if (start >= end || span.Edition.ZoneLevel(zone.Level)?.Effect is not { } status)
                continue;
            windows.Add(
                new Window
                {
                    From = start,
                    To = end,
                    Status = status,
                    Edition = span.Edition,
                    Clock = zone.From.UtcTicks,
                    Zone = zone,
                }
            );
        }
    }
}
