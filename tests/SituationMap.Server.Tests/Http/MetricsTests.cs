using System.Globalization;
using Shouldly;

namespace SituationMap.Server.Tests.Http;

public sealed class MetricsTests(PostgisCluster cluster)
{
    private const string Tile = "tiles/situation/14/13837/6175.mvt";

    [Fact]
    public async Task What_happened_is_told_as_Prometheus_text()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        using var listening = await demo.Client.GetAsync(new Uri("api/live", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        for (var time = 0; time < 3; time++)
            await demo.Client.GetByteArrayAsync(new Uri(Tile, UriKind.Relative));
        await demo.PostFactsAsync(DemoServer.Returned("H-01-0001").ToJsonString());
        await demo.WaitUntilSettledAsync();

        var told = await ReadAsync(demo);

        Of("situationmap_tiles_requests_total", "outcome=\"miss\"").ShouldBe(1);
        Of("situationmap_tiles_requests_total", "outcome=\"hit\"").ShouldBe(2);
        Of("situationmap_tiles_renders_total").ShouldBe(1);
        Of("situationmap_tiles_render_duration_seconds_bucket", "le=\"+Inf\"").ShouldBe(1);
        Of("situationmap_tiles_invalidated_total").ShouldBeGreaterThan(10);
        Of("situationmap_feed_lag_seconds_count").ShouldBeGreaterThan(0);
        Of("situationmap_feed_sequence").ShouldBe(demo.Snapshot.Sequence);
        Of("situationmap_feed_age_seconds").ShouldBeInRange(0, 60);
        Of("situationmap_live_clients").ShouldBe(1);
        Of("http_server_request_duration_seconds_count", "http_route=\"/tiles/{layer}/{z}/{x}/{y}.mvt\"").ShouldBe(3);

        double Of(string name, string label = "") => told
            .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length] is '{' or ' ' && line.Contains(label, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    private static async Task<string[]> ReadAsync(DemoServer demo)
    {
        using var answer = await demo.Client.GetAsync(new Uri("metrics", UriKind.Relative));
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        return (await answer.Content.ReadAsStringAsync()).Split('\n');
    }
}
