using NetTopologySuite.Geometries;
using SituationMap.Core.Projections;
using SituationMap.Server.Protocols;
using SituationMap.Server.Snapshots;

namespace SituationMap.Server.Lookups;

/// <param name="Sequence">The sequence of the feed that the answer reflects.</param>
/// <param name="Grids">From the root down.</param>
/// <param name="RiskLevel">The strictest level of the zones; null outside all of them.</param>
/// <param name="Checkpoints">The nearest ones, nearest first.</param>
internal sealed record LookupAnswer(
    double Lon, double Lat, long Sequence, DateTimeOffset AsOf, IReadOnlyList<LookupGrid> Grids, LookupBuilding? Building,
    IReadOnlyList<LookupZone> Zones, string? RiskLevel, IReadOnlyList<LookupCheckpoint> Checkpoints);

internal sealed record LookupGrid(string Code, string Name, string Level);

internal sealed record LookupBuilding(string Code, string Address);

internal sealed record LookupZone(string Code, string Name, string Level, int Version);

/// <param name="Metres">Along the ellipsoid WGS 84, to the centimetre.</param>
internal sealed record LookupCheckpoint(string Code, string Name, bool Manned, double Metres);

/// <summary>Answers what is at a point, from a snapshot alone.</summary>
internal sealed class Lookup(ProtocolCatalog protocols)
{
    private const int NearestCheckpoints = 3;

    /// <param name="longitude">Degrees, WGS 84.</param>
    /// <param name="latitude">Degrees, WGS 84.</param>
    public LookupAnswer At(Snapshot snapshot, double longitude, double latitude)
    {
        var city = snapshot.City;
        var point = city.GeometryFactory.CreatePoint(new Coordinate(longitude, latitude));

        // borders belong to both sides, so of several the one with the smallest code (grids come in the order of their paths)
        var deepest = Array.FindIndex(city.Grids, grid => !city.HasChildren(grid) && Covers(grid.Outline, point));
        if (deepest < 0)
            deepest = Array.FindLastIndex(city.Grids, grid => Covers(grid.Outline, point));
        var found = new List<int>();
        city.BuildingIndex.Find(Box.Of(point.EnvelopeInternal), found);
        var building = found.Select(place => city.Buildings[place]).Where(candidate => Covers(candidate.Outline, point))
            .MinBy(candidate => candidate.Code, StringComparer.Ordinal);
        var zones = snapshot.Zones.Where(zone => Covers(zone.Outline, point)).OrderBy(zone => protocols.ZoneRank(zone.Level)).ToArray();
        return new LookupAnswer(
            longitude, latitude, snapshot.Sequence, snapshot.AsOf,
            [.. city.WithAncestors(deepest).Reverse().Select(place => city.Grids[place]).Select(grid => new LookupGrid(grid.Code, grid.Name, grid.Level))],
            building is null ? null : new LookupBuilding(building.Code, building.Address),
            [.. zones.Select(zone => new LookupZone(zone.Code, zone.Name, zone.Level, zone.Version))],
            zones.FirstOrDefault()?.Level,
            [.. city.Checkpoints
                .Select(checkpoint => (checkpoint, metres: Geodesic.Distance(longitude, latitude, checkpoint.Location.X, checkpoint.Location.Y)))
                .OrderBy(near => near.metres).ThenBy(near => near.checkpoint.Id).Take(NearestCheckpoints)
                .Select(near => new LookupCheckpoint(near.checkpoint.Code, near.checkpoint.Name, near.checkpoint.Manned, Math.Round(near.metres, 2)))]);
    }

    private static bool Covers(Geometry outline, Point point) =>
        outline.EnvelopeInternal.Covers(point.Coordinate) && outline.Covers(point);
}
