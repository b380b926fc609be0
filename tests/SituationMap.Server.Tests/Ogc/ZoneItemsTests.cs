using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using SituationMap.Server.Tests.Zones;

namespace SituationMap.Server.Tests.Ogc;

/// <summary>OGC API Features part 4 over real HTTP: zones as items that are written.</summary>
public abstract class ZoneItemsTests(SharedDemo standard) : IClassFixture<SharedDemo>
{
    protected const string Items = "ogc/collections/zones/items";
    protected const string GeoJson = "application/geo+json";
    protected const string MergePatch = "application/merge-patch+json";

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected DemoServer Demo => standard.Demo;

    protected static JsonObject Draft(string? code) => Planner.Feature(124.062, 40.452, 124.063, 40.453, code: code);

    protected static string Property(JsonElement feature, string name) => feature.GetProperty("properties").GetProperty(name).GetString()!;

    protected async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        JsonNode? body,
        string? tag = null,
        string? type = GeoJson,
        string? contentCrs = null
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.RelativeOrAbsolute));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString()));
            if (type is not null)
                request.Content.Headers.ContentType = new(type);
        }
        if (tag is not null)
            request.Headers.TryAddWithoutValidation("If-Match", tag);
        if (contentCrs is not null)
            request.Headers.TryAddWithoutValidation("Content-Crs", contentCrs);
        return await Demo.Client.SendAsync(request, Cancellation);
    }

    protected async Task<(JsonElement Feature, string Tag)> GetAsync(string path)
    {
        using var answer = await Demo.Client.GetAsync(new Uri(path, UriKind.RelativeOrAbsolute), Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        return (await JsonAsync(answer), answer.Headers.ETag?.Tag ?? "");
    }

    protected async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await Demo.Client.GetAsync(new Uri(path, UriKind.RelativeOrAbsolute), Cancellation);
        return answer.StatusCode;
    }

    protected static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) =>
        JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Cancellation));

    protected static async Task<(string?, string?)> FaultAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        var body = await answer.Content.ReadAsStringAsync(Cancellation);
        answer.StatusCode.ShouldBe(status, body);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonSerializer.Deserialize<JsonElement>(body);
        return (problem.GetProperty("code").GetString(), problem.GetProperty("field").GetString());
    }
}
