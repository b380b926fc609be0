using System.Runtime.CompilerServices;
using NetTopologySuite.Geometries;
using SituationMap.Core;
using SituationMap.Geo.Filters;
using SituationMap.Geo.Indexes;
using SituationMap.Geo.Shapes;
using SituationMap.Store.Access;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Ogc;

/// <summary>A property of the features of a collection.</summary>
/// <param name="Type">As JSON Schema names it.</param>
/// <param name="Format">As JSON Schema names it; null: none.</param>
/// <param name="Value">Of the feature at an index: a text, a number as double, a boolean, an instant, or null.</param>
/// <param name="IsWritten">Whether clients write it.</param>
internal sealed record FeatureProperty(
    string Name,
    string Type,
    string Title,
    Func<Snapshot, int, object?> Value,
    string? Format = null,
    string[]? Values = null,
    bool IsWritten = false
);

/// <summary>A feature of a picture, by its index in one of its lists.</summary>
internal readonly record struct FeatureAt(Snapshot Snapshot, int Index);

/// <summary>Features of one kind, read from a picture by their indexes in one of its lists.</summary>
/// <param name="GeometryType">As GeoJSON names it.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Key">Orders the features and is no other's; stays the same from picture to picture.</param>
/// <param name="Id">What they are called outside.</param>
/// <param name="Find">The index of a feature by its id; -1: none.</param>
/// <param name="Geometry">In lon, lat.</param>
/// <param name="Meet">The indexes of those whose boxes meet one; null: they are not looked up by boxes.</param>
/// <param name="Grid">The grid it lies in, for collections that a jurisdiction bounds; null: it does not.</param>
internal sealed record FeatureCollection(
    string Id,
    string Title,
    string Description,
    string GeometryType,
    FeatureProperty[] Properties,
    Func<Snapshot, int> Count,
    Func<Snapshot, int, long> Key,
    Func<Snapshot, int, string> IdOf,
    Func<Snapshot, string, int> Find,
    Func<Snapshot, int, Geometry> Geometry,
    Func<Snapshot, Envelope, List<int>>? Meet = null,
    Func<Snapshot, int, int>? Grid = null
)
{
    private readonly ConditionalWeakTable<object, int[]> _orders = [];

    /// <summary>What filters may name.</summary>
    public Cql2Schema<FeatureAt> Filterable { get; } =
        new(
            [
                .. Properties.Select(property => new Cql2Property<FeatureAt>(property.Name, property.Type, property.Format, at =>
                    property.Value(at.Snapshot, at.Index)
                )),
            ],
            at => Geometry(at.Snapshot, at.Index)
        );

    /// <summary>Whether the features hold for a time.</summary>
    public bool HasTime => Id == "zones";

    /// <summary>All indexes in the order of their keys.</summary>
    public int[] Order(Snapshot snapshot) => _orders.GetValue(HasTime ? snapshot.Zones : snapshot.City, _ =>
        {
            int[] indexes = [.. Enumerable.Range(0, Count(snapshot))];
            Array.Sort(Array.ConvertAll(indexes, index => Key(snapshot, index)), indexes);
            return indexes;
        });

    public bool IsIn(Scope scope, Snapshot snapshot, int index) =>
        Grid is null || scope.IsWholeCity || scope.Covers(snapshot.City, Grid(snapshot, index));
}

internal static class FeatureCollections
{
    private static readonly string[] Statuses = ["quarantined", "observed", "out", "healthy"];

