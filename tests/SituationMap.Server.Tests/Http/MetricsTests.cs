using System.Globalization;
using System.Text;
using Shouldly;
using SituationMap.Server.Tests.Recovery;

namespace SituationMap.Server.Tests.Http;

/// <summary>Over a server that is a process of its own: meters are the whole process's, and servers of other tests would be counted
/// along.</summary>
public sealed class MetricsTests(MetricsTests.MetricsServer metricsServer) : IClassFixture<MetricsTests.MetricsServer>
{
    private const string Tile = "tiles/situation/14/13837/6175.mvt";

    /// <summary>More lines than all routes with a few statuses each have.</summary>
    private const int MaxLines = 10_000;

    [Fact]
    public async Task What_happened_is_told_as_Prometheus_text()
    {
        var server = metricsServer.Server;
        using var listening = await server.Client.GetAsync(server.At("api/live"), HttpCompletionOption.ResponseHeadersRead);
        for (var time = 0; time < 3; time++)
            await server.Client.GetByteArrayAsync(server.At(Tile));
        using var report = new StringContent(DemoServer.Returned("H-01-0001").ToJsonString(), Encoding.UTF8, "application/json");
        (await server.Client.PostAsync(server.At("api/facts"), report)).IsSuccessStatusCode.ShouldBeTrue();

        string[] lines = [];
        await DemoServer.WaitAsync(async () =>
        {
            lines = await ReadAsync(server);
            return Of("situationmap_tiles_invalidated_total") > 10;
        });

        Of("situationmap_tiles_requests_total", "outcome=\"miss\"").ShouldBe(1);
        Of("situationmap_tiles_requests_total", "outcome=\"hit\"").ShouldBe(2);
        Of("situationmap_tiles_renders_total").ShouldBe(1);
        Of("situationmap_tiles_render_duration_seconds_bucket", "le=\"+Inf\"").ShouldBe(1);
        Of("situationmap_feed_lag_seconds_count").ShouldBeGreaterThan(0);
        Of("situationmap_feed_age_seconds").ShouldBeInRange(0, 60);
        Of("situationmap_live_clients").ShouldBe(1);
        Of("http_server_request_duration_seconds_count", "http_route=\"/tiles/{layer}/{z}/{x}/{y}.mvt\"").ShouldBe(3);
        using var tile = await server.Client.GetAsync(server.At(Tile));
        Of("situationmap_feed_sequence")
            .ToString(CultureInfo.InvariantCulture)
            .ShouldBe(tile.Headers.GetValues("Situation-Sequence").Single());

        double Of(string name, string label = "") =>
            lines
                .Where(line =>
                    line.StartsWith(name, StringComparison.Ordinal)
                    && line[name.Length] is '{' or ' '
                    && line.Contains(label, StringComparison.Ordinal)
                )
                .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task However_odd_the_requests_there_are_no_more_series()
    {
        var mark = $"odd{Guid.NewGuid():N}";
        await AskOddlyAsync(0, 300);
        var before = await SeriesAsync();
        await AskOddlyAsync(300, 600);
        var after = await SeriesAsync();

        after.Except(before).ShouldBeEmpty();
        after.Count.ShouldBeLessThan(MaxLines);
        after.ShouldAllBe(series => !series.Contains(mark, StringComparison.Ordinal), "no path, host or method of a client's own");
        after
            .Where(series =>
                series.StartsWith("http_server_request_duration_seconds_count", StringComparison.Ordinal)
                && series.Contains("\"404\"", StringComparison.Ordinal)
            )
            .ShouldContain(
                series => !series.Contains("http_route", StringComparison.Ordinal),
                "of what is nowhere there is one series a status"
            );

        async Task<HashSet<string>> SeriesAsync() =>
            [
                .. (await ReadAsync(metricsServer.Server))
                    .Where(line => line.StartsWith("http_", StringComparison.Ordinal))
                    .Select(line => line[..line.LastIndexOf('}')]),
            ];

        async Task AskOddlyAsync(int first, int end)
        {
            for (var i = first; i < end; i++)
            {
                var path = (i % 5) switch
                {
                    0 => $"{mark}/{i}",
                    1 => $"api/households/{mark}-{i}",
                    2 => $"ogc/collections/{mark}-{i}/items",
                    3 => $"api/grids/{mark}-{i}/summary",
                    _ => $"api/zones/{mark}-{i}?{mark}={i}",
                };
                using var request = new HttpRequestMessage(
                    new HttpMethod(i % 3 == 0 ? $"{mark.ToUpperInvariant()}{i}" : "GET"),
                    metricsServer.Server.At(path)
                );
                request.Headers.Host = i % 2 == 0 ? $"{mark}-{i}.example.org" : null;
                request.Headers.TryAddWithoutValidation("User-Agent", $"{mark}/{i}");
                (await metricsServer.Server.Client.SendAsync(request)).Dispose();
            }
        }
    }

    public sealed class MetricsServer : IAsyncLifetime
    {
        internal ServerProcess Server { get; } = new();

        public async ValueTask InitializeAsync() => await Server.StartAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    private static async Task<string[]> ReadAsync(ServerProcess server)
    {
        using var answer = await server.Client.GetAsync(server.At("metrics"));
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        return (await answer.Content.ReadAsStringAsync()).Split('\n');
    }
}
