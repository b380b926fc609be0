using System.Buffers;
using System.Collections.Concurrent;
using SituationMap.Core.Statuses;
using SituationMap.Server.Protocols;
using SituationMap.Server.Snapshots;

namespace SituationMap.Server.Tiles;

/// <summary>Makes vector tiles from a snapshot, in memory: the same snapshot and tile always give the same bytes.</summary>
internal sealed class TileEncoder
{
    private readonly LayerCatalog _layers;
    private readonly GridLevels _gridLevels;
    private readonly ConcurrentBag<Workspace> _idle = [];
    private readonly LayerFields<(Grid Grid, StatusCounts Counts, int Persons)> _gridFields;
    private readonly LayerFields<(Grid Grid, StatusCounts Counts, int Persons)> _gridLabelFields;
    private readonly LayerFields<Road> _roadFields;
    private readonly LayerFields<(Building Building, StatusCounts Counts)> _buildingFields;
    private readonly LayerFields<(Building Building, Household Household, HouseholdState State)> _householdFields;
    private readonly LayerFields<ZoneInForce> _zoneFields;
    private readonly LayerFields<Checkpoint> _checkpointFields;

    public TileEncoder(LayerCatalog layers, GridLevels gridLevels, ProtocolCatalog protocols)
    {
        (_layers, _gridLevels) = (layers, gridLevels);
        (string, Func<(Grid Grid, StatusCounts Counts, int Persons), TileValue>)[] ofGrids =
        [
            ("code", f => f.Grid.Code), ("name", f => f.Grid.Name), ("level", f => f.Grid.Level),
            ("households", f => f.Counts.Households), ("persons", f => f.Persons),
            ("quarantined", f => f.Counts.Quarantined), ("observed", f => f.Counts.Observed), ("out", f => f.Counts.Out),
            ("healthy", f => f.Counts.Healthy), ("unsurveyed", f => f.Counts.Unsurveyed),
        ];
        _gridFields = new(layers.Grids, ofGrids);
        _gridLabelFields = new(layers.GridLabels, ofGrids);
        _roadFields = new(layers.Roads, ("class", road => road.Class), ("name", road => road.Name.Length > 0 ? road.Name : null));
        _buildingFields = new(layers.Buildings,
            ("code", f => f.Building.Code), ("address", f => f.Building.Address), ("kind", f => f.Building.Kind), ("floors", f => f.Building.Floors),
            ("status", f => f.Counts.Worst is { } worst ? Name(worst) : null),
            ("quarantined", f => f.Counts.Quarantined), ("observed", f => f.Counts.Observed), ("out", f => f.Counts.Out),
            ("healthy", f => f.Counts.Healthy), ("unsurveyed", f => f.Counts.Unsurveyed));
        _householdFields = new(layers.Households,
            ("building", f => f.Building.Id), ("status", f => Name(f.State.Status)), ("surveyed", f => f.State.Surveyed),
            ("label", f => f.Household.Label(f.Building)));
        _zoneFields = new(layers.Zones,
            ("code", zone => zone.Code), ("name", zone => zone.Name), ("level", zone => zone.Level),
            ("rank", zone => protocols.ZoneRank(zone.Level)), ("version", zone => zone.Version));
        _checkpointFields = new(layers.Checkpoints, ("code", c => c.Code), ("name", c => c.Name), ("manned", c => c.Manned));
    }

    /// <summary>A status's name in tiles and JSON.</summary>
    public static string Name(Status status) => status switch
    {
        Status.Quarantined => "quarantined",
        Status.Observed => "observed",
        Status.Out => "out",
        _ => "healthy",
    };

