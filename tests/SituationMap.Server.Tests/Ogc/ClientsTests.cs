using Shouldly;

namespace SituationMap.Server.Tests.Ogc;

/// <summary>Other people's clients of OGC API Features.</summary>
public sealed class ClientsTests(PostgisCluster cluster) : IAsyncLifetime
{
    private DemoServer _demo = null!;

    public async ValueTask InitializeAsync()
    {
        await Programs.EnsureAsync("ogrinfo", "gdal-bin");
        await Programs.EnsureAsync("/usr/lib/python3/dist-packages/owslib", "python3-owslib");
        _demo = await DemoServer.StartAsync(cluster);
    }

    public ValueTask DisposeAsync() => _demo.DisposeAsync();

    [Fact]
    public async Task GDAL_reads_every_collection_to_its_last_feature()
    {
        foreach (var (collection, table) in ((string, string)[])[("grids", "grid"), ("buildings", "building"), ("households", "household"), ("checkpoints", "checkpoint"), ("zones", "zone_in_force"), ("roads", "road")])
        {
            var count = await _demo.Database.ReadAsync<long>($"SELECT count(*) FROM {table}");
            var told = await Programs.RunAsync("ogrinfo", "-ro", "-so", $"OAPIF:{_demo.Server.Address}ogc", collection, "-oo", "PAGE_SIZE=313");
            told.ShouldContain($"Feature Count: {count}", customMessage: told);
        }
    }

    [Fact]
    public async Task GDAL_asks_for_a_box_a_time_and_a_system()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.geojson");
        try
        {
            await Programs.RunAsync("ogr2ogr", "-f", "GeoJSON", "-spat", "124.04", "40.445", "124.05", "40.452", file, $"OAPIF:{_demo.Server.Address}ogc", "buildings", "-oo", "PAGE_SIZE=100");
            var inBox = await _demo.Database.ReadAsync<long>("SELECT count(*) FROM building WHERE ST_Intersects(outline, ST_MakeEnvelope(124.04, 40.445, 124.05, 40.452, 4326))");
            (await Programs.RunAsync("ogrinfo", "-ro", "-so", "-al", file)).ShouldContain($"Feature Count: {inBox}");
        }
        finally
        {
            File.Delete(file);
        }

        var metres = await Programs.RunAsync("ogrinfo", "-ro", "-al", "-so", $"{_demo.Server.Address}ogc/collections/checkpoints/items?crs=http://www.opengis.net/def/crs/EPSG/0/3857");
        metres.ShouldContain("Extent: (138");
        (await Programs.RunAsync("ogrinfo", "-ro", "-al", "-so", $"{_demo.Server.Address}ogc/collections/zones/items?datetime=../2001-01-01T00:00:00Z")).ShouldContain("Feature Count: 0");
    }

    [Fact]
    public async Task Owslib_walks_from_the_landing_page_to_the_features()
    {
        var told = await Programs.RunAsync("/usr/bin/python3", "-c",
            """
            import sys
            from owslib.ogcapi.features import Features
            api = Features(sys.argv[1])
            assert api.conformance()['conformsTo']
            print(sorted(api.feature_collections()))
            print(api.collection('buildings')['title'], len(api.collection_queryables('buildings')['properties']))
            page = api.collection_items('buildings', limit=7, bbox=[124.0, 40.4, 124.1, 40.5])
            print(page['numberReturned'], page['numberMatched'])
            print(api.collection_item('buildings', page['features'][0]['id'])['id'] == page['features'][0]['id'])
            """, $"{_demo.Server.Address}ogc");

        told.ShouldContain("['buildings', 'checkpoints', 'grids', 'households', 'roads', 'zones']");
        told.ShouldContain("Buildings 13");
        told.ShouldContain($"7 {await _demo.Database.ReadAsync<long>("SELECT count(*) FROM building")}");
        told.ShouldContain("True");
    }
}
