using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Shouldly;
using SituationMap.Store.Access;

namespace SituationMap.Server.Tests.Access;

/// <summary>What somebody sends who means harm, byte for byte.</summary>
public sealed class AttackTests(LockedServer locked) : IClassFixture<LockedServer>
{
    private const string Session = "api/session";

    [Theory]
    [InlineData("/../appsettings.json")]
    [InlineData("/%2e%2e/appsettings.json")]
    [InlineData("/..%2fappsettings.json")]
    [InlineData("/assets/..%2f..%2fappsettings.json")]
    [InlineData("/assets/%2e%2e%5cappsettings.json")]
    [InlineData("/..%252fappsettings.json")]
    [InlineData("//etc/passwd")]
    [InlineData("/basemap/..%2f..%2f..%2fetc%2fpasswd/0/0")]
    [InlineData("/basemap/../../../../etc/passwd")]
    [InlineData("/tiles/..%2f..%2fappsettings.json")]
    [InlineData("/tiles/../deployment.json")]
    [InlineData("/openapi/..%2f..%2fappsettings.json")]
    [InlineData("/styles/..%2f..%2fetc%2fpasswd")]
    public async Task No_path_leads_out_of_what_is_served(string path)
    {
        using var viewer = await locked.WithKeyAsync("traversal", "viewer");

        var answer = await SendAsync(
            $"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
                + $"{viewer.DefaultRequestHeaders.Authorization}\r\nConnection: close\r\n\r\n"
        );

        StatusOf(answer).ShouldBeInRange(400, 404);
        answer.ShouldNotContain("root:");
        answer.ShouldNotContain("LogLevel");
    }

    [Theory]
    [InlineData("/api/exports/grids?format=csv%0d%0aX-Planted:%201")]
    [InlineData("/api/exports/persons?purpose=visit%0d%0aX-Planted:%201")]
    [InlineData("/api/exports/persons?purpose=visit%0d%0aSet-Cookie:%20situationmap-session=planted")]
    [InlineData("/api/grids?at=2020-02-05T09:00:00%2B08:00%0d%0aX-Planted:%201")]
    [InlineData("/tiles/situation/0/0/0.mvt?datum=gcj02%0d%0aX-Planted:%201")]
    [InlineData("/api/households?limit=1&status=healthy%0d%0aX-Planted:%201")]
    [InlineData("/api/households/x%0d%0aX-Planted:%201")]
    [InlineData("/styles/situation.json?theme=dark%0d%0aX-Planted:%201")]
    [InlineData("/ogc/collections/grids/items?f=json%0d%0aX-Planted:%201")]
    [InlineData("/api/search?q=1%0d%0aX-Planted:%201")]
    [InlineData("/x%0d%0aX-Planted:%201")]
    public async Task No_line_breaks_out_of_what_was_sent_into_the_headers(string path)
    {
        using var approver = await locked.WithKeyAsync("injection", "approver");

        var answer = await SendAsync(
            $"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
                + $"{approver.DefaultRequestHeaders.Authorization}\r\nConnection: close\r\n\r\n"
        );

        StatusOf(answer).ShouldBeLessThan(500);
        var headers = answer[..answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        headers.ShouldNotContain("X-Planted");
        headers.ShouldNotContain("planted");
    }

    [Fact]
    public async Task Nesting_without_end_and_bodies_without_end_are_refused_at_once()
    {
        using var everything = await locked.WithKeyAsync("bombs", "administrator");
        foreach (var role in (string[])["reporter", "planner", "approver"])
            await locked.Accounts.GrantAsync("bombs", Role.Find(role)!, null, null, AuditEntry.OfConsole("grant", "bombs"), default);
        await locked.ReloadAsync();
        var deep = string.Concat(Enumerable.Repeat("{\"a\":[", 20_000));
        foreach (
            var (method, path) in (IEnumerable<(string, string)>)
                [
                    ("POST", "api/session"),
                    ("POST", "api/facts"),
                    ("POST", "api/access/accounts"),
                    ("POST", "api/access/keys"),
                    ("POST", "api/zones"),
                    ("POST", "api/zones/preview"),
                    ("POST", "api/lookup"),
                    ("POST", "api/within"),
                    ("POST", "api/subscriptions"),
                    ("POST", "api/persons/search"),
                    ("PUT", "api/persons/P-00001"),
                    ("POST", "api/households/H-01-0001/members"),
                ]
        )
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative))
            {
                Content = new StringContent(deep, Encoding.UTF8, "application/json"),
            };
            using var answer = await everything.SendAsync(request);
            ((int)answer.StatusCode).ShouldBeInRange(400, 422, path);

