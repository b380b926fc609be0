using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Server.Tests.Access;
using SituationMap.Store.Access;
using SituationMap.Store.Persons;

namespace SituationMap.Server.Tests.Persons;

/// <summary>
/// A name, a phone and an identity number are planted in every way there is, rightly and wrongly; then everything that can be asked for is,
/// by everyone who may ask, with every line logged: they are in none of it.
/// </summary>
public sealed partial class CanaryTests(PostgisCluster cluster)
{
    private const string Name = "金丝雀甲";
    private const string Phone = "15900009876";
    private const string Number = "53010219200508011X";

    [Fact]
    public async Task What_is_planted_is_in_no_tile_feed_log_metric_error_or_export()
    {
        await using var locked = new LockedServer(cluster)
        {
            Settings =
            [
                ("Logging:LogLevel:Default", "Trace"),
                ("Logging:LogLevel:Microsoft.AspNetCore", "Trace"),
                ("Logging:LogLevel:Hangfire", "Trace"),
            ],
        };
        await locked.InitializeAsync();
        var clients = new Dictionary<string, HttpClient>();
        foreach (var role in Role.All)
            clients.Add(role.Name, await locked.WithKeyAsync($"canary-{role.Name}", role.Name));
        var (household, building, person) = await locked.Database.ReadRowAsync(
            "SELECT h.code, b.code, p.code FROM person p JOIN household h ON h.id = p.household JOIN building b ON b.id = "
                + "h.building ORDER BY p.id LIMIT 1",
            row => (row.GetString(0), row.GetString(1), row.GetString(2))
        );
        var heard = new List<(string What, byte[] Body)>();
        using var stop = new CancellationTokenSource();
        var feed = ListenAsync(clients["viewer"], stop.Token);

        await PlantAsync(clients, household, person, heard);
        await AskForEverythingAsync(locked, clients, household, building, heard);
        await stop.CancelAsync();
        heard.Add(("feed", await feed));
        var kept = await locked.Database.ReadRowsAsync(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables WHERE schemaname = 'hangfire' "
                + "UNION ALL VALUES ('job_run'), ('import_run'), ('export_run')",
            row => row.GetString(0)
        );
        kept.Count.ShouldBeGreaterThan(10);
        foreach (var table in kept)
            heard.Add(
                (
                    table,
                    Encoding.UTF8.GetBytes(
                        await locked.Database.ReadAsync<string>($"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
                    )
                )
            );

        // it is there, for whoever may see it and says what for
        using (var shown = await clients["reporter"].PostAsJsonAsync($"api/households/{household}/members", new { purpose = "visit" }))
            (await shown.Content.ReadAsStringAsync()).ShouldContain(Phone);
        heard.Count.ShouldBeGreaterThan(200);
        heard.Where(one => IsIn(one.Body)).Select(one => one.What).ShouldBeEmpty();
        locked.Server.Logs.Count.ShouldBeGreaterThan(500);
        locked.Server.Logs.Where(line => IsIn(Encoding.UTF8.GetBytes(line))).ShouldBeEmpty();
        (await locked.Database.ReadAsync<long>($"SELECT count(*) FROM audit WHERE audit::text ~ '{Name}|{Phone}|{Number}'")).ShouldBe(0);
        foreach (var client in clients.Values)
            client.Dispose();
    }

    private static async Task PlantAsync(
        Dictionary<string, HttpClient> clients,
        string household,
        string person,
        List<(string, byte[])> heard
    )
    {
        var reporter = clients["reporter"];
        await SendAsync(
            reporter,
            HttpMethod.Put,
            $"api/persons/{person}",
            JsonContent.Create(new PersonDetails(Name, Phone, Number)),
            HttpStatusCode.NoContent
        );
        await SendAsync(
            reporter,
            HttpMethod.Post,
            "api/facts",
            JsonContent.Create(Fact("override", new { status = "quarantined", reason = $"{Name} {Phone} {Number}" })),
            HttpStatusCode.Accepted
        );
        using var upload = new MultipartFormDataContent
        {
            { new StringContent("persons"), "as" },
            {
                new ByteArrayContent(
                    Encoding.UTF8.GetBytes(
                        $"code,household,name,phone,number\nP-90001,{household},{Name},{Phone},{Number}\nP-90002,H-none,{Name},"
                            + $"{Phone},{Number}\n{Phone},{household},{Name},1,{Number}\n"
                    )
                ),
                "file",
                "persons.csv"
            },
        };
        await SendAsync(clients["administrator"], HttpMethod.Post, "api/imports", upload, HttpStatusCode.Accepted);
        // and wrongly: each is refused, and says why
        foreach (
            var (method, path, body) in new (HttpMethod, string, string)[]
            {
                (HttpMethod.Put, $"api/persons/{person}", $$"""{"name":{"x":"{{Name}}"},"phone":"{{Phone}}"}"""),
                (HttpMethod.Put, $"api/persons/{person}", $$"""{"phone":"{{Phone}}{{Phone}}","name":"{{Name}}"}"""),
                (HttpMethod.Put, $"api/persons/{person}", $$"""{"phone":"{{Phone}}","name":"{{Name}}" oops"""),
                (HttpMethod.Post, "api/persons/search", $$"""{"name":"{{Name}}","phone":"{{Phone}}","purpose":"visit"}"""),
                (HttpMethod.Post, "api/persons/search", $$"""{"phone":"{{Phone}}"}"""),
                (HttpMethod.Post, "api/persons/search", $$"""{"number":"{{Number[..17]}}1","purpose":"visit"}"""),
                (HttpMethod.Post, "api/persons/search", $$"""{"phone":"{{Phone}}","purpose":"visit","note":"{{Phone}}"}"""),
                (
                    HttpMethod.Post,
                    "api/facts",
                    $$"""
                    {"id":"{{Guid.NewGuid()}}","kind":"returned","household":"{{household}}","at":"2026-01-01T00:00:00Z",
                    "source":"person:x","data":{"from":"{{Phone}}","risk":"low"} }
                    """
                ),
                (
                    HttpMethod.Post,
                    "api/facts",
                    $$"""
                    {"id":"{{Guid.NewGuid()}}","kind":"survey","household":"{{Name}}","at":"2026-01-01T00:00:00Z",
                    "source":"person:{{Phone}}","data":{"members":"{{Number}}"} }
                    """
                ),
                (HttpMethod.Post, "api/facts", $$"""{"id":"{{Name}}","kind":"{{Number}}","household":"{{Phone}}" """),
                (HttpMethod.Post, "api/session", $$"""{"name":"{{Name}}","password":"{{Phone}}"}"""),
            }
        )
        {
            using var answer = await reporter.SendAsync(
                new HttpRequestMessage(method, new Uri(path, UriKind.Relative))
                {
                    Content = new StringContent(body, Encoding.UTF8, "application/json"),
                }
            );
            ((int)answer.StatusCode).ShouldBeInRange(400, 499, body);
            heard.Add(($"{method} {path} {body}", await answer.Content.ReadAsByteArrayAsync()));
        }

        object Fact(string kind, object data) =>
            new
            {
                id = Guid.NewGuid(),
                kind,
                household,
                person,
                at = DateTimeOffset.UtcNow,
                source = "person:canary",
                data,
            };

        async Task SendAsync(HttpClient client, HttpMethod method, string path, HttpContent content, HttpStatusCode expected)
        {
            using var answer = await client.SendAsync(
                new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content }
            );
            var body = await answer.Content.ReadAsByteArrayAsync();
            answer.StatusCode.ShouldBe(expected, Encoding.UTF8.GetString(body));
            heard.Add(($"{method} {path}", body));
            if (answer.Headers.Location is { } job)
            {
                // until the import has ended
                await DemoServer.WaitAsync(async () =>
                {
                    var state = await client.GetByteArrayAsync(job);
                    heard.Add(($"GET {job}", state));
                    return Encoding.UTF8.GetString(state).Contains("\"outcome\"", StringComparison.Ordinal);
                });
            }
        }
    }

