using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using NetTopologySuite.Geometries;
using Shouldly;
using SituationMap.Server.Subscriptions;
using SituationMap.Server.Tests.Recovery;
using SituationMap.Store.Settings;
using SituationMap.Store.Zones;

namespace SituationMap.Server.Tests.Subscriptions;

public sealed class SubscriptionTests(PostgisCluster cluster)
{
    private static readonly string[] Allowed = ["127.0.0.1"];

    [Fact]
    public async Task What_changes_is_sent_signed_and_only_where_it_was_asked_for()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var server = await TestServer.StartAsync(database, ("SituationMap:Webhooks:AllowedHosts:0", Allowed[0]));
        await using var receiver = new Receiver(ServerProcess.FreePort());
        await receiver.StartAsync();
        var (household, grid) = await database.ReadRowAsync(
            "SELECT code, replace(ltree2text(grid), '.', '-') FROM household ORDER BY id LIMIT 1",
            row => (row.GetString(0), row.GetString(1))
        );
        var elsewhere = await database.ReadAsync<string>(
            "SELECT code FROM household WHERE replace(ltree2text(grid), '.', '-') <> $1 ORDER BY id LIMIT 1",
            grid
        );
        var made = await AddAsync(
            server.Client,
            new
            {
                url = receiver.Url,
                kinds = (string[])["status", "passage"],
                grid,
            }
        );
        var checkpoint = await database.ReadAsync<string>("SELECT code FROM checkpoint ORDER BY id LIMIT 1");

        foreach (var code in (string[])[elsewhere, household])
        {
            var passage = DemoServer.Returned(code);
            (passage["kind"], passage["data"]) = ("passage", new JsonObject { ["checkpoint"] = checkpoint, ["direction"] = "in" });
            await PostAsync(server.Client, $"[{Ordered(code, 40)}, {passage.ToJsonString()}]");
        }

