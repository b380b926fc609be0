namespace SituationMap.Core.Zones;

/// <summary>The times of a published version of a zone, as they were written.</summary>
/// <param name="Version">Its number, from 1.</param>
/// <param name="Level">The level's id in the protocol edition; null: it ends the zone.</param>
/// <param name="From">When it takes over.</param>
/// <param name="To">When it ends by itself, after <paramref name="From"/>; null: open.</param>
public readonly record struct ZoneVersionTimes(int Version, string? Level, DateTimeOffset From, DateTimeOffset? To);

/// <summary>
/// Which version of a zone holds when. The store has the same rule in SQL (<c>zone_periods_known</c>), for what is joined there; a test
/// holds the two together.
/// </summary>
public static class ZoneVersions
{
    /// <summary>
    /// The times at which the versions of one zone really hold, in their order. A version takes over from whichever held before, and holds
    /// until the next one takes over or until its own end, whichever comes first. Of those that take over at one instant the latest wins.
    /// </summary>
    /// <param name="zone">The store's id of the zone.</param>
    /// <param name="versions">All that count, in any order.</param>
    /// <returns>No period for a version that never holds, or ends the zone.</returns>
    public static IReadOnlyList<ZonePeriod> Periods(int zone, IEnumerable<ZoneVersionTimes> versions)
    {
        var ordered = versions.OrderBy(version => (version.From, version.Version)).ToArray();
        var periods = new List<ZonePeriod>(ordered.Length);
        for (var index = 0; index < ordered.Length; index++)
        {
            var (version, level, from, to) = ordered[index];
            if (index + 1 < ordered.Length && !(to <= ordered[index + 1].From))
                to = ordered[index + 1].From;
            if (level is not null && !(to <= from))
                periods.Add(new ZonePeriod(zone, version, level, from, to));
        }
        return periods;
    }
}
