using System.Runtime.CompilerServices;
using SituationMap.Geo.Indexes;
using SituationMap.Store.Access;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Lookups;

/// <summary>What is at a point: indexes in the lists of the picture it was found in. Meant to be used again and again.</summary>
internal sealed class Found
{
    /// <summary>The deepest grid; -1: none.</summary>
    public int Grid { get; set; }

    /// <summary>-1: none.</summary>
    public int Building { get; set; }

    /// <summary>Indexes in <see cref="ZoneIndex.Zones"/>, strictest first.</summary>
    public List<int> Zones { get; } = [];

    /// <summary>Nearest first.</summary>
    public List<Near> Checkpoints { get; } = [];

    /// <summary>For what meets the point on the way.</summary>
    public List<int> Met { get; } = [];
}

/// <summary>The zones in force, strictest first, then by code, and what finds those at a point.</summary>
internal sealed class ZoneIndex
{
    public ZoneIndex(IReadOnlyList<ZoneInForce> zones, ProtocolCatalog protocols)
    {
        Zones = [.. zones.OrderBy(zone => protocols.ZoneRank(zone.Level)).ThenBy(zone => zone.Code, StringComparer.Ordinal)];
        Cover = new CoverIndex([.. Zones.Select(zone => zone.Outline)]);
        Texts = new byte[Zones.Length][];
        Levels = Array.ConvertAll(Zones, zone => System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(zone.Level, LookupTexts.Plain));
    }

    /// <summary>The level of each as it stands in answers.</summary>
    public byte[][] Levels { get; }

    public ZoneInForce[] Zones { get; }

    public CoverIndex Cover { get; }

    /// <summary>Each zone as it stands in answers; made when it is first found.</summary>
    public byte[]?[] Texts { get; }
}

/// <summary>
/// Answers what is at a point, from a snapshot alone. A border belongs to both sides; of the grids that share it the deepest is
/// taken, and of equally deep ones, and of buildings, the one with the smallest code (grids by the order of their paths).
/// </summary>
internal sealed class Lookup(ProtocolCatalog protocols)
{
    public const int NearestCheckpoints = 3;

    // shared by all pictures of the same zones or the same city, and gone with the last of them
    private readonly ConditionalWeakTable<IReadOnlyList<ZoneInForce>, ZoneIndex> _zones = [];
    private readonly ConditionalWeakTable<City, LookupTexts> _texts = [];

    /// <summary>What answers about one picture, for any number of points.</summary>
    /// <param name="scope">Buildings outside it are not told.</param>
    public LookupView Over(Snapshot snapshot, Scope scope) =>
        new(snapshot, scope, ZonesOf(snapshot), _texts.GetValue(snapshot.City, static city => new LookupTexts(city)));

    /// <summary>The zones in force in a picture.</summary>
    public ZoneIndex ZonesOf(Snapshot snapshot) => _zones.GetValue(snapshot.Zones, zones => new ZoneIndex(zones, protocols));
}

/// <summary>Answers about one picture.</summary>
internal sealed class LookupView(Snapshot snapshot, Scope scope, ZoneIndex zones, LookupTexts texts)
{
    private readonly LookupIndex _index = snapshot.City.LookupIndex;

    public Snapshot Snapshot => snapshot;

    public ZoneIndex Zones => zones;

    public LookupTexts Texts => texts;

    /// <summary>As it stands in answers, with whether somebody is there; all but the end.</summary>
    public byte[] Checkpoint(int index) => texts.Checkpoint(index, snapshot.IsManned(snapshot.City.Checkpoints[index]));

    /// <param name="longitude">Degrees, WGS 84.</param>
    /// <param name="latitude">Degrees, WGS 84.</param>
    public void At(double longitude, double latitude, Found found)
    {
        (found.Grid, found.Building) = (-1, -1);
        _index.Grids.Find(longitude, latitude, found.Met);
        foreach (var grid in found.Met)
        {
            if (
                found.Grid < 0
                || _index.Depths[grid] > _index.Depths[found.Grid]
                || (_index.Depths[grid] == _index.Depths[found.Grid] && grid < found.Grid)
            )
                found.Grid = grid;
        }
        _index.Buildings.Find(longitude, latitude, found.Met);
        foreach (var building in found.Met)
        {
            if (
                scope.Covers(snapshot.City, snapshot.City.Buildings[building].Grid)
                && (
                    found.Building < 0
                    || string.CompareOrdinal(snapshot.City.Buildings[building].Code, snapshot.City.Buildings[found.Building].Code) < 0
                )
            )
                found.Building = building;
        }
        zones.Cover.Find(longitude, latitude, found.Zones);
        found.Zones.Sort();
        snapshot.City.NearCheckpoints.Find(longitude, latitude, Lookup.NearestCheckpoints, found.Checkpoints);
    }
}
