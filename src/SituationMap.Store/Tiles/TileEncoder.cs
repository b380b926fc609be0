using System.Collections.Concurrent;
using SituationMap.Core;
using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;
using SituationMap.Store.Access;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Tiles;

/// <summary>Makes vector tiles from a snapshot, in memory: the same snapshot and tile always give the same bytes.</summary>
public sealed class TileEncoder
{
    private readonly LayerCatalog _layers;
    private readonly GridLevels _gridLevels;
    private readonly ConcurrentBag<EncodingWorkspace> _idle = [];
    private readonly LayerFields<(Grid Grid, StatusCounts Counts, int Persons)> _gridFields;
    private readonly LayerFields<(Grid Grid, StatusCounts Counts, int Persons)> _gridLabelFields;
    private readonly LayerFields<Road> _roadFields;
    private readonly LayerFields<(Building Building, StatusCounts Counts)> _buildingFields;
    private readonly LayerFields<(Building Building, Household Household, HouseholdState State)> _householdFields;
    private readonly LayerFields<ZoneInForce> _zoneFields;
    private readonly LayerFields<(Checkpoint Checkpoint, bool IsManned, string? Passage)> _checkpointFields;
    private readonly LayerFields<(LayerDefinition Layer, int Count)> _leftOutFields;

    public TileEncoder(LayerCatalog layers, GridLevels gridLevels, ProtocolCatalog protocols)
    {
        (_layers, _gridLevels) = (layers, gridLevels);
        (string, Func<(Grid Grid, StatusCounts Counts, int Persons), TileValue>)[] ofGrids =
        [
            ("code", f => f.Grid.Code),
            ("name", f => f.Grid.Name),
            ("level", f => f.Grid.Level),
            ("households", f => f.Counts.Households),
            ("persons", f => f.Persons),
            ("quarantined", f => f.Counts.Quarantined),
            ("observed", f => f.Counts.Observed),
            ("out", f => f.Counts.Out),
            ("healthy", f => f.Counts.Healthy),
            ("unsurveyed", f => f.Counts.Unsurveyed),
        ];
        _gridFields = new(layers.Grids, ofGrids);
        _gridLabelFields = new(layers.GridLabels, ofGrids);
        _roadFields = new(layers.Roads, ("class", road => road.Class), ("name", road => road.Name.Length > 0 ? road.Name : null));
        _buildingFields = new(
            layers.Buildings,
            ("code", f => f.Building.Code),
            ("address", f => f.Building.Address),
            ("kind", f => f.Building.Kind),
            ("floors", f => f.Building.Floors),
            ("status", f => f.Counts.Worst is { } worst ? worst.Name() : null),
            ("quarantined", f => f.Counts.Quarantined),
            ("observed", f => f.Counts.Observed),
            ("out", f => f.Counts.Out),
            ("healthy", f => f.Counts.Healthy),
            ("unsurveyed", f => f.Counts.Unsurveyed)
        );
        _householdFields = new(
            layers.Households,
            ("building", f => f.Building.Id),
            ("status", f => f.State.Status.Name()),
            ("surveyed", f => f.State.Surveyed),
            ("label", f => f.Household.Label(f.Building))
        );
        _zoneFields = new(
            layers.Zones,
            ("code", zone => zone.Code),
            ("name", zone => zone.Name),
            ("level", zone => zone.Level),
            ("rank", zone => protocols.ZoneRank(zone.Level)),
            ("version", zone => zone.Version)
        );
        _checkpointFields = new(
            layers.Checkpoints,
            ("code", f => f.Checkpoint.Code),
            ("name", f => f.Checkpoint.Name),
            ("manned", f => f.IsManned),
            ("passage", f => f.Passage)
        );
        _leftOutFields = new(layers.Metadata, ("layer", f => f.Layer.Id), ("left_out", f => f.Count));
    }

