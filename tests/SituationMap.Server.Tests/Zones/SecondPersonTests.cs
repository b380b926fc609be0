using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;

namespace SituationMap.Server.Tests.Zones;

/// <summary>Where the edition says so, nobody lowers or ends a zone alone.</summary>
public sealed class SecondPersonTests(PostgisCluster cluster) : IAsyncLifetime
{
    private readonly TouchingFolder _folder = new(
        null,
        files =>
            files["2020-02.json"] = files["2020-02.json"]
                .Replace("\"zones\": {", "\"zones\": { \"secondPerson\": [\"lowering\", \"ending\"],", StringComparison.Ordinal),
        ("2020-02", TouchingFolder.LongAgo)
    );
    private TestServer _server = null!;
    private Planner _planner = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(cluster, ("SituationMap:Protocols", _folder.Path));
        _planner = new Planner(_server);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("end", null)]
    [InlineData("lower", "low")]
    public async Task A_step_that_makes_less_of_a_zone_is_refused_alone_and_sent_for_approval_instead(string step, string? level)
    {
        var zone = await _planner.PublishAsync(Planner.Feature(124, 40, 124.01, 40.01));
        var body = new JsonObject { ["reason"] = "十四天无新增" };
        if (level is not null)
            body["level"] = level;
        await _planner.RefusedAsync(
            HttpStatusCode.Forbidden,
            "second-person-needed",
            HttpMethod.Post,
            $"api/zones/Z-1/{step}",
            body.DeepClone(),
            zone.Tag.Text
        );
        (await _planner.InForceAsync()).ShouldBe(["Z-1 high 1"]);

        body["forApproval"] = true;
        var submitted = await _planner.DoAsync(HttpMethod.Post, $"api/zones/Z-1/{step}", body.DeepClone(), zone.Tag.Text);
        var draft = submitted.GetProperty("draft");
        (draft.GetProperty("state").GetString(), draft.GetProperty("level").GetString()).ShouldBe(("submitted", level));
        (await _planner.InForceAsync()).ShouldBe(["Z-1 high 1"]);
        await _planner.RefusedAsync(
            HttpStatusCode.Conflict,
            "draft-exists",
            HttpMethod.Post,
            $"api/zones/Z-1/{step}",
            body,
            Planner.Etag(submitted)
        );
        await _planner.RefusedAsync(
            HttpStatusCode.Forbidden,
            "approver-is-author",
            HttpMethod.Post,
            "api/zones/Z-1/approve",
            tag: Planner.Etag(submitted)
        );
        var approved = await _planner.Planning.ApproveAsync("Z-1", Planner.Tag(submitted), Planner.As("second"), CancellationToken.None);
        approved.Fault.ShouldBeNull();
        var version = approved.Zone!.Versions[^1];
        (version.Level, version.Author, version.Approver, version.Reason).ShouldBe((level, "local", "second", "十四天无新增"));
        (await _planner.InForceAsync()).ShouldBe(level is null ? [] : [$"Z-1 {level} 2"]);
    }

    [Fact]
    public async Task Going_back_to_less_is_refused_as_well_and_going_back_to_more_is_not()
    {
        await _planner.PublishAsync(Planner.Feature(124, 40, 124.01, 40.01, "medium"));
        var high = await _planner.PublishAsync(Planner.Feature(124, 40, 124.01, 40.01, "high", "Z-1"));
        await _planner.RefusedAsync(
            HttpStatusCode.Forbidden,
            "second-person-needed",
            HttpMethod.Post,
            "api/zones/Z-1/rollback",
            new JsonObject { ["reason"] = "误升", ["version"] = 1 },
            high.Tag.Text
        );
        await _planner.PublishAsync(Planner.Feature(124, 40, 124.01, 40.01, "low", "Z-1"));
        await _planner.StepAsync("rollback", new JsonObject { ["reason"] = "误降", ["version"] = 2 });
        (await _planner.InForceAsync()).ShouldBe(["Z-1 high 4"]);
    }

    [Fact]
    public async Task The_end_of_a_zone_is_drafted_by_a_planner_too_and_its_preview_says_what_becomes_of_whom()
    {
        var zone = await _planner.PublishAsync(Planner.Feature(124, 40, 124.01, 40.01));
        var end = Planner.Feature(124, 40, 124.01, 40.01, code: "Z-1");
        end["properties"]!["level"] = null;
        var preview = (await _planner.SendAsync(HttpMethod.Post, "api/zones/preview", end)).Body;
        preview.GetProperty("after").GetProperty("quarantined").GetInt32().ShouldBe(0);
        var drafted = await _planner.DoAsync(HttpMethod.Put, "api/zones/Z-1/draft", end.DeepClone(), zone.Tag.Text);
        drafted.GetProperty("draft").GetProperty("level").ValueKind.ShouldBe(JsonValueKind.Null);
        (await _planner.InForceAsync("?state=draft")).Length.ShouldBe(1);

        // a new zone cannot begin with its end
        end["properties"]!["code"] = "Z-2";
        await _planner.RefusedAsync(HttpStatusCode.BadRequest, "level-unknown", HttpMethod.Post, "api/zones", end);
    }

    [Fact]
    public async Task The_viewer_is_told_what_takes_two()
    {
        var place = (await _planner.SendAsync(HttpMethod.Get, "api/place")).Body;
        (place.GetProperty("loweringNeedsTwo").GetBoolean(), place.GetProperty("endingNeedsTwo").GetBoolean()).ShouldBe((true, true));
    }
}
