using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using SituationMap.Server.Tests.Recovery;

namespace SituationMap.Server.Tests.Subscriptions;

public sealed class PoisonedDeliveryTests(PostgisCluster cluster)
{
    [Fact]
    public async Task One_that_cannot_even_be_sent_is_tried_again_with_pauses_and_holds_up_no_other()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var server = await TestServer.StartAsync(database, ("SituationMap:Webhooks:AllowedHosts:0", "127.0.0.1"));
        await using var receiver = new Receiver(ServerProcess.FreePort());
        await receiver.StartAsync();
        await AddAsync(server.Client, receiver.Url);
        var poisoned = await AddAsync(server.Client, receiver.Url);
        await database.ExecuteAsync("UPDATE subscription SET url = 'http://[' WHERE id = $1", poisoned);
        using var body = new StringContent(DemoServer.Returned("H-01-0001").ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        (await server.Client.PostAsync(new Uri("api/facts", UriKind.Relative), body)).IsSuccessStatusCode.ShouldBeTrue();

        await DemoServer.WaitAsync(async () =>
            await database.ReadAsync<bool>("SELECT EXISTS (SELECT FROM delivery WHERE subscription = $1 AND attempts >= 2)", poisoned)
        );
        receiver.Taken.ShouldNotBeEmpty();
        (await database.ReadAsync<string>("SELECT fault FROM delivery WHERE subscription = $1 ORDER BY attempts DESC", poisoned)).ShouldBe(
            "failed"
        );
    }

    private static async Task<Guid> AddAsync(HttpClient client, string url)
    {
        using var answer = await client.PostAsJsonAsync(
            new Uri("api/subscriptions", UriKind.Relative),
            new { url, kinds = (string[])["status"] }
        );
        answer.IsSuccessStatusCode.ShouldBeTrue();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
    }
}
