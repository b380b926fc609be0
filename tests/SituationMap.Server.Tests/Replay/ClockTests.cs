using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Server.Tests.Statuses;
using SituationMap.Store.Replay;

namespace SituationMap.Server.Tests.Replay;

/// <summary>A clock that jumps.</summary>
public sealed class ClockTests(PostgisCluster cluster)
{
    private const string Disorder =
        "SELECT count(*) FROM (SELECT recorded_at < lag(recorded_at) OVER (ORDER BY sequence) AS back FROM feed) f WHERE back";

    [Fact]
    public async Task What_is_recorded_never_goes_back_when_the_clock_does()
    {
        await using var ahead = await StatusStore.WithCityAsync(cluster, households: 500);
        await ahead.RunIncrementallyAsync();
        var last = await ahead.Database.ReadAsync<DateTime>("SELECT max(recorded_at) FROM feed");
        var back = new StatusStore(ahead.Database, StatusStore.CityNow.AddHours(-1));
        await ahead.Database.ExecuteAsync(
            """
            INSERT INTO fact (id, grid, household, kind, at, received_at, source, data)
            SELECT gen_random_uuid(), grid, id, 'order', $1, $1, 'system:test', '{"measure":"quarantine","days":14}'
            FROM household WHERE id <= 40
            """,
            StatusStore.CityNow.AddHours(-1).UtcDateTime
        );
        var before = await ahead.FeedEndAsync();

        await back.RunIncrementallyAsync();

        (await ahead.FeedEndAsync()).ShouldBeGreaterThan(before);
        (await ahead.Database.ReadAsync<long>(Disorder)).ShouldBe(0);
        (await ahead.Database.ReadAsync<DateTime>("SELECT min(recorded_at) FROM feed WHERE sequence > $1", before)).ShouldBe(last);
    }

    [Fact]
    public async Task While_the_clock_is_behind_reports_are_taken_a_minute_shows_what_it_showed_and_the_future_is_refused()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await demo.WaitUntilSettledAsync();
        var past = demo.Server.Services.GetRequiredService<PastSnapshots>();
        var minute = DateTimeOffset.UtcNow;
        var (shown, _) = await past.SequenceAsync(minute, CancellationToken.None);
        // the clock was an hour ahead when something was recorded
        await demo.Database.ExecuteAsync("SELECT draw_sequences(0, now() + interval '1 hour')");

        (await demo.PostFactsAsync(DemoServer.Returned("H-01-0001").ToJsonString())).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await demo.WaitUntilSettledAsync();

        (await demo.Database.ReadAsync<long>(Disorder)).ShouldBe(0);
        (await demo.Database.ReadAsync<DateTime>("SELECT recorded_at FROM feed ORDER BY sequence DESC LIMIT 1")).ShouldBeGreaterThan(
            minute.UtcDateTime.AddMinutes(59)
        );
        (await past.SequenceAsync(minute, CancellationToken.None)).Sequence.ShouldBe(shown);
        var future = DemoServer.Returned("H-01-0002");
        future["at"] = DateTimeOffset.UtcNow.AddMinutes(30);
        using var refused = await demo.PostFactsAsync(future.ToJsonString());
        (await refused.Content.ReadAsStringAsync()).ShouldContain("\"rejected\"");
    }

    [Fact]
    public async Task A_server_that_is_ready_warns_when_its_clock_went_back()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await demo.Database.ExecuteAsync("SELECT draw_sequences(0, now() + interval '1 hour')");

        var body = "";
        await DemoServer.WaitAsync(
            async () =>
                (body = await demo.Client.GetStringAsync(new Uri("healthz/ready", UriKind.Relative))).Contains(
                    "clock",
                    StringComparison.Ordinal
                ),
            seconds: 20
        );

        body.ShouldMatch(@"^ready; the clock went back by 3[56]\d\d s");
    }
}
