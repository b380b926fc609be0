using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Server.Access;

namespace SituationMap.Server.Tests.Access;

public sealed class RoutingTableTests(PostgisCluster cluster)
{
    /// <summary>Everything that may be reached without signing in: it tells nothing about the situation, or is a notice or a figure
    /// published for everybody.</summary>
    private static readonly string[] OpenToAll =
    [
        "/api/figures",
        "/api/gate/keys",
        "/api/session/",
        "/api/zones/notice.css",
        "/api/zones/notices.atom",
        "/api/zones/notices.geojson",
        "/api/zones/{code}/notice",
        "/basemap.json",
        "/basemap/{z:int}/{x:int}/{y:int}",
        "/healthz/live",
        "/healthz/ready",
        "/ogc/style.css",
        "/openapi",
        "/openapi/v1.json",
        "/s/{token}",
        "/styles/situation.json",
    ];

    [Fact]
    public async Task Every_endpoint_says_what_it_needs()
    {
        await using var server = await TestServer.StartAsync(cluster);

        var endpoints = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();

        endpoints.Count.ShouldBeGreaterThan(15);
        endpoints
            .Where(endpoint => endpoint.Metadata.GetMetadata<RequiredRight>() is null)
            .Select(endpoint => endpoint.RoutePattern.RawText)
            .ShouldBeEmpty();
        endpoints
            .Where(endpoint =>
                endpoint.Metadata.GetMetadata<RequiredRight>() is { Right: null, IsOwnAccount: false }
                && endpoint.RoutePattern.RawText != "/"
            )
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/'))
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ShouldBe(OpenToAll);
    }

    [Fact]
    public async Task Locked_nobody_gets_anything_without_signing_in()
    {
        await using var server = await TestServer.StartAsync(cluster, ("SituationMap:LocalMode", "false"));

        foreach (
            var path in (string[])
                [
                    "api/households",
                    "api/grids",
                    "tiles/situation/0/0/0.mvt",
                    "tiles/situation.json",
                    "api/live",
                    "api/lookup?lon=1&lat=1",
                    "metrics",
                    "api/jobs",
                ]
        )
        {
            using var answer = await server.Client.GetAsync(new Uri(path, UriKind.Relative));
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
            (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("sign-in-needed", path);
        }
        using var ready = await server.Client.GetAsync(new Uri("healthz/ready", UriKind.Relative));
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
