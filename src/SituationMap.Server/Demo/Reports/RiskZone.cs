using NetTopologySuite.Geometries;
using SituationMap.Server.Demo.Town;

namespace SituationMap.Server.Demo.Reports;

/// <summary>
/// The one risk zone, <c>Z-1</c>: opened around the case's lane, redrawn larger when contacts turned up in the lanes beside it, and
/// lowered after fourteen days without a new case. It covers a <see cref="Quarter"/>, so its borders cut no building.
/// </summary>
internal static class RiskZone
{
    private const string Author = "凤城市疫情防控指挥部";

    /// <summary>The versions, by when they take over.</summary>
    public static IReadOnlyList<DemoZoneVersion> Versions(TownLayout layout, DemoClock clock)
    {
        var quarter = new Quarter(layout);
        var (small, large) = (OnGlobe(quarter.Small), OnGlobe(quarter.Large));
        return
        [
            new(1, "铁南十一巷", "high", small, clock.Before(18, 18), Author, "巷内确诊一例，划定高风险区，住户居家隔离。"),
            new(2, "铁南十巷、十一巷", "high", large, clock.Before(15, 10), Author, "流调发现密切接触者住在相邻巷道，扩大范围。"),
            new(3, "铁南十巷、十一巷", "medium", large, clock.Before(2, 12), Author, "连续十四天无新增病例，降为中风险区，住户居家观察。"),
        ];
    }

    private static Polygon OnGlobe(Coordinate[] ground) => new(new LinearRing(Ground.ToLonLat(ground)));
}
