using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Http;

/// <summary>Every path that the API's description lists, asked with parameters that are right, nearly right and nonsense: never a fault of ours, never slow, never without bound.</summary>
public sealed class FuzzTests(PostgisCluster cluster) : IAsyncLifetime
{
    private const int Requests = 1_000;
    private const int MostBytes = 16 << 20;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private static readonly string[] Values =
    [
        "", "0", "-1", "1", "3", "16", "55350", "24702", "99999999999999999999", "1e308", "-0.0", "NaN", "Infinity", "124.05", "40.45", "124.04,40.445,124.05,40.452", "179,-10,-179,10", "1,2,3",
        "210682", "210682-004-01", "B-0001", "H-01-0001", "CP-01", "buildings", "households", "checkpoints", "zones", "situation", "true", "false", "quarantined", "json", "html", "en", "zh-CN",
        "CRS84", "EPSG:4326", "EPSG:4549", "GCJ02", "http://www.opengis.net/def/crs/EPSG/0/4490", "2020-02-05T09:00:00+08:00", "2020-02-05T09:00:00Z", "2999-01-01T00:00:00Z", "../..", "0001-01-01T00:00:00Z/..", "9999-12-31",
        "status='out'", "floors > 3 AND NOT (code LIKE '%1' OR kind IS NULL)", "((((((((((((", "S_INTERSECTS(geometry,POLYGON((0 0,1 1,0 1,0 0)))", "S_INTERSECTS(geometry,BBOX(1e9,2,3,4))", "{\"op\":\"=\",\"args\":[{\"property\":\"floors\"},3]}", "{\"op\":\"not\",\"args\":[]}",
        "'; DROP TABLE fact; --", "<script>", "\0", "\ud800", "汉字", "%", "a/b", "..", new string('x', 3_000),
    ];

    private static readonly string[] Collections = ["grids", "buildings", "households", "checkpoints", "zones", "roads"];

    private DemoServer _demo = null!;

    public async ValueTask InitializeAsync() => _demo = await DemoServer.StartAsync(cluster);

    public ValueTask DisposeAsync() => _demo.DisposeAsync();

    [Fact]
    public async Task No_request_finds_a_fault_of_ours()
    {
        var paths = (await _demo.GetJsonAsync("openapi/v1.json")).GetProperty("paths").EnumerateObject()
            // a stream that does not end by itself
            .Where(path => path.Name != "/api/live")
            .SelectMany(path => path.Value.EnumerateObject().Where(operation => operation.Name is "get" || (operation.Name == "post" && path.Name is "/api/lookup" or "/api/within"))
                .Select(operation => (path.Name, Method: operation.Name, Parameters: Parameters(operation.Value)))).ToArray();
        paths.Length.ShouldBeGreaterThan(30);
        var random = new Random(7);
        for (var i = 0; i < Requests; i++)
        {
            var (name, method, parameters) = paths[i % paths.Length];
            var address = name;
            var query = new List<string>();
            foreach (var (parameter, isInPath) in parameters)
            {
                var known = parameter == "collection" && random.Next(8) > 0;
                var value = Uri.EscapeDataString((known ? Collections[random.Next(Collections.Length)] : Values[random.Next(Values.Length)]).Replace('\ud800', '?'));
                if (isInPath)
                    address = address.Replace($"{{{parameter}}}", value.Length == 0 ? "x" : value, StringComparison.Ordinal);
                else if (random.Next(2) == 0)
                    query.Add($"{parameter}={value}");
            }
            using var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), new Uri($"{_demo.Server.Address}{address.TrimStart('/')}{(query.Count == 0 ? "" : "?" + string.Join('&', query))}"));
            if (method == "post")
                request.Content = new StringContent($"[{{\"lon\":{Values[random.Next(15)]},\"lat\":1}}]", Encoding.UTF8, random.Next(3) switch { 0 => "application/json", 1 => "text/csv", _ => "application/x-ndjson" });
            var watch = Stopwatch.StartNew();
            using var response = await _demo.Client.SendAsync(request);
            var length = (await response.Content.ReadAsByteArrayAsync()).Length;
            ((int)response.StatusCode).ShouldBeLessThan(500, $"{method} {request.RequestUri}");
            watch.Elapsed.ShouldBeLessThan(Longest, $"{method} {request.RequestUri}");
            length.ShouldBeLessThan(MostBytes, $"{method} {request.RequestUri}");
        }
    }

    /// <summary>Those described, and those of OGC's items, which depend on the collection.</summary>
    private static (string Name, bool IsInPath)[] Parameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters)
            ? [.. new[] { "limit", "after", "bbox", "bbox-crs", "datetime", "crs", "filter", "filter-lang", "f" }.Where(_ => operation.GetRawText().Contains("filter-lang", StringComparison.Ordinal)).Select(name => (name, false)), .. parameters.EnumerateArray().Select(parameter => (parameter.GetProperty("name").GetString()!, parameter.GetProperty("in").GetString() == "path"))]
            : [];
}
