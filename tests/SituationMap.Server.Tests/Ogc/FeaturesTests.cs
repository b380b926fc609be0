using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Core.Projections;

namespace SituationMap.Server.Tests.Ogc;

/// <summary>What OGC's abstract tests assert of Features parts 1 (core, GeoJSON, HTML) and 2 (CRS), and Tiles.</summary>
public sealed class FeaturesTests(SharedDemo shared) : IClassFixture<SharedDemo>
{
    private static readonly string[] Collections = ["grids", "buildings", "households", "checkpoints", "zones", "roads"];

    private readonly DemoServer _demo = shared.Demo;

    [Fact]
    public async Task Every_link_of_the_landing_page_leads_somewhere()
    {
        var landing = await _demo.GetJsonAsync("ogc");
        var relations = landing.GetProperty("links").EnumerateArray().Select(link => link.GetProperty("rel").GetString()).ToArray();
        foreach (var relation in (string[])["self", "alternate", "service-desc", "service-doc", "conformance", "data"])
            relations.ShouldContain(relation);
        foreach (var link in landing.GetProperty("links").EnumerateArray())
        {
            using var response = await _demo.Client.GetAsync(new Uri(link.GetProperty("href").GetString()!));
            response.StatusCode.ShouldBe(HttpStatusCode.OK, link.GetRawText());
            response.Content.Headers.ContentType!.MediaType.ShouldBe(
                link.GetProperty("type").GetString()!.Split(';')[0] is var type && type == "application/vnd.oai.openapi+json"
                    ? "application/json"
                    : type,
                link.GetRawText()
            );
        }
        (await _demo.GetJsonAsync("ogc/conformance"))
            .GetProperty("conformsTo")
            .EnumerateArray()
            .Select(name => name.GetString())
            .ShouldContain("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core");
    }

    [Fact]
    public async Task Every_collection_is_described_and_read_page_by_page_to_its_last_feature()
    {
        var listed = (await _demo.GetJsonAsync("ogc/collections")).GetProperty("collections").EnumerateArray().ToArray();
        listed.Select(collection => collection.GetProperty("id").GetString()).ShouldBe(Collections);
        foreach (var collection in listed)
        {
            var id = collection.GetProperty("id").GetString()!;
            (await _demo.GetJsonAsync($"ogc/collections/{id}"))
                .GetProperty("extent")
                .GetRawText()
                .ShouldBe(collection.GetProperty("extent").GetRawText());
            var expected = await _demo.Database.ReadAsync<long>($"SELECT count(*) FROM {(id == "zones" ? "zone_in_force" : id[..^1])}");
            var ids = new HashSet<string>();
            var next = $"ogc/collections/{id}/items?limit=157";
            while (next is not null)
            {
                var page = JsonSerializer.Deserialize<JsonElement>(await _demo.Client.GetStringAsync(new Uri(_demo.Server.Address, next)));
                page.GetProperty("type").GetString().ShouldBe("FeatureCollection");
                var features = page.GetProperty("features").EnumerateArray().ToArray();
                page.GetProperty("numberReturned").GetInt32().ShouldBe(features.Length);
                page.GetProperty("numberMatched").GetInt64().ShouldBe(expected, id);
                features.ShouldAllBe(feature => ids.Add(feature.GetProperty("id").GetString()!));
                next = page.GetProperty("links")
                    .EnumerateArray()
                    .Where(link => link.GetProperty("rel").GetString() == "next")
                    .Select(link => link.GetProperty("href").GetString())
                    .FirstOrDefault();
            }
            ids.Count.ShouldBe((int)expected, id);

            var one = await _demo.GetJsonAsync($"ogc/collections/{id}/items/{Uri.EscapeDataString(ids.First())}");
            one.GetProperty("type").GetString().ShouldBe("Feature");
            one.GetProperty("links").EnumerateArray().Select(link => link.GetProperty("rel").GetString()).ShouldContain("collection");
            var queryables = (await _demo.GetJsonAsync($"ogc/collections/{id}/queryables"))
                .GetProperty("properties")
                .EnumerateObject()
                .Select(property => property.Name);
            queryables.ShouldBe(one.GetProperty("properties").EnumerateObject().Select(property => property.Name).Prepend("geometry"));
            var written = (await _demo.GetJsonAsync($"ogc/collections/{id}/schema"))
                .GetProperty("properties")
                .EnumerateObject()
                .Where(property => !property.Value.TryGetProperty("readOnly", out _))
                .Select(property => property.Name);
            written.ShouldBe(id == "zones" ? ["geometry", "code", "name", "level", "from", "to", "reason"] : []);
        }
    }

    [Theory]
    [InlineData("http://www.opengis.net/def/crs/EPSG/0/4326")]
    [InlineData("http://www.opengis.net/def/crs/EPSG/0/3857")]
    [InlineData("http://www.opengis.net/def/crs/EPSG/0/4529")]
    [InlineData("GCJ02")]
    public async Task Features_come_in_the_system_asked_for(string uri)
    {
        var crs = _demo.Server.Services.GetRequiredService<CoordinateSystems>().Find(uri)!;
        var code = _demo.Snapshot.City.Checkpoints[0].Code;
        var plain = (await _demo.GetJsonAsync($"ogc/collections/checkpoints/items/{code}"))
            .GetProperty("geometry")
            .GetProperty("coordinates");
        using var response = await _demo.Client.GetAsync(
            new Uri($"ogc/collections/checkpoints/items/{code}?crs={Uri.EscapeDataString(uri)}", UriKind.Relative)
        );
        response.Headers.GetValues("Content-Crs").Single().ShouldBe($"<{crs.Uri}>");
        var moved = JsonSerializer
            .Deserialize<JsonElement>(await response.Content.ReadAsStringAsync())
            .GetProperty("geometry")
            .GetProperty("coordinates");
        var (x, y) = crs.FromLonLat(plain[0].GetDouble(), plain[1].GetDouble());
        var (first, second) = crs.Axes == AxisOrder.NorthEast ? (y, x) : (x, y);
        moved[0].GetDouble().ShouldBe(first, 0.001);
        moved[1].GetDouble().ShouldBe(second, 0.001);
    }

