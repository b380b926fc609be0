using System.Net;
using Shouldly;

namespace SituationMap.Server.Tests;

public sealed class ServerStartTests(PostgisCluster cluster)
{
    [Fact]
    public async Task Listens_on_a_port_of_its_own_over_the_given_database()
    {
        await using var server = await TestServer.StartAsync(cluster);

        server.Address.Port.ShouldNotBe(80);
        (await server.Client.GetAsync(new Uri("no-such-page", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