        await DemoServer.WaitAsync(() =>
            Task.FromResult(receiver.Taken.Select(one => one.Json.GetProperty("kind").GetString()).Distinct().Count() == 2)
        );
        receiver.Taken.ShouldAllBe(one => one.Json.GetProperty("household").GetString() == household);
        var first = receiver.Taken.First();
        var secret = Convert.FromBase64String(made.GetProperty("secret").GetString()!["whsec_".Length..]);
        first.Signature.ShouldBe(
            "v1,"
                + Convert.ToBase64String(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{first.Id}.{first.Timestamp}.{first.Body}")))
        );
        receiver.Taken.First(one => one.Json.GetProperty("kind").GetString() == "passage").Body.ShouldNotContain("celsius");

        var listed = await server.Client.GetFromJsonAsync<JsonElement>(new Uri("api/subscriptions", UriKind.Relative));
        listed[0].GetProperty("secret").ValueKind.ShouldBe(JsonValueKind.Null, "it is told once");
        var path = $"api/subscriptions/{made.GetProperty("id").GetString()}";
        using (await server.Client.DeleteAsync(new Uri(path, UriKind.Relative)))
        {
            using var gone = await server.Client.GetAsync(new Uri($"{path}/deliveries", UriKind.Relative));
            gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task Zones_and_overdue_readings_are_sent_and_what_is_refused_for_good_can_be_replayed()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var server = await TestServer.StartAsync(database, ("SituationMap:Webhooks:AllowedHosts:0", Allowed[0]));
        await using var receiver = new Receiver(ServerProcess.FreePort())
        {
            Answer = id => id.StartsWith("zone", StringComparison.Ordinal) ? 410 : 204,
        };
        await receiver.StartAsync();
        var made = await AddAsync(server.Client, new { url = receiver.Url, kinds = (string[])["zone", "overdue"] });
        var path = $"api/subscriptions/{made.GetProperty("id").GetString()}";
        var outline = await database.ReadAsync<MultiPolygon>("SELECT outline FROM grid ORDER BY path LIMIT 1");
        var zones = server.Services.GetRequiredService<ZoneStore>();
        await zones.PublishAsync(
            new ZoneVersionDraft("Z-9", "北区", "medium", outline, DateTimeOffset.UtcNow, null, "a test", "a test"),
            CancellationToken.None
        );

        JsonElement dead = default;
        await DemoServer.WaitAsync(async () =>
            (dead = await server.Client.GetFromJsonAsync<JsonElement>(new Uri($"{path}/deliveries?state=dead", UriKind.Relative)))
                .GetProperty("deliveries")
                .GetArrayLength() == 1
        );
        dead.GetProperty("deliveries")[0].GetProperty("answer").GetInt32().ShouldBe(410);
        receiver.Answer = _ => 204;
        using var replayed = await server.Client.PostAsJsonAsync(new Uri($"{path}/replay", UriKind.Relative), new { });
        (await replayed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("replayed").GetInt32().ShouldBe(1);

        await DemoServer.WaitAsync(() =>
            Task.FromResult(receiver.Taken.Select(one => one.Json.GetProperty("kind").GetString()).Distinct().Count() == 2)
        );
        receiver
            .Taken.First(one => one.Json.GetProperty("kind").GetString() == "zone")
            .Json.GetProperty("zone")
            .GetString()
            .ShouldBe("Z-9");
    }

    [Fact]
    public async Task Nothing_is_lost_or_out_of_order_though_the_receiver_is_down_and_the_server_killed_twice()
    {
        await using var server = new ServerProcess();
        await using var receiver = new Receiver(ServerProcess.FreePort());
        string[] settings = [$"--SituationMap:Webhooks:AllowedHosts:0={Allowed[0]}"];
        await server.StartAsync(settings);
        var made = await AddAsync(server.Client, new { url = receiver.Url, kinds = (string[])["status"] }, server.Address);
        var after = made.GetProperty("cursor").GetInt64();

        for (var round = 0; round < 3; round++)
        {
            // what each of ten households becomes changes in every round, the receiver being down
            var facts = Enumerable.Range(1, 10).Select(i => Ordered($"H-01-{i:0000}", 40 + (5 * round)));
            await PostAsync(server.Client, $"[{string.Join(",", facts)}]", server.Address);
            if (round == 2)
                break;
            await server.KillAsync();
            await server.StartAsync(settings);
        }
        await using var store = await server.OpenStoreAsync();
        async Task<T> AskAsync<T>(string sql)
        {
            await using var command = store.CreateCommand(sql);
            return (T)(await command.ExecuteScalarAsync())!;
        }
        await DemoServer.WaitAsync(async () => await AskAsync<long>("SELECT count(*) FROM dirty_household") == 0);
        await receiver.StartAsync();

        var due = await AskAsync<long>($"SELECT count(*) FROM feed WHERE kind = 'status' AND sequence > {after}");
        due.ShouldBeGreaterThanOrEqualTo(20);
        await DemoServer.WaitAsync(
            async () => await AskAsync<long>("SELECT count(*) FROM delivery WHERE state = 'delivered'") >= due,
            seconds: 120
        );

        var sequences = receiver
            .Taken.Select(one =>
                (Household: one.Json.GetProperty("household").GetString(), Sequence: one.Json.GetProperty("sequence").GetInt64())
            )
            .ToList();
        sequences.Select(one => one.Sequence).Distinct().Count().ShouldBeGreaterThanOrEqualTo((int)due);
        foreach (var household in sequences.GroupBy(one => one.Household))
            household.Select(one => one.Sequence).ShouldBe(household.Select(one => one.Sequence).Order(), household.Key);
    }

    [Fast]
    [Theory]
    [InlineData("http://example.org/hook")]
    [InlineData("https://127.0.0.1/hook")]
    [InlineData("https://[::1]/hook")]
    [InlineData("https://10.1.2.3/hook")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://[::ffff:192.168.1.1]/hook")]
    [InlineData("https://name:word@example.org/hook")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/hook")]
    public void Addresses_inside_are_refused(string url) => WebhookClient.Fault(new WebhookOptions(), url).ShouldNotBeNull();

    [Fact]
    public async Task A_name_that_leads_inside_gets_no_connection()
    {
        using var client = WebhookClient.Create(new WebhookOptions());

        var failure = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri("https://localhost:1/hook")));

        failure.InnerException.ShouldBeOfType<ForbiddenAddressException>();
        WebhookClient.Fault(new WebhookOptions(), "https://example.org/hook").ShouldBeNull();
    }

    private static string Ordered(string household, int days)
    {
        var fact = DemoServer.Returned(household);
        (fact["kind"], fact["data"]) = ("order", new JsonObject { ["measure"] = "quarantine", ["days"] = days });
        return fact.ToJsonString();
    }

    private static async Task<JsonElement> AddAsync(HttpClient client, object subscription, Uri? server = null)
    {
        using var answer = await client.PostAsJsonAsync(At(server, "api/subscriptions"), subscription);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task PostAsync(HttpClient client, string facts, Uri? server = null)
    {
        using var answer = await client.PostAsync(At(server, "api/facts"), new StringContent(facts, Encoding.UTF8, "application/json"));
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        (await answer.Content.ReadFromJsonAsync<JsonElement>())
            .GetProperty("rejected")
            .GetInt32()
            .ShouldBe(0, await answer.Content.ReadAsStringAsync());
    }

    private static Uri At(Uri? server, string path) => server is null ? new Uri(path, UriKind.Relative) : new Uri(server, path);
}
