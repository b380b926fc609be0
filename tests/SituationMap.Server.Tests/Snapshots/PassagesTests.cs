using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Store.Replay;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Tests.Snapshots;

public sealed class PassagesTests(PostgisCluster cluster)
{
    [Fact]
    public async Task A_checkpoint_shows_the_direction_of_the_last_passage_and_the_feed_tells_only_when_it_turns()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var checkpoint = demo.Snapshot.City.Checkpoints.First(checkpoint => !checkpoint.Manned); // nobody has passed it
        var past = demo.Server.Services.GetRequiredService<PastSnapshots>();
        var before = DateTimeOffset.UtcNow;
        Direction(demo.Snapshot).ShouldBeNull();

        await PassAsync("out", minutesAgo: 30);
        Direction(demo.Snapshot).ShouldBe("out");
        var whenOut = DateTimeOffset.UtcNow;
        var announced = await AnnouncedAsync();
        await PassAsync("out", minutesAgo: 20);
        await PassAsync("in", minutesAgo: 25); // a report that comes late tells of an earlier passage
        (await AnnouncedAsync()).ShouldBe(announced);

        var inward = await PassAsync("in", minutesAgo: 10);
        Direction(demo.Snapshot).ShouldBe("in");
        (await AnnouncedAsync()).ShouldBe(announced + 1);
        await ReportAsync("retraction", new JsonObject { ["fact"] = inward, ["reason"] = "another checkpoint" }, 1);
        Direction(demo.Snapshot).ShouldBe("out");

        Direction(await past.AtAsync(before, CancellationToken.None)).ShouldBeNull();
        Direction(await past.AtAsync(whenOut, CancellationToken.None)).ShouldBe("out");
        FollowingTests.ShouldBeEqual(
            demo.Snapshot,
            await demo.Server.Services.GetRequiredService<SnapshotLoader>().LoadAsync(CancellationToken.None)
        );

        string? Direction(Snapshot snapshot) => snapshot.LastPassages.GetValueOrDefault(checkpoint.Id);

        Task<Guid> PassAsync(string direction, int minutesAgo) =>
            ReportAsync("passage", new JsonObject { ["checkpoint"] = checkpoint.Code, ["direction"] = direction }, minutesAgo);

        async Task<Guid> ReportAsync(string kind, JsonObject data, int minutesAgo)
        {
            var fact = DemoServer.Returned("H-02-0001");
            (fact["kind"], fact["data"], fact["at"]) = (kind, data, DateTimeOffset.UtcNow.AddMinutes(-minutesAgo));
            (await demo.PostFactsAsync(fact.ToJsonString())).IsSuccessStatusCode.ShouldBeTrue();
            await demo.WaitUntilSettledAsync();
            return (Guid)fact["id"]!;
        }

        Task<long> AnnouncedAsync() =>
            demo.Database.ReadAsync<long>("SELECT count(*) FROM feed WHERE kind = 'passage' AND subject = $1", checkpoint.Id);
    }

    [Fact]
    public async Task The_demo_tells_how_its_checkpoints_were_passed_in_thirty_days()
    {
        await using var demo = await DemoServer.StartAsync(cluster);

        demo.Snapshot.LastPassages.Count.ShouldBe(3); // the manned ones
        (await demo.Database.ReadAsync<long>("SELECT count(*) FROM feed WHERE kind = 'passage'")).ShouldBeGreaterThan(100);
        // what the load works out in memory is what PostgreSQL works out from the facts
        await demo.Database.ExecuteAsync("SELECT settle_passages(ARRAY(SELECT id FROM checkpoint), 'infinity')");
        (await demo.Database.ReadAsync<bool>("SELECT EXISTS (SELECT FROM feed WHERE recorded_at = 'infinity')")).ShouldBeFalse();
    }
}
