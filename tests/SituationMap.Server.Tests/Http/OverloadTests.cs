using System.Net;
using System.Text.Json;
using Npgsql;
using Shouldly;
using SituationMap.Store.Database;

namespace SituationMap.Server.Tests.Http;

public sealed class OverloadTests(PostgisCluster cluster)
{
    private const int Pool = ConnectionShares.Fewest;
    private const string FromStore = "api/households/H-01-0001/history";
    private const string Zone = "ogc/collections/zones/items/Z-1";
    private static readonly string[] FromSnapshot = ["api/grids", "ogc/collections/buildings/items/B-0001"];

    /// <summary>What is neither facts, the past, exports nor signing in has so many connections, and four in line for each.</summary>
    private static readonly int Served = ConnectionShares.Of(Pool).Rest * 5;

    [Fact]
    public async Task Beyond_what_the_store_can_take_requests_are_told_to_come_back()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var server = await TestServer.StartAsync(
            database,
            ("ConnectionStrings:SituationMap", $"{database.ConnectionString};Maximum Pool Size={Pool}")
        );
        using var many = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Pool * 100 })
        {
            BaseAddress = server.Address,
            DefaultRequestHeaders = { Authorization = server.Client.DefaultRequestHeaders.Authorization },
        };

        List<Task<HttpResponseMessage>> asked;
        await using (await HoldAsync(database))
        {
            asked = [.. Enumerable.Range(0, Pool * 100).Select(_ => many.GetAsync(new Uri(FromStore, UriKind.Relative)))];
            await DemoServer.WaitAsync(() => Task.FromResult(asked.Count(answer => answer.IsCompleted) == asked.Count - Served));

            foreach (var answer in asked.Where(answer => answer.IsCompleted))
                await ShouldBeSentAwayAsync(await answer);
            // one zone is read with what is planned of it
            using var zone = await many.GetAsync(new Uri(Zone, UriKind.Relative));
            await ShouldBeSentAwayAsync(zone);
            foreach (var path in FromSnapshot)
            {
                using var other = await many.GetAsync(new Uri(path, UriKind.Relative));
                other.StatusCode.ShouldBe(HttpStatusCode.OK);
            }
        }

        var answers = await Task.WhenAll(asked);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(Served);
        using var later = await many.GetAsync(new Uri(FromStore, UriKind.Relative));
        later.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Small_reports_share_a_line_and_many_at_once_are_all_taken()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var server = await TestServer.StartAsync(
            database,
            ("ConnectionStrings:SituationMap", $"{database.ConnectionString};Maximum Pool Size={Pool}")
        );

        Task<HttpResponseMessage>[] posted;
        await using (await HoldAsync(database))
            posted =
            [
                .. Enumerable.Range(0, 200).Select(i => ReportAsync(server, DemoServer.Returned($"H-01-{1 + i:0000}").ToJsonString())),
            ];

        foreach (var answer in await Task.WhenAll(posted))
            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_report_that_a_hanging_store_does_not_take_in_time_is_told_to_come_again()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var report = DemoServer.Returned("H-01-0001").ToJsonString();

        await using (await HoldAsync(demo.Database))
        {
            using var answer = await demo.PostFactsAsync(report);
            await ShouldBeSentAwayAsync(answer);
        }

        using var again = await demo.PostFactsAsync(report);
        again.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task While_the_store_is_away_who_needs_it_is_told_to_come_back()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await using (await demo.Database.ShutAsync())
        {
            using var answer = await demo.Client.GetAsync(new Uri(FromStore, UriKind.Relative));
            await ShouldBeSentAwayAsync(answer);
            using var posted = await demo.PostFactsAsync(DemoServer.Returned("H-01-0001").ToJsonString());
            await ShouldBeSentAwayAsync(posted);
        }
        await DemoServer.WaitAsync(
            async () =>
            {
                using var answer = await demo.Client.GetAsync(new Uri(FromStore, UriKind.Relative));
                return answer.StatusCode == HttpStatusCode.OK;
            },
            seconds: 5
        );
    }

    /// <summary>Until it is disposed of, nothing that looks for a household comes to an end.</summary>
    private static async Task<NpgsqlConnection> HoldAsync(TestDatabase database)
    {
        var connection = await database.DataSource.OpenConnectionAsync();
        await using var hold = new NpgsqlCommand("BEGIN; LOCK TABLE household IN ACCESS EXCLUSIVE MODE", connection);
        await hold.ExecuteNonQueryAsync();
        return connection;
    }

    private static Task<HttpResponseMessage> ReportAsync(TestServer server, string body) =>
        server.Client.PostAsync(
            new Uri("api/facts", UriKind.Relative),
            new StringContent(body, System.Text.Encoding.UTF8, "application/json")
        );

    private static async Task ShouldBeSentAwayAsync(HttpResponseMessage answer)
    {
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        var problem = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        problem.GetProperty("code").GetString().ShouldBe("unavailable");
    }
}
