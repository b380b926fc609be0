using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Http;

/// <summary>Nonsense is told as such, with a code, whatever the client accepts.</summary>
public sealed class NonsenseTests(PostgisCluster cluster)
{
    [Fact]
    public async Task Text_that_cannot_be_stored_and_words_that_cannot_be_read_are_told()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var zone = (await demo.GetJsonAsync("ogc/collections/zones/items"))
            .GetProperty("features")[0]
            .GetProperty("properties")
            .GetProperty("code")
            .GetString();
        foreach (
            var (path, type, body) in ((string, string, string)[])
                [
                    ("api/session", "application/json", """{"name":"\u0000li.na","password":"x"}"""),
                    ("api/access/accounts", "application/json", """{"name":"li.na","kind":"person","password":"\u0000"}"""),
                    ($"api/zones/{zone}/lower", "application/json", """{"level":"\ud800low","reason":"x"}"""),
                    ($"api/zones/{zone}/lower", "application/json", """{"\ud800":"low"}"""),
                    ("api/zones/preview", "application/json", """{"type":"\ud800Feature"}"""),
                    (
                        "api/within?of=buildings",
                        "text/plain",
                        "POLYGON((124.044 40.448, 124.046 40.448, 124.046 40.45, 124.044 40.448))\ufffd\ufffd\0"
                    ),
                    ("api/within?of=buildings", "text/plain", "POLYGON((124.044 40.448, 124.046 40.448"),
                    ("api/within?of=buildings", "application/json", """{"type":"\ud800Polygon","coordinates":[]}"""),
                ]
        )
        {
            foreach (var accept in (string[])["application/json", "text/html", "text/csv"])
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative))
                {
                    Content = new StringContent(body, Encoding.UTF8, type),
                };
                request.Headers.TryAddWithoutValidation("If-Match", "\"1.1\"");
                request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(accept));
                using var answer = await demo.Client.SendAsync(request);
                var text = await answer.Content.ReadAsStringAsync();
                ((int)answer.StatusCode).ShouldBeInRange(400, 499, $"{path} {body} {text}");
                answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json", $"{path} {body} {accept}");
                JsonSerializer.Deserialize<JsonElement>(text).GetProperty("code").GetString().ShouldNotBeNullOrEmpty();
            }
        }
        using var early = await demo.Client.GetAsync(
            new Uri($"api/grids/{demo.Snapshot.City.Grids[0].Code}/summary?at=0001-01-01T00:00:00Z", UriKind.Relative)
        );
        early.StatusCode.ShouldBe(HttpStatusCode.BadRequest, "a day before that there was no time");
        using var unknown = new HttpRequestMessage(HttpMethod.Get, new Uri("api/imports/none/preview", UriKind.Relative));
        unknown.Headers.Accept.ParseAdd("text/csv");
        using var missing = await demo.Client.SendAsync(unknown);
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        missing.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
    }
}
