using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Lookups;

/// <summary>Bodies that are nested without end, or whose numbers are none: each refused by name, by a server that goes on.</summary>
public sealed class HostileBodiesTests(PostgisCluster cluster)
{
    private const string Huge = "POLYGON((1e300 0, 1e300 1e300, 0 1e300, 1e300 0))";

    [Fact]
    public async Task An_area_that_is_no_place_is_refused_by_name()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        foreach (
            var (type, body) in ((string, string)[])
                [
                    ("text/plain", Times("GEOMETRYCOLLECTION(", 54_000)),
                    ("text/plain", Times("GEOMETRYCOLLECTION(", 50_000) + "POINT(1 1)" + Times(")", 50_000)),
                    ("text/plain", Times("GEOMETRYCOLLECTION (", 17) + "POINT(1 1)" + Times(")", 17)),
                    ("text/plain", Times("SRID=4326;GEOMETRYCOLLECTION Z(", 20_000)),
                    ("text/plain", Times("(", 900_000)),
                    ("text/plain", "MULTIPOLYGON" + Times("(", 100_000)),
                    ("application/geo+json", "{\"type\":\"Polygon\",\"coordinates\":" + Times("[", 300_000) + Times("]", 300_000) + "}"),
                    ("application/geo+json", Times("{\"type\":\"GeometryCollection\",\"geometries\":[", 20_000)),
                    ("application/geo+json", Times("{\"a\":", 100_000)),
                    ("text/plain", "POLYGON((NaN NaN, 1 1, 1 0, NaN NaN))"),
                    ("text/plain", "POLYGON((124 40, 124.1 NaN, 124.1 40.1, 124 40))"),
                    ("text/plain", "POLYGON((124 40, Infinity 40, 124.1 40.1, 124 40))"),
                    ("text/plain", "POLYGON((124 40, 1e999 40, 124.1 40.1, 124 40))"),
                    ("text/plain", "POLYGON EMPTY"),
                    ("text/plain", ""),
                    ("text/plain", " \n "),
                    ("text/plain", "POLYGON((124 40, 124.1 40, 124.1 40.1"),
                    ("text/plain", "多边形((124 40))"),
                    ("text/plain", Huge),
                    ("application/geo+json", """{"type":"Polygon","coordinates":[[[1e999,40],[124.1,40],[124.1,40.1],[1e999,40]]]}"""),
                    ("application/geo+json", """{"type":"Polygon","coordinates":[[[1e300,40],[124.1,40],[124.1,40.1],[1e300,40]]]}"""),
                    ("application/geo+json", """{"type":"Polygon","coordinates":[]}"""),
                    ("application/geo+json", """{"type":"Polygon","coordinates":[[]]}"""),
                ]
        )
        {
            using var content = new StringContent(body, Encoding.UTF8, type);
            using var answer = await demo.Client.PostAsync(new Uri("/api/within?of=buildings", UriKind.Relative), content);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, body[..Math.Min(60, body.Length)]);
            JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("field").GetString().ShouldBe("body");
        }
        // a map that is nested as maps are is read as ever
        using var plain = new StringContent(
            "POLYGON((124.04 40.445, 124.052 40.446, 124.05 40.452, 124.04 40.445))",
            Encoding.UTF8,
            "text/plain"
        );
        (await demo.Client.PostAsync(new Uri("/api/within?of=buildings", UriKind.Relative), plain)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_filter_without_an_end_is_refused_by_name()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        foreach (
            var (language, filter) in ((string, string)[])
                [
                    ("cql2-text", "S_INTERSECTS(geometry, " + Times("GEOMETRYCOLLECTION(", 200) + "POINT(1 1)" + Times(")", 201)),
                    ("cql2-text", Times("(", 1_500)),
                    ("cql2-text", Times("NOT ", 1_000) + "code = 'x'"),
                    ("cql2-text", "S_INTERSECTS(geometry, POINT(NaN 1))"),
                    ("cql2-text", "S_INTERSECTS(geometry, POINT(1e300 1))"),
                    ("cql2-text", "S_INTERSECTS(geometry, BBOX(1,2,3,1e999))"),
                    ("cql2-json", Times("{\"op\":\"not\",\"args\":[", 150)),
                    (
                        "cql2-json",
                        "{\"op\":\"s_intersects\",\"args\":[{\"property\":\"geometry\"},{\"type\":\"Point\",\"coordinates\":[1e999,1]}]}"
                    ),
                    (
                        "cql2-json",
                        "{\"op\":\"s_intersects\",\"args\":[{\"property\":\"geometry\"},{\"type\":\"Point\",\"coordinates\":"
                            + Times("[", 900)
                            + Times("]", 900)
                            + "}]}"
                    ),
                ]
        )
        {
            using var answer = await demo.Client.GetAsync(
                new Uri($"/ogc/collections/buildings/items?filter-lang={language}&filter={Uri.EscapeDataString(filter)}", UriKind.Relative)
            );
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, filter[..Math.Min(60, filter.Length)]);
            (await answer.Content.ReadAsStringAsync()).ShouldContain("\"filter\"");
        }
    }

    private static string Times(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();
}
