using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Core.Projections;

namespace SituationMap.Server.Tests.Ogc;

/// <summary>A server over the demo community for all of OGC's assertions.</summary>
public sealed class StandardServer(PostgisCluster cluster) : IAsyncLifetime
{
    public DemoServer Demo { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Demo = await DemoServer.StartAsync(cluster);

    public ValueTask DisposeAsync() => Demo.DisposeAsync();
}

/// <summary>
/// The abstract tests of OGC API Features: part 1 (annex A.2 to A.4) and part 2 (annex A), each named after what it asserts, in the
/// standard's words: <c>fc</c> are the features of a collection, <c>sfc</c> one collection, <c>f</c> one feature, <c>md</c> metadata,
/// <c>op</c> the operation.
/// </summary>
public sealed class AbstractTests(StandardServer server) : IClassFixture<StandardServer>
{
    private const string Crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
    private const string Items = "/ogc/collections/{collection}/items";

    private static readonly string[] Ids = ["grids", "buildings", "households", "checkpoints", "zones", "roads"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Part 1, A.2.2 to A.2.4

    [Fact]
    public async Task Core_root_op_and_root_success()
    {
        var landing = await JsonAsync("ogc");
        foreach (var relation in (string[])["service-desc", "conformance", "data"])
            Link(landing, relation).ShouldNotBeNull(relation);
        Link(landing, "service-doc").ShouldNotBeNull();
    }

    [Fact]
    public async Task Core_api_definition_op_and_success()
    {
        var link = Link(await JsonAsync("ogc"), "service-desc")!.Value;
        using var answer = await server.Demo.Client.GetAsync(new Uri(link.GetProperty("href").GetString()!), Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var document = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Cancellation));
        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.1");
        foreach (
            var path in (string[])["/ogc", "/ogc/conformance", "/ogc/collections", "/ogc/collections/{collection}", Items, Items + "/{id}"]
        )
            document.GetProperty("paths").TryGetProperty(path, out _).ShouldBeTrue(path);
        var schemas = document.GetProperty("components").GetProperty("schemas");
        schemas
            .GetProperty("PlacedListResponse")
            .GetProperty("properties")
            .GetProperty("crs")
            .GetProperty("type")
            .GetString()
            .ShouldBe("string");
        schemas
            .GetProperty("PlacedListResponse")
            .GetProperty("properties")
            .GetProperty("next")
            .GetProperty("type")
            .EnumerateArray()
            .Select(type => type.GetString())
            .ShouldContain("null");
        document
            .GetProperty("paths")
            .GetProperty("/api/nearest")
            .GetProperty("get")
            .GetProperty("parameters")[0]
            .GetProperty("schema")
            .GetProperty("type")
            .GetString()
            .ShouldBe("string");
    }