    /// <summary>Every GET of the routing table, for everyone, about the household, its building and its grid.</summary>
    private static async Task AskForEverythingAsync(
        LockedServer locked,
        Dictionary<string, HttpClient> clients,
        string household,
        string building,
        List<(string, byte[])> heard
    )
    {
        var paths = new HashSet<string>();
        foreach (var endpoint in locked.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            if (
                endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == false
                || endpoint.RoutePattern.RawText is "/api/live" or "/api/{**path}"
            )
                continue;
            foreach (var code in (string[])[household, building, LockedServer.Inside])
                paths.Add(
                    RouteParameters()
                        .Replace(endpoint.RoutePattern.RawText!.TrimStart('/'), parameter => parameter.Groups["name"].Value switch
                            {
                                "z" or "x" or "y" => "0",
                                "layer" => "situation",
                                "collection" => "households",
                                "documentName" => "v1",
                                _ => code,
                            })
                );
        }
        paths.UnionWith([
            $"api/work/pack?grid={LockedServer.Inside}",
            "api/gate/pack?checkpoint=C-1",
            "api/households?limit=1000",
            "api/search?q=H-01",
            "tiles/households/15/27675/12351.mvt",
            "tiles/work/15/27675/12351.mvt",
            "tiles/situation/16/55350/24702.mvt",
            "api/nearest?of=households&lon=124.07&lat=40.45",
            "api/lookup?lon=124.07&lat=40.45",
        ]);
        foreach (
            var name in (string[])
                ["grids", "buildings", "households", "persons", "checkpoints", "zones", "returnees", "contacts", "readings"]
        )
            paths.UnionWith([$"api/exports/{name}?format=csv&purpose=visit", $"api/exports/{name}?format=geojson&purpose=visit"]);
        foreach (var (role, client) in clients)
        {
            foreach (var path in paths.Where(path => !path.EndsWith("/members/", StringComparison.Ordinal) || role != "nobody"))
            {
                using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
                ((int)answer.StatusCode).ShouldNotBe(500, path);
                heard.Add(
                    (
                        $"{role}: GET {path}",
                        [.. await answer.Content.ReadAsByteArrayAsync(), .. Encoding.UTF8.GetBytes(answer.Headers.ToString())]
                    )
                );
            }
        }
    }

