using System.Text.Json.Serialization;

namespace SituationMap.Server.Lookups;

/// <summary>The shape of what is at a point, for the API's description; <see cref="LookupWriter"/> writes it.</summary>
/// <param name="Lon">As asked, with a geographic system: degrees.</param>
/// <param name="X">As asked, with a projected system: the easting in metres.</param>
/// <param name="Y">The northing in metres.</param>
/// <param name="Crs">The system of the point.</param>
/// <param name="Sequence">The sequence of the feed that the answer reflects.</param>
/// <param name="Grids">From the root down.</param>
/// <param name="Zones">Strictest first.</param>
/// <param name="RiskLevel">The strictest level of the zones; null outside all of them.</param>
/// <param name="Checkpoints">The nearest ones, nearest first.</param>
internal sealed record LookupResponse(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Lon,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Lat,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? X,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Y,
    string Crs,
    long Sequence,
    DateTimeOffset AsOf,
    IReadOnlyList<LookupGrid> Grids,
    LookupBuilding? Building,
    IReadOnlyList<LookupZone> Zones,
    string? RiskLevel,
    IReadOnlyList<LookupCheckpoint> Checkpoints
);

internal sealed record LookupGrid(string Code, string Name, string Level);

internal sealed record LookupBuilding(string Code, string Address);

internal sealed record LookupZone(string Code, string Name, string Level, int Version);

/// <param name="Metres">Along the ellipsoid WGS 84, to the centimetre.</param>
internal sealed record LookupCheckpoint(string Code, string Name, bool Manned, double Metres);

/// <summary>The shape of one point of many, for the API's description.</summary>
/// <param name="Id">Anything that the asker wants to see again beside the answer: a text or a number.</param>
/// <param name="Lon">With a geographic system.</param>
/// <param name="X">Easting, with a projected system.</param>
internal sealed record LookupPointSchema(string? Id, double? Lon, double? Lat, double? X, double? Y);
