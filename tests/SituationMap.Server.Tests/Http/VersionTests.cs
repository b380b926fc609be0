using System.Reflection;
using Shouldly;

namespace SituationMap.Server.Tests.Http;

public sealed class VersionTests(PostgisCluster cluster)
{
    [Fact]
    public async Task The_API_s_description_and_every_tileset_carry_the_version_of_the_build()
    {
        var version = typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        version.ShouldMatch(@"^\d+\.\d+\.\d+$");
        await using var server = await DemoServer.StartAsync(cluster);
        (await server.GetJsonAsync("openapi/v1.json")).GetProperty("info").GetProperty("version").GetString().ShouldBe(version);
        foreach (var layer in (string[])["situation", "buildings", "zones"])
            (await server.GetJsonAsync($"tiles/{layer}.json")).GetProperty("version").GetString().ShouldBe(version, layer);
    }
}