    private static async Task<byte[]> ListenAsync(HttpClient client, CancellationToken cancellation)
    {
        using var heard = new MemoryStream();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("api/live", UriKind.Relative));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        try
        {
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            await (await answer.Content.ReadAsStreamAsync(cancellation)).CopyToAsync(heard, cancellation);
        }
        catch (OperationCanceledException)
        {
            // heard enough
        }
        heard.Length.ShouldBeGreaterThan(0);
        return heard.ToArray();
    }

    /// <summary>As it is, percent-encoded, escaped as in JSON, in hexadecimal or base 64.</summary>
    private static bool IsIn(byte[] body)
    {
        var text = Encoding.UTF8.GetString(body);
        return Forms.Any(form => text.Contains(form, StringComparison.OrdinalIgnoreCase));
    }

    private static readonly string[] Forms =
    [
        Phone,
        Number,
        Name,
        Uri.EscapeDataString(Name),
        string.Concat(Name.Select(c => $"\\u{(int)c:x4}")),
        .. new[] { Phone, Number, Name }.Select(text => Convert.ToHexString(Encoding.UTF8.GetBytes(text))),
        .. new[] { Phone, Number, Name }.Select(text => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=')),
    ];

    [GeneratedRegex(@"\{(?<name>\w+)[^}]*\}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex RouteParameters();
}
