using System.Net;
using Shouldly;

namespace SituationMap.Server.Tests.Http;

public sealed class FreshnessTests(PostgisCluster cluster)
{
    private static readonly string[] Reads =
    [
        "tiles/situation/14/13837/6175.mvt",
        "tiles/situation.json",
        "api/grids",
        "api/lookup?lon=124.05&lat=40.45",
    ];

    [Fact]
    public async Task While_the_store_is_away_reading_goes_on_and_says_how_old_it_is()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        foreach (var path in Reads)
        {
            using var answer = await GetAsync(demo, path);
            answer.Headers.Age.ShouldBeNull(path);
            answer.Headers.Warning.ShouldBeEmpty(path);
        }

        await using (await demo.Database.ShutAsync())
        {
            await DemoServer.WaitAsync(async () =>
            {
                using var answer = await GetAsync(demo, Reads[0]);
                return answer.Headers.Age is not null;
            });
            foreach (var path in Reads)
            {
                using var answer = await GetAsync(demo, path);
                answer.Headers.Age!.Value.ShouldBeInRange(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60), path);
                answer.Headers.Warning.Single().Code.ShouldBe(110, path);
            }
        }

        await DemoServer.WaitAsync(async () =>
        {
            using var answer = await GetAsync(demo, Reads[0]);
            return answer.Headers.Age is null;
        });
    }

    private static async Task<HttpResponseMessage> GetAsync(DemoServer demo, string path)
    {
        var answer = await demo.Client.GetAsync(new Uri(path, UriKind.Relative));
        answer.StatusCode.ShouldBeOneOf([HttpStatusCode.OK, HttpStatusCode.NoContent], path);
        return answer;
    }
}
