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
        foreach (
            var (collection, table) in ((string, string)[])
                [
                    ("grids", "grid"),
                    ("buildings", "building"),
                    ("households", "household"),
                    ("checkpoints", "checkpoint"),
                    ("zones", "zone_in_force"),
                    ("roads", "road"),
                ]
        )
        {
            var count = await _demo.Database.ReadAsync<long>($"SELECT count(*) FROM {table}");
            var output = await OgrAsync("ogrinfo", "-ro", "-so", $"OAPIF:{_demo.Server.Address}ogc", collection, "-oo", "PAGE_SIZE=313");
            output.ShouldContain($"Feature Count: {count}", customMessage: output);
        }
    }

    [Fact]
    public async Task GDAL_asks_for_a_box_a_time_and_a_system()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.geojson");
        try
        {
            await OgrAsync(
                "ogr2ogr",
                "-f",
                "GeoJSON",
                "-spat",
                "124.04",
                "40.445",
                "124.05",
                "40.452",
                file,
                $"OAPIF:{_demo.Server.Address}ogc",
                "buildings",
                "-oo",
                "PAGE_SIZE=100"
            );
            var inBox = await _demo.Database.ReadAsync<long>(
                "SELECT count(*) FROM building WHERE ST_Intersects(outline, ST_MakeEnvelope(124.04, 40.445, 124.05, 40.452, 4326))"
            );
            (await Programs.RunAsync("ogrinfo", "-ro", "-so", "-al", file)).ShouldContain($"Feature Count: {inBox}");
        }
        finally
        {
            File.Delete(file);
        }

        var metres = await OgrAsync(
            "ogrinfo",
            "-ro",
            "-al",
            "-so",
            $"{_demo.Server.Address}ogc/collections/checkpoints/items?crs=http://www.opengis.net/def/crs/EPSG/0/3857"
        );
        metres.ShouldContain("Extent: (138");
        (
            await OgrAsync(
                "ogrinfo",
                "-ro",
                "-al",
                "-so",
                $"{_demo.Server.Address}ogc/collections/zones/items?datetime=../2001-01-01T00:00:00Z"
            )
        ).ShouldContain("Feature Count: 0");
    }

    [Fact]
    public async Task Owslib_walks_from_the_landing_page_to_the_features()
    {
        var output = await Programs.RunAsync(
            "/usr/bin/python3",
            "-c",
            """
            import sys
            from owslib.ogcapi.features import Features
            api = Features(sys.argv[1], headers={'Authorization': 'Bearer ' + sys.argv[2]})
            assert api.conformance()['conformsTo']
            print(sorted(api.feature_collections()))
            print(api.collection('buildings')['title'], len(api.collection_queryables('buildings')['properties']))
            page = api.collection_items('buildings', limit=7, bbox=[124.0, 40.4, 124.1, 40.5])
            print(page['numberReturned'], page['numberMatched'])
            print(api.collection_item('buildings', page['features'][0]['id'])['id'] == page['features'][0]['id'])
            """,
            $"{_demo.Server.Address}ogc",
            TestServer.LocalToken
        );

        output.ShouldContain("['buildings', 'checkpoints', 'grids', 'households', 'roads', 'zones']");
        output.ShouldContain("Buildings 13");
        output.ShouldContain($"7 {await _demo.Database.ReadAsync<long>("SELECT count(*) FROM building")}");
        output.ShouldContain("True");
    }

    /// <summary>This version of owslib reads only; what it is made on, requests, writes, and owslib walks to what was written.</summary>
    [Fact]
    public async Task A_program_in_Python_plans_a_zone_and_owslib_reads_it()
    {
        var output = await Programs.RunAsync(
            "/usr/bin/python3",
            "-c",
            """
            import sys, requests as plain
            requests = plain.Session()
            requests.headers['Authorization'] = 'Bearer ' + sys.argv[2]
            from owslib.ogcapi.features import Features
            api = Features(sys.argv[1], headers={'Authorization': 'Bearer ' + sys.argv[2]})
            assert 'http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete' in api.conformance()['conformsTo']
            links = api.collection('zones')['links']
            items = next(link['href'] for link in links if link['rel'] == 'items' and link['type'] == 'application/geo+json').split('?')[0]
            print(requests.options(items).headers['Allow'])
            ring = [[124.0400, 40.4600], [124.0420, 40.4600], [124.0420, 40.4615], [124.0400, 40.4600]]
            feature = {'type': 'Feature', 'geometry': {'type': 'Polygon', 'coordinates': [ring]}}
            feature['properties'] = {'name': 'North lane', 'level': 'medium', 'reason': 'two cases'}
            made = requests.post(items, json=feature, headers={'Content-Type': 'application/geo+json'})
            made.raise_for_status()
            id = made.headers['Location'].rsplit('/', 1)[1]
            read = api.collection_item('zones', id)
            print(made.status_code, read['id'] == id, read['properties']['name'], read['properties']['state'])
            read['properties']['level'] = 'high'
            address = made.headers['Location']
            put = requests.put(address, json=read, headers={'Content-Type': 'application/geo+json', 'If-Match': made.headers['ETag']})
            headers = {'Content-Type': 'application/merge-patch+json', 'If-Match': put.headers['ETag']}
            patch = requests.patch(address, json={'properties': {'name': 'South lane'}}, headers=headers)
            read = api.collection_item('zones', id)
            last = api.collection_items('zones', state='draft')['features'][-1]
            print(put.status_code, patch.status_code, read['properties']['level'], read['properties']['name'], last['id'] == id)
            print(requests.delete(address, headers={'If-Match': put.headers['ETag']}).json()['current']['draft']['name'])
            print(requests.delete(address, headers={'If-Match': patch.headers['ETag']}).status_code, requests.get(address).status_code)
            """,
            $"{_demo.Server.Address}ogc",
            TestServer.LocalToken
        );

        output.ShouldBe("GET, OPTIONS, POST\n201 True North lane draft\n200 200 high South lane True\nSouth lane\n204 404\n");
    }

    /// <summary>As the README has it, by GDAL's own setting.</summary>
    private static Task<string> OgrAsync(string program, params string[] arguments) =>
        Programs.RunAsync(program, [.. arguments, "--config", "GDAL_HTTP_HEADERS", $"Authorization: Bearer {TestServer.LocalToken}"]);
}
