using NetTopologySuite.Geometries;
using SituationMap.Core.Facts;

namespace SituationMap.Server.Demo;

// The rows of the store as the demo writes them; geometry in EPSG:4326, lon, lat. Grids, buildings and households are told apart by
// their ids: comparing all they consist of would take long.

internal sealed record DemoGrid(int Id, string Path, string Level, string Name, Polygon Outline)
{
    public string Code => Path.Replace('.', '-');

    public bool Equals(DemoGrid? other) => other?.Id == Id;

    public override int GetHashCode() => Id;
}

internal sealed record DemoBuilding(int Id, DemoGrid Grid, string Code, string Address, string Kind, int Floors, int Units, Polygon Outline)
{
    public bool Equals(DemoBuilding? other) => other?.Id == Id;

    public override int GetHashCode() => Id;
}

internal sealed record DemoRoad(int Id, string Name, string Class, LineString Line);

internal sealed record DemoCheckpoint(int Id, DemoGrid Grid, string Code, string Name, bool Manned, Point Location);

// without members: nobody has opened the door yet
internal sealed record DemoHousehold(
    int Id,
    DemoBuilding Building,
    string Code,
    int Floor,
    int Unit,
    int Room,
    int Doors,
    bool Let,
    DateTimeOffset? PassIssuedAt,
    IReadOnlyList<DemoPerson> Members
)
{
    public bool Equals(DemoHousehold? other) => other?.Id == Id;

    public override int GetHashCode() => Id;
}

internal sealed record DemoPerson(int Id, string Code, int Born, bool Female);

internal sealed record DemoZoneVersion(
    int Version,
    string Name,
    string Level,
    Polygon Outline,
    DateTimeOffset From,
    string Author,
    string Reason
);

internal sealed record DemoFact(DemoHousehold Household, Fact Fact);
