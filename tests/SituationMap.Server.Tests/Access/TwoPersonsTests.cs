using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using SituationMap.Store.Access;
using static SituationMap.Server.Tests.Access.Decisions;

namespace SituationMap.Server.Tests.Access;

/// <summary>What takes two persons takes two accounts of which neither had a hand in the other, whatever names are sent.</summary>
public sealed class TwoPersonsTests(LockedServer locked) : IClassFixture<LockedServer>
{
    [Fact]
    public async Task A_key_is_the_source_of_what_it_sends_and_a_repeat_is_one()
    {
        using var gate = await locked.WithKeyAsync("source-gate", "reporter");
        var fact = DemoServer.Returned("H-01-0001");

        (await OutcomeAsync(gate, fact)).ShouldBe("accepted");
        (await OutcomeAsync(gate, fact)).ShouldBe("duplicate");

        (await StoredAsync(fact)).ShouldBe("system:source-gate source-gate key");
    }

    [Fact]
    public async Task A_key_that_names_two_sources_is_one_person()
    {
        using var gate = await locked.WithKeyAsync("two-gate", "reporter");
        var proposed = Override("person:li");

        (await OutcomeAsync(gate, proposed)).ShouldBe("accepted");

        (await OutcomeAsync(gate, Override("person:wang", proposed))).ShouldBe("same-source");
    }

    [Fact]
    public async Task A_gateway_keeps_the_sources_that_it_names_and_is_one_person_all_the_same()
    {
        using var gateway = await GatewayAsync("gateway");
        var (proposed, confirming) = (Override("person:li"), Override("person:wang"));
        confirming["data"]!["confirms"] = (Guid)proposed["id"]!;

        // the other way round neither is refused; it has no effect
        (await OutcomeAsync(gateway, confirming)).ShouldBe("accepted");
        (await OutcomeAsync(gateway, proposed)).ShouldBe("accepted");

        (await StoredAsync(proposed)).ShouldBe("person:li gateway key");
        (await locked.IsDecidedAsync(proposed)).ShouldBeFalse();
        using var other = await locked.WithKeyAsync("gateway-other", "reporter");
        (await OutcomeAsync(other, Override("person:wang", proposed))).ShouldBe("accepted");
        (await locked.IsDecidedAsync(proposed)).ShouldBeTrue();
    }

