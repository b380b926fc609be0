using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Server.Access;
using SituationMap.Store;
using SituationMap.Store.Access;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Tests.Http;

/// <summary>Pages of other sites: those listed read with a key what is meant to be read, and nobody's page changes anything by a
/// cookie.</summary>
public sealed class CorsTests(CorsTests.Site site, PostgisCluster cluster) : IClassFixture<CorsTests.Site>
{
    private const string Listed = "https://gis.example.org";

    public static TheoryData<string> Open =>
        [
            "tiles/situation/0/0/0.mvt",
            "tiles/situation.json",
            "styles/situation.json",
            "api/lookup?lon=124.05&lat=40.45",
            "api/nearest?of=buildings&lon=124.05&lat=40.45",
            "api/within?of=buildings&grid=210682",
            "ogc/",
            "ogc/collections/zones/items",
            "ogc/collections/buildings/tiles",
        ];

    [Theory]
    [MemberData(nameof(Open))]
    public async Task A_listed_page_reads_with_a_key_and_another_does_not(string path)
    {
        using (var read = await SendAsync(HttpMethod.Get, path, Listed, withKey: true))
        {
            read.IsSuccessStatusCode.ShouldBeTrue($"{read.StatusCode}");
            Allowed(read).ShouldBe(Listed);
            read.Headers.Vary.ShouldContain("Origin");
            read.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse("no cookie is to be sent along");
        }
        using (var asked = await PreflightAsync(path, Listed, "GET"))
        {
            asked.StatusCode.ShouldBe(HttpStatusCode.NoContent);
            Allowed(asked).ShouldBe(Listed);
            asked.Headers.GetValues("Access-Control-Allow-Headers").Single().ShouldContain("Authorization", Case.Insensitive);
        }
        foreach (
            var other in (string[])
                ["https://elsewhere.example.org", "https://gis.example.org.elsewhere.example", "http://gis.example.org", "null"]
        )
        {
            using var read = await SendAsync(HttpMethod.Get, path, other, withKey: true);
            Allowed(read).ShouldBeNull(other);
            using var asked = await PreflightAsync(path, other, "GET");
            Allowed(asked).ShouldBeNull(other);
        }
    }

    [Fact]
    public async Task A_listed_page_plans_a_zone_with_a_key_that_may()
    {
        using var asked = await PreflightAsync("ogc/collections/zones/items/Z-1:draft", Listed, "PATCH");
        Allowed(asked).ShouldBe(Listed);
        asked.Headers.GetValues("Access-Control-Allow-Methods").Single().ShouldContain("PATCH");
        asked.Headers.GetValues("Access-Control-Allow-Headers").Single().ShouldContain("If-Match", Case.Insensitive);
    }

    [Fact]
    public async Task What_a_listed_page_is_refused_it_can_read()
    {
        using var refused = await SendAsync(HttpMethod.Get, "tiles/situation/0/0/0.mvt", Listed, withKey: false);
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        Allowed(refused).ShouldBe(Listed);

        using var sprite = await SendAsync(HttpMethod.Get, "styles/sprite-light.json", "http://localhost:8123", withKey: false);
        Allowed(sprite).ShouldBe("http://localhost:8123");
    }

    [Theory]
    [InlineData("GET", "api/households")]
    [InlineData("GET", "api/audit")]
    [InlineData("POST", "api/facts")]
    [InlineData("PUT", "api/zones/Z-1/draft")]
    [InlineData("DELETE", "api/session")]
    [InlineData("GET", "api/live")]
    public async Task Nothing_else_is_open_even_to_a_listed_page(string method, string path)
    {
        using var asked = await PreflightAsync(path, Listed, method);
        Allowed(asked).ShouldBeNull();
        using var read = await SendAsync(HttpMethod.Get, path, Listed, withKey: true);
        Allowed(read).ShouldBeNull();
    }

