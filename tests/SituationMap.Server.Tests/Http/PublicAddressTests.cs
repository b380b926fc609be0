using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Server.Tests.Access;
using SituationMap.Store;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Tests.Http;

/// <summary>Behind TLS and below a path of a proxy, every address that the server tells is one that its clients can open.</summary>
public sealed partial class PublicAddressTests(PostgisCluster cluster)
{
    private const string Public = "https://maps.example.org/city/";

    /// <summary>What stands for the parameters of a route, by the path before them.</summary>
    private static readonly (string Parameter, string Value)[] Examples =
    [
        ("api/households/{code}", "H-01-0001"),
        ("api/buildings/{code}", "B-0001"),
        ("api/grids/{code}", "210682-004"),
        ("api/zones/{code}", "Z-1"),
        ("{layer}", "situation"),
        ("items/{id}", "Z-1"),
        ("{collection}", "zones"),
        ("{z}/{x}/{y}", "16/55350/24702"),
        ("{z}/{y}/{x}", "16/24702/55350"),
        ("{z:int}/{x:int}/{y:int}", "0/0/0"),
    ];

    /// <summary>What an endpoint needs to be told.</summary>
    private static readonly Dictionary<string, string> Queries = new()
    {
        ["api/lookup"] = "?lon=124.05&lat=40.45",
        ["api/search"] = "?q=1",
        ["api/nearest"] = "?of=buildings&lon=124.05&lat=40.45&limit=2",
        ["api/within"] = "?of=buildings&grid=210682-004&limit=2",
        ["api/households/"] = "?limit=2",
        ["ogc/collections/zones/items"] = "?limit=1",
        ["api/audit"] = "?limit=1",
        ["api/exports/persons"] = "?purpose=visit",
        ["api/exports/returnees"] = "?purpose=visit",
        ["api/exports/contacts"] = "?purpose=visit",
        ["api/exports/readings"] = "?purpose=visit",
    };

    public static TheoryData<string, string> Ways =>
        new() { { "SituationMap:Proxies:0", "127.0.0.1" }, { "SituationMap:PublicAddress", "https://maps.example.org/city" } };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Every_address_that_any_endpoint_tells_is_the_public_one(string setting, string value)
    {
        await using var locked = await StartAsync(setting, value);
        using var client = await ClientAsync(locked, isForwarded: setting.EndsWith(":0", StringComparison.Ordinal));
        var wrong = new List<string>();
        var addresses = 0;
        var (endpoints, answered) = (0, 0);

        foreach (var path in Paths(locked.Server))
        {
            endpoints++;
            foreach (var type in (string[])["application/json", "text/html"])
            {
                using var request = new HttpRequestMessage(
                    HttpMethod.Get,
                    new Uri(path + Queries.GetValueOrDefault(path), UriKind.Relative)
                )
                {
                    Headers = { { "Accept", type } },
                };
                using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                answered += (int)answer.StatusCode < 400 ? 1 : 0;
                addresses += Look(path, await TextAsync(path, answer), wrong);
            }
        }

        wrong.ShouldBeEmpty();
        endpoints.ShouldBeGreaterThan(60);
        answered.ShouldBeGreaterThan(endpoints);
        addresses.ShouldBeGreaterThan(100);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task What_was_made_is_found_where_the_answer_says(string setting, string value)
    {
        await using var locked = await StartAsync(setting, value);
        using var client = await ClientAsync(locked, isForwarded: setting.EndsWith(":0", StringComparison.Ordinal));
        var zone = new
        {
            type = "Feature",
            geometry = new
            {
                type = "Polygon",
                coordinates = (double[][][])
                    [
                        [
                            [124.04, 40.46],
                            [124.042, 40.46],
                            [124.042, 40.4615],
                            [124.04, 40.46],
                        ],
                    ],
            },
            properties = new
            {
                name = "North lane",
                level = "medium",
                reason = "two cases",
            },
        };

        await ShouldBeBelowAsync(client.PostAsJsonAsync(At("api/zones"), zone));
        await ShouldBeBelowAsync(
            client.PostAsync(
                At("ogc/collections/zones/items"),
                new StringContent(JsonSerializer.Serialize(zone), System.Text.Encoding.UTF8, "application/geo+json")
            )
        );
        await ShouldBeBelowAsync(
            client.PostAsJsonAsync(At("api/subscriptions"), new { url = "https://example.org/hook", kinds = (string[])["status"] })
        );

        static async Task ShouldBeBelowAsync(Task<HttpResponseMessage> asked)
        {
            using var answer = await asked;
            answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
            new Uri(new Uri(Public), answer.Headers.Location!).AbsoluteUri.ShouldStartWith(Public);
        }
    }

    [Fact]
    public async Task Nobody_else_says_under_which_address_the_server_is()
    {
        await using var locked = await StartAsync("SituationMap:Proxies:0", "10.0.0.1");
        using var client = await ClientAsync(locked, isForwarded: true);

        (await client.GetStringAsync(At("tiles/situation.json"))).ShouldNotContain("maps.example.org");
    }

    [Fact]
    public async Task The_description_says_below_which_path_its_paths_are()
    {
        await using var locked = await StartAsync("SituationMap:Proxies:0", "127.0.0.1");
        using var behind = await ClientAsync(locked, isForwarded: true);

        (await LockedServer.GetAsync(behind, "openapi/v1.json")).GetProperty("servers")[0].GetProperty("url").GetString().ShouldBe("/city");
        (await LockedServer.GetAsync(locked.Nobody, "openapi/v1.json")).TryGetProperty("servers", out _).ShouldBeFalse();
    }

    [Fast]
    [Theory]
    [InlineData("maps.example.org")]
    [InlineData("ftp://maps.example.org")]
    [InlineData("https://maps.example.org/?a=1")]
    public void A_public_address_that_is_none_is_refused_by_name(string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("SituationMap:PublicAddress", value)]).Build();