    public static readonly FeatureCollection[] All =
    [
        new(
            "grids",
            "Grids",
            "The tree of responsibility, from the largest unit to the smallest.",
            "MultiPolygon",
            [
                new("code", "string", "Code", (s, i) => s.City.Grids[i].Code),
                new("name", "string", "Name", (s, i) => s.City.Grids[i].Name),
                new(
                    "level",
                    "string",
                    "Level",
                    (s, i) => s.City.Grids[i].Level,
                    Values: ["province", "city", "district", "street", "community", "grid"]
                ),
                new("parent", "string", "Code of the grid above", (s, i) =>
                    s.City.Grids[i].Parent < 0 ? null : s.City.Grids[s.City.Grids[i].Parent].Code
                ),
            ],
            s => s.City.Grids.Length,
            (s, i) => s.City.Grids[i].Id,
            (s, i) => s.City.Grids[i].Code,
            (s, id) => s.City.GridByCode.TryGetValue(id, out var index) ? index : -1,
            (s, i) => s.City.Grids[i].Outline,
            (s, box) => Meet(s.City.LookupIndex.Grids, box)
        ),
        new(
            "buildings",
            "Buildings",
            "Buildings with how many of their households have which status.",
            "MultiPolygon",
            [
                new("code", "string", "Code", (s, i) => s.City.Buildings[i].Code),
                new("address", "string", "Address", (s, i) => s.City.Buildings[i].Address),
                new("kind", "string", "Kind", (s, i) => s.City.Buildings[i].Kind, Values: ["house", "slab", "tower", "shop", "other"]),
                new("floors", "integer", "Floors", (s, i) => (double)s.City.Buildings[i].Floors),
                new("units", "integer", "Entrances", (s, i) => (double)s.City.Buildings[i].Units),
                new("grid", "string", "Code of its grid", (s, i) => s.City.Grids[s.City.Buildings[i].Grid].Code),
                new("households", "integer", "Households", (s, i) => (double)s.BuildingCounts[i].Households),
                new("surveyed", "integer", "Surveyed households", (s, i) => (double)s.BuildingCounts[i].Surveyed),
                new("quarantined", "integer", "Quarantined households", (s, i) => (double)s.BuildingCounts[i].Quarantined),
                new("observed", "integer", "Observed households", (s, i) => (double)s.BuildingCounts[i].Observed),
                new("out", "integer", "Households that are away", (s, i) => (double)s.BuildingCounts[i].Out),
                new("healthy", "integer", "Healthy households", (s, i) => (double)s.BuildingCounts[i].Healthy),
            ],
            s => s.City.Buildings.Length,
            (s, i) => s.City.Buildings[i].Id,
            (s, i) => s.City.Buildings[i].Code,
            (s, id) => s.City.BuildingByCode.TryGetValue(id, out var index) ? index : -1,
            (s, i) => s.City.Buildings[i].Outline,
            (s, box) => Meet(s.City.LookupIndex.Buildings, box),
            (s, i) => s.City.Buildings[i].Grid
        ),
        new(
            "households",
            "Households",
            "Homes, each at a point in its building, with their status.",
            "Point",
            [
                new("code", "string", "Code", (s, i) => s.City.Households[i].Code),
                new("building", "string", "Code of its building", (s, i) => s.City.Buildings[s.City.Households[i].Building].Code),
                new("grid", "string", "Code of its grid", (s, i) =>
                    s.City.Grids[s.City.Buildings[s.City.Households[i].Building].Grid].Code
                ),
                new("address", "string", "Address of its building", (s, i) => s.City.Buildings[s.City.Households[i].Building].Address),
                new("label", "string", "What is on the door", (s, i) =>
                    s.City.Households[i].Label(s.City.Buildings[s.City.Households[i].Building])
                ),
                new("status", "string", "Status", (s, i) => StatusNames.Name(s.States[i].Status), Values: Statuses),
                new("surveyed", "boolean", "Whether somebody was at the door", (s, i) => s.States[i].Surveyed),
            ],
            s => s.City.Households.Length,
            (s, i) => s.City.Households[i].Id,
            (s, i) => s.City.Households[i].Code,
            (s, id) => Array.FindIndex(s.City.Households, household => household.Code == id),
            (s, i) => PointOf(s.City, s.City.Households[i].Building),
            (s, box) =>
                [
                    .. Meet(s.City.LookupIndex.Buildings, box)
                        .Where(index => box.Contains(Coordinate(s.City, index)))
                        .SelectMany(index =>
                            Enumerable.Range(s.City.Buildings[index].FirstHousehold, s.City.Buildings[index].HouseholdCount)
                        ),
                ],
            (s, i) => s.City.Buildings[s.City.Households[i].Building].Grid
        ),
        new(
            "checkpoints",
            "Checkpoints",
            "Where passages are looked after.",
            "Point",
            [
                new("code", "string", "Code", (s, i) => s.City.Checkpoints[i].Code),
                new("name", "string", "Name", (s, i) => s.City.Checkpoints[i].Name),
                new("manned", "boolean", "Whether somebody is there", (s, i) => s.IsManned(s.City.Checkpoints[i])),
                new(
                    "passage",
                    "string",
                    "In which direction somebody last went through it; null: nobody has",
                    (s, i) => s.LastPassages.GetValueOrDefault(s.City.Checkpoints[i].Id),
                    Values: ["in", "out"]
                ),
            ],
            s => s.City.Checkpoints.Length,
            (s, i) => s.City.Checkpoints[i].Id,
            (s, i) => s.City.Checkpoints[i].Code,
            (s, id) => Array.FindIndex(s.City.Checkpoints, checkpoint => checkpoint.Code == id),
            (s, i) => s.City.Checkpoints[i].Location
        ),
        new(
            "zones",
            "Risk zones",
            "The versions of risk zones that are in force; with datetime= those in force then; with state=draft, submitted or "
                + "rejected what is planned.",
            "MultiPolygon",
            [
                new("code", "string", "Code", (s, i) => s.Zones[i].Code, IsWritten: true),
                new("version", "integer", "Version; of a draft the one it changes, 0 for a new zone", (s, i) => (double)s.Zones[i].Version),
                new("name", "string", "Name", (s, i) => s.Zones[i].Name, IsWritten: true),
                new("level", "string", "Level", (s, i) => s.Zones[i].Level, IsWritten: true),
                new(
                    "from",
                    "string",
                    "In force from; of a draft null: from its approval on",
                    (s, i) => s.Zones[i] is DraftedZone drafted ? drafted.Draft.Content.From : s.Zones[i].From,
                    Format: "date-time",
                    IsWritten: true
                ),
                new("to", "string", "When it ends by itself; null: open", (s, i) => s.Zones[i].To, Format: "date-time", IsWritten: true),
                new("state", "string", "Where it stands", (s, i) => ZoneFeatures.StateOf(s.Zones[i], s.AsOf), Values: ZoneFeatures.States),
                new(
                    "reason",
                    "string",
                    "Why it is planned; of what is published null",
                    (s, i) => (s.Zones[i] as DraftedZone)?.Draft.Content.Reason,
                    IsWritten: true
                ),
            ],
            s => s.Zones.Count,
            (s, i) => ((long)s.Zones[i].Id << 20) | (uint)s.Zones[i].Version,
            (s, i) => ZoneFeatures.IdOf(s.Zones[i]),
            (s, id) =>
                Enumerable
                    .Range(0, s.Zones.Count)
                    .FirstOrDefault(index => ZoneFeatures.IdOf(s.Zones[index]) == id || s.Zones[index].Code == id, -1),
            (s, i) => s.Zones[i].Outline
        ),
        new(
            "roads",
            "Roads",
            "Streets, lanes and paths.",
            "MultiLineString",
            [
                new("name", "string", "Name", (s, i) => s.City.Roads[i].Name),
                new("class", "string", "Class", (s, i) => s.City.Roads[i].Class, Values: ["street", "lane", "path"]),
            ],
            s => s.City.Roads.Length,
            (s, i) => s.City.Roads[i].Id,
            (s, i) => s.City.Roads[i].Id.ToString(),
            (s, id) => Array.FindIndex(s.City.Roads, road => road.Id.ToString() == id),
            (s, i) => LinesOf(s.City, s.City.Roads[i].Shape)
        ),
    ];

    public static FeatureCollection? Find(string id) => Array.Find(All, collection => collection.Id == id);

    private static List<int> Meet(CoverIndex index, Envelope box)
    {
        var found = new List<int>();
        index.Meet(box, found);
        return found;
    }

    private static Coordinate Coordinate(City city, int building) =>
        new(city.LookupIndex.Points[building].Longitude, city.LookupIndex.Points[building].Latitude);

    private static Point PointOf(City city, int building) => city.GeometryFactory.CreatePoint(Coordinate(city, building));

    private static MultiLineString LinesOf(City city, Shape shape)
    {
        var lines = new List<LineString>();
        var first = 0;
        foreach (var end in shape.Ends)
        {
            var points = new List<Coordinate>();
            for (var i = first; i < end; i += 2)
                points.Add(new Coordinate(World.Longitude(shape.Coordinates[i]), World.Latitude(shape.Coordinates[i + 1])));
            lines.Add(city.GeometryFactory.CreateLineString([.. points]));
            first = end;
        }
        return city.GeometryFactory.CreateMultiLineString([.. lines]);
    }
}
