using Shouldly;

namespace SituationMap.Server.Tests.Grids;

/// <summary>The figures that everybody may see.</summary>
public sealed class FiguresTests(PostgisCluster cluster)
{
    [Fact]
    public async Task Those_of_a_day_are_the_same_from_every_server_and_after_a_restart()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        string first;
        await using (var server = await TestServer.StartAsync(database))
            first = await FiguresAsync(server);
        // one household more or less, and the difference would tell which
        await database.ExecuteAsync("UPDATE household_status SET status = 'quarantined' WHERE status = 'healthy'");

        await using var restarted = await TestServer.StartAsync(database);
        await using var other = await TestServer.StartAsync(database);

        (await FiguresAsync(restarted)).ShouldBe(first);
        (await FiguresAsync(other)).ShouldBe(first);
    }

    private static Task<string> FiguresAsync(TestServer server) => server.Client.GetStringAsync(new Uri("api/figures", UriKind.Relative));
}