        Should.Throw<StartupException>(() => SituationMapOptions.Read(configuration)).Message.ShouldContain("SituationMap:PublicAddress");
    }

    private static Uri At(string path) => new(path, UriKind.Relative);

    private async Task<LockedServer> StartAsync(string setting, string value)
    {
        var locked = new LockedServer(cluster) { Settings = [(setting, value)] };
        await locked.InitializeAsync();
        return locked;
    }

    /// <summary>An administrator's client, through a proxy that says where it stands.</summary>
    private static async Task<HttpClient> ClientAsync(LockedServer locked, bool isForwarded)
    {
        var client = await locked.WithKeyAsync("everything", "administrator");
        foreach (var role in (string[])["system", "planner", "approver", "auditor", "reporter"])
            await locked.Accounts.GrantAsync(
                "everything",
                Store.Access.Role.Find(role)!,
                null,
                null,
                Store.Access.AuditEntry.OfConsole("grant", "everything"),
                default
            );
        await locked.ReloadAsync();
        if (isForwarded)
        {
            foreach (
                var (name, value) in ((string, string)[])
                    [("For", "203.0.113.9"), ("Proto", "https"), ("Host", "maps.example.org"), ("Prefix", "/city")]
            )
                client.DefaultRequestHeaders.Add($"X-Forwarded-{name}", value);
        }
        return client;
    }

    /// <summary>Every address of the routing table that GET asks for.</summary>
    private static IEnumerable<string> Paths(TestServer server) =>
        server
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") != false)
            .Select(endpoint =>
                Examples.Aggregate(endpoint.RoutePattern.RawText!.TrimStart('/'), (path, example) =>
                    path.Replace(
                        example.Parameter,
                        example.Parameter.StartsWith("api/", StringComparison.Ordinal)
                        || example.Parameter.StartsWith("items/", StringComparison.Ordinal)
                            ? example.Parameter[..(example.Parameter.IndexOf('{'))] + example.Value
                            : example.Value
                    )
                )
            )
            .Select(path => path.Replace("{id:guid}", Guid.Empty.ToString()).Replace("{**path}", "no/such"))
            .Distinct();

    private static async Task<string> TextAsync(string path, HttpResponseMessage answer)
    {
        var headers = $"{answer.Headers}{answer.Content.Headers}";
        if (path != "api/live")
            return headers + await answer.Content.ReadAsStringAsync();
        var begin = new byte[4096];
        return headers + System.Text.Encoding.UTF8.GetString(begin, 0, await (await answer.Content.ReadAsStreamAsync()).ReadAsync(begin));
    }

    /// <summary>Notes every address of this server that is not the public one, and gives how many there are.</summary>
    private static int Look(string path, string text, List<string> wrong)
    {
        var addresses = ServerAddress().Matches(text).Select(match => match.Value).ToList();
        wrong.AddRange(
            addresses
                .Where(address => !(address + "/").StartsWith(Public, StringComparison.Ordinal))
                .Select(address => $"{path}: {address}")
        );
        // a document of paths is about paths, and says itself below which they are
        var below = path.StartsWith("openapi", StringComparison.Ordinal)
            ? []
            : ServerPath().Matches(text).Select(match => match.Value).ToList();
        wrong.AddRange(below.Select(address => $"{path}: {address}"));
        return addresses.Count;
    }

    [GeneratedRegex(
        """https?://(127\.0\.0\.1|localhost|\[::1\]|maps\.example\.org)[^\s"'<>)\\]*""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex ServerAddress();

    /// <summary>A path from the root as a value, a link or a header.</summary>
    [GeneratedRegex(
        """(": ?"|(href|src)="|Location: )/(?!city/)[a-z][^\s"]*""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex ServerPath();
}
