using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using SituationMap.Core.Facts;
using SituationMap.Server.Access;
using SituationMap.Server.Subscriptions;
using SituationMap.Server.Tests.Recovery;
using SituationMap.Store.Access;
using SituationMap.Store.Facts;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Tests.Subscriptions;

/// <summary>What is sent follows what its author may see now, and goes nowhere inside.</summary>
public sealed class RightsTests(PostgisCluster cluster)
{
    private const string Inside = "210682-004-01";
    private const string Outside = "210682-004-02";

    [Fact]
    public async Task What_was_revoked_is_not_sent_any_more_and_what_waits_for_it_is_given_up()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var server = await TestServer.StartAsync(
            database,
            ("SituationMap:LocalMode", "false"),
            ("SituationMap:Webhooks:AllowedHosts:0", "127.0.0.1")
        );
        await using var receiver = new Receiver(ServerProcess.FreePort()) { Answer = _ => 503 };
        await receiver.StartAsync();
        var accounts = server.Services.GetRequiredService<AccountStore>();
        var directory = server.Services.GetRequiredService<AccessDirectory>();
        await accounts.AddAsync("partner", null, AuditEntry.OfConsole("add account", "partner"), default);
        foreach (var grid in (string[])[Inside, Outside])
            await accounts.GrantAsync("partner", Role.Find("system")!, grid, null, AuditEntry.OfConsole("grant", "partner"), default);
        var key = await accounts.AddKeyAsync(
            "partner",
            "a test",
            null,
            null,
            DateTimeOffset.UtcNow.AddDays(1),
            AuditEntry.OfConsole("add key", "partner"),
            default
        );
        await directory.ReloadAsync(default);
        using var client = new HttpClient { BaseAddress = server.Address, DefaultRequestHeaders = { Authorization = new("Bearer", key) } };
        using var made = await client.PostAsJsonAsync(
            "api/subscriptions",
            new { url = receiver.Url, kinds = (string[])["status", "passage"] }
        );
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var path = $"api/subscriptions/{(await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()}/deliveries";
        var own = await HouseholdsAsync(database, Inside);
        var other = await HouseholdsAsync(database, Outside);

        // in both grids, while the receiver refuses: all of it waits
        await ReportAsync(client, [own[0], other[0]]);
        await WaitForAsync(2, "waiting");
        // one grid is taken back: what waits for it is given up, what happens there makes nothing
        await RevokeAsync(Outside);
        await WaitForAsync(1, "dead");
        await ReportAsync(server.Services, database, other[1]);
        await ReportAsync(client, [own[1]]);
        await WaitForAsync(2, "waiting");
        receiver.Answer = _ => 204;
        await WaitForAsync(2, "delivered");
        receiver
            .Taken.Select(one => one.Json.GetProperty("household").GetString())
            .Distinct()
            .Order()
            .ShouldBe(((string[])[own[0], own[1]]).Order());

        // all is taken back: nothing is sent, nor when it is granted again what happened meanwhile
        await RevokeAsync(Inside);
        await ReportAsync(server.Services, database, own[2]);
        await DemoServer.WaitAsync(async () =>
            await database.ReadAsync<bool>("SELECT (SELECT last FROM feed_counter) <= min(feed_cursor) FROM subscription")
        );
        await accounts.GrantAsync("partner", Role.Find("system")!, Inside, null, AuditEntry.OfConsole("grant", "partner"), default);
        await directory.ReloadAsync(default);
        await ReportAsync(client, [own[3]]);
        await WaitForAsync(3, "delivered");
        receiver.Taken.Select(one => one.Json.GetProperty("household").GetString()).ShouldNotContain(own[2]);

        async Task RevokeAsync(string grid)
        {
            await database.ExecuteAsync("DELETE FROM access_grant WHERE account = 'partner' AND grid = $1", grid);
            await directory.ReloadAsync(default);
        }