    /// <summary>Encodes a tile with those of the layers that it has at its zoom; empty where nothing is.</summary>
    /// <param name="layers">Which layers, in the catalog's order.</param>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public byte[] Encode(Snapshot snapshot, TileId tile, IEnumerable<LayerDefinition> layers, CancellationToken cancellation = default)
    {
        var work = _idle.TryTake(out var idle) ? idle : new Workspace();
        work.Tile.ResetWrittenCount();
        foreach (var layer in layers)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!layer.IsAt(tile.Z))
                continue;
            if (layer == _layers.Grids)
                EncodeGrids(work, snapshot, tile, layer, _gridFields, grid => grid.Shape);
            else if (layer == _layers.GridLabels)
                EncodeGrids(work, snapshot, tile, layer, _gridLabelFields, grid => grid.Label);
            else if (layer == _layers.Roads)
                EncodeAll(work, tile, layer, _roadFields, Near(work, snapshot.City.RoadIndex, tile).Select(i => snapshot.City.Roads[i]), r => r.Id, r => r.Shape);
            else if (layer == _layers.Buildings)
                EncodeAll(work, tile, layer, _buildingFields,
                    Near(work, snapshot.City.BuildingIndex, tile).Select(i => (snapshot.City.Buildings[i], snapshot.BuildingCounts[i])), f => f.Item1.Id, f => f.Item1.Shape);
            else if (layer == _layers.Households)
                EncodeHouseholds(work, snapshot, tile);
            else if (layer == _layers.Zones)
                EncodeAll(work, tile, layer, _zoneFields, snapshot.Zones, zone => zone.Id, zone => zone.Shape);
            else if (layer == _layers.Checkpoints)
                EncodeAll(work, tile, layer, _checkpointFields, Near(work, snapshot.City.CheckpointIndex, tile).Select(i => snapshot.City.Checkpoints[i]), c => c.Id, c => c.Shape);
        }
        var bytes = work.Tile.WrittenSpan.ToArray();
        _idle.Add(work);
        return bytes;
    }

    private void EncodeGrids(
        Workspace work, Snapshot snapshot, TileId tile, LayerDefinition layer, LayerFields<(Grid Grid, StatusCounts Counts, int Persons)> fields, Func<Grid, Shape> shape)
    {
        var zooms = _gridLevels.Zooms(snapshot.City);
        var shown = Enumerable.Range(0, zooms.Length).Where(place => zooms[place].First <= tile.Z && tile.Z <= zooms[place].Last)
            .Select(place => (snapshot.City.Grids[place], snapshot.GridCounts[place], snapshot.City.Persons[place]));
        EncodeAll(work, tile, layer, fields, shown, f => f.Item1.Id, f => shape(f.Item1));
    }

    private void EncodeHouseholds(Workspace work, Snapshot snapshot, TileId tile)
    {
        var city = snapshot.City;
        var features = from place in Near(work, city.BuildingIndex, tile)
                       let building = city.Buildings[place]
                       from cell in HouseholdCells.Of(building, city.HouseholdsOf(building))
                       select (building, cell.Place, cell.Shape);
        EncodeAll(work, tile, _layers.Households, _householdFields,
            features.Select(f => (f.building, city.Households[f.building.FirstHousehold + f.Place], snapshot.States[f.building.FirstHousehold + f.Place], f.Shape)),
            f => f.Item2.Id, f => f.Shape, f => (f.building, f.Item2, f.Item3));
    }

    private static void EncodeAll<T>(
        Workspace work, TileId tile, LayerDefinition layer, LayerFields<T> fields, IEnumerable<T> features, Func<T, int> id, Func<T, Shape> shape) =>
        EncodeAll(work, tile, layer, fields, features, id, shape, feature => feature);

    private static void EncodeAll<TFeature, TFields>(
        Workspace work, TileId tile, LayerDefinition layer, LayerFields<TFields> fields, IEnumerable<TFeature> features,
        Func<TFeature, int> id, Func<TFeature, Shape> shape, Func<TFeature, TFields> select)
    {
        work.Layer.Begin(layer.Id, fields.Keys(tile.Z));
        foreach (var feature in features)
        {
            var outline = shape(feature);
            if (!work.Geometry.Encode(outline, tile))
                continue;
            fields.Write(work.Layer, tile.Z, select(feature));
            work.Layer.EndFeature(id(feature), (byte)outline.Kind, work.Geometry.Commands);
        }
        work.Layer.End(work.Tile);
    }

    private static List<int> Near(Workspace work, CellIndex index, TileId tile)
    {
        work.Found.Clear();
        index.Find(tile.BufferedBox, work.Found);
        return work.Found;
    }

    /// <summary>The buffers of one encoding, used for one after the other.</summary>
    private sealed class Workspace
    {
        public ArrayBufferWriter<byte> Tile { get; } = new(1 << 16);

        public VectorTileLayerWriter Layer { get; } = new();

        public TileGeometry Geometry { get; } = new();

        public List<int> Found { get; } = [];
    }
}
