using System.Net;
using Npgsql;
using Shouldly;

namespace SituationMap.Server.Tests.Http;

public sealed class ReadinessTests(PostgisCluster cluster)
{
    [Fact]
    public async Task A_server_whose_database_became_read_only_is_not_ready_to_store_but_to_be_read_until_it_may_write_again()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        (await AskAsync(demo, "healthz/ready")).ShouldBe((HttpStatusCode.OK, "ready"));
        var name = new NpgsqlConnectionStringBuilder(demo.Database.ConnectionString).Database;

        await demo.Database.ExecuteAsync($"ALTER DATABASE {name} SET default_transaction_read_only = on");
        // as after a failover: those connected are cut off, and come back to a store that takes nothing
        await demo.Database.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        );
        (await UntilAsync(demo, "healthz/ready", HttpStatusCode.ServiceUnavailable)).ShouldContain("read-only");
        (await AskAsync(demo, "healthz/ready?for=read")).Status.ShouldBe(HttpStatusCode.OK);
        using (var refused = await demo.PostFactsAsync(DemoServer.Returned("H-01-0001").ToJsonString()))
            await RefusalTests.ShouldBePassingAsync(refused, "read-only");

        await using (
            var writing = new NpgsqlConnection(
                $"{demo.Database.ConnectionString};Options=-c default_transaction_read_only=off;Pooling=false"
            )
        )
        {
            await writing.OpenAsync();
            await using var end = new NpgsqlCommand($"ALTER DATABASE {name} RESET default_transaction_read_only", writing);
            await end.ExecuteNonQueryAsync();
        }
        await UntilAsync(demo, "healthz/ready", HttpStatusCode.OK);
        (await demo.PostFactsAsync(DemoServer.Returned("H-01-0001").ToJsonString())).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_server_whose_database_is_away_is_not_ready_to_store_but_to_be_read_until_it_is_back()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await using (await demo.Database.ShutAsync())
        {
            (await UntilAsync(demo, "healthz/ready", HttpStatusCode.ServiceUnavailable)).ShouldContain("the database takes no connections");
            await DemoServer.WaitAsync(async () =>
                (await AskAsync(demo, "healthz/ready?for=read")).Body.Contains("old", StringComparison.Ordinal)
            );
            (await AskAsync(demo, "healthz/ready?for=read")).Status.ShouldBe(HttpStatusCode.OK);
        }
        await UntilAsync(demo, "healthz/ready", HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_it_is_to_be_ready_for_is_one_of_what_is_known()
    {
        await using var server = await TestServer.StartAsync(cluster);
        using var answer = await server.Client.GetAsync(new Uri("healthz/ready?for=lunch", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("\"field\":\"for\"");
    }

    private static async Task<string> UntilAsync(DemoServer demo, string path, HttpStatusCode status)
    {
        var body = "";
        await DemoServer.WaitAsync(
            async () =>
            {
                (var found, body) = await AskAsync(demo, path);
                return found == status;
            },
            seconds: 20
        );
        return body;
    }

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(DemoServer demo, string path)
    {
        using var answer = await demo.Client.GetAsync(new Uri(path, UriKind.Relative));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
