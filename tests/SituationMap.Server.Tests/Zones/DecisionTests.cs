using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Server.Tests.Zones;

/// <summary>What is decided takes effect seconds later where whoever decides asks for that, and is taken back until then.</summary>
public sealed class DecisionTests(PostgisCluster cluster) : PlanningTests(cluster)
{
    [Fact]
    public async Task A_decision_that_waits_changes_nothing_until_its_time_has_come_and_then_takes_effect_by_itself()
    {
        var zone = await Planner.PublishAsync(Planner.Feature(124, 40, 124.01, 40.01));
        var (response, decided) = await EndLaterAsync(seconds: 2, zone.Tag.Text);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var decision = decided.GetProperty("decision");
        decision.GetProperty("step").GetString().ShouldBe("end");
        decision.GetProperty("actor").GetString().ShouldBe("local");
        decision.GetProperty("reason").GetString().ShouldBe("解除");
        decision.GetProperty("secondsLeft").GetDouble().ShouldBeInRange(0.1, 2);
        decided.GetProperty("state").GetString().ShouldBe("inForce");
        decided.GetProperty("scheduled").GetArrayLength().ShouldBe(0);

        await DemoServer.WaitAsync(async () => (await Planner.InForceAsync()).Length == 0);

        var after = (await Planner.SendAsync(HttpMethod.Get, "api/zones/Z-1")).Body;
        after.GetProperty("decision").ValueKind.ShouldBe(JsonValueKind.Null);
        var end = (await VersionsAsync())[^1];
        end.GetProperty("from").GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(decision.GetProperty("takesEffectAt").GetDateTimeOffset());
        end.GetProperty("at").GetDateTimeOffset().ShouldBe(end.GetProperty("from").GetDateTimeOffset(), "known when it takes effect");
        (await ActionsAsync()).ShouldBe(["drafted", "submitted", "approved", "decided", "ended"]);
    }

    [Fact]
    public async Task What_is_taken_back_leaves_no_version_and_the_zone_and_its_draft_as_they_were()
    {
        var drafted = await Planner.DoAsync(HttpMethod.Post, "api/zones", Planner.Feature(124, 40, 124.01, 40.01));
        var submitted = await Planner.DoAsync(HttpMethod.Post, "api/zones/Z-1/submit", tag: Planner.Etag(drafted));
        using var second = await Server.WithKeyAsync("second", "approver");
        using var approval = new HttpRequestMessage(HttpMethod.Post, new Uri("api/zones/Z-1/approve", UriKind.Relative))
        {
            Content = System.Net.Http.Json.JsonContent.Create(new { delaySeconds = 60 }),
        };
        approval.Headers.TryAddWithoutValidation("If-Match", Planner.Etag(submitted));
        using var answer = await second.SendAsync(approval);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var decided = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        (await Planner.InForceAsync()).ShouldBeEmpty();
        (await Planner.InForceAsync("?state=submitted")).ShouldBe(["Z-1 high 0"]);

        // nobody else's step comes in between
        foreach (var (step, body) in ((string, JsonObject?)[])[("withdraw", null), ("reject", new JsonObject { ["reason"] = "太小" })])
            await Planner.RefusedAsync(
                HttpStatusCode.Conflict,
                "decision-pending",
                HttpMethod.Post,
                $"api/zones/Z-1/{step}",
                body,
                Planner.Etag(decided)
            );
        var back = await Planner.DoAsync(
            HttpMethod.Post,
            "api/zones/Z-1/take-back",
            new JsonObject { ["reason"] = "看错了" },
            Planner.Etag(decided)
        );

        back.GetProperty("decision").ValueKind.ShouldBe(JsonValueKind.Null);
        back.GetProperty("draft").GetProperty("state").GetString().ShouldBe("submitted");
        (await VersionsAsync()).ShouldBeEmpty();
        (await ActionsAsync()).ShouldBe(["drafted", "submitted", "decided", "taken-back"]);
        await Planner.RefusedAsync(
            HttpStatusCode.Conflict,
            "decision-missing",
            HttpMethod.Post,
            "api/zones/Z-1/take-back",
            tag: Planner.Etag(back)
        );
        (await Planner.Planning.ApproveAsync("Z-1", Planner.Tag(back), Planner.As("second"), CancellationToken.None)).Fault.ShouldBeNull();
        (await Planner.InForceAsync()).ShouldBe(["Z-1 high 1"]);
    }