    [Fact]
    public async Task That_a_key_is_a_gateway_is_listed_and_in_the_record()
    {
        using var admin = await locked.SignInAsync("gateway-root", "administrator");
        await locked.Accounts.AddAsync("hub", null, AuditEntry.OfConsole("add account", "hub"), default);

        var made = await admin.PostAsJsonAsync(
            "api/access/keys",
            new
            {
                account = "hub",
                label = "hub",
                expiresAt = DateTimeOffset.UtcNow.AddDays(1),
                gateway = true,
            }
        );

        made.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await LockedServer.GetAsync(admin, "api/access/keys"))
            .GetProperty("keys")
            .EnumerateArray()
            .Single(key => key.GetProperty("account").GetString() == "hub")
            .GetProperty("gateway")
            .GetBoolean()
            .ShouldBeTrue();
        (
            await locked.Database.ReadAsync<bool>(
                "SELECT (details->'gateway')::boolean FROM audit WHERE action = 'add key' AND subject = 'hub'"
            )
        ).ShouldBeTrue();
    }

    [Fact]
    public async Task An_administrator_is_no_second_person_to_an_account_that_he_made_whichever_of_them_begins()
    {
        using var root = await locked.SignInAsync("hand-root", "administrator");
        await GrantAsync("hand-root", "reporter");
        using var puppet = await MakeAsync(root, "hand-puppet", "reporter");
        using var other = await locked.SignInAsync("hand-other", "reporter");
        var (byRoot, byPuppet, early) = (
            Override("person:hand-root"),
            Override("person:hand-puppet", household: "H-01-0003"),
            Override("person:hand-root", household: "H-01-0004")
        );

        (await OutcomeAsync(root, byRoot)).ShouldBe("accepted");
        (await OutcomeAsync(puppet, Override("person:hand-puppet", byRoot))).ShouldBe("same-source");
        (await OutcomeAsync(puppet, byPuppet)).ShouldBe("accepted");
        (await OutcomeAsync(root, Override("person:hand-root", byPuppet))).ShouldBe("same-source");
        // confirmed before it is known
        (await OutcomeAsync(puppet, Override("person:hand-puppet", early))).ShouldBe("accepted");
        (await OutcomeAsync(root, early)).ShouldBe("accepted");
        (await locked.IsDecidedAsync(early)).ShouldBeFalse();

        (await OutcomeAsync(other, Override("person:hand-other", byRoot))).ShouldBe("accepted");
        (await locked.IsDecidedAsync(byRoot)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_hand_reaches_through_the_accounts_between_and_is_kept_when_the_password_is_changed()
    {
        using var root = await locked.SignInAsync("chain-root", "administrator");
        await GrantAsync("chain-root", "reporter");
        using var between = await MakeAsync(root, "chain-between", "administrator");
        using var puppet = await MakeAsync(between, "chain-puppet", "reporter");
        await locked.Accounts.SetPasswordAsync(
            "chain-puppet",
            "quite another battery",
            new AuditEntry("chain-puppet", "change password", "chain-puppet", "test"),
            default
        );
        await locked.ReloadAsync();
        using var again = await SignInAsync("chain-puppet", "quite another battery");
        var proposed = Override("person:chain-root");
        (await OutcomeAsync(root, proposed)).ShouldBe("accepted");

        (await OutcomeAsync(again, Override("person:chain-puppet", proposed))).ShouldBe("same-source");
    }

    [Fact]
    public async Task A_draft_is_not_approved_by_an_account_that_its_author_had_a_hand_in()
    {
        using var root = await locked.SignInAsync("zone-root", "administrator");
        await GrantAsync("zone-root", "planner");
        using var puppet = await MakeAsync(root, "zone-puppet", "approver");
        using var other = await locked.SignInAsync("zone-other", "approver");
        var outline = JsonNode.Parse(
            """
            { "type": "Feature", "geometry": { "type": "Polygon", "coordinates":
                [[[124.044,40.448],[124.046,40.448],[124.046,40.45],[124.044,40.45],[124.044,40.448]]] },
              "properties": { "name": "North lane", "level": "medium", "reason": "two cases" } }
            """
        );
        var drafted = await SendAsync(root, "api/zones", outline!, tag: null);
        var code = drafted.Json.GetProperty("code").GetString();
        var submitted = await SendAsync(root, $"api/zones/{code}/submit", new JsonObject { ["reason"] = "ready" }, drafted.Tag);

        var refused = await SendAsync(puppet, $"api/zones/{code}/approve", new JsonObject(), submitted.Tag);
        var approved = await SendAsync(other, $"api/zones/{code}/approve", new JsonObject(), submitted.Tag);

        (refused.Status, refused.Json.GetProperty("code").GetString()).ShouldBe((HttpStatusCode.Forbidden, "approver-is-author"));
        approved.Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Which_account_brought_a_fact_is_shown_to_auditors_only_and_in_the_record_then()
    {
        using var gate = await locked.WithKeyAsync("origin-gate", "reporter");
        using var auditor = await locked.SignInAsync("origin-auditor", "auditor");
        var fact = DemoServer.Returned("H-01-0001");
        await OutcomeAsync(gate, fact);
        var path = $"api/audit/facts/{(Guid)fact["id"]!}";

        foreach (var role in Role.Names.Except(["auditor"]))
        {
            using var other = await locked.SignInAsync($"origin-{role}", role);
            (await other.GetAsync(new Uri(path, UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Forbidden, role);
        }
        var origin = await LockedServer.GetAsync(auditor, path);

        origin.GetProperty("account").GetString().ShouldBe("origin-gate");
        origin.GetProperty("accountKind").GetString().ShouldBe("key");
        (
            await locked.Database.ReadAsync<long>(
                "SELECT count(*) FROM audit WHERE account = 'origin-auditor' AND action = 'read origin of fact'"
            )
        ).ShouldBe(1);
    }

    private Task<string> StoredAsync(JsonObject fact) =>
        locked.Database.ReadAsync<string>(
            "SELECT concat_ws(' ', source, account, account_kind) FROM fact WHERE id = $1",
            (Guid)fact["id"]!
        );

    private async Task GrantAsync(string name, string role)
    {
        await locked.Accounts.GrantAsync(name, Role.Find(role)!, null, null, AuditEntry.OfConsole("grant", name), default);
        await locked.ReloadAsync();
    }

    private async Task<HttpClient> GatewayAsync(string name)
    {
        using var _ = await locked.WithKeyAsync(name, "reporter");
        var key = await locked.Accounts.AddKeyAsync(
            name,
            "gateway",
            null,
            null,
            DateTimeOffset.UtcNow.AddDays(1),
            AuditEntry.OfConsole("add key", name),
            default,
            gateway: true
        );
        await locked.ReloadAsync();
        var client = new HttpClient { BaseAddress = locked.Server.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>An account made and granted a role by somebody over the API, signed in.</summary>
    private async Task<HttpClient> MakeAsync(HttpClient administrator, string name, string role)
    {
        (
            await administrator.PostAsJsonAsync("api/access/accounts", new { name, password = LockedServer.Password })
        ).EnsureSuccessStatusCode();
        (await administrator.PostAsJsonAsync($"api/access/accounts/{name}/grants", new { role })).EnsureSuccessStatusCode();
        return await locked.SignInAgainAsync(name);
    }

    private async Task<HttpClient> SignInAsync(string name, string password)
    {
        var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = locked.Server.Address };
        (await client.PostAsJsonAsync("api/session", new { name, password })).EnsureSuccessStatusCode();
        return client;
    }

    private static async Task<(HttpStatusCode Status, JsonElement Json, string? Tag)> SendAsync(
        HttpClient client,
        string path,
        JsonNode body,
        string? tag
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative))
        {
            Content = JsonContent.Create(body, new MediaTypeHeaderValue(tag is null ? "application/geo+json" : "application/json")),
        };
        if (tag is not null)
            request.Headers.TryAddWithoutValidation("If-Match", tag);
        using var answer = await client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(), answer.Headers.ETag?.ToString());
    }
}
