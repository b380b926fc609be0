using System.Text.Json.Nodes;
using SituationMap.Core;
using SituationMap.Geo.Outlines;

namespace SituationMap.Store.Zones.Impact;

/// <summary>What a draft would do.</summary>
/// <param name="At">The instant it is worked out for: when the draft would begin, or now.</param>
/// <param name="Sequence">The sequence of the feed that the picture beside it reflects.</param>
/// <param name="Mended">What was mended of the outline sent.</param>
/// <param name="Outline">The outline as it would be kept: GeoJSON Polygon or MultiPolygon, lon, lat.</param>
/// <param name="Metres">The border's length, holes included.</param>
/// <param name="Before">Households by status within the old outline and the new one, without the draft.</param>
/// <param name="After">The same households with it.</param>
/// <param name="NotWorkedOut">Households, in neither count, whose status cannot be worked out from what is stored of them.</param>
/// <param name="Changes">Who becomes something else.</param>
/// <param name="BuildingsCut">Buildings that the outline cuts; each is in the zone as a whole or not at all.</param>
/// <param name="Crossings">Where roads cross the border, each of which needs a checkpoint.</param>
/// <param name="CheckpointsNeeded">Crossings without one.</param>
/// <param name="Zones">Other zones it would lie over.</param>
/// <param name="Parts">Those into which the zone was split that end when the draft takes over.</param>
/// <param name="Delivery">Households in it that may not leave, so that everything has to be brought to them.</param>
/// <param name="Borders">Gaps and slivers beside other zones of the same level, with how they would be closed.</param>
public sealed record ImpactResponse(
    DateTimeOffset At,
    long Sequence,
    IReadOnlyList<Mended> Mended,
    [property: Schema("Surface")] JsonObject Outline,
    double SquareMetres,
    double Metres,
    ImpactCounts Before,
    ImpactCounts After,
    int NotWorkedOut,
    IReadOnlyList<ImpactChange> Changes,
    ImpactInside Inside,
    IReadOnlyList<CutBuilding> BuildingsCut,
    IReadOnlyList<TouchedGrid> Grids,
    IReadOnlyList<BorderCrossing> Crossings,
    int CheckpointsNeeded,
    IReadOnlyList<OverlappedZone> Zones,
    IReadOnlyList<EndingPart> Parts,
    ImpactDelivery Delivery,
    BorderOffer? Borders
);

/// <param name="HealthyUnsurveyed">How many of the healthy ones nobody has met at the door yet.</param>
public sealed record ImpactCounts(int Healthy, int Out, int Observed, int Quarantined, int HealthyUnsurveyed);

public sealed record ImpactChange(
    [property: Schema("Status")] string From,
    [property: Schema("Status")] string To,
    int Households,
    int Persons
);

/// <summary>Who lives in the outline. Ages are by year of birth, of those whose year is known.</summary>
/// <param name="Over65">Persons older than 65.</param>
/// <param name="ChildrenAlone">Persons under 18 in households in which nobody else is known.</param>
public sealed record ImpactInside(int Buildings, int Households, int Persons, int Over65, int ChildrenAlone);

/// <param name="IsInside">Whether it counts as in the zone.</param>
public sealed record CutBuilding(string Code, string Address, bool IsInside, int Households);

/// <param name="Households">Those of it in the outline.</param>
public sealed record TouchedGrid(string Code, string Name, int Households);

/// <param name="Checkpoint">The checkpoint there; null: one is needed.</param>
public sealed record BorderCrossing(double Lon, double Lat, string Road, string Class, CrossingCheckpoint? Checkpoint);

public sealed record CrossingCheckpoint(string Code, string Name, bool Manned, double Metres);

public sealed record OverlappedZone(string Code, string Name, string Level, int Version, double SquareMetres);

public sealed record EndingPart(string Code, string Name);

public sealed record ImpactDelivery(int Households, int Persons);