    /// <summary>Encodes a tile with those of the layers that it has at its zoom; empty where nothing is.</summary>
    /// <param name="layers">Which layers, in the catalog's order.</param>
    /// <param name="scope">Households, buildings and grids of these grids only; null: of the whole city.</param>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public byte[] Encode(
        Snapshot snapshot,
        TileId tile,
        IEnumerable<LayerDefinition> layers,
        Scope? scope = null,
        CancellationToken cancellation = default
    )
    {
        var work = Begin(scope);
        foreach (var layer in layers)
        {
            cancellation.ThrowIfCancellationRequested();
            if (layer.IsAt(tile.Z))
                Encode(work, snapshot, tile, layer);
        }
        return End(work, tile);
    }

    /// <summary>Encodes a tile with a layer of what is not in the snapshot; empty where nothing is.</summary>
    /// <param name="fields">The attributes of its features.</param>
    /// <param name="features">What lies near the tile.</param>
    public byte[] Encode<T>(
        TileId tile,
        LayerDefinition layer,
        LayerFields<T> fields,
        IReadOnlyList<T> features,
        Func<T, int> id,
        Func<T, Shape> shape
    )
    {
        var work = Begin(scope: null);
        if (layer.IsAt(tile.Z))
            EncodeAll(work, tile, layer, fields, [.. Enumerable.Range(0, features.Count)], index => features[index], id, shape);
        return End(work, tile);
    }

    private EncodingWorkspace Begin(Scope? scope)
    {
        var work = _idle.TryTake(out var idle) ? idle : new EncodingWorkspace();
        work.Tile.Clear();
        work.LeftOut.Clear();
        work.Scope = scope;
        return work;
    }

    private byte[] End(EncodingWorkspace work, TileId tile)
    {
        if (work.LeftOut.Count > 0)
            EncodeLeftOut(work, tile);
        var bytes = work.Tile.Written.ToArray();
        _idle.Add(work);
        return bytes;
    }

    private void Encode(EncodingWorkspace work, Snapshot snapshot, TileId tile, LayerDefinition layer)
    {
        var city = snapshot.City;
        if (layer == _layers.Grids || layer == _layers.GridLabels)
        {
            var isLabel = layer == _layers.GridLabels;
            EncodeAll(
                work,
                tile,
                layer,
                isLabel ? _gridLabelFields : _gridFields,
                NearGrids(work, city, tile, isLabel ? grid => grid.Label : grid => grid.Shape),
                index => (city.Grids[index], snapshot.GridCounts[index], city.Persons[index]),
                f => f.Item1.Id,
                isLabel ? f => f.Item1.Label : f => f.Item1.Shape
            );
        }
        else if (layer == _layers.Roads)
        {
            EncodeAll(
                work,
                tile,
                layer,
                _roadFields,
                work.Near(city.RoadIndex, tile),
                index => city.Roads[index],
                road => road.Id,
                road => road.Shape
            );
        }
        else if (layer == _layers.Buildings)
        {
            EncodeAll(
                work,
                tile,
                layer,
                _buildingFields,
                work.NearBuildings(city, city.BuildingIndex, tile),
                index => (city.Buildings[index], snapshot.BuildingCounts[index]),
                f => f.Item1.Id,
                f => f.Item1.Shape
            );
        }
        else if (layer == _layers.Households)
        {
            EncodeHouseholds(work, snapshot, tile);
        }
        else if (layer == _layers.Zones)
        {
            EncodeAll(
                work,
                tile,
                layer,
                _zoneFields,
                work.NearZones(snapshot, tile),
                index => snapshot.Zones[index],
                zone => zone.Id,
                zone => zone.Shape
            );
        }
        else if (layer == _layers.Checkpoints)
        {
            EncodeAll(
                work,
                tile,
                layer,
                _checkpointFields,
                work.Near(city.CheckpointIndex, tile),
                index =>
                    (
                        city.Checkpoints[index],
                        snapshot.IsManned(city.Checkpoints[index]),
                        snapshot.LastPassages.GetValueOrDefault(city.Checkpoints[index].Id)
                    ),
                f => f.Item1.Id,
                f => f.Item1.Shape
            );
        }
    }

    private void EncodeHouseholds(EncodingWorkspace work, Snapshot snapshot, TileId tile)
    {
        var city = snapshot.City;
        var layer = _layers.Households;
        work.Layer.Begin(layer.Id, _householdFields.Keys(tile.Z));
        var (step, leftOut) = (layer.StepShift(tile.Z), 0);
        foreach (var index in work.NearBuildings(city, city.HouseholdIndex, tile))
        {
            var building = city.Buildings[index];
            foreach (var (cell, shape) in HouseholdCells.Of(building, city.HouseholdsOf(building)))
            {
                if (!work.Geometry.Encode(shape, tile, step))
                {
                    leftOut += work.Geometry.IsTooSmall(shape, tile) ? 1 : 0;
                    continue;
                }
                var household = building.FirstHousehold + cell;
                _householdFields.Write(work.Layer, tile.Z, (building, city.Households[household], snapshot.States[household]));
                work.Layer.EndFeature(city.Households[household].Id, (byte)shape.Kind, work.Geometry.Commands);
            }
        }
        work.Layer.End(work.Tile);
        work.Note(layer, leftOut);
    }

    private static void EncodeAll<T>(
        EncodingWorkspace work,
        TileId tile,
        LayerDefinition layer,
        LayerFields<T> fields,
        List<int> indexes,
        Func<int, T> feature,
        Func<T, int> id,
        Func<T, Shape> shape
    )
    {
        work.Layer.Begin(layer.Id, fields.Keys(tile.Z));
        var (step, leftOut) = (layer.StepShift(tile.Z), 0);
        foreach (var index in indexes)
        {
            var found = feature(index);
            var outline = shape(found);
            if (!work.Geometry.Encode(outline, tile, step))
            {
                leftOut += work.Geometry.IsTooSmall(outline, tile) ? 1 : 0;
                continue;
            }
            fields.Write(work.Layer, tile.Z, found);
            work.Layer.EndFeature(id(found), (byte)outline.Kind, work.Geometry.Commands);
        }
        work.Layer.End(work.Tile);
        work.Note(layer, leftOut);
    }

    private void EncodeLeftOut(EncodingWorkspace work, TileId tile)
    {
        work.Layer.Begin(_layers.Metadata.Id, _leftOutFields.Keys(tile.Z));
        work.Geometry.EncodeMiddle();
        foreach (var leftOut in work.LeftOut)
        {
            _leftOutFields.Write(work.Layer, tile.Z, leftOut);
            work.Layer.EndFeature(1 + _layers.All.IndexOf(leftOut.Layer), (byte)ShapeKind.Points, work.Geometry.Commands);
        }
        work.Layer.End(work.Tile);
    }

    private List<int> NearGrids(EncodingWorkspace work, City city, TileId tile, Func<Grid, Shape> shape)
    {
        work.Found.Clear();
        var box = tile.BufferedBox;
        foreach (var index in _gridLevels.Shown(city, tile.Z))
        {
            if (shape(city.Grids[index]).Box.Intersects(box) && work.Scope?.Covers(city, index) != false)
                work.Found.Add(index);
        }
        return work.Found;
    }
}
