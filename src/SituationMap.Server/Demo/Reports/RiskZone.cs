using NetTopologySuite.Geometries;
using SituationMap.Server.Demo.Town;

namespace SituationMap.Server.Demo.Reports;

/// <summary>
/// The one risk zone, <c>Z-1</c>: opened around the case's lane, redrawn larger when contacts turned up in the lanes beside it, and
/// lowered after fourteen days without a new case. Its borders run along streets and where the yards of two lanes meet, so no
/// building is cut.
/// </summary>
internal static class RiskZone
{
    private const string Author = "凤城市疫情防控指挥部";

    // the block between 铁南街 and 凤山路, 草河街 and 站前街, and its lane with the case
    private const int Block = 1, Lane = 3;

    /// <summary>The versions, by when they take over.</summary>
    public static IReadOnlyList<DemoZoneVersion> Versions(TownPlan plan, DemoClock clock)
    {
        var (small, large) = (Small(plan), Large(plan));
        return
        [
            new(1, "铁南十一巷", "high", small, clock.Before(18, 18), Author, "巷内确诊一例，划定高风险区，住户居家隔离。"),
            new(2, "铁南十巷、十一巷", "high", large, clock.Before(15, 10), Author, "流调发现密切接触者住在相邻巷道，扩大范围。"),
            new(3, "铁南十巷、十一巷", "medium", large, clock.Before(2, 12), Author, "连续十四天无新增病例，降为中风险区，住户居家观察。"),
        ];
    }

    private static Polygon Small(TownPlan plan) => Outline(
        [.. Backs(plan, Lane - 1, West(plan), Trunk(plan)), .. Backs(plan, Lane, West(plan), Trunk(plan)).Reverse()]);

    /// <summary>The lane to its other end at 站前街, and the western half of the next lane to the south.</summary>
    private static Polygon Large(TownPlan plan) => Outline(
    [
        .. Backs(plan, Lane - 2, West(plan), Trunk(plan)), .. Backs(plan, Lane - 1, Trunk(plan), East(plan)),
        .. Backs(plan, Lane, West(plan), East(plan)).Reverse(),
    ]);

    // how far east a border from north to south lies at a given north
    private static Func<double, double> West(TownPlan plan) => north => plan.Streets.At(Streets.River, north).X;

    private static Func<double, double> East(TownPlan plan) => north => plan.Streets.At(Streets.Station, north).X;

    private static Func<double, double> Trunk(TownPlan plan) => north =>
    {
        var corners = plan.Trunks[1].Board;
        var i = 1;
        while (i < corners.Count - 1 && corners[i].Y > north)
            i++;
        var (a, b) = (corners[i - 1], corners[i]);
        return a.X + (b.X - a.X) * (north - a.Y) / (b.Y - a.Y);
    };

    /// <summary>Where the yards of a lane and of the next lane to the north meet, from west to east.</summary>
    private static IEnumerable<Coordinate> Backs(TownPlan plan, int lane, Func<double, double> west, Func<double, double> east)
    {
        var (south, north) = (plan.Lanes[Block][lane], plan.Lanes[Block][lane + 1]);
        double Middle(double u) => (south.NorthAt(u) + north.NorthAt(u)) / 2;
        var level = Middle(0);
        var (from, to) = (west(level), east(level));
        const int pieces = 16;
        for (var piece = 0; piece <= pieces; piece++)
        {
            var u = from + (to - from) * piece / pieces;
            yield return new Coordinate(u, Middle(u));
        }
    }

    private static Polygon Outline(Coordinate[] board) =>
        new(new LinearRing([.. Ground.ToLonLat(Ground.Trace([.. board, board[0]]).SkipLast(1)), Ground.ToLonLat(Ground.Place(board[0]))]));
}
