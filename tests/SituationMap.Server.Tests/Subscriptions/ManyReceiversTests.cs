using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Subscriptions;

public sealed class ManyReceiversTests(PostgisCluster cluster)
{
    private const int Pool = 16;
    private const int MaxOfOneAccount = 20;

    private const string Add = """
        INSERT INTO subscription (url, kinds, author, created_at, feed_cursor, fact_cursor)
        SELECT $1, '{status}', 'local', now(), last, now() FROM feed_counter, generate_series(1, $2)
        """;

    [Fact]
    public async Task Receivers_that_never_answer_hold_no_connection_to_the_store()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        using var receiver = new SilentReceiver();
        await database.ExecuteAsync(Add, receiver.Url, 150);
        await using var server = await TestServer.StartAsync(
            database,
            ("ConnectionStrings:SituationMap", $"{database.ConnectionString};Maximum Pool Size={Pool}"),
            ("SituationMap:Webhooks:AllowedHosts:0", "127.0.0.1")
        );
        await ShouldTakeAFactAsync(server, "H-01-0001");

        await DemoServer.WaitAsync(() => Task.FromResult(receiver.Waiting > 4 * Pool));

        await ShouldTakeAFactAsync(server, "H-01-0002");
        using var history = await server.Client.GetAsync(new Uri("api/households/H-01-0001/history", UriKind.Relative));
        history.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task One_account_has_so_many_subscriptions_and_no_more_though_it_asks_for_them_at_once()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var server = await TestServer.StartAsync(database, ("SituationMap:Webhooks:AllowedHosts:0", "127.0.0.1"));
        await database.ExecuteAsync(Add, "http://127.0.0.1:9/hook", MaxOfOneAccount - 2);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(_ =>
                    server.Client.PostAsJsonAsync(
                        new Uri("api/subscriptions", UriKind.Relative),
                        new { url = "http://127.0.0.1:9/hook", kinds = (string[])["status"] }
                    )
                )
        );

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(2);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
            problem.GetProperty("code").GetString().ShouldBe("too-many-subscriptions");
            problem.GetProperty("expected").GetString()!.ShouldContain($"at most {MaxOfOneAccount}");
        }
    }

    [Fact]
    public async Task Another_process_sends_once_the_lease_of_one_that_died_is_over()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var receiver = new Receiver(Recovery.ServerProcess.FreePort());
        await receiver.StartAsync();
        await database.ExecuteAsync(Add, receiver.Url, 1);
        await database.ExecuteAsync("UPDATE subscription SET leased_until = now() + interval '1 hour'");
        await using var server = await TestServer.StartAsync(database, ("SituationMap:Webhooks:AllowedHosts:0", "127.0.0.1"));
        await ShouldTakeAFactAsync(server, "H-01-0001");
        await DemoServer.WaitAsync(async () =>
            await database.ReadAsync<bool>("SELECT EXISTS (SELECT FROM feed f JOIN subscription s ON f.sequence > s.feed_cursor)")
        );
        receiver.Taken.ShouldBeEmpty("another one has it");

        await database.ExecuteAsync("UPDATE subscription SET leased_until = now() - interval '1 second'");

        await DemoServer.WaitAsync(() => Task.FromResult(!receiver.Taken.IsEmpty));
    }

    private static async Task ShouldTakeAFactAsync(TestServer server, string household)
    {
        using var body = new StringContent(DemoServer.Returned(household).ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await server.Client.PostAsync(new Uri("api/facts", UriKind.Relative), body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
    }
}