        async Task WaitForAsync(int count, string state) =>
            await DemoServer.WaitAsync(async () =>
                await database.ReadAsync<long>("SELECT count(DISTINCT lane) FROM delivery WHERE state = $1", state) >= count
            );
    }

    [Fact]
    public async Task A_subscription_reaches_as_far_as_the_key_it_was_made_with_and_ends_with_it()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var server = await TestServer.StartAsync(
            database,
            ("SituationMap:LocalMode", "false"),
            ("SituationMap:Webhooks:AllowedHosts:0", "127.0.0.1")
        );
        await using var receiver = new Receiver(ServerProcess.FreePort());
        await receiver.StartAsync();
        var accounts = server.Services.GetRequiredService<AccountStore>();
        var directory = server.Services.GetRequiredService<AccessDirectory>();
        await accounts.AddAsync("partner", null, AuditEntry.OfConsole("add account", "partner"), default);
        await accounts.GrantAsync("partner", Role.Find("system")!, null, null, AuditEntry.OfConsole("grant", "partner"), default);
        var ids = new List<Guid>();
        foreach (var grid in (string?[])[Inside, null])
        {
            var key = await accounts.AddKeyAsync(
                "partner",
                "a test",
                null,
                grid,
                DateTimeOffset.UtcNow.AddDays(1),
                AuditEntry.OfConsole("add key", "partner"),
                default
            );
            await directory.ReloadAsync(default);
            using var client = new HttpClient
            {
                BaseAddress = server.Address,
                DefaultRequestHeaders = { Authorization = new("Bearer", key) },
            };
            using var made = await client.PostAsJsonAsync(
                "api/subscriptions",
                new { url = $"{receiver.Url}?{grid}", kinds = (string[])["status"] }
            );
            made.StatusCode.ShouldBe(HttpStatusCode.Created);
            ids.Add((await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid());
        }
        var (own, other) = ((await HouseholdsAsync(database, Inside))[0], (await HouseholdsAsync(database, Outside))[0]);

        await ReportAsync(server.Services, database, other);
        await ReportAsync(server.Services, database, own);
        // the key of one grid: its own; the other key: both
        await DemoServer.WaitAsync(async () =>
            await database.ReadAsync<long>("SELECT count(DISTINCT (subscription, lane)) FROM delivery WHERE state = 'delivered'") == 3
        );
        (
            await database.ReadRowsAsync("SELECT DISTINCT lane FROM delivery WHERE subscription = $1", row => row.GetString(0), ids[0])
        ).ShouldBe([own]);

        // one is revoked, the other runs out
        await accounts.RevokeKeyAsync(
            await database.ReadAsync<Guid>("SELECT key FROM subscription WHERE id = $1", ids[0]),
            AuditEntry.OfConsole("revoke key", "partner"),
            default
        );
        (await database.ReadAsync<long>("SELECT count(*) FROM subscription WHERE id = $1", ids[0])).ShouldBe(0);
        await database.ExecuteAsync("UPDATE credential SET expires_at = now() WHERE id = (SELECT key FROM subscription)");
        await directory.ReloadAsync(default);
        var before = await database.ReadAsync<long>("SELECT count(*) FROM delivery");
        await ReportAsync(server.Services, database, (await HouseholdsAsync(database, Inside))[1]);
        await DemoServer.WaitAsync(async () =>
            await database.ReadAsync<bool>("SELECT (SELECT last FROM feed_counter) <= min(feed_cursor) FROM subscription")
        );
        (await database.ReadAsync<long>("SELECT count(*) FROM delivery")).ShouldBe(before, "nothing is made for a key that has run out");
    }

    [Fact]
    public async Task A_redirect_is_not_followed_inside()
    {
        await using var inside = new Receiver(ServerProcess.FreePort());
        await inside.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        var port = ServerProcess.FreePort();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.ClearProviders();
        await using var redirecting = builder.Build();
        redirecting.MapPost("/hook", () => Microsoft.AspNetCore.Http.Results.Redirect(inside.Url, permanent: true, preserveMethod: true));
        await redirecting.StartAsync();
        using var client = WebhookClient.Create(new WebhookOptions { AllowedHosts = ["127.0.0.1"] });

        using var answer = await client.PostAsync(new Uri($"http://127.0.0.1:{port}/hook"), new StringContent("{}"));

        answer.StatusCode.ShouldBe(HttpStatusCode.PermanentRedirect);
        inside.Taken.ShouldBeEmpty();
    }

    [Fast]
    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("172.31.255.255", true)]
    [InlineData("192.168.0.10", true)]
    [InlineData("127.9.9.9", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("224.0.0.251", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("::1", true)]
    [InlineData("::", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("::ffff:10.0.0.1", true)]
    [InlineData("64:ff9b::a00:1", true)]
    [InlineData("2002:a00:1::", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("8.8.8.8", false)]
    [InlineData("2606:4700::1111", false)]
    public void Addresses_are_inside_or_public(string address, bool isInside) =>
        WebhookClient.IsInside(IPAddress.Parse(address)).ShouldBe(isInside);

    private static async Task<string[]> HouseholdsAsync(TestDatabase database, string grid) =>
        [
            .. await database.ReadRowsAsync(
                "SELECT code FROM household WHERE replace(ltree2text(grid), '.', '-') = $1 ORDER BY id LIMIT 4",
                row => row.GetString(0),
                grid
            ),
        ];

    /// <summary>As somebody who may report everywhere, past the client whose grant is gone.</summary>
    private static async Task ReportAsync(IServiceProvider services, TestDatabase database, string household)
    {
        var fact = JsonSerializer.Deserialize<JsonElement>(Ordered(household));
        var (report, _, fault) = FactReader.Read(fact, 0, DateTimeOffset.UtcNow);
        fault.ShouldBeNull();
        (
            await services
                .GetRequiredService<FactWriter>()
                .AppendAsync(new([report!], new("test", "key"), Scope.WholeCity, Scope.WholeCity, null, _ => false), default)
        )!
            [0]
            .Outcome.ShouldBe(FactOutcome.Accepted);
        await DemoServer.WaitAsync(async () => await database.ReadAsync<long>("SELECT count(*) FROM dirty_household") == 0);
    }

    private static async Task ReportAsync(HttpClient client, string[] households)
    {
        using var answer = await client.PostAsync(
            "api/facts",
            new StringContent($"[{string.Join(",", households.Select(Ordered))}]", Encoding.UTF8, "application/json")
        );
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("rejected").GetInt32().ShouldBe(0);
    }

    private static async Task PassAsync(HttpClient client, string checkpoint, string household)
    {
        var passage = DemoServer.Returned(household);
        (passage["kind"], passage["data"]) = ("passage", new JsonObject { ["checkpoint"] = checkpoint, ["direction"] = "out" });
        using var answer = await client.PostAsync(
            "api/facts",
            new StringContent($"[{passage.ToJsonString()}]", Encoding.UTF8, "application/json")
        );
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accepted").GetInt32().ShouldBe(1);
    }

    private static string Ordered(string household)
    {
        var fact = DemoServer.Returned(household);
        (fact["kind"], fact["data"]) = ("order", new JsonObject { ["measure"] = "quarantine", ["days"] = 40 });
        return fact.ToJsonString();
    }
}
