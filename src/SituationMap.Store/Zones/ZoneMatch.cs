using SituationMap.Core.Protocols;

namespace SituationMap.Store.Zones;

/// <summary>
/// How a building is matched with a zone, everywhere. SQL finds those that may be in it, and whether the zone covers their point; the
/// edition in force at the instant and in the building's grid says whether they are. Outlines are looked at only where the plan has an
/// edition that asks for them.
/// </summary>
public static class ZoneMatch
{
    /// <summary>The condition in SQL that a building <c>b</c> may be in a zone, the border included; by the spatial index of
    /// either.</summary>
    /// <param name="outline">The zone's outline: a column or a parameter.</param>
    public static string MayBeIn(this ProtocolPlan plan, string outline) =>
        plan.HasIntersects ? $"ST_Intersects({outline}, b.outline)" : $"ST_Covers({outline}, b.point)";

    /// <summary>In SQL, whether a zone covers the point of a building <c>b</c> that may be in it.</summary>
    public static string CoversPoint(this ProtocolPlan plan, string outline) =>
        plan.HasIntersects ? $"ST_Covers({outline}, b.point)" : "true";

    /// <summary>Whether a building that may be in a zone is in it at an instant.</summary>
    /// <param name="grid">The code of the building's grid.</param>
    public static bool IsInZone(this ProtocolPlan plan, string grid, DateTimeOffset at, bool coversPoint) =>
        plan.ForGrid(grid).EditionAt(at).IsInZone(coversPoint);
}
