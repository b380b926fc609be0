using System.Net;
using Microsoft.Extensions.Configuration;
using Shouldly;
using SituationMap.Server.Access;
using SituationMap.Store;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Tests.Access;

public sealed class LocalModeTests(PostgisCluster cluster)
{
    [Fast]
    [Theory]
    [InlineData("urls", null, true)]
    [InlineData("urls", "http://localhost:5000;http://127.0.0.1:5001;http://[::1]:5002", true)]
    [InlineData("urls", "http://0.0.0.0:5000", false)]
    [InlineData("urls", "http://localhost:5000;http://*:5001", false)]
    [InlineData("SituationMap:PublicAddress", "https://maps.example.org/city", false)]
    [InlineData("SituationMap:PublicAddress", "http://localhost:8080/city", true)]
    [InlineData("urls", "http://map.example:80", false)]
    [InlineData("http_ports", "8080", false)]
    [InlineData("Kestrel:Endpoints:Other:Url", "http://192.168.0.7:80", false)]
    [InlineData("Kestrel:Endpoints:Other:Url", "http://localhost:80", true)]
    public void Is_on_by_itself_only_where_nothing_but_loopback_is_listened_on(string key, string? value, bool isOn)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build();

        Decide(wanted: null, isEmbedded: true).ShouldBe(isOn);
        Decide(wanted: null, isEmbedded: false).ShouldBeFalse();
        Decide(wanted: false, isEmbedded: true).ShouldBeFalse();
        if (isOn)
            Decide(wanted: true, isEmbedded: false).ShouldBeTrue();
        else
            Should.Throw<StartupException>(() => Decide(wanted: true, isEmbedded: true)).Message.ShouldContain("LocalMode");

        bool Decide(bool? wanted, bool isEmbedded) =>
            LocalMode.Decide(
                configuration,
                new SituationMapOptions { LocalMode = wanted, PublicAddress = SituationMapOptions.Read(configuration).PublicAddress },
                isEmbedded
            );
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7", HttpStatusCode.Unauthorized)]
    [InlineData("X-Forwarded-For", "127.0.0.1", HttpStatusCode.Unauthorized)]
    [InlineData("X-Forwarded-Proto", "https", HttpStatusCode.Unauthorized)]
    [InlineData("Forwarded", "for=203.0.113.7", HttpStatusCode.Unauthorized)]
    [InlineData("Host", "rebound.example", HttpStatusCode.Unauthorized)]
    [InlineData("Host", "localhost", HttpStatusCode.OK)]
    [InlineData("Accept", "*/*", HttpStatusCode.OK)]
    public async Task The_token_covers_nothing_that_came_through_a_proxy_or_under_another_name(
        string header,
        string value,
        HttpStatusCode expected
    )
    {
        await using var server = await TestServer.StartAsync(cluster);

        (await AskAsync(server, TestServer.LocalToken, header, value)).ShouldBe(expected);
    }

