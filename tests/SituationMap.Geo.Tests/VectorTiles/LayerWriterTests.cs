using SituationMap.Geo.VectorTiles;

namespace SituationMap.Geo.Tests.VectorTiles;

public sealed class LayerWriterTests
{
    /// <summary>A building of a file that has no addresses is called by its code.</summary>
    [Fact]
    public void A_feature_whose_own_value_stands_in_two_attributes_has_it_in_the_layer_once()
    {
        var (tile, layer, geometry) = (new ProtocolBuffer(64), new VectorTileLayerWriter(), new TileGeometry());
        geometry.EncodeMiddle();
        layer.Begin("buildings", ["code", "address"]);
        foreach (var (id, code, address) in new[] { (1, "B-1", "B-1"), (2, "B-2", "2 East Road") })
        {
            layer.BeginFeature();
            layer.Set(0, code, isUnique: true);
            layer.Set(1, address);
            layer.EndFeature(id, 1, geometry.Commands);
        }
        layer.End(tile);

        VectorTile
            .Decode(tile.Written.ToArray())[0]
            .Features.Select(feature => (feature.Attributes["code"], feature.Attributes["address"]))
            .ShouldBe([("B-1", "B-1"), ("B-2", "2 East Road")]);
    }
}
