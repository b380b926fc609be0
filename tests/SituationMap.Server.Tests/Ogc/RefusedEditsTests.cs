using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;

namespace SituationMap.Server.Tests.Ogc;

/// <summary>What is not written, and why; and what a resource says can be done with it.</summary>
public sealed class RefusedEditsTests(SharedDemo standard) : ZoneItemsTests(standard)
{
    [Theory]
    [InlineData(
        """{"type":"Feature","geometry":null,"properties":{"name":"n","level":"high","reason":"r"}}""",
        "field-missing",
        "geometry"
    )]
    [InlineData(
        """{"type":"Feature","geometry":{"type":"Point","coordinates":[124,40]},"properties":{"name":"n","level":"high","reason":"r"}}""",
        "type-wrong",
        "geometry"
    )]
    [InlineData(
        """
            {"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[40,124],[40,124.01],[40.01,124.01],[40,124]]]},
            "properties":{"name":"n","level":"high","reason":"r"}}
            """,
        "axes-swapped",
        "geometry.coordinates[0][0]"
    )]
    [InlineData(
        """
            {"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[124,40],[124.01,40],[124.01,40.01],[124,40]]]},
            "properties":{"level":"high","reason":"r"}}
            """,
        "field-missing",
        "properties.name"
    )]
    [InlineData(
        """
            {"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[124,40],[124.01,40],[124.01,40.01],[124,40]]]},
            "properties":{"name":"n","level":"purple","reason":"r"}}
            """,
        "level-unknown",
        "properties.level"
    )]
    [InlineData(
        """
            {"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[124,40],[124.01,40],[124.01,40.01],[124,40]]]},
            "properties":{"name":"n","level":"high","reason":"r","colour":"red"}}
            """,
        "field-unknown",
        "properties.colour"
    )]
    [InlineData(
        """
            {"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[124,40],[124.01,40],[124.01,40.01],[124,40]]]},
            "properties":{"name":"n","level":"high","reason":"r","state":"inForce"}}
            """,
        "field-unknown",
        "properties.state"
    )]
    [InlineData("[]", "type-wrong", "body")]
    [InlineData("{", "json-malformed", "body")]
    public async Task What_is_wrong_with_a_feature_is_told_and_nothing_is_planned(string body, string code, string field)
    {
        var before = await Demo.Database.ReadAsync<long>("SELECT count(*) FROM zone_step");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Items, UriKind.Relative))
        {
            Content = new StringContent(body, Encoding.UTF8, GeoJson),
        };
        using var answer = await Demo.Client.SendAsync(request, Cancellation);
        (await FaultAsync(answer, HttpStatusCode.BadRequest)).ShouldBe((code, field));
        (await Demo.Database.ReadAsync<long>("SELECT count(*) FROM zone_step")).ShouldBe(before);
    }

    [Fact]
    public async Task Media_types_and_ids_that_do_not_fit_are_refused()
    {
        using var created = await SendAsync(HttpMethod.Post, Items, Draft("E-4"));
        var (address, seen) = (created.Headers.Location!.ToString(), created.Headers.ETag!.Tag);
        foreach (
            var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Post, Items), (HttpMethod.Put, address), (HttpMethod.Patch, address)]
        )
        {
            using (var untyped = await SendAsync(method, path, Draft("E-5"), seen, type: null))
                (await FaultAsync(untyped, HttpStatusCode.BadRequest)).ShouldBe(("field-missing", "Content-Type"));
            using var other = await SendAsync(method, path, Draft("E-5"), seen, type: "application/gml+xml");
            (await FaultAsync(other, HttpStatusCode.UnsupportedMediaType)).ShouldBe(("media-type-unsupported", "Content-Type"));
        }
        using (var taken = await SendAsync(HttpMethod.Post, Items, Draft("E-4")))
            (await FaultAsync(taken, HttpStatusCode.Conflict)).ShouldBe(("code-taken", "properties.code"));
        using (
            var other = await SendAsync(HttpMethod.Patch, address, JsonNode.Parse("""{"properties":{"code":"E-9"}}"""), seen, MergePatch)
        )
            (await FaultAsync(other, HttpStatusCode.BadRequest)).ShouldBe(("value-wrong", "properties.code"));
        using (
            var state = await SendAsync(
                HttpMethod.Patch,
                address,
                JsonNode.Parse("""{"properties":{"state":"submitted"}}"""),
                seen,
                MergePatch
            )
        )
            (await FaultAsync(state, HttpStatusCode.BadRequest)).ShouldBe(("value-wrong", "properties.state"));
        foreach (var tag in (string?[])[null, "\"xyz\""])
        {
            using var missing = await SendAsync(HttpMethod.Put, $"{Items}/E-404:draft", Draft("E-404"), tag);
            (await FaultAsync(missing, HttpStatusCode.NotFound)).ShouldBe(("not-found", "id"));
        }
        (await StatusAsync($"{Items}/E-404:draft")).ShouldBe(HttpStatusCode.NotFound);
        using var readOnly = await SendAsync(HttpMethod.Post, "ogc/collections/grids/items", Draft(null));
        readOnly.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Theory]
    [InlineData(Items, "GET, OPTIONS, POST", "Accept-Post", "application/geo+json, application/json")]
    [InlineData(Items + "/Z-1:draft", "GET, OPTIONS, PUT, PATCH, DELETE", "Accept-Patch", MergePatch)]
    [InlineData(Items + "/Z-1", "GET, OPTIONS, PUT, PATCH, DELETE", "Accept-Patch", MergePatch)]
    [InlineData("ogc/collections/grids/items", "GET, OPTIONS", null, null)]
    [InlineData("ogc/collections/grids/items/210682", "GET, OPTIONS", null, null)]
    public async Task A_resource_says_what_can_be_done_with_it(string path, string allowed, string? header, string? types)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, new Uri(path, UriKind.Relative));
        using var answer = await Demo.Client.SendAsync(request, Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        string.Join(", ", answer.Content.Headers.Allow).ShouldBe(allowed);
        if (header is not null)
            string.Join(", ", answer.Headers.GetValues(header)).ShouldBe(types);
    }
}
