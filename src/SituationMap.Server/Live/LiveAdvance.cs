using System.Text.Json;
using SituationMap.Core;
using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Live;

/// <summary>
/// One advance of the picture as the live feed tells it. It holds no picture, so that many can be kept for those who resume.
/// </summary>
internal sealed class LiveAdvance
{
    private readonly DateTimeOffset _asOf;
    private readonly List<Part> _parts = [];
    private readonly TileId[] _tiles;
    private LiveMessage? _whole;

    public LiveAdvance(SnapshotChange change)
    {
        var (after, city) = (change.After, change.After.City);
        (Sequence, _asOf, _tiles) = (after.Sequence, after.AsOf, [.. change.Tiles.Keys]);
        foreach (var index in change.Households)
        {
            var building = city.Buildings[city.Households[index].Building];
            Add("status", "households", building.Shape.Box, city.Grids[building.Grid].Path, json => Write(json, after, index));
        }
        foreach (var index in change.Buildings)
        {
            var building = city.Buildings[index];
            Add("status", "buildings", building.Shape.Box, city.Grids[building.Grid].Path, json =>
                Write(json, building, after.BuildingCounts[index])
            );
        }
        foreach (var (id, where) in change.Zones)
            Add("zone", "zones", where, null, json => Write(json, id, after.Zones.FirstOrDefault(zone => zone.Id == id)));
        AddEdited(
            "building",
            "buildings",
            change.EditedBuildings,
            city.Buildings,
            building => building.Id,
            building => city.Grids[building.Grid].Path,
            (json, building) =>
            {
                json.WriteString("building", building?.Code); // null: it is no more
                if (building is null)
                    return;
                json.WriteString("address", building.Address);
                json.WriteString("grid", city.Grids[building.Grid].Code);
            }
        );
        AddEdited(
            "checkpoint",
            "checkpoints",
            change.EditedCheckpoints,
            city.Checkpoints,
            checkpoint => checkpoint.Id,
            _ => null,
            (json, checkpoint) =>
            {
                json.WriteString("checkpoint", checkpoint?.Code); // null: it is no more
                if (checkpoint is null)
                    return;
                json.WriteString("name", checkpoint.Name);
                json.WriteBoolean("manned", after.IsManned(checkpoint));
                json.WriteString("passage", after.LastPassages.GetValueOrDefault(checkpoint.Id)); // null: nobody has passed
                json.WriteNumber("lon", checkpoint.Location.X);
                json.WriteNumber("lat", checkpoint.Location.Y);
            }
        );
        foreach (var row in change.Acknowledgements)
        {
            Add("acknowledgement", "acknowledgements", Box.Of(row.Touched!.EnvelopeInternal), row.Grid, json =>
            {
                json.WriteNumber("change", row.Acknowledges!.Value);
                json.WriteString("account", row.Account);
                json.WriteString("at", row.RecordedAt);
            });
        }
        foreach (var row in change.Covers)
        {
            Add("cover", "posts", Box.Of(row.Touched!.EnvelopeInternal), row.Grid, json =>
            {
                json.WriteString("post", row.Cover!.Post);
                json.WriteString("grid", row.Grid!.Replace('.', '-'));
                json.WriteString("cover", row.Cover.State);
                if (row.Cover.Since is { } since)
                    json.WriteString("since", since);
                json.WriteString("leader", row.Cover.Leader); // null: it has none
                json.WriteString("told", row.Cover.Told); // null: nobody is told of anything
                json.WriteString("at", row.RecordedAt);
            });
        }
        Size = _parts.Sum(part => part.Json.Length) + (_tiles.Length * 16);
    }

    /// <summary>Up to which sequence of the feed it tells.</summary>
    public long Sequence { get; }

    /// <summary>The bytes it takes to keep it, about.</summary>
    public int Size { get; }

    /// <summary>Its events as far as a filter takes them. Only the last one carries an id: who is cut off between two of them gets them all
    /// again.</summary>
    public LiveMessage For(LiveFilter filter) => filter == LiveFilter.Everything ? _whole ??= Make(filter) : Make(filter);

