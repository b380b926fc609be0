using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using SituationMap.Core.Facts;
using SituationMap.Server.Demo.Play;

namespace SituationMap.Server.Tests.Demo;

public sealed class DemoPlayTests
{
    [Fact]
    public async Task Goes_on_with_reports_that_the_server_takes()
    {
        using var api = new Api(stopAfter: 400);
        using var server = new HttpClient(api) { BaseAddress = new Uri("http://localhost/") };
        var lines = new List<string>();

        await DemoPlay.RunAsync(server, pace: 1000, TimeProvider.System, new LineProgress(lines.Add), api.Stopped);

        api.Faults.ShouldBeEmpty();
        api.Kinds.ShouldBeSubsetOf(["temperature", "passage", "returned", "departed", "test", "survey", "visit", "need"]);
        api.Kinds.Distinct().Count().ShouldBe(8);
        // all but the one at which it was stopped
        lines.Count.ShouldBeGreaterThanOrEqualTo(399);
        lines.ShouldAllBe(line => line.Contains("凤山路", StringComparison.Ordinal));
    }

    /// <summary>Six households behind the contract's paths, on two pages; what is posted is read as the server reads it.</summary>
    private sealed class Api(int stopAfter) : HttpMessageHandler
    {
        private static readonly string[] Statuses = ["healthy", "observed", "out", "quarantined", "healthy", "healthy"];
        private readonly CancellationTokenSource _stop = new();

        public CancellationToken Stopped => _stop.Token;

        public ConcurrentQueue<string> Faults { get; } = [];

        public ConcurrentQueue<string> Kinds { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Post)
            {
                var fact = await request.Content!.ReadFromJsonAsync<JsonElement>(cancellationToken);
                Kinds.Enqueue(fact.GetProperty("kind").GetString()!);
                if (FactReader.Read(fact, 0, DateTimeOffset.UtcNow).Fault is { } fault)
                    Faults.Enqueue($"{fault.Code} {fault.Field}: {fact}");
                if (Kinds.Count == stopAfter)
                    await _stop.CancelAsync();
                return new HttpResponseMessage(HttpStatusCode.Accepted);
            }
            return new HttpResponseMessage { Content = JsonContent.Create(Answer(request.RequestUri!.PathAndQuery)) };
        }

        protected override void Dispose(bool disposing)
        {
            _stop.Dispose();
            base.Dispose(disposing);
        }

        private static object Answer(string path) =>
            path switch
            {
                "/api/grids" => new
                {
                    grids = new[] { new { code = "210682-004", level = "community" }, new { code = "210682-004-01", level = "grid" } },
                },
                "/api/households?grid=210682-004-01" => new
                {
                    households = Enumerable.Range(0, 3).Select(Household),
                    next = "/api/households?after=3",
                },
                "/api/households?after=3" => new { households = Enumerable.Range(3, 3).Select(Household), next = (string?)null },
                _ => Household(int.Parse(path[^1..])),
            };

        // the last one has nobody that is known, and nobody has been there
        private static object Household(int i) =>
            new
            {
                household = $"H-01-000{i}",
                address = "凤山路 3 号楼",
                label = $"1-10{i}",
                status = Statuses[i],
                surveyed = i != 5,
                members = i == 5 ? [] : new[] { $"P-0000{i}" },
            };
    }
}
