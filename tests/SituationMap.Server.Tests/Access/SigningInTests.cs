using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Server.Access;

namespace SituationMap.Server.Tests.Access;

public sealed class SigningInTests(LockedServer locked) : IClassFixture<LockedServer>
{
    private static readonly Uri Session = new("api/session", UriKind.Relative);
    private static readonly Uri Grids = new("api/grids", UriKind.Relative);

    [Fact]
    public async Task A_session_is_a_cookie_that_ends_when_one_signs_out()
    {
        using var client = await locked.SignInAsync("anna", "viewer");

        (await client.GetAsync(Grids)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var session = await LockedServer.GetAsync(client, "api/session");
        session.GetProperty("name").GetString().ShouldBe("anna");
        session.GetProperty("localMode").GetBoolean().ShouldBeFalse();
        session.GetProperty("rights").EnumerateArray().Select(right => right.GetProperty("right").GetString()).ShouldBe(["see"]);

        (await client.DeleteAsync(Session)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await client.GetAsync(Grids)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_cookie_is_out_of_reach_of_scripts_and_other_sites_and_new_at_each_sign_in()
    {
        await locked.SignInAsync("bela", "viewer");
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = locked.Server.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, Session)
        {
            Content = JsonContent.Create(new { name = "bela", password = LockedServer.Password }),
        };
        request.Headers.Add("Cookie", $"{SessionEndpoints.Cookie}=planted");
        request.Headers.Add("X-Forwarded-Proto", "https");

        using var answer = await client.SendAsync(request);

        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldContain("httponly");
        cookie.ShouldContain("samesite=strict");
        cookie.ShouldContain("secure");
        cookie.ShouldNotContain("planted");
        (
            await locked.Database.ReadAsync<long>(
                "SELECT count(*) FROM credential WHERE hash = sha256($1)",
                System.Text.Encoding.UTF8.GetBytes("planted")
            )
        ).ShouldBe(0);
    }

    [Fact]
    public async Task A_key_is_stored_hashed_and_holds_until_it_is_revoked()
    {
        using var client = await locked.WithKeyAsync("gate", "system");
        var key = client.DefaultRequestHeaders.Authorization!.Parameter!;
        (await client.GetAsync(Grids)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (
            await locked.Database.ReadAsync<long>(
                "SELECT count(*) FROM credential WHERE hash = sha256($1)",
                System.Text.Encoding.UTF8.GetBytes(key)
            )
        ).ShouldBe(1);
        using var admin = await locked.SignInAsync("root1", "administrator");
        var id = (await LockedServer.GetAsync(admin, "api/access/keys"))
            .GetProperty("keys")
            .EnumerateArray()
            .Single(k => k.GetProperty("account").GetString() == "gate")
            .GetProperty("id")
            .GetString();

        (await admin.DeleteAsync(new Uri($"api/access/keys/{id}", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await client.GetAsync(Grids)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_administrator_adds_accounts_grants_and_keys()
    {
        using var admin = await locked.SignInAsync("root2", "administrator");
        (await admin.PostAsJsonAsync("api/access/accounts", new { name = "Dora", password = LockedServer.Password })).StatusCode.ShouldBe(
            HttpStatusCode.BadRequest
        );
        (await admin.PostAsJsonAsync("api/access/accounts", new { name = "dora", password = "short" })).StatusCode.ShouldBe(
            HttpStatusCode.BadRequest
        );
        (await admin.PostAsJsonAsync("api/access/accounts", new { name = "dora", password = LockedServer.Password })).StatusCode.ShouldBe(
            HttpStatusCode.NoContent
        );
        (await admin.PostAsJsonAsync("api/access/accounts", new { name = "dora", password = LockedServer.Password })).StatusCode.ShouldBe(
            HttpStatusCode.Conflict
        );
        (await admin.PostAsJsonAsync("api/access/accounts/dora/grants", new { role = "king" })).StatusCode.ShouldBe(
            HttpStatusCode.BadRequest
        );
        (
            await admin.PostAsJsonAsync("api/access/accounts/dora/grants", new { role = "administrator", grid = LockedServer.Inside })
        ).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (
            await admin.PostAsJsonAsync("api/access/accounts/dora/grants", new { role = "reporter", grid = LockedServer.Inside })
        ).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var made = await admin.PostAsJsonAsync(
            "api/access/keys",
            new
            {
                account = "dora",
                label = "phone",
                role = "reporter",
                expiresAt = DateTimeOffset.UtcNow.AddDays(1),
            }
        );
        (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!.ShouldStartWith("sm_");

        using var dora = await locked.SignInAgainAsync("dora");
        var rights = (await LockedServer.GetAsync(dora, "api/session"))
            .GetProperty("rights")
            .EnumerateArray()
            .ToDictionary(right => right.GetProperty("right").GetString()!, right => right.GetProperty("grids")[0].GetString());
        rights.Keys.ShouldBe(["see", "report", "standDuty", "seePersons"], ignoreOrder: true);
        rights["report"].ShouldBe(LockedServer.Inside);
        (await dora.GetAsync(new Uri("api/access/accounts", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await dora.GetAsync(new Uri("api/audit", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        (await admin.PostAsync(new Uri("api/access/accounts/dora/disable", UriKind.Relative), null)).StatusCode.ShouldBe(
            HttpStatusCode.NoContent
        );
        (await dora.GetAsync(Grids)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_is_granted_for_a_time_ends_by_itself()
    {
        using var client = await locked.SignInAsync("emil", "viewer", until: DateTimeOffset.UtcNow.AddSeconds(2));
        (await client.GetAsync(Grids)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await DemoServer.WaitAsync(async () => (await client.GetAsync(Grids)).StatusCode == HttpStatusCode.Forbidden, seconds: 10);
    }

    [Fact]
    public async Task What_another_process_revokes_ends_for_who_is_signed_in()
    {
        using var client = await locked.SignInAsync("fred", "viewer");
        (await client.GetAsync(Grids)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await locked.Database.ExecuteAsync("DELETE FROM access_grant WHERE account = 'fred'");
        await DemoServer.WaitAsync(async () => (await client.GetAsync(Grids)).StatusCode == HttpStatusCode.Forbidden, seconds: 10);
    }

    [Fact]
    public async Task In_local_mode_who_signs_in_is_his_account_and_no_more()
    {
        await using var server = await TestServer.StartAsync(locked.Database);
        await locked.SignInAsync("gina", "viewer");
        await server.Services.GetRequiredService<AccessDirectory>().ReloadAsync(default);
        using var client = new HttpClient { BaseAddress = server.Address };
        await client.GetAsync(new Uri($"?token={TestServer.LocalToken}", UriKind.Relative));
        (await LockedServer.GetAsync(client, "api/session")).GetProperty("name").GetString().ShouldBe("local");

        (await client.PostAsJsonAsync(Session, new { name = "gina", password = LockedServer.Password })).StatusCode.ShouldBe(
            HttpStatusCode.OK
        );

        (await LockedServer.GetAsync(client, "api/session")).GetProperty("name").GetString().ShouldBe("gina");
        (await client.GetAsync(new Uri("api/jobs", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Passwords_cannot_be_tried_by_the_thousand_from_one_address()
    {
        await using var server = await TestServer.StartAsync(locked.Database, ("SituationMap:LocalMode", "false"));
        HttpResponseMessage answer;
        var tried = 0;
        do
        {
            answer = await server.Client.PostAsJsonAsync(Session, new { name = "nobody-there", password = "a" });
            answer.StatusCode.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests);
        } while (answer.StatusCode == HttpStatusCode.Unauthorized && ++tried < 200);

        answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        answer.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public async Task An_account_that_asks_too_often_is_told_when_to_come_back_and_others_are_not_held_up()
    {
        await using var server = await TestServer.StartAsync(
            locked.Database,
            ("SituationMap:LocalMode", "false"),
            ("SituationMap:RequestsPerSecond", "2")
        );
        using var busy = await locked.WithKeyAsync("busy", "viewer");
        using var calm = await locked.WithKeyAsync("calm", "viewer");
        await server.Services.GetRequiredService<AccessDirectory>().ReloadAsync(default);
        var area = new Uri(server.Address, "api/place");

        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 20; i++)
            answers.Add((await busy.GetAsync(area)).StatusCode);

        answers[0].ShouldBe(HttpStatusCode.OK);
        answers.ShouldContain(HttpStatusCode.TooManyRequests);
        (await calm.GetAsync(area)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
