using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OtpNet;
using Shouldly;
using SituationMap.Server.Access;
using SituationMap.Store.Access;

namespace SituationMap.Server.Tests.Access;

/// <summary>What everybody does with his own account: his password, his sessions, his second factor.</summary>
public sealed class OwnAccountTests(LockedServer locked) : IClassFixture<LockedServer>
{
    private const string Another = "nine purple umbrellas";
    private static readonly Uri Grids = new("api/grids", UriKind.Relative);

    [Fact]
    public async Task What_is_about_the_own_account_is_open_to_whoever_is_signed_in_and_to_no_key_nor_stranger()
    {
        using var key = await locked.WithKeyAsync("own-key", "administrator");
        var endpoints = locked
            .Server.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<RequiredRight>() is { IsOwnAccount: true })
            .ToList();

        endpoints.Count.ShouldBe(8);
        foreach (var endpoint in endpoints)
        {
            var path = endpoint.RoutePattern.RawText!.Replace("{id:guid}", Guid.Empty.ToString(), StringComparison.Ordinal);
            var method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Single();
            (await StatusAsync(locked.Nobody, method, path)).ShouldBe(HttpStatusCode.Unauthorized, path);
            (await StatusAsync(key, method, path)).ShouldBe(HttpStatusCode.Forbidden, path);
        }
    }

    [Fact]
    public async Task Somebody_changes_his_password_and_his_other_sessions_end()
    {
        using var here = await locked.SignInAsync("pass", "viewer");
        using var elsewhere = await locked.SignInAgainAsync("pass");

        (await ChangeAsync(here, "not the password", Another)).ShouldBe("password-wrong old");
        (await ChangeAsync(here, LockedServer.Password, "short")).ShouldBe("password-weak new");
        (await ChangeAsync(here, LockedServer.Password, "password123456")).ShouldBe("password-common new");
        (await ChangeAsync(here, LockedServer.Password, "pass-pass-pass")).ShouldBe("password-common new");
        (await ChangeAsync(here, LockedServer.Password, Another)).ShouldBe("NoContent");

        (await here.GetAsync(Grids)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await elsewhere.GetAsync(Grids)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await SignInAsync("pass", LockedServer.Password)).Code.ShouldBe("sign-in-refused");
        (await SignInAsync("pass", Another)).Status.ShouldBe(HttpStatusCode.OK);
        (
            await locked.Database.ReadAsync<long>("SELECT count(*) FROM audit WHERE account = 'pass' AND action = 'change password'")
        ).ShouldBe(1);
    }

    [Theory]
    [InlineData("password123")]
    [InlineData("qwertyuiop1")]
    [InlineData("1234567890")]
    [InlineData("iloveyou2024")]
    [InlineData("administrator")]
    [InlineData("situationmap1")]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("P@ssw0rd!!")]
    public async Task A_password_that_others_have_too_is_refused(string password)
    {
        using var admin = await locked.WithKeyAsync($"common-{Guid.NewGuid():N}", "administrator");

        var answer = await admin.PostAsJsonAsync("api/access/accounts", new { name = "common", password });

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await CodeAsync(answer)).ShouldBe("password-common");
    }

    [Fact]
    public async Task Somebody_sees_his_sessions_and_ends_one_or_all_others()
    {
        using var here = await locked.SignInAsync("sess", "viewer");
        using var second = await locked.SignInAgainAsync("sess");
        using var third = await locked.SignInAgainAsync("sess");
        using var stranger = await locked.SignInAsync("sess-other", "viewer");
        var sessions = (await LockedServer.GetAsync(here, "api/account/sessions")).GetProperty("sessions").EnumerateArray().ToList();
        sessions.Count.ShouldBe(3);
        sessions.Count(session => session.GetProperty("own").GetBoolean()).ShouldBe(1);
        sessions.ShouldAllBe(session => session.GetProperty("origin").GetString() == "127.0.0.1");
        // the newest first
        var newest = sessions[0].GetProperty("id").GetString();

        (await StatusAsync(stranger, "DELETE", $"api/account/sessions/{newest}")).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(here, "DELETE", $"api/account/sessions/{newest}")).ShouldBe(HttpStatusCode.NoContent);
        (await third.GetAsync(Grids)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await second.GetAsync(Grids)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(here, "DELETE", "api/account/sessions")).ShouldBe(HttpStatusCode.NoContent);

        (await second.GetAsync(Grids)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await here.GetAsync(Grids)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await stranger.GetAsync(Grids)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(29, HttpStatusCode.OK)]
    [InlineData(31, HttpStatusCode.Unauthorized)]
    public async Task A_session_ends_by_itself_when_nothing_was_asked_in_it_for_so_long(int minutes, HttpStatusCode status)
    {
        var name = $"idle-{minutes}";
        using var _ = await locked.SignInAsync(name, "viewer");
        // not by the client that is nobody's, which would be somebody from then on
        using var own = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = locked.Server.Address };
        using var answer = await own.PostAsJsonAsync("api/session", new { name, password = LockedServer.Password });
        var cookie = answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        await locked.Database.ExecuteAsync(
            "UPDATE credential SET used_at = now() - $2 WHERE account = $1",
            name,
            TimeSpan.FromMinutes(minutes)
        );
        // it has not seen the session before, and goes by what is stored
        await using var server = await TestServer.StartAsync(
            locked.Database,
            ("SituationMap:LocalMode", "false"),
            ("SituationMap:SessionIdle", "00:30:00")
        );
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Add("Cookie", cookie);

        (await client.GetAsync(Grids)).StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task A_second_factor_is_asked_for_from_its_confirmation_on_and_each_code_counts_once()
    {
        using var here = await locked.SignInAsync("totp", "viewer");
        (await PostAsync(here, "api/account/second-factor", new { password = "wrong" })).Code.ShouldBe("password-wrong");
        var begun = (await PostAsync(here, "api/account/second-factor", new { password = LockedServer.Password })).Json;
        begun.GetProperty("address").GetString()!.ShouldStartWith("otpauth://totp/SituationMap:totp?secret=");
        var codes = new Codes(begun.GetProperty("secret").GetString()!);
        // not confirmed yet: nothing is asked for
        (await SignInAsync("totp", LockedServer.Password)).Status.ShouldBe(HttpStatusCode.OK);
        (await PostAsync(here, "api/account/second-factor/confirm", new { code = "000000" })).Code.ShouldBe("code-wrong");
        var confirming = codes.Next();
        var recovery = (await PostAsync(here, "api/account/second-factor/confirm", new { code = confirming }))
            .Json.GetProperty("codes")
            .EnumerateArray()
            .Select(code => code.GetString()!)
            .ToList();
        recovery.Count.ShouldBe(10);

        (await SignInAsync("totp", "wrong", codes.Next())).Code.ShouldBe("sign-in-refused");
        (await SignInAsync("totp", LockedServer.Password)).Code.ShouldBe("second-factor-needed");
        // the one that confirmed it was used
        (await SignInAsync("totp", LockedServer.Password, confirming)).Code.ShouldBe("sign-in-refused");
        var code = codes.Next();
        (await SignInAsync("totp", LockedServer.Password, code)).Status.ShouldBe(HttpStatusCode.OK);
        (await SignInAsync("totp", LockedServer.Password, code)).Code.ShouldBe("sign-in-refused");
        (await SignInAsync("totp", LockedServer.Password, recovery[3])).Status.ShouldBe(HttpStatusCode.OK);
        (await SignInAsync("totp", LockedServer.Password, recovery[3])).Code.ShouldBe("sign-in-refused");

        var state = await LockedServer.GetAsync(here, "api/account/second-factor");
        (state.GetProperty("enrolled").GetBoolean(), state.GetProperty("recovery").GetInt32()).ShouldBe((true, 9));
        (await PostAsync(here, "api/account/second-factor", new { password = LockedServer.Password })).Code.ShouldBe(
            "second-factor-enrolled"
        );
        // one that is to take its place leaves it until it is confirmed
        (await PostAsync(here, "api/account/second-factor", new { password = LockedServer.Password, code = "000000" })).Code.ShouldBe(
            "code-wrong"
        );
        var next = (await PostAsync(here, "api/account/second-factor", new { password = LockedServer.Password, code = recovery[4] }))
            .Json.GetProperty("secret")
            .GetString()!;
        (await SignInAsync("totp", LockedServer.Password, recovery[5])).Status.ShouldBe(HttpStatusCode.OK);
        var others = new Codes(next);
        (await SignInAsync("totp", LockedServer.Password, others.Next())).Code.ShouldBe("sign-in-refused");
        (await PostAsync(here, "api/account/second-factor/confirm", new { code = others.Next() }))
            .Json.GetProperty("codes")
            .GetArrayLength()
            .ShouldBe(10);
        (await SignInAsync("totp", LockedServer.Password, recovery[6])).Code.ShouldBe("sign-in-refused");
        // what is stored is not the secret, and holds for no other account
        (
            await locked.Database.ReadAsync<bool>(
                "SELECT position($1 IN secret) = 0 FROM second_factor WHERE account = 'totp'",
                Base32Encoding.ToBytes(next)
            )
        ).ShouldBeTrue();
    }

    [Fact]
    public async Task A_role_that_takes_a_second_factor_holds_once_there_is_one_and_an_administrator_may_reset_it()
    {
        using var admin = await locked.WithKeyAsync("factor-root", "administrator");
        using var client = await locked.SignInAsync("factor", "approver");
        await locked.Accounts.GrantAsync("factor", Role.Find("viewer")!, null, null, AuditEntry.OfConsole("grant", "factor"), default);
        (await admin.PutAsJsonAsync("api/access/second-factor", new { roles = new[] { "king" } })).StatusCode.ShouldBe(
            HttpStatusCode.BadRequest
        );
        (await admin.PutAsJsonAsync("api/access/second-factor", new { roles = new[] { "approver" } })).StatusCode.ShouldBe(
            HttpStatusCode.NoContent
        );

        (await RightsAsync(client)).ShouldBe("see; second factor needed: True");
        var begun = (await PostAsync(client, "api/account/second-factor", new { password = LockedServer.Password })).Json;
        var codes = new Codes(begun.GetProperty("secret").GetString()!);
        await PostAsync(client, "api/account/second-factor/confirm", new { code = codes.Next() });
        (await RightsAsync(client)).ShouldBe("see, approve, seePersons; second factor needed: False");

        (await admin.DeleteAsync(new Uri("api/access/accounts/factor/second-factor", UriKind.Relative))).StatusCode.ShouldBe(
            HttpStatusCode.NoContent
        );
        (await RightsAsync(client)).ShouldBe("see; second factor needed: True");
        (await admin.PutAsJsonAsync("api/access/second-factor", new { roles = Array.Empty<string>() })).EnsureSuccessStatusCode();
        (await RightsAsync(client)).ShouldBe("see, approve, seePersons; second factor needed: False");
        (
            await locked.Database.ReadRowsAsync("SELECT action FROM audit WHERE account = 'factor-root' ORDER BY id", row =>
                row.GetString(0)
            )
        ).ShouldBe(["require second factor", "reset second factor", "require second factor"]);

        static async Task<string> RightsAsync(HttpClient client)
        {
            var session = await LockedServer.GetAsync(client, "api/session");
            var rights = session.GetProperty("rights").EnumerateArray().Select(right => right.GetProperty("right").GetString());
            return $"{string.Join(", ", rights)}; second factor needed: {session.GetProperty("secondFactorNeeded").GetBoolean()}";
        }
    }

    private async Task<(HttpStatusCode Status, string Code)> SignInAsync(string name, string password, string? code = null)
    {
        using var client = new HttpClient { BaseAddress = locked.Server.Address };
        using var answer = await client.PostAsJsonAsync(
            "api/session",
            new
            {
                name,
                password,
                code,
            }
        );
        return (answer.StatusCode, await CodeAsync(answer));
    }

    private static async Task<(JsonElement Json, string Code)> PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        return (await JsonAsync(answer), await CodeAsync(answer));
    }

    private static async Task<string> ChangeAsync(HttpClient client, string old, string @new)
    {
        using var answer = await client.PostAsJsonAsync("api/account/password", new { old, @new });
        return answer.IsSuccessStatusCode
            ? answer.StatusCode.ToString()
            : $"{await CodeAsync(answer)} {(await JsonAsync(answer)).GetProperty("field").GetString()}";
    }

    private static async Task<string> CodeAsync(HttpResponseMessage answer) =>
        answer.IsSuccessStatusCode ? "" : (await JsonAsync(answer)).GetProperty("code").GetString()!;

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) =>
        JsonElement.Parse(await answer.Content.ReadAsStringAsync());

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.RelativeOrAbsolute));
        if (method is "POST")
            request.Content = JsonContent.Create(new { });
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>A program that shows codes, each a later one: those of the period before, of this one and of the next are taken.</summary>
    private sealed class Codes(string secret)
    {
        private readonly Totp _totp = new(Base32Encoding.ToBytes(secret));
        private readonly DateTime _now = DateTime.UtcNow;
        private int _given = -1;

        public string Next() => _totp.ComputeTotp(_now.AddSeconds(30 * _given++));
    }
}
