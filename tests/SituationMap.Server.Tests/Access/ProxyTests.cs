using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Store.Access;

namespace SituationMap.Server.Tests.Access;

public sealed class ProxyTests(PostgisCluster cluster)
{
    [Theory]
    [InlineData("127.0.0.0/8", "203.0.113.9")]
    [InlineData("10.0.0.1", "127.0.0.1")]
    public async Task Where_a_request_comes_from_is_what_a_named_proxy_says_and_nobody_else(string proxy, string origin)
    {
        await using var server = await TestServer.StartAsync(
            cluster,
            ("SituationMap:LocalMode", "false"),
            ("SituationMap:Proxies:0", proxy)
        );
        await server
            .Services.GetRequiredService<AccountStore>()
            .AddAsync("far", "correct horse battery", AuditEntry.OfConsole("add account", "far"), default);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("api/session", UriKind.Relative))
        {
            Content = JsonContent.Create(new { name = "far", password = "correct horse battery" }),
        };
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");

        using var answer = await server.Client.SendAsync(request);

        (await server.Database.ReadAsync<string>("SELECT origin FROM audit WHERE action = 'sign-in'")).ShouldBe(origin);
    }

    [Fact]
    public async Task In_local_mode_what_came_through_a_named_proxy_is_nobody_of_this_machine()
    {
        await using var server = await TestServer.StartAsync(cluster, ("SituationMap:Proxies:0", "127.0.0.1"));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("api/grids", UriKind.Relative));
        request.Headers.Add("X-Forwarded-For", "127.0.0.1");

        using var answer = await server.Client.SendAsync(request);

        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
    }
}