    [Fact]
    public async Task What_speaks_against_a_step_is_said_when_it_is_decided_and_not_when_it_would_take_effect()
    {
        var drafted = await Planner.DoAsync(HttpMethod.Post, "api/zones", Planner.Feature(124, 40, 124.01, 40.01));
        var submitted = await Planner.DoAsync(HttpMethod.Post, "api/zones/Z-1/submit", tag: Planner.Etag(drafted));
        await Planner.RefusedAsync(
            HttpStatusCode.Forbidden,
            "approver-is-author",
            HttpMethod.Post,
            "api/zones/Z-1/approve",
            new JsonObject { ["delaySeconds"] = 10 },
            Planner.Etag(submitted)
        );
        foreach (var wrong in (JsonNode[])[0, 61])
            (
                await Planner.RefusedAsync(
                    HttpStatusCode.BadRequest,
                    "value-wrong",
                    HttpMethod.Post,
                    "api/zones/Z-1/approve",
                    new JsonObject { ["delaySeconds"] = wrong.DeepClone() },
                    Planner.Etag(submitted)
                )
            )
                .GetProperty("field")
                .GetString()
                .ShouldBe("delaySeconds");
        (await Server.Database.ReadAsync<long>("SELECT count(*) FROM zone_decision")).ShouldBe(0);
    }

    [Fact]
    public async Task A_decision_that_a_stopped_server_left_behind_is_taken_by_the_next_one_and_once()
    {
        var zone = await Planner.PublishAsync(Planner.Feature(124, 40, 124.01, 40.01));
        // as it was written by a server that is gone: its time has passed
        await Server.Database.ExecuteAsync(
            """
            INSERT INTO zone_decision SELECT id, 'end', '{"reason": "解除", "delaySeconds": 10}', 'wang', '{}', now() - interval '1 hour',
              now() - interval '59 minutes' FROM zone WHERE code = 'Z-1'
            """
        );
        await using var other = await TestServer.StartAsync(Server.Database);
        await DemoServer.WaitAsync(async () => (await Planner.InForceAsync()).Length == 0);
        var reader = other.Services.GetRequiredService<ZoneReader>();
        (await reader.DueDecisionsAsync(DateTimeOffset.MaxValue, CancellationToken.None)).ShouldBeEmpty();
        (await VersionsAsync()).Length.ShouldBe(zone.Versions.Count + 1);
        (await VersionsAsync())[^1].GetProperty("author").GetString().ShouldBe("wang");
    }

    [Fact]
    public async Task A_decision_that_cannot_be_taken_any_more_lapses_and_says_so()
    {
        var zone = await Planner.PublishAsync(Planner.Feature(124, 40, 124.01, 40.01));
        await Server.Database.ExecuteAsync(
            """
            INSERT INTO zone_decision SELECT id, 'rollback', '{"reason": "误", "version": 9}', 'wang', '{}', now() - interval '1 hour',
              now() - interval '59 minutes' FROM zone WHERE code = 'Z-1'
            """
        );
        await DemoServer.WaitAsync(async () => (await ActionsAsync())[^1] == "lapsed");
        (await Planner.InForceAsync()).ShouldBe(["Z-1 high 1"]);
        (await VersionsAsync()).Length.ShouldBe(zone.Versions.Count);
    }

    private Task<(HttpResponseMessage Response, JsonElement Body)> EndLaterAsync(int seconds, string tag) =>
        Planner.SendAsync(HttpMethod.Post, "api/zones/Z-1/end", new JsonObject { ["reason"] = "解除", ["delaySeconds"] = seconds }, tag);

    private async Task<JsonElement[]> VersionsAsync() =>
        [.. (await HistoryAsync()).GetProperty("versions").EnumerateArray().Select(one => one.GetProperty("version"))];

    private async Task<string[]> ActionsAsync() =>
        [.. (await HistoryAsync()).GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("action").GetString()!)];

    private async Task<JsonElement> HistoryAsync() => (await Planner.SendAsync(HttpMethod.Get, "api/zones/Z-1/versions")).Body;
}