    [Fact]
    public async Task A_batch_is_asked_with_a_key_and_refused_with_a_cookie()
    {
        using (var asked = await PreflightAsync("api/lookup", Listed, "POST"))
            Allowed(asked).ShouldBe(Listed);
        using (var read = await SendAsync(HttpMethod.Post, "api/lookup", Listed, withKey: true, body: "[]"))
        {
            read.StatusCode.ShouldBe(HttpStatusCode.OK);
            Allowed(read).ShouldBe(Listed);
        }

        using var browser = new HttpClient(new SocketsHttpHandler()) { BaseAddress = site.Server.Address };
        using (
            var signedIn = await browser.PostAsync(
                new Uri("api/session", UriKind.Relative),
                new StringContent($$"""{"name":"gis","password":"{{Site.Password}}"}""", Encoding.UTF8, "application/json")
            )
        )
            signedIn.IsSuccessStatusCode.ShouldBeTrue();
        foreach (var path in (string[])["api/lookup", "api/facts", "api/zones"])
        {
            using var byCookie = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative))
            {
                Content = new StringContent("[]", Encoding.UTF8, "application/json"),
            };
            byCookie.Headers.Add("Origin", Listed);
            byCookie.Headers.Add("Sec-Fetch-Site", "cross-site");
            using var answer = await browser.SendAsync(byCookie);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, path);
            (await answer.Content.ReadAsStringAsync()).ShouldContain("origin-foreign");
        }
    }

    [Fact]
    public async Task Without_a_list_nobodys_page_reads_anything()
    {
        await using var server = await TestServer.StartAsync(cluster);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("tiles/situation.json", UriKind.Relative));
        request.Headers.Add("Origin", Listed);
        using var answer = await server.Client.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        Allowed(answer).ShouldBeNull();
    }

    [Theory]
    [InlineData("*")]
    [InlineData("gis.example.org")]
    [InlineData("https://gis.example.org/")]
    [InlineData("https://gis.example.org/map")]
    [InlineData("file:///map")]
    public void What_is_no_origin_is_refused_at_the_start(string origin)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("SituationMap:Cors:0", origin)]).Build();
        Should.Throw<StartupException>(() => SituationMapOptions.Read(settings)).Message.ShouldContain("SituationMap:Cors");
    }

    private static string? Allowed(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) ? allowed.Single() : null;

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string origin, bool withKey, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        if (withKey)
            request.Headers.Authorization = new("Bearer", site.Key);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await site.Server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private async Task<HttpResponseMessage> PreflightAsync(string path, string origin, string method)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, new Uri(path, UriKind.Relative));
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", "authorization");
        return await site.Server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>A locked server with a list of origins, an account and its key.</summary>
    public sealed class Site(PostgisCluster cluster) : IAsyncLifetime
    {
        public const string Password = "correct horse battery";

        private TestDatabase _database = null!;

        public TestServer Server { get; private set; } = null!;

        public string Key { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _database = await cluster.CreateDemoDatabaseAsync();
            Server = await TestServer.StartAsync(
                _database,
                ("SituationMap:LocalMode", "false"),
                ("SituationMap:Cors:0", Listed),
                ("SituationMap:Cors:1", "http://localhost:8123")
            );
            var accounts = Server.Services.GetRequiredService<AccountStore>();
            await accounts.AddAsync("gis", Password, AuditEntry.OfConsole("add account", "gis"), default);
            await accounts.GrantAsync("gis", Role.Find("viewer")!, null, null, AuditEntry.OfConsole("grant", "gis"), default);
            Key = (
                await accounts.AddKeyAsync(
                    "gis",
                    "a test",
                    null,
                    null,
                    DateTimeOffset.UtcNow.AddDays(1),
                    AuditEntry.OfConsole("add key", "gis"),
                    default
                )
            ).ShouldNotBeNull();
            await Server.Services.GetRequiredService<AccessDirectory>().ReloadAsync(default);
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await _database.DisposeAsync();
        }
    }
}
