using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Tests.Snapshots;

public sealed class PoisonedFeedTests(PostgisCluster cluster)
{
    [Fact]
    public async Task A_row_of_the_feed_that_cannot_be_read_has_the_picture_loaded_anew_and_followed_on()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await demo.WaitUntilSettledAsync();
        using var live = await demo.Client.GetStreamAsync(new Uri($"api/live?since={demo.Snapshot.Sequence}", UriKind.Relative))
            is var stream
            ? new StreamReader(stream)
            : null!;

        await demo.Database.ExecuteAsync(
            """
            WITH poison AS (
              INSERT INTO feed (sequence, recorded_at, kind, grid, subject, was, status, surveyed, edition)
              SELECT (draw_sequences(1, now())).first, '0044-03-15 12:00 BC', 'status', grid, id, 'healthy', 'healthy', true, 'x'
                FROM household
                WHERE code = 'H-01-0001'
              RETURNING sequence)
            SELECT pg_notify('situation_feed', sequence::text) FROM poison
            """
        );
        await demo.WaitUntilSettledAsync();
        (await demo.PostFactsAsync(DemoServer.Returned("H-01-0003").ToJsonString())).IsSuccessStatusCode.ShouldBeTrue();
        await demo.WaitUntilSettledAsync();

        FollowingTests.ShouldBeEqual(
            demo.Snapshot,
            await demo.Server.Services.GetRequiredService<SnapshotLoader>().LoadAsync(CancellationToken.None)
        );
        // whoever listened is let go; coming back from before, it is told to start over
        while (await live.ReadLineAsync() is not null)
        {
            // until the end
        }
        using var again = new StreamReader(await demo.Client.GetStreamAsync(new Uri("api/live?since=1", UriKind.Relative)));
        await DemoServer.WaitAsync(async () => await again.ReadLineAsync() == "event: reload");
    }
}