    [Fact]
    public async Task The_description_is_made_once_packed_and_not_sent_again_to_whoever_has_it()
    {
        var address = new Uri("openapi/v1.json", UriKind.Relative);
        using var first = await server.Demo.Client.GetAsync(address, Cancellation);
        using var second = await server.Demo.Client.GetAsync(address, Cancellation);
        (await second.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBe(await first.Content.ReadAsByteArrayAsync(Cancellation));
        second.Headers.ETag.ShouldBe(first.Headers.ETag);

        using var known = new HttpRequestMessage(HttpMethod.Get, address);
        known.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var unchanged = await server.Demo.Client.SendAsync(known, Cancellation);
        unchanged.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await unchanged.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBeEmpty();

        using var small = new HttpRequestMessage(HttpMethod.Get, address);
        small.Headers.AcceptEncoding.ParseAdd("gzip");
        using var packed = await server.Demo.Client.SendAsync(small, Cancellation);
        packed.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        packed.Content.Headers.ContentLength!.Value.ShouldBeLessThan(first.Content.Headers.ContentLength!.Value / 4);
        packed.Headers.ETag.ShouldNotBe(first.Headers.ETag);
    }

    [Fact]
    public async Task Core_conformance_op_and_success()
    {
        var classes = (await JsonAsync("ogc/conformance"))
            .GetProperty("conformsTo")
            .EnumerateArray()
            .Select(name => name.GetString())
            .ToArray();
        foreach (
            var name in (string[])
                [
                    "ogcapi-features-1/1.0/conf/core",
                    "ogcapi-features-1/1.0/conf/geojson",
                    "ogcapi-features-1/1.0/conf/html",
                    "ogcapi-features-2/1.0/conf/crs",
                ]
        )
            classes.ShouldContain($"http://www.opengis.net/spec/{name}");
        // OpenAPI 3.0 is not what we speak
        classes.ShouldAllBe(name => !name!.Contains("conf/oas30"));
        classes
            .Where(name => name!.Contains("features-4", StringComparison.Ordinal))
            .Select(name => name![(name!.LastIndexOf('/') + 1)..])
            .ShouldBe(["create-replace-delete", "update", "optimistic-locking-etags", "features"]);
    }

    [Theory]
    [InlineData("ogc")]
    [InlineData("ogc/conformance")]
    [InlineData("ogc/collections")]
    [InlineData("ogc/collections/buildings")]
    [InlineData("ogc/collections/buildings/items")]
    [InlineData("ogc/collections/buildings/items/B-0001")]
    public async Task Core_http_and_geojson_and_html_definition(string path)
    {
        foreach (var (accept, type) in ((string, string)[])[("application/json", "json"), ("text/html", "text/html")])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
            request.Headers.TryAddWithoutValidation("Accept", accept);
            using var answer = await server.Demo.Client.SendAsync(request, Cancellation);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            answer.Content.Headers.ContentType!.MediaType!.ShouldEndWith(type);
        }
        using var head = await server.Demo.Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Head, new Uri(path, UriKind.Relative)),
            Cancellation
        );
        head.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.MethodNotAllowed);
    }

    // A.2.5 and A.2.6

    [Fact]
    public async Task Core_fc_md_op_success_links_and_items()
    {
        var answer = await JsonAsync("ogc/collections");
        Link(answer, "self").ShouldNotBeNull();
        Link(answer, "alternate").ShouldNotBeNull();
        foreach (var collection in answer.GetProperty("collections").EnumerateArray())
        {
            collection.GetProperty("id").GetString().ShouldNotBeNullOrEmpty();
            Links(collection, "items").Select(link => link.GetProperty("type").GetString()).ShouldContain("application/geo+json");
            Links(collection, "items").ShouldAllBe(link => link.GetProperty("href").GetString()!.Length > 0);
        }
    }

    [Fact]
    public async Task Core_sfc_md_op_and_success_and_extent()
    {
        var listed = (await JsonAsync("ogc/collections"))
            .GetProperty("collections")
            .EnumerateArray()
            .ToDictionary(collection => collection.GetProperty("id").GetString()!);
        foreach (var id in Ids)
        {
            var one = await JsonAsync($"ogc/collections/{id}");
            foreach (var member in (string[])["id", "title", "description", "extent", "crs", "storageCrs", "itemType"])
                one.GetProperty(member).GetRawText().ShouldBe(listed[id].GetProperty(member).GetRawText(), $"{id}: {member}");
            var box = one.GetProperty("extent")
                .GetProperty("spatial")
                .GetProperty("bbox")[0]
                .EnumerateArray()
                .Select(number => number.GetDouble())
                .ToArray();
            box.Length.ShouldBe(4);
            (box[0] <= box[2] && box[1] <= box[3]).ShouldBeTrue();
            if (one.GetProperty("extent").TryGetProperty("temporal", out var temporal))
                temporal.GetProperty("interval")[0].GetArrayLength().ShouldBe(2);
        }
    }

    // A.2.7

    [Fact]
    public async Task Core_fc_op_response_links_and_timeStamp()
    {
        foreach (var id in Ids)
        {
            var page = await JsonAsync($"ogc/collections/{id}/items?limit=3");
            page.GetProperty("type").GetString().ShouldBe("FeatureCollection");
            page.GetProperty("timeStamp").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddDays(-1));
            page.GetProperty("numberReturned").GetInt32().ShouldBe(page.GetProperty("features").GetArrayLength());
            page.GetProperty("numberMatched").GetInt32().ShouldBeGreaterThanOrEqualTo(page.GetProperty("numberReturned").GetInt32());
            foreach (var relation in (string[])["self", "alternate"])
            {
                var link = Link(page, relation)!.Value;
                link.TryGetProperty("rel", out _).ShouldBeTrue();
                link.TryGetProperty("type", out _).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public async Task Core_fc_limit_bbox_time_and_crs_definition()
    {
        var parameters = (await JsonAsync("openapi/v1.json"))
            .GetProperty("paths")
            .GetProperty(Items)
            .GetProperty("get")
            .GetProperty("parameters")
            .EnumerateArray()
            .ToDictionary(parameter => parameter.GetProperty("name").GetString()!);
        foreach (var name in (string[])["limit", "bbox", "datetime", "crs", "bbox-crs"])
        {
            parameters[name].GetProperty("in").GetString().ShouldBe("query");
            (parameters[name].TryGetProperty("required", out var required) && required.GetBoolean()).ShouldBeFalse();
        }
        var limit = parameters["limit"].GetProperty("schema");
        (
            limit.GetProperty("type").GetString(),
            limit.GetProperty("minimum").GetInt32(),
            limit.GetProperty("maximum").GetInt32(),
            limit.GetProperty("default").GetInt32()
        ).ShouldBe(("integer", 1, 10_000, 100));
        var box = parameters["bbox"];
        (
            box.GetProperty("schema").GetProperty("type").GetString(),
            box.GetProperty("schema").GetProperty("items").GetProperty("type").GetString()
        ).ShouldBe(("array", "number"));
        box.GetProperty("explode").GetBoolean().ShouldBeFalse();
        parameters["datetime"].GetProperty("schema").GetProperty("type").GetString().ShouldBe("string");
        foreach (var name in (string[])["crs", "bbox-crs"])
            (
                parameters[name].GetProperty("schema").GetProperty("type").GetString(),
                parameters[name].GetProperty("schema").GetProperty("format").GetString()
            ).ShouldBe(("string", "uri"));
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("157", 157)]
    [InlineData("10000", 10_000)]
    [InlineData("10001", 10_000)]
    [InlineData("999999999999", 10_000)]
    public async Task Core_fc_limit_response(string limit, int most)
    {
        (await JsonAsync($"ogc/collections/households/items?limit={limit}"))
            .GetProperty("features")
            .GetArrayLength()
            .ShouldBeLessThanOrEqualTo(most);
        (await JsonAsync("ogc/collections/households/items")).GetProperty("features").GetArrayLength().ShouldBe(100, "the default");
    }

    [Fact]
    public async Task Core_fc_bbox_response()
    {
        var all = (await JsonAsync("ogc/collections/buildings/items?limit=10000")).GetProperty("features").GetArrayLength();
        var some = (await JsonAsync("ogc/collections/buildings/items?limit=10000&bbox=124.04,40.445,124.05,40.452"))
            .GetProperty("features")
            .EnumerateArray()
            .ToArray();
        some.Length.ShouldBeInRange(1, all - 1);
        some.ShouldAllBe(feature =>
            Positions(feature.GetProperty("geometry").GetProperty("coordinates")).Any(at => at.X >= 124.039 && at.X <= 124.051)
        );
        // with heights, over the 180th meridian, around the world, and touching at one edge
        (await CountAsync("bbox=124.04,40.445,-100,124.05,40.452,9000")).ShouldBe(some.Length);
        (await CountAsync("bbox=179,-10,-179,10")).ShouldBe(0);
        (await CountAsync("bbox=124.04,40.445,-179,40.452")).ShouldBeGreaterThanOrEqualTo(some.Length);
        (await CountAsync("bbox=-180,-90,180,90")).ShouldBe(all);

        async Task<int> CountAsync(string query) =>
            (await JsonAsync($"ogc/collections/buildings/items?limit=10000&{query}")).GetProperty("features").GetArrayLength();
    }

    [Fact]
    public async Task Core_fc_time_response()
    {
        var zone = server.Demo.Snapshot.Zones[0];
        foreach (
            var (time, holds) in ((string, bool)[])
                [
                    ($"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss}Z", true),
                    ($"{zone.From.AddYears(-1):yyyy-MM-ddTHH:mm:ss}Z", false),
                    ($"../{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss}Z", true),
                    ($"/{zone.From.AddYears(-1):yyyy-MM-dd}", false),
                    ($"{zone.From.AddYears(-1):yyyy-MM-dd}/..", true),
                    ($"{zone.From.AddYears(-1):yyyy-MM-dd}/{zone.From.AddYears(-1).AddDays(1):yyyy-MM-dd}", false),
                    ("../..", true),
                ]
        )
        {
            var ids = (await JsonAsync($"ogc/collections/zones/items?datetime={time}"))
                .GetProperty("features")
                .EnumerateArray()
                .Select(feature => feature.GetProperty("id").GetString()!.Split(':')[0]);
            ids.Contains(zone.Code).ShouldBe(holds, time);
        }
        // what has no time is there at any
        (await JsonAsync("ogc/collections/roads/items?datetime=2019-01-01T00:00:00Z"))
            .GetProperty("features")
            .GetArrayLength()
            .ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("colour=red")]
    [InlineData("limit=0")]
    [InlineData("limit=-1")]
    [InlineData("limit=x")]
    [InlineData("bbox=1,2,3")]
    [InlineData("bbox=a,b,c,d")]
    [InlineData("datetime=then")]
    [InlineData("datetime=2020-02-05T09:00:00Z/2019-02-05T09:00:00Z")]
    public async Task Core_query_param_unknown_and_invalid(string query)
    {
        using var answer = await server.Demo.Client.GetAsync(
            new Uri($"ogc/collections/buildings/items?{query}", UriKind.Relative),
            Cancellation
        );
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    // A.2.8, A.3, A.4

    [Fact]
    public async Task Core_f_op_success_and_links_and_geojson_content()
    {
        foreach (var id in Ids)
        {
            var listed = (await JsonAsync($"ogc/collections/{id}/items?limit=1")).GetProperty("features")[0];
            var one = await JsonAsync($"ogc/collections/{id}/items/{Uri.EscapeDataString(listed.GetProperty("id").GetString()!)}");
            foreach (var member in (string[])["type", "id", "geometry", "properties"])
                one.GetProperty(member).GetRawText().ShouldBe(listed.GetProperty(member).GetRawText(), $"{id}: {member}");
            one.GetProperty("type").GetString().ShouldBe("Feature");
            foreach (var relation in (string[])["self", "alternate", "collection"])
                Link(one, relation).ShouldNotBeNull($"{id}: {relation}");
        }
    }

    [Fact]
    public async Task Html_content()
    {
        var page = await server.Demo.Client.GetStringAsync(
            new Uri("ogc/collections/buildings/items?f=html&limit=3", UriKind.Relative),
            Cancellation
        );
        foreach (var feature in (await JsonAsync("ogc/collections/buildings/items?limit=3")).GetProperty("features").EnumerateArray())
            page.ShouldContain(feature.GetProperty("id").GetString()!);
        page.ShouldContain("rel=\"next\"");
    }

    // Part 2, annex A

    [Fact]
    public async Task Crs_fc_md_crs_list_and_storageCrs()
    {
        var answer = await JsonAsync("ogc/collections");
        var global = answer.GetProperty("crs").EnumerateArray().Select(uri => uri.GetString()!).ToArray();
        foreach (var collection in answer.GetProperty("collections").EnumerateArray())
        {
            var list = collection.GetProperty("crs").EnumerateArray().Select(uri => uri.GetString()!).ToArray();
            list.ShouldContain(Crs84);
            list.ShouldAllBe(uri => uri.StartsWith("http://www.opengis.net/def/crs/"));
            list.ShouldBe(global);
            list.ShouldContain(collection.GetProperty("storageCrs").GetString()!);
        }
    }

    [Fact]
    public async Task Crs_every_listed_one_is_answered_and_told_in_the_header()
    {
        var systems = server.Demo.Server.Services.GetRequiredService<CoordinateSystems>();
        var plain = Positions(
                (await JsonAsync("ogc/collections/checkpoints/items?limit=1"))
                    .GetProperty("features")[0]
                    .GetProperty("geometry")
                    .GetProperty("coordinates")
            )
            .Single();
        foreach (
            var uri in (await JsonAsync("ogc/collections/checkpoints")).GetProperty("crs").EnumerateArray().Select(uri => uri.GetString()!)
        )
        {
            using var answer = await server.Demo.Client.GetAsync(
                new Uri($"ogc/collections/checkpoints/items?limit=1&crs={Uri.EscapeDataString(uri)}", UriKind.Relative),
                Cancellation
            );
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, uri);
            answer.Headers.GetValues("Content-Crs").Single().ShouldBe($"<{uri}>");
            var moved = Positions(
                    JsonSerializer
                        .Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Cancellation))
                        .GetProperty("features")[0]
                        .GetProperty("geometry")
                        .GetProperty("coordinates")
                )
                .Single();
            var system = systems.Find(uri)!;
            var (x, y) = system.FromLonLat(plain.X, plain.Y);
            (moved.X, moved.Y).ShouldSatisfyAllConditions(
                at => at.X.ShouldBe(system.Axes == AxisOrder.NorthEast ? y : x, 0.001, uri),
                at => at.Y.ShouldBe(system.Axes == AxisOrder.NorthEast ? x : y, 0.001, uri)
            );
        }
        using var usual = await server.Demo.Client.GetAsync(
            new Uri("ogc/collections/checkpoints/items?limit=1", UriKind.Relative),
            Cancellation
        );
        usual.Headers.GetValues("Content-Crs").Single().ShouldBe($"<{Crs84}>", "the default");
    }

    [Fact]
    public async Task Crs_fc_bbox_crs_action_and_default()
    {
        var plain = await IdsAsync("bbox=124.04,40.445,124.05,40.452");
        plain.ShouldNotBeEmpty();
        (await IdsAsync($"bbox=124.04,40.445,124.05,40.452&bbox-crs={Crs84}")).ShouldBe(plain);
        (await IdsAsync("bbox=40.445,124.04,40.452,124.05&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326")).ShouldBe(plain);
        var mercator = server.Demo.Server.Services.GetRequiredService<CoordinateSystems>().Find("EPSG:3857")!;
        var ((west, south), (east, north)) = (mercator.FromLonLat(124.04, 40.445), mercator.FromLonLat(124.05, 40.452));
        (
            await IdsAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"bbox={west:R},{south:R},{east:R},{north:R}&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/3857"
                )
            )
        ).ShouldBe(plain);

        async Task<string[]> IdsAsync(string query) =>
            [
                .. (await JsonAsync($"ogc/collections/checkpoints/items?limit=10000&{query}"))
                    .GetProperty("features")
                    .EnumerateArray()
                    .Select(feature => feature.GetProperty("id").GetString()!),
            ];
    }

    [Theory]
    [InlineData("items?crs=http://www.opengis.net/def/crs/EPSG/0/1")]
    [InlineData("items?bbox-crs=http://www.opengis.net/def/crs/EPSG/0/1&bbox=1,2,3,4")]
    [InlineData("items/C-1?crs=nonsense")]
    public async Task Crs_invalid_values_are_refused(string path)
    {
        using var answer = await server.Demo.Client.GetAsync(
            new Uri($"ogc/collections/checkpoints/{path}", UriKind.Relative),
            Cancellation
        );
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private async Task<JsonElement> JsonAsync(string path) => await server.Demo.GetJsonAsync(path);

    private static IEnumerable<JsonElement> Links(JsonElement resource, string relation) =>
        resource.GetProperty("links").EnumerateArray().Where(link => link.GetProperty("rel").GetString() == relation);

    private static JsonElement? Link(JsonElement resource, string relation) =>
        Links(resource, relation).Select(link => (JsonElement?)link).FirstOrDefault();

    private static IEnumerable<(double X, double Y)> Positions(JsonElement coordinates) =>
        coordinates[0].ValueKind == JsonValueKind.Number
            ? [(coordinates[0].GetDouble(), coordinates[1].GetDouble())]
            : coordinates.EnumerateArray().SelectMany(Positions);
}
