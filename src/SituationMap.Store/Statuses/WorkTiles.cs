using SituationMap.Core.Work;
using SituationMap.Geo.VectorTiles;
using SituationMap.Store.Access;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Tiles;

namespace SituationMap.Store.Statuses;

/// <summary>Makes tiles of what is to be done, worked out for whoever asks: it changes with every report and with time, and none is
/// kept.</summary>
public sealed class WorkTiles(LayerCatalog layers, TileEncoder encoder, WorkCounts counts)
{
    private readonly LayerDefinition _layer = layers.Work;
    private readonly LayerFields<(Building Building, WorkFigures Figures)> _fields = new(
        layers.Work,
        ("building", f => f.Building.Code),
        ("due", f => f.Figures.Due),
        ("late", f => f.Figures.Late),
        ("critical", f => f.Figures.Critical),
        ("state", f => f.Figures.Worst.Name())
    );

    /// <summary>Encodes a tile; empty where nothing is to be done.</summary>
    /// <param name="snapshot">The picture of the instant.</param>
    /// <param name="scope">Buildings of these grids only.</param>
    /// <param name="at">The instant.</param>
    /// <param name="known">What was reported later is left aside.</param>
    public async Task<byte[]> EncodeAsync(
        Snapshot snapshot,
        TileId tile,
        Scope scope,
        DateTimeOffset at,
        DateTimeOffset known,
        CancellationToken cancellation
    )
    {
        if (!_layer.IsAt(tile.Z))
            return [];
        var (city, near) = (snapshot.City, new List<int>());
        city.BuildingIndex.Find(tile.BufferedBox, near);
        near.RemoveAll(building => !scope.Covers(city, city.Buildings[building].Grid));
        if (near.Count == 0)
            return [];
        var found = await counts.OfBuildingsAsync(snapshot, near, at, known, cancellation);
        return encoder.Encode(
            tile,
            _layer,
            _fields,
            // in one order, so that what is the same has the same bytes
            [.. found.OrderBy(one => one.Key).Select(one => (Building: city.Buildings[one.Key], Figures: one.Value))],
            f => f.Building.Id,
            f => f.Building.Shape
        );
    }
}
