using Shouldly;

namespace SituationMap.Server.Tests.Statuses;

public sealed class NewRulesTests(PostgisCluster cluster)
{
    [Fact]
    public async Task A_server_that_starts_with_another_plan_works_out_every_status_by_it()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using (await TestServer.StartAsync(database))
            await DemoServer.WaitAsync(async () => await FinishedAsync(database) == 1);
        (await database.ReadAsync<string>("SELECT DISTINCT edition FROM household_status")).ShouldBe("2020-02");
        (await database.ReadAsync<long>("SELECT count(*) FROM household_status WHERE status = 'observed'")).ShouldBeGreaterThan(50);

        await using (await TestServer.StartAsync(database, ("SituationMap:Plan", "china")))
            await DemoServer.WaitAsync(async () => await FinishedAsync(database) == 2);

        (await database.ReadAsync<string>("SELECT string_agg(DISTINCT edition, ' ') FROM household_status")).ShouldBe("class-b");
        (await database.ReadAsync<long>("SELECT count(*) FROM household_status WHERE status = 'out'")).ShouldBeGreaterThan(50);

        await using (var again = await TestServer.StartAsync(database, ("SituationMap:Plan", "china")))
            (await again.Client.GetAsync(new Uri("healthz/ready", UriKind.Relative))).IsSuccessStatusCode.ShouldBeTrue();
        (await FinishedAsync(database)).ShouldBe(2, "the same rules need no other run");
    }

    private static Task<long> FinishedAsync(TestDatabase database) =>
        database.ReadAsync<long>("SELECT count(*) FROM recompute_run WHERE finished_at IS NOT NULL");
}
