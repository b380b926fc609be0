using System.Diagnostics;
using System.Net.Http.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Duty;

public sealed class GapTests(PostgisCluster cluster)
{
    private static readonly DateTimeOffset Begin = new(2026, 2, 10, 8, 0, 0, TimeSpan.FromHours(8));

    [Fact]
    public async Task A_gap_that_began_while_no_server_ran_is_told_at_once_and_the_chief_when_his_time_has_come()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync(Begin);
        await using (var server = TestServer.Start(database, new From(Begin)))
        {
            await SendAsync(server, "api/workers", new { code = "W-night", grid = "210682-004-01" });
            await SendAsync(
                server,
                "api/posts",
                new
                {
                    code = "night",
                    name = "夜岗",
                    kind = "roundTheClock",
                    grid = "210682-004-01",
                    lon = 124.05,
                    lat = 40.45,
                    leader = "W-night",
                }
            );
            await SendAsync(
                server,
                "api/posts/night/shifts",
                new
                {
                    steps = new[]
                    {
                        new
                        {
                            id = Guid.NewGuid(),
                            kind = "planned",
                            shift = Guid.NewGuid(),
                            worker = "W-night",
                            from = Begin.AddHours(1),
                            to = Begin.AddHours(9),
                        },
                    },
                }
            );
        }
        (await TellingAsync()).ShouldBe("");

        await using (TestServer.Start(database, new From(Begin.AddHours(1).AddMinutes(10))))
            await DemoServer.WaitAsync(async () => await TellingAsync() == "gap leader", seconds: 30);
        await using (TestServer.Start(database, new From(Begin.AddHours(1).AddMinutes(30))))
            await DemoServer.WaitAsync(async () => await TellingAsync() == "gap leader, gap chief", seconds: 30);

        async Task<string> TellingAsync() =>
            await database.ReadAsync<string>(
                "SELECT COALESCE(string_agg(f.cover || ' ' || COALESCE(f.told, ''), ', ' ORDER BY f.sequence), '') FROM feed f "
                    + "JOIN post p ON p.id = f.subject WHERE f.kind = 'cover' AND p.code = 'night' AND f.cover = 'gap'"
            );
    }

    private static async Task SendAsync(TestServer server, string path, object body)
    {
        using var answer = await server.Client.PostAsJsonAsync(path, body);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Goes on from an instant.</summary>
    private sealed class From(DateTimeOffset begin) : TimeProvider
    {
        private readonly long _start = Stopwatch.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => (begin + Stopwatch.GetElapsedTime(_start)).ToUniversalTime();
    }
}