    [Fact]
    public async Task Without_the_token_whoever_sits_at_this_machine_is_nobody()
    {
        await using var server = await TestServer.StartAsync(cluster);
        var token = TestServer.LocalToken;

        foreach (
            var shown in (string?[])[null, "", "sm_" + token, token[..^1], token + "A", token.ToLowerInvariant(), new string('é', 200)]
        )
            (await AskAsync(server, shown)).ShouldBe(HttpStatusCode.Unauthorized, shown);
        (await AskAsync(server, token)).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(server, null, "Cookie", $"situationmap-local-{server.Address.Port}={token}")).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(server, null, "Cookie", $"situationmap-local-{server.Address.Port}={token[..^1]}")).ShouldBe(
            HttpStatusCode.Unauthorized
        );
        (await AskAsync(server, null, "Cookie", $"situationmap-local-1={token}")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Where_the_mode_is_off_the_token_opens_nothing()
    {
        await using var server = await TestServer.StartAsync(cluster, ("SituationMap:LocalMode", "false"));

        (await AskAsync(server, TestServer.LocalToken)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_token_becomes_a_cookie_and_leaves_the_address_at_once_and_stands_in_no_log()
    {
        await using var server = await TestServer.StartAsync(
            cluster,
            ("Logging:LogLevel:Microsoft.AspNetCore", "Trace"),
            ("Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", "Trace")
        );
        var token = TestServer.LocalToken;

        using var answer = await OpenAsync(server, $"?lang=en&token={token}&at=2020-02-05T09%3A00%2B08%3A00");

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        answer.Headers.Location!.ToString().ShouldBe("./?lang=en&at=2020-02-05T09%3A00%2B08%3A00");
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        answer.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldStartWith($"situationmap-local-{server.Address.Port}={token};");
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=strict");
        server.Logs.ShouldContain(line => line.Contains("Routing"), string.Join('\n', server.Logs));
        server.Logs.ShouldNotContain(line => line.Contains(token));
    }

    [Theory]
    [InlineData("m?lang=en&token=", "./m?lang=en")]
    [InlineData("m?token=", "./m")]
    public async Task The_page_of_rounds_lets_in_by_it_as_the_map_does(string opened, string then)
    {
        await using var server = await TestServer.StartAsync(cluster);

        using var answer = await OpenAsync(server, opened + TestServer.LocalToken);

        (answer.StatusCode, answer.Headers.Location!.ToString()).ShouldBe((HttpStatusCode.SeeOther, then));
        answer.Headers.GetValues("Set-Cookie").Single().ShouldStartWith($"situationmap-local-{server.Address.Port}=");
    }

    [Fact]
    public async Task A_wrong_token_leaves_the_address_too_and_no_cookie_comes_of_it()
    {
        await using var server = await TestServer.StartAsync(cluster);

        using var answer = await OpenAsync(server, "?token=" + new string('A', TestServer.LocalToken.Length));

        (answer.StatusCode, answer.Headers.Location!.ToString(), answer.Headers.Contains("Set-Cookie")).ShouldBe(
            (HttpStatusCode.SeeOther, "./", false)
        );
    }

    [Fast]
    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void The_token_is_made_once_for_its_user_alone_and_anew_where_others_could_have_read_it()
    {
        var options = new SituationMapOptions { DataFolder = Directory.CreateTempSubdirectory("situationmap-token-test-").FullName };
        try
        {
            LocalToken.Read(options).ShouldBeNull();
            var made = LocalToken.Open(options).Text;

            made.Length.ShouldBe(43); // 256 bits
            File.GetUnixFileMode(LocalToken.PathOf(options)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            LocalToken.Open(options).Text.ShouldBe(made);
            File.SetUnixFileMode(LocalToken.PathOf(options), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            LocalToken.Open(options).Text.ShouldNotBe(made);
            File.GetUnixFileMode(LocalToken.PathOf(options)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.WriteAllText(LocalToken.PathOf(options), "");
            LocalToken.Read(options).ShouldBeNull();
            LocalToken.Open(options).Text.Length.ShouldBe(43);
        }
        finally
        {
            Directory.Delete(options.DataFolder, recursive: true);
        }
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
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("api/facts", UriKind.Relative))
        {
            Content = new StringContent("[]", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation(header, value == "self" ? server.Address.GetLeftPart(UriPartial.Authority) : value);

        using var answer = await server.Client.SendAsync(request);

        (answer.StatusCode == HttpStatusCode.Forbidden).ShouldBe(isRefused, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Whether the grids are told to whoever shows this; null: shows nothing.</summary>
    private static async Task<HttpStatusCode> AskAsync(TestServer server, string? token, string header = "Accept", string value = "*/*")
    {
        using var client = new HttpClient(
            new SocketsHttpHandler { UseCookies = false, RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8 }
        )
        {
            BaseAddress = server.Address,
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("api/grids", UriKind.Relative));
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        request.Headers.TryAddWithoutValidation(header, value);
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>As a browser that has no cookie yet, up to the first answer.</summary>
    private static async Task<HttpResponseMessage> OpenAsync(TestServer server, string query)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server.Address };
        return await client.GetAsync(new Uri(query, UriKind.Relative));
    }
}
