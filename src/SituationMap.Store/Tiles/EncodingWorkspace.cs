using SituationMap.Geo.Indexes;
using SituationMap.Geo.VectorTiles;
using SituationMap.Store.Access;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Tiles;

/// <summary>The buffers of one encoding, used for one after the other.</summary>
internal sealed class EncodingWorkspace
{
    public ProtocolBuffer Tile { get; } = new(1 << 16);

    public VectorTileLayerWriter Layer { get; } = new();

    public TileGeometry Geometry { get; } = new();

    public List<int> Found { get; } = [];

    public Scope? Scope { get; set; }

    /// <summary>How many features of a layer lie in the tile and are too small for it.</summary>
    public List<(LayerDefinition Layer, int Count)> LeftOut { get; } = [];

    public void Note(LayerDefinition layer, int leftOut)
    {
        if (leftOut > 0)
            LeftOut.Add((layer, leftOut));
    }

    public List<int> Near(CellIndex index, TileId tile)
    {
        Found.Clear();
        index.Find(tile.BufferedBox, Found);
        return Found;
    }

    public List<int> NearBuildings(City city, CellIndex index, TileId tile)
    {
        var found = Near(index, tile);
        if (Scope is { } scope)
            found.RemoveAll(building => !scope.Covers(city, city.Buildings[building].Grid));
        return found;
    }

    public List<int> NearZones(Snapshot snapshot, TileId tile)
    {
        Found.Clear();
        var box = tile.BufferedBox;
        for (var index = 0; index < snapshot.Zones.Count; index++)
        {
            if (snapshot.Zones[index].Shape.Box.Intersects(box))
                Found.Add(index);
        }
        return Found;
    }
}
