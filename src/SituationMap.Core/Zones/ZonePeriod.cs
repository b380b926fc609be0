namespace SituationMap.Core.Zones;

/// <summary>
/// A time during which one version of a risk zone is in force over a building, or over a part of it. The periods of one zone do not
/// overlap. Periods may lie in the future: a zone that is already published with a later start.
/// </summary>
/// <param name="Zone">The store's id of the zone.</param>
/// <param name="Version">The version of the zone, from 1.</param>
/// <param name="Level">The level's id in the protocol edition, such as <c>high</c>.</param>
/// <param name="From">When it begins to hold (included).</param>
/// <param name="To">When it holds no more (excluded); null: open.</param>
/// <param name="CoversPoint">
/// Whether it covers the building's representative point; false: it only intersects its outline, which counts while an edition with
/// <see cref="Protocols.ZoneTest.Intersects"/> is in force.
/// </param>
public readonly record struct ZonePeriod(
    int Zone,
    int Version,
    string Level,
    DateTimeOffset From,
    DateTimeOffset? To,
    bool CoversPoint = true
)
{
    /// <summary>Whether it holds at an instant or later.</summary>
    public bool ReachesBeyond(DateTimeOffset instant) => To is null || To > instant;
}