    [Theory]
    [InlineData("buildings/items?limit=0", "limit")]
    [InlineData("buildings/items?limit=many", "limit")]
    [InlineData("buildings/items?bbox=1,2,3", "bbox")]
    [InlineData("buildings/items?bbox=1,5,3,4", "bbox")]
    [InlineData("buildings/items?bbox=1,2,3,NaN", "bbox")]
    [InlineData("buildings/items?bbox-crs=EPSG:1", "bbox-crs")]
    [InlineData("buildings/items?crs=EPSG:1", "crs")]
    [InlineData("buildings/items?datetime=yesterday", "datetime")]
    [InlineData("buildings/items?colour=red", "colour")]
    [InlineData("buildings/items?floors=high", "floors")]
    [InlineData("buildings/items?f=xml", "f")]
    [InlineData("buildings/items?filter=floors", "filter")]
    [InlineData("buildings/items?filter=height>3", "filter")]
    [InlineData("buildings/items?filter=floors%3D'a'", "filter")]
    [InlineData("buildings/items?filter=S_INTERSECTS(geometry,POLYGON((0 0,1 1)))", "filter")]
    [InlineData("buildings/items?filter=S_INTERSECTS(geometry,POLYGON((0 0,1 1,0 1,1 0,0 0)))", "filter")]
    [InlineData("buildings/items?filter=floors>1&filter-lang=sql", "filter-lang")]
    [InlineData("buildings/items?filter-lang=cql2-json&filter=[", "filter")]
    [InlineData("buildings?lang=en", "lang")]
    public async Task What_is_wrong_is_told(string path, string field)
    {
        using var response = await _demo.Client.GetAsync(new Uri("ogc/collections/" + path, UriKind.Relative));
        var body = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, body);
        JsonSerializer.Deserialize<JsonElement>(body).GetProperty("field").GetString().ShouldBe(field);
    }

    [Theory]
    [InlineData("ogc/collections/trees")]
    [InlineData("ogc/collections/trees/items")]
    [InlineData("ogc/collections/buildings/items/none")]
    [InlineData("ogc/collections/zones/items/none:1")]
    public async Task What_is_not_there_is_not_found(string path)
    {
        using var response = await _demo.Client.GetAsync(new Uri(path, UriKind.Relative));
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Pages_for_people_stand_without_script_or_style_within()
    {
        foreach (
            var path in (string[])
                [
                    "ogc",
                    "ogc/conformance",
                    "ogc/collections",
                    "ogc/collections/grids",
                    "ogc/collections/grids/queryables",
                    "ogc/collections/buildings/items",
                    "ogc/collections/buildings/items/B-0001",
                    "ogc/collections/zones/tiles",
                    "openapi",
                ]
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
            request.Headers.Add("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
            using var response = await _demo.Client.SendAsync(request);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html", path);
            response.Headers.GetValues("Content-Security-Policy").Single().ShouldNotContain("unsafe");
            var page = await response.Content.ReadAsStringAsync();
            page.ShouldNotContain("<script");
            page.ShouldNotContain("style=");
            page.ShouldContain("/ogc/style.css");
        }
    }

    [Fact]
    public async Task Tiles_of_a_collection_are_those_of_the_map()
    {
        var tileset = await _demo.GetJsonAsync("ogc/collections/buildings/tiles/WebMercatorQuad");
        var template = tileset
            .GetProperty("links")
            .EnumerateArray()
            .Single(link => link.TryGetProperty("templated", out _))
            .GetProperty("href")
            .GetString()!;
        var address = template
            .Replace("{tileMatrix}", "16", StringComparison.Ordinal)
            .Replace("{tileRow}", "24702", StringComparison.Ordinal)
            .Replace("{tileCol}", "55350", StringComparison.Ordinal);
        // there and not elsewhere: whoever is sent on shows no token there
        using var direct = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            DefaultRequestHeaders = { Authorization = _demo.Client.DefaultRequestHeaders.Authorization },
        };
        using var answer = await direct.GetAsync(new Uri(address));
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/vnd.mapbox-vector-tile");
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(
            await _demo.Client.GetByteArrayAsync(new Uri("tiles/buildings/16/55350/24702.mvt", UriKind.Relative))
        );
        using var all = await direct.GetAsync(new Uri(_demo.Server.Address, "ogc/tiles/WebMercatorQuad/16/24702/55350"));
        (await all.Content.ReadAsByteArrayAsync()).ShouldBe(
            await _demo.Client.GetByteArrayAsync(new Uri("tiles/situation/16/55350/24702.mvt", UriKind.Relative))
        );
        using var nowhere = await direct.GetAsync(new Uri(_demo.Server.Address, "ogc/collections/buildings/tiles/WebMercatorQuad/1/7/7"));
        nowhere.StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);
    }
}
