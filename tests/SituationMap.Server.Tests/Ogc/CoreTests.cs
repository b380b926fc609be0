using System.Net;
using System.Text.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Ogc;

/// <summary>Part 1, annex A.2.2 to A.2.6: what the server and its collections say of themselves.</summary>
public sealed class CoreTests(SharedDemo server) : AbstractTests(server)
{
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
        using var answer = await Demo.Client.GetAsync(new Uri(link.GetProperty("href").GetString()!), Cancellation);
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
            using var answer = await Demo.Client.SendAsync(request, Cancellation);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            answer.Content.Headers.ContentType!.MediaType!.ShouldEndWith(type);
        }
        using var head = await Demo.Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Head, new Uri(path, UriKind.Relative)),
            Cancellation
        );
        head.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.MethodNotAllowed);
    }

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
}
