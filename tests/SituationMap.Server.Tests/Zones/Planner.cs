using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Store.Access;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Server.Tests.Zones;

/// <summary>Plans zones over HTTP as whoever sits at the machine; what needs a second person is done by one at the store.</summary>
internal sealed class Planner(TestServer server)
{
    private static readonly CancellationToken None = CancellationToken.None;

    public ZoneWorkflow Planning => server.Services.GetRequiredService<ZoneWorkflow>();

    /// <summary>Somebody who may plan everywhere.</summary>
    public static ZoneActor As(string name) => new(name, Scope.WholeCity);

    /// <summary>A rectangle, as a draft.</summary>
    public static JsonObject Feature(
        double west,
        double south,
        double east,
        double north,
        string level = "high",
        string? code = null,
        string? name = null
    ) =>
        new()
        {
            ["type"] = "Feature",
            ["geometry"] = new JsonObject
            {
                ["type"] = "Polygon",
                ["coordinates"] = JsonSerializer.SerializeToNode<double[][][]>([
                    [
                        [west, south],
                        [east, south],
                        [east, north],
                        [west, north],
                        [west, south],
                    ],
                ]),
            },
            ["properties"] = new JsonObject
            {
                ["code"] = code,
                ["name"] = name ?? "试验区",
                ["level"] = level,
                ["reason"] = "试验",
            },
        };

    public async Task<(HttpResponseMessage Response, JsonElement Body)> SendAsync(
        HttpMethod method,
        string path,
        JsonNode? body = null,
        string? tag = null
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
            request.Content = JsonContent.Create(body);
        if (tag is not null)
            request.Headers.TryAddWithoutValidation("If-Match", tag);
        var response = await server.Client.SendAsync(request);
        return (response, JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync()));
    }

    /// <summary>Sends what has to succeed.</summary>
    public async Task<JsonElement> DoAsync(HttpMethod method, string path, JsonNode? body = null, string? tag = null)
    {
        var (response, answer) = await SendAsync(method, path, body, tag);
        ((int)response.StatusCode).ShouldBeInRange(200, 299, answer.ToString());
        response.Headers.ETag!.Tag.ShouldBe(Etag(answer));
        return answer;
    }

    public async Task<JsonElement> RefusedAsync(
        HttpStatusCode status,
        string code,
        HttpMethod method,
        string path,
        JsonNode? body = null,
        string? tag = null
    )
    {
        var (response, answer) = await SendAsync(method, path, body, tag);
        response.StatusCode.ShouldBe(status, answer.ToString());
        answer.GetProperty("code").GetString().ShouldBe(code);
        return answer;
    }

    public static string Etag(JsonElement zone) => zone.GetProperty("etag").GetString()!;

    public static ZoneTag Tag(JsonElement zone) => ZoneTag.Parse(Etag(zone))!.Value;

    /// <summary>Takes a step with a zone as it is now.</summary>
    public async Task<JsonElement> StepAsync(string step, JsonNode body, string code = "Z-1") =>
        await DoAsync(HttpMethod.Post, $"api/zones/{code}/{step}", body, Etag((await SendAsync(HttpMethod.Get, $"api/zones/{code}")).Body));

    /// <summary>Code, level and version of each zone that is listed.</summary>
    public async Task<string[]> InForceAsync(string query = "") =>
        [
            .. (await SendAsync(HttpMethod.Get, "api/zones" + query))
                .Body.GetProperty("zones")
                .EnumerateArray()
                .Select(zone =>
                    $"{zone.GetProperty("code").GetString()} {zone.GetProperty("level").GetString()} "
                    + $"{zone.GetProperty("version").GetInt32()}"
                ),
        ];

    /// <summary>Drafts, submits, and has somebody else approve it. Gives the zone as it is then.</summary>
    public async Task<ZoneRecord> PublishAsync(JsonObject feature)
    {
        var code = feature["properties"]!["code"]?.GetValue<string>();
        var (found, zone) = code is null ? (null, default) : await SendAsync(HttpMethod.Get, $"api/zones/{code}");
        zone =
            found?.StatusCode == HttpStatusCode.OK
                ? await DoAsync(HttpMethod.Put, $"api/zones/{code}/draft", feature, Etag(zone))
                : await DoAsync(HttpMethod.Post, "api/zones", feature);
        code = zone.GetProperty("code").GetString()!;
        zone = await DoAsync(HttpMethod.Post, $"api/zones/{code}/submit", tag: Etag(zone));
        var approved = await Planning.ApproveAsync(code, Tag(zone), As("approver"), None);
        approved.Fault.ShouldBeNull();
        return approved.Zone!;
    }
}
