using System.Net;
using Shouldly;

namespace SituationMap.Server.Tests.Ogc;

/// <summary>Part 1, annex A.2.7 to A.4: which features are answered, and how.</summary>
public sealed class CoreFeaturesTests(SharedDemo server) : AbstractTests(server)
{
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
        var zone = Demo.Snapshot.Zones[0];
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
        using var answer = await Demo.Client.GetAsync(new Uri($"ogc/collections/buildings/items?{query}", UriKind.Relative), Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

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
        var page = await Demo.Client.GetStringAsync(
            new Uri("ogc/collections/buildings/items?f=html&limit=3", UriKind.Relative),
            Cancellation
        );
        foreach (var feature in (await JsonAsync("ogc/collections/buildings/items?limit=3")).GetProperty("features").EnumerateArray())
            page.ShouldContain(feature.GetProperty("id").GetString()!);
        page.ShouldContain("rel=\"next\"");
    }
}