    private LiveMessage Make(LiveFilter filter) => LiveMessage.Of(Sequence, events =>
        {
            foreach (var named in _parts.Where(part => filter.Takes(part.Where, part.Path)).GroupBy(part => part.Event))
            {
                events.Add(named.Key, null, json =>
                {
                    Head(json);
                    foreach (var list in named.GroupBy(part => part.List))
                    {
                        json.WriteStartArray(list.Key);
                        foreach (var part in list)
                            json.WriteRawValue(part.Json, skipInputValidation: true);
                        json.WriteEndArray();
                    }
                });
            }
            var tiles = _tiles.Where(tile => filter.Takes(tile.BufferedBox) && IsInScope(tile.BufferedBox, filter)).ToArray();
            if (tiles.Length == 0)
            {
                events.AddId(Sequence);
                return;
            }
            events.Add("tiles", Sequence, json =>
            {
                Head(json);
                json.WriteStartArray("tiles");
                foreach (var tile in tiles)
                    json.WriteStringValue(tile.ToString());
                json.WriteEndArray();
            });
        });

    /// <summary>Whether a tile shows something of the scope, or of what is the same for all: that others differ is for others.</summary>
    private bool IsInScope(Box box, LiveFilter filter) =>
        filter.Scope.IsWholeCity
        || _parts.Exists(part => part.Where.Intersects(box) && (part.Path is null || filter.Scope.CoversPath(part.Path)));

    private void Head(Utf8JsonWriter json)
    {
        json.WriteNumber("sequence", Sequence);
        json.WriteString("asOf", _asOf);
    }

    private void AddEdited<T>(
        string name,
        string list,
        IReadOnlyList<Edited> edited,
        T[] items,
        Func<T, int> id,
        Func<T, string?> path,
        Action<Utf8JsonWriter, T?> write
    )
        where T : class
    {
        if (edited.Count == 0)
            return;
        var byId = items.ToDictionary(id);
        foreach (var one in edited)
        {
            var item = byId.GetValueOrDefault(one.Id);
            Add(name, list, one.Where, item is null ? null : path(item), json =>
            {
                json.WriteNumber("id", one.Id);
                write(json, item);
            });
        }
    }

    private void Add(string name, string list, Box where, string? path, Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        _parts.Add(new Part(name, list, where, path, bytes.ToArray()));
    }

    private static void Write(Utf8JsonWriter json, Snapshot after, int index)
    {
        var city = after.City;
        ref readonly var household = ref city.Households[index];
        var building = city.Buildings[household.Building];
        json.WriteNumber("id", household.Id);
        json.WriteString("household", household.Code);
        json.WriteNumber("building", building.Id);
        json.WriteString("grid", city.Grids[building.Grid].Code);
        json.WriteString("status", StatusNames.Name(after.States[index].Status));
        json.WriteBoolean("surveyed", after.States[index].Surveyed);
    }

    private static void Write(Utf8JsonWriter json, Building building, StatusCounts counts)
    {
        json.WriteNumber("id", building.Id);
        json.WriteString("building", building.Code);
        json.WriteString("status", StatusNames.Name(counts.Worst!.Value));
        json.WriteNumber("quarantined", counts.Quarantined);
        json.WriteNumber("observed", counts.Observed);
        json.WriteNumber("out", counts.Out);
        json.WriteNumber("healthy", counts.Healthy);
        json.WriteNumber("unsurveyed", counts.Unsurveyed);
    }

    private static void Write(Utf8JsonWriter json, int id, ZoneInForce? zone)
    {
        json.WriteNumber("id", id);
        json.WriteString("code", zone?.Code);
        json.WriteString("name", zone?.Name);
        json.WriteString("level", zone?.Level); // null: it has ended
        if (zone is not null)
            json.WriteNumber("version", zone.Version);
    }

    /// <summary>One thing that an event lists.</summary>
    /// <param name="Event">The event's name.</param>
    /// <param name="List">The list's name in the event.</param>
    /// <param name="Where">Where it is, or was.</param>
    /// <param name="Path">The path of its grid; null: it belongs to none.</param>
    private readonly record struct Part(string Event, string List, Box Where, string? Path, byte[] Json);
}