            // the length is told and never sent
            var announced = await SendAsync(
                $"{method} /{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
                    + $"{everything.DefaultRequestHeaders.Authorization}\r\nContent-Type: application/json\r\nContent-Length: "
                    + $"2000000000\r\nConnection: close\r\n\r\n{{"
            );
            StatusOf(announced).ShouldBe(413, path);
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5), path);
        }
    }

    [Fact]
    public async Task A_session_that_was_known_before_signing_in_is_not_the_one_after()
    {
        using var owner = await locked.SignInAsync("fixed", "viewer");
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = locked.Server.Address };
        var first = await SignInAsync(client, cookie: null);

        var second = await SignInAsync(client, first);

        second.ShouldNotBe(first);
        (await StatusWithAsync(client, first)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusWithAsync(client, second)).ShouldBe(HttpStatusCode.OK);

        async Task<string> SignInAsync(HttpClient from, string? cookie)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Session, UriKind.Relative))
            {
                Content = JsonContent.Create(new { name = "fixed", password = LockedServer.Password }),
            };
            if (cookie is not null)
                request.Headers.Add("Cookie", cookie);
            using var answer = await from.SendAsync(request);
            return answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        }
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    public async Task A_page_of_another_site_changes_nothing_with_the_cookie_of_whoever_has_it_open(string header, string value)
    {
        using var administrator = await locked.SignInAsync($"csrf-{header}-{value.Length}".ToLowerInvariant(), "administrator");
        var name = $"made-by-{header}-{value.Length}".ToLowerInvariant();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("api/access/accounts", UriKind.Relative))
        {
            Content = JsonContent.Create(new { name, password = LockedServer.Password }),
        };
        request.Headers.Add(header, value);

        using var answer = await administrator.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await locked.Database.ReadAsync<long>("SELECT count(*) FROM account WHERE name = $1", name)).ShouldBe(0);
    }

    [Fact]
    public async Task Every_answer_says_that_nothing_in_it_runs_is_guessed_at_or_framed()
    {
        using var viewer = await locked.WithKeyAsync("headers", "viewer");
        using var tile = await viewer.GetAsync(new Uri("tiles/situation/0/0/0.mvt", UriKind.Relative));
        using var again = new HttpRequestMessage(HttpMethod.Get, new Uri("tiles/situation/0/0/0.mvt", UriKind.Relative));
        again.Headers.IfNoneMatch.Add(tile.Headers.ETag!);
        var answers = new List<(string What, HttpResponseMessage Answer, HttpStatusCode Status)>
        {
            ("tile", tile, HttpStatusCode.OK),
            ("unchanged tile", await viewer.SendAsync(again), HttpStatusCode.NotModified),
            ("no such path", await viewer.GetAsync(new Uri("no/such/path", UriKind.Relative)), HttpStatusCode.NotFound),
            ("refused", await viewer.GetAsync(new Uri("api/audit", UriKind.Relative)), HttpStatusCode.Forbidden),
            ("nobody", await locked.Nobody.GetAsync(new Uri("api/grids", UriKind.Relative)), HttpStatusCode.Unauthorized),
            ("malformed", await viewer.GetAsync(new Uri("api/households?limit=x", UriKind.Relative)), HttpStatusCode.BadRequest),
            ("method", await viewer.PatchAsync(new Uri("api/grids", UriKind.Relative), null), HttpStatusCode.MethodNotAllowed),
            ("page", await viewer.GetAsync(new Uri("ogc?f=html", UriKind.Relative)), HttpStatusCode.OK),
            ("metrics", await viewer.GetAsync(new Uri("healthz/ready", UriKind.Relative)), HttpStatusCode.OK),
        };
        // a fault of ours: what is stored cannot be opened
        await locked.Database.ExecuteAsync(
            "INSERT INTO person_detail (person, generation, name, name_index, changed_at) SELECT p.id, 1, $1, $1, now() FROM "
                + "person p WHERE p.code = 'P-00001'",
            new byte[40]
        );
        using var reporter = await locked.WithKeyAsync("headers-reporter", "reporter");
        var household = await locked.Database.ReadAsync<string>(
            "SELECT h.code FROM household h JOIN person p ON p.household = h.id WHERE p.code = 'P-00001'"
        );
        answers.Add(
            (
                "fault",
                await reporter.GetAsync(new Uri($"api/households/{household}/members", UriKind.Relative)),
                HttpStatusCode.InternalServerError
            )
        );

        foreach (var (what, answer, status) in answers)
        {
            answer.StatusCode.ShouldBe(status, what);
            answer.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff", what);
            answer.Headers.GetValues("Referrer-Policy").Single().ShouldBe("same-origin", what);
            answer.Headers.Contains("Permissions-Policy").ShouldBeTrue(what);
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            policy.ShouldContain("default-src 'none'", customMessage: what);
            policy.ShouldNotContain("unsafe", customMessage: what);
            answer.Headers.Contains("Strict-Transport-Security").ShouldBeFalse(what);
            answer.Headers.Contains("Server").ShouldBeFalse(what);
            answer.Dispose();
        }
        using var overTls = new HttpRequestMessage(HttpMethod.Get, new Uri("healthz/live", UriKind.Relative));
        overTls.Headers.Add("X-Forwarded-Proto", "https");
        using var secure = await viewer.SendAsync(overTls);
        secure.Headers.GetValues("Strict-Transport-Security").Single().ShouldBe("max-age=31536000");
    }

    private static async Task<HttpStatusCode> StatusWithAsync(HttpClient client, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("api/grids", UriKind.Relative));
        request.Headers.Add("Cookie", cookie);
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    private static int StatusOf(string answer) => int.Parse(answer.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);

    /// <summary>Sends it as it is; no client puts it right before.</summary>
    private async Task<string> SendAsync(string request)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(locked.Server.Address.Host, locked.Server.Address.Port);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var answer = new MemoryStream();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await stream.CopyToAsync(answer, patience.Token);
        }
        catch (IOException) when (answer.Length > 0)
        {
            // it was answered, and what was not sent is not waited for
        }
        return Encoding.UTF8.GetString(answer.ToArray());
    }
}
