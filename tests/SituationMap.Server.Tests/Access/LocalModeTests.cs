using System.Net;
using Microsoft.Extensions.Configuration;
using Shouldly;
using SituationMap.Server.Access;

namespace SituationMap.Server.Tests.Access;

public sealed class LocalModeTests(PostgisCluster cluster)
{
    [Theory]
    [InlineData("urls", null, true)]
    [InlineData("urls", "http://localhost:5000;http://127.0.0.1:5001;http://[::1]:5002", true)]
    [InlineData("urls", "http://0.0.0.0:5000", false)]
    [InlineData("urls", "http://localhost:5000;http://*:5001", false)]
    [InlineData("urls", "http://map.example:80", false)]
    [InlineData("http_ports", "8080", false)]
    [InlineData("Kestrel:Endpoints:Other:Url", "http://192.168.0.7:80", false)]
    [InlineData("Kestrel:Endpoints:Other:Url", "http://localhost:80", true)]
    public void Is_on_by_itself_only_where_nothing_but_loopback_is_listened_on(string key, string? value, bool isOn)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build();

        LocalMode.Decide(configuration, wanted: null, isEmbedded: true).IsOn.ShouldBe(isOn);
        LocalMode.Decide(configuration, wanted: null, isEmbedded: false).IsOn.ShouldBeFalse();
        LocalMode.Decide(configuration, wanted: false, isEmbedded: true).IsOn.ShouldBeFalse();
        if (isOn)
            LocalMode.Decide(configuration, wanted: true, isEmbedded: false).IsOn.ShouldBeTrue();
        else
            Should.Throw<StartupException>(() => LocalMode.Decide(configuration, wanted: true, isEmbedded: true)).Message.ShouldContain("LocalMode");
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7", HttpStatusCode.Unauthorized)]
    [InlineData("Forwarded", "for=203.0.113.7", HttpStatusCode.Unauthorized)]
    [InlineData("Host", "rebound.example", HttpStatusCode.Unauthorized)]
    [InlineData("Host", "localhost", HttpStatusCode.OK)]
    [InlineData("Accept", "*/*", HttpStatusCode.OK)]
    public async Task Covers_nothing_that_came_through_a_proxy_or_under_another_name(string header, string value, HttpStatusCode expected)
    {
        await using var server = await TestServer.StartAsync(cluster);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("api/grids", UriKind.Relative));
        request.Headers.TryAddWithoutValidation(header, value);

        using var answer = await server.Client.SendAsync(request);

        answer.StatusCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", true)]
    [InlineData("Sec-Fetch-Site", "same-site", true)]
    [InlineData("Sec-Fetch-Site", "same-origin", false)]
    [InlineData("Origin", "http://evil.example", true)]
    [InlineData("Origin", "null", true)]
    [InlineData("Origin", "self", false)]
    public async Task Pages_of_other_sites_change_nothing(string header, string value, bool isRefused)
    {
        await using var server = await TestServer.StartAsync(cluster);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("api/facts", UriKind.Relative)) { Content = new StringContent("[]", System.Text.Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation(header, value == "self" ? server.Address.GetLeftPart(UriPartial.Authority) : value);

        using var answer = await server.Client.SendAsync(request);

        (answer.StatusCode == HttpStatusCode.Forbidden).ShouldBe(isRefused, await answer.Content.ReadAsStringAsync());
    }
}
