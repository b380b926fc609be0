using System.Net;
using System.Text.Json.Nodes;
using Shouldly;

namespace SituationMap.Server.Tests.Grids;

/// <summary>Who went through a checkpoint in the last hours, as counts.</summary>
public sealed class CheckpointPassagesTests(PostgisCluster cluster)
{
    [Fact]
    public async Task Passages_are_counted_by_the_hour_without_those_taken_back_and_persons_who_reported_are_not_named()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var checkpoint = demo.Snapshot.City.Checkpoints.First(checkpoint => !checkpoint.Manned).Code; // nobody has passed it
        await PassAsync("in", minutesAgo: 10, "checkpoint:C-X");
        await PassAsync("in", minutesAgo: 20, "checkpoint:C-X");
        await PassAsync("out", minutesAgo: 70, "person:zhang");
        await PassAsync("in", minutesAgo: 60 * 5, "checkpoint:C-X"); // too long ago
        var wrong = await PassAsync("out", minutesAgo: 15, "checkpoint:C-X");
        await ReportAsync("retraction", new JsonObject { ["fact"] = wrong, ["reason"] = "another checkpoint" }, 1, "checkpoint:C-X");

        var found = await demo.GetJsonAsync($"api/checkpoints/{checkpoint}/passages?hours=3");

        found.GetProperty("manned").GetBoolean().ShouldBeFalse();
        found
            .GetProperty("hours")
            .EnumerateArray()
            .Select(hour => (hour.GetProperty("in").GetInt32(), hour.GetProperty("out").GetInt32()))
            .ShouldBe([(0, 0), (0, 1), (2, 0)]);
        found
            .GetProperty("sources")
            .EnumerateArray()
            .Select(source => $"{source.GetProperty("source").GetString()} {source.GetProperty("passages").GetInt32()}")
            .ShouldBe(["checkpoint:C-X 2", "person 1"]);
        (DateTimeOffset.UtcNow - found.GetProperty("last").GetDateTimeOffset()).TotalMinutes.ShouldBeInRange(10, 12);

        foreach (
            var (path, status) in ((string, HttpStatusCode)[])
                [
                    ($"api/checkpoints/{checkpoint}/passages?hours=0", HttpStatusCode.BadRequest),
                    ($"api/checkpoints/{checkpoint}/passages?at=2100-01-01T00:00:00Z", HttpStatusCode.BadRequest),
                    ("api/checkpoints/C-NONE/passages", HttpStatusCode.NotFound),
                ]
        )
        {
            using var answer = await demo.Client.GetAsync(new Uri(path, UriKind.Relative));
            answer.StatusCode.ShouldBe(status);
        }

        Task<Guid> PassAsync(string direction, int minutesAgo, string source) =>
            ReportAsync("passage", new JsonObject { ["checkpoint"] = checkpoint, ["direction"] = direction }, minutesAgo, source);

        async Task<Guid> ReportAsync(string kind, JsonObject data, int minutesAgo, string source)
        {
            var fact = DemoServer.Returned("H-02-0001");
            (fact["kind"], fact["data"], fact["source"]) = (kind, data, source);
            fact["at"] = DateTimeOffset.UtcNow.AddMinutes(-minutesAgo);
            (await demo.PostFactsAsync(fact.ToJsonString())).IsSuccessStatusCode.ShouldBeTrue();
            return (Guid)fact["id"]!;
        }
    }
}
