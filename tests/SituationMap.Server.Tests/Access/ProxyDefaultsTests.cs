using System.Net;
using System.Net.Http.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Access;

/// <summary>Real proxies in front of a server in local mode, as their documentation begins: everything passed on, and nothing else
/// said.</summary>
public sealed class ProxyDefaultsTests(PostgisCluster cluster)
{
    [Theory]
    [InlineData("nginx")]
    [InlineData("caddy")]
    public async Task Behind_a_proxy_with_its_defaults_nobody_is_of_this_machine(string program)
    {
        await using var server = await TestServer.StartAsync(cluster);
        await using var proxy = await ReverseProxy.StartAsync(program, server.Address.Authority);

        (await proxy.Client.GetAsync(At("healthz/ready"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (
            var path in (string[])
                ["api/households", "api/audit", "api/grids", "api/access/accounts", "tiles/situation/0/0/0.mvt", "api/live", "metrics"]
        )
            (await proxy.Client.GetAsync(At(path), HttpCompletionOption.ResponseHeadersRead)).StatusCode.ShouldBe(
                HttpStatusCode.Unauthorized,
                path
            );
        (await proxy.Client.PostAsJsonAsync(At("api/facts"), Array.Empty<object>())).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (
            await proxy.Client.PostAsJsonAsync(At("api/access/accounts"), new { name = "intruder", password = "correct horse battery" })
        ).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        (await server.Database.ReadAsync<long>("SELECT count(*) FROM account")).ShouldBe(0);
        (await server.Client.GetAsync(At("api/households"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static Uri At(string path) => new(path, UriKind.Relative);
}
