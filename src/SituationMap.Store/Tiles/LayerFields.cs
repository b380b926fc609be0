using SituationMap.Geo.VectorTiles;

namespace SituationMap.Store.Tiles;

/// <summary>
/// The attributes of one layer's features: how each is had, and which of them the layer's definition puts into the tiles of which zoom.
/// </summary>
/// <typeparam name="T">What a feature is made from.</typeparam>
public sealed class LayerFields<T>
{
    /// <summary>The attribute of which every feature has its own.</summary>
    private const string Unique = "code";

    private readonly (string[] Keys, (Func<T, TileValue> Of, bool IsUnique)[] Values)[] _byZoom;

    /// <exception cref="StartupException">The definition names an attribute that this layer does not have.</exception>
    public LayerFields(LayerDefinition definition, params (string Name, Func<T, TileValue> Value)[] sources)
    {
        if (definition.Fields.Keys.Except(sources.Select(source => source.Name)).FirstOrDefault() is { } unknown)
            throw new StartupException(
                $"tiles/{definition.Id}/layer.json: fields: \"{unknown}\" is none of {string.Join(", ", sources.Select(s => s.Name))}"
            );
        _byZoom = new (string[], (Func<T, TileValue>, bool)[])[TileId.MaxZoom + 1];
        for (var zoom = 0; zoom < _byZoom.Length; zoom++)
        {
            var present = sources.Where(source => definition.HasField(source.Name, zoom)).ToArray();
            _byZoom[zoom] = (
                [.. present.Select(source => source.Name)],
                [.. present.Select(source => (source.Value, source.Name == Unique))]
            );
        }
    }

    public string[] Keys(int zoom) => _byZoom[zoom].Keys;

    public void Write(VectorTileLayerWriter writer, int zoom, in T feature)
    {
        writer.BeginFeature();
        var values = _byZoom[zoom].Values;
        for (var key = 0; key < values.Length; key++)
            writer.Set(key, values[key].Of(feature), values[key].IsUnique);
    }
}
