using System.Net;
using System.Text.Json.Nodes;
using Shouldly;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Server.Tests.Zones;

/// <summary>The life of a zone over HTTP: draft, submitted, approved, lowered, ended, taken back, split.</summary>
public sealed class LifeTests(PostgisCluster cluster) : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private TestServer _server = null!;
    private Planner _planner = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(cluster);
        _planner = new Planner(_server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Goes_from_draft_to_force_by_two_persons_and_back_by_one_action()
    {
        var (response, drafted) = await _planner.SendAsync(HttpMethod.Post, "api/zones", Planner.Feature(124, 40, 124.01, 40.01));
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        response.Headers.Location!.ToString().ShouldBe("/api/zones/Z-1");
        drafted.GetProperty("state").GetString().ShouldBe("draft");
        (await InForceAsync()).ShouldBeEmpty();

        var submitted = await _planner.DoAsync(HttpMethod.Post, "api/zones/Z-1/submit", tag: Etag(drafted));
        await _planner.RefusedAsync(
            HttpStatusCode.Forbidden,
            "approver-is-author",
            HttpMethod.Post,
            "api/zones/Z-1/approve",
            tag: Etag(submitted)
        );
        await _planner.RefusedAsync(
            HttpStatusCode.Conflict,
            "state-wrong",
            HttpMethod.Put,
            "api/zones/Z-1/draft",
            Planner.Feature(124, 40, 124.02, 40.01),
            Etag(submitted)
        );
        var rejected = await _planner.DoAsync(
            HttpMethod.Post,
            "api/zones/Z-1/reject",
            new JsonObject { ["reason"] = "太小" },
            Etag(submitted)
        );
        rejected.GetProperty("draft").GetProperty("state").GetString().ShouldBe("rejected");
        var changed = await _planner.DoAsync(
            HttpMethod.Put,
            "api/zones/Z-1/draft",
            Planner.Feature(124, 40, 124.02, 40.01),
            Etag(rejected)
        );
        submitted = await _planner.DoAsync(HttpMethod.Post, "api/zones/Z-1/submit", tag: Etag(changed));
        (await _planner.Planning.ApproveAsync("Z-1", Planner.Tag(submitted), Planner.As("second"), None)).Fault.ShouldBeNull();
        (await InForceAsync()).ShouldBe(["Z-1 high 1"]);

        await _planner.PublishAsync(Planner.Feature(124, 40, 124.01, 40.01, "medium", "Z-1"));
        var lowered = await StepAsync("lower", new JsonObject { ["reason"] = "十四天无新增", ["level"] = "low" });
        (await InForceAsync()).ShouldBe(["Z-1 low 3"]);
        await _planner.RefusedAsync(
            HttpStatusCode.BadRequest,
            "level-unknown",
            HttpMethod.Post,
            "api/zones/Z-1/lower",
            new JsonObject { ["reason"] = "x", ["level"] = "high" },
            Etag(lowered)
        );
        await StepAsync("rollback", new JsonObject { ["reason"] = "误降", ["version"] = 1 });
        (await InForceAsync()).ShouldBe(["Z-1 high 4"]);
        await StepAsync("end", new JsonObject { ["reason"] = "解除" });
        (await InForceAsync()).ShouldBeEmpty();

        var history = (await _planner.SendAsync(HttpMethod.Get, "api/zones/Z-1/versions")).Body;
        history
            .GetProperty("steps")
            .EnumerateArray()
            .Select(step => step.GetProperty("action").GetString())
            .ShouldBe([
                "drafted",
                "submitted",
                "rejected",
                "changed",
                "submitted",
                "approved",
                "drafted",
                "submitted",
                "approved",
                "lowered",
                "rolled-back",
                "ended",
            ]);
        var versions = history.GetProperty("versions").EnumerateArray().ToArray();
        versions.Select(version => version.GetProperty("version").GetProperty("version").GetInt32()).ShouldBe([1, 2, 3, 4, 5]);
        versions[0].GetProperty("version").GetProperty("author").GetString().ShouldBe("local");
        versions[0].GetProperty("version").GetProperty("approver").GetString().ShouldBe("second");
        var second = versions[1].GetProperty("change");
        second.GetProperty("added").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        second.GetProperty("removedSquareMetres").GetDouble().ShouldBeInRange(900_000, 1_000_000);
        second
            .GetProperty("words")
            .EnumerateArray()
            .Select(words => words.GetProperty("en").GetString())
            .ShouldContain("changed from high risk to medium risk");
    }

    [Fact]
    public async Task Tells_whoever_has_not_seen_the_latest_what_it_is_what_he_sent_and_what_he_had()
    {
        var drafted = await _planner.DoAsync(HttpMethod.Post, "api/zones", Planner.Feature(124, 40, 124.01, 40.01, name: "一"));
        await _planner.RefusedAsync(
            HttpStatusCode.PreconditionRequired,
            "precondition-missing",
            HttpMethod.Put,
            "api/zones/Z-1/draft",
            Planner.Feature(124, 40, 124.01, 40.01)
        );
        await _planner.DoAsync(HttpMethod.Put, "api/zones/Z-1/draft", Planner.Feature(124, 40, 124.02, 40.01, name: "二"), Etag(drafted));

        var stale = await _planner.RefusedAsync(
            HttpStatusCode.PreconditionFailed,
            "zone-changed",
            HttpMethod.Put,
            "api/zones/Z-1/draft",
            Planner.Feature(124, 40, 124.03, 40.01, name: "三"),
            Etag(drafted)
        );

        stale.GetProperty("base").GetProperty("name").GetString().ShouldBe("一");
        stale.GetProperty("current").GetProperty("draft").GetProperty("name").GetString().ShouldBe("二");
        stale.GetProperty("yours").GetProperty("name").GetString().ShouldBe("三");
        await _planner.DoAsync(
            HttpMethod.Put,
            "api/zones/Z-1/draft",
            Planner.Feature(124, 40, 124.03, 40.01, name: "三"),
            Etag(stale.GetProperty("current"))
        );
    }

    [Fact]
    public async Task Loses_no_edit_of_twenty_planners_without_telling_its_author()
    {
        var drafted = await _planner.DoAsync(HttpMethod.Post, "api/zones", Planner.Feature(124, 40, 124.01, 40.01));
        var plan = (await _planner.Planning.ChangeAsync("Z-1", Planner.Tag(drafted), Plan("0"), Planner.As("p0"), None)).Zone!.Draft!.Plan;

        var accepted = await Task.WhenAll(
            Enumerable
                .Range(1, 20)
                .Select(number =>
                    Task.Run(async () =>
                    {
                        var names = new List<string>();
                        for (var edit = 0; edit < 10; edit++)
                        {
                            var seen = Planner.Tag((await _planner.SendAsync(HttpMethod.Get, "api/zones/Z-1")).Body);
                            var result = await _planner.Planning.ChangeAsync(
                                "Z-1",
                                seen,
                                plan with
                                {
                                    Name = $"{number}.{edit}",
                                },
                                Planner.As($"p{number}"),
                                None
                            );
                            (result.Fault is null || result.Outcome == StepOutcome.Stale).ShouldBeTrue();
                            if (result.Fault is null)
                                names.Add($"{number}.{edit}");
                        }
                        return names;
                    })
                )
        );

        var kept = await _server.Database.ReadRowsAsync("SELECT name FROM zone_step WHERE action = 'changed' ORDER BY step", row =>
            row.GetString(0)
        );
        kept.Skip(1).Order().ShouldBe(accepted.SelectMany(names => names).Order());
        (await _server.Database.ReadAsync<bool>("SELECT max(step) = count(*) FROM zone_step")).ShouldBeTrue();
        (await _server.Database.ReadAsync<string>("SELECT name FROM zone_draft")).ShouldBe(kept[^1]);

        ZonePlan Plan(string name) =>
            new(
                name,
                "high",
                SituationMap
                    .Geo.Outlines.OutlineCheck.Read(drafted.GetProperty("draft").GetProperty("outline"), "outline")
                    .Outline!.Surface,
                null,
                null,
                "试验"
            );
    }

    [Fact]
    public async Task Splits_for_a_time_and_is_whole_again_after_it()
    {
        await _planner.PublishAsync(Planner.Feature(124, 40, 124.02, 40.01, code: "Z-7"));
        var zone = (await _planner.SendAsync(HttpMethod.Get, "api/zones/Z-7")).Body;
        var (left, right) = (Planner.Feature(124, 40, 124.01, 40.01), Planner.Feature(124.01, 40, 124.02, 40.01));
        var until = DateTimeOffset.UtcNow.AddHours(2);
        await _planner.RefusedAsync(
            HttpStatusCode.BadRequest,
            "parts-wrong",
            HttpMethod.Post,
            "api/zones/Z-7/split",
            new JsonObject { ["reason"] = "x", ["parts"] = new JsonArray(left["geometry"]!.DeepClone(), left["geometry"]!.DeepClone()) },
            Etag(zone)
        );

        await _planner.DoAsync(
            HttpMethod.Post,
            "api/zones/Z-7/split",
            new JsonObject
            {
                ["reason"] = "分片管理",
                ["parts"] = new JsonArray(left["geometry"]!.DeepClone(), right["geometry"]!.DeepClone()),
                ["until"] = until,
            },
            Etag(zone)
        );

        (await InForceAsync()).ShouldBe(["Z-7-a high 1", "Z-7-b high 1"]);
        (await InForceAsync($"?at={Uri.EscapeDataString(until.ToString("O"))}")).ShouldBe(["Z-7 high 3"]);
        (await _planner.SendAsync(HttpMethod.Get, "api/zones/Z-7-a")).Body.GetProperty("parent").GetString().ShouldBe("Z-7");
    }

    [Fact]
    public async Task Going_back_to_before_a_split_ends_its_parts_unless_somebody_has_changed_one()
    {
        await _planner.PublishAsync(Planner.Feature(124, 40, 124.02, 40.01, code: "Z-8", name: "北片"));
        var parts = new JsonArray(
            Planner.Feature(124, 40, 124.01, 40.01)["geometry"]!.DeepClone(),
            Planner.Feature(124.01, 40, 124.02, 40.01)["geometry"]!.DeepClone()
        );
        var split = await StepAsync("split", new JsonObject { ["reason"] = "分片管理", ["parts"] = parts.DeepClone() }, "Z-8");
        split.GetProperty("parts").EnumerateArray().Select(part => part.GetString()).ShouldBe(["Z-8-a", "Z-8-b"]);
        (
            await _server.Database.ReadAsync<string>(
                "SELECT string_agg(name, ' ' ORDER BY name) FROM zone_version WHERE level IS NOT NULL AND name <> '北片'"
            )
        ).ShouldBe("北片-a 北片-b");

        var whole = await StepAsync("rollback", new JsonObject { ["reason"] = "不必分片", ["version"] = 1 }, "Z-8");
        (await InForceAsync()).ShouldBe(["Z-8 high 3"]);
        whole.GetProperty("parts").GetArrayLength().ShouldBe(0);
        (await StepsAsync("Z-8-a")).ShouldBe([("split", "分片管理"), ("ended", "不必分片")]);

        // split once more, and one part lowered by somebody: that is not taken back unseen
        await StepAsync("split", new JsonObject { ["reason"] = "分片管理", ["parts"] = parts.DeepClone() }, "Z-8");
        await StepAsync("lower", new JsonObject { ["reason"] = "无新增", ["level"] = "medium" }, "Z-8-b");
        var zone = (await _planner.SendAsync(HttpMethod.Get, "api/zones/Z-8")).Body;
        var refused = await _planner.RefusedAsync(
            HttpStatusCode.Conflict,
            "parts-changed",
            HttpMethod.Post,
            "api/zones/Z-8/rollback",
            new JsonObject { ["reason"] = "不必分片", ["version"] = 1 },
            Etag(zone)
        );
        refused.GetProperty("expected").GetString()!.ShouldEndWith(": Z-8-b");
        (await InForceAsync()).ShouldBe(["Z-8-a high 3", "Z-8-b medium 4"]);
        await StepAsync("end", new JsonObject { ["reason"] = "解除" }, "Z-8-b");
        await StepAsync("rollback", new JsonObject { ["reason"] = "不必分片", ["version"] = 1 }, "Z-8");
        (await InForceAsync()).ShouldBe(["Z-8 high 5"]);
    }

    [Fact]
    public async Task A_new_outline_of_a_split_zone_ends_its_parts_unless_somebody_has_changed_one()
    {
        await _planner.PublishAsync(Planner.Feature(124, 40, 124.02, 40.01, code: "Z-9"));
        var until = DateTimeOffset.UtcNow.AddHours(2);
        await SplitAsync("Z-9", until);
        var redrawn = Planner.Feature(124, 40, 124.03, 40.01, code: "Z-9", name: "扩大");
        var preview = (await _planner.SendAsync(HttpMethod.Post, "api/zones/preview", redrawn)).Body;
        preview.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("code").GetString()).ShouldBe(["Z-9-a", "Z-9-b"]);
        preview.GetProperty("zones").GetArrayLength().ShouldBe(0, "zones that are over by then");

        await _planner.PublishAsync(redrawn);

        (await InForceAsync()).ShouldBe(["Z-9 high 4"]);
        // the old outline does not come back when the split would have been over
        (await InForceAsync($"?at={Uri.EscapeDataString(until.ToString("O"))}")).ShouldBe(["Z-9 high 5"]);
        (await _server.Database.ReadAsync<bool>("SELECT bool_and(name = '扩大') FROM zone_version WHERE version >= 4")).ShouldBeTrue();
        (await StepsAsync("Z-9-b")).ShouldBe([("split", "分片管理"), ("ended", "试验")]);

        await _planner.PublishAsync(Planner.Feature(124, 40, 124.02, 40.01, code: "Z-9"));
        await SplitAsync("Z-9", until: null);
        await StepAsync("lower", new JsonObject { ["reason"] = "无新增", ["level"] = "medium" }, "Z-9-b");
        var submitted = await SubmitAsync(redrawn);
        var refused = await _planner.Planning.ApproveAsync("Z-9", Planner.Tag(submitted), Planner.As("second"), None);
        (refused.Outcome, refused.Fault!.Code).ShouldBe((StepOutcome.Conflict, "parts-changed"));
        refused.Fault.Expected.ShouldEndWith(": Z-9-b");
        (await InForceAsync()).ShouldBe(["Z-9-a high 3", "Z-9-b medium 4"]);
    }

    [Fact]
    public async Task A_new_outline_that_takes_over_later_leaves_the_parts_until_then()
    {
        await _planner.PublishAsync(Planner.Feature(124, 40, 124.02, 40.01, code: "Z-10"));
        await SplitAsync("Z-10", until: null);
        var redrawn = Planner.Feature(124, 40, 124.03, 40.01, code: "Z-10");
        var from = DateTimeOffset.UtcNow.AddHours(1);
        redrawn["properties"]!["from"] = from;

        await _planner.PublishAsync(redrawn);

        (await InForceAsync()).ShouldBe(["Z-10-a high 1", "Z-10-b high 1"]);
        (await InForceAsync($"?at={Uri.EscapeDataString(from.AddSeconds(-1).ToString("O"))}")).ShouldBe(["Z-10-a high 1", "Z-10-b high 1"]);
        (await InForceAsync($"?at={Uri.EscapeDataString(from.ToString("O"))}")).ShouldBe(["Z-10 high 3"]);
    }

    [Fact]
    public async Task Lists_by_state_and_place()
    {
        await _planner.PublishAsync(Planner.Feature(124, 40, 124.01, 40.01, code: "A"));
        await _planner.DoAsync(HttpMethod.Post, "api/zones", Planner.Feature(125, 40, 125.01, 40.01, code: "B"));

        (await InForceAsync("?state=draft")).ShouldBe(["B high 0"]);
        (await InForceAsync("?state=all")).ShouldBe(["A high 1", "B high 0"]);
        (await InForceAsync("?state=all&bbox=124.5,39,126,41")).ShouldBe(["B high 0"]);
        (await InForceAsync("?state=ended")).ShouldBeEmpty();
        await _planner.RefusedAsync(HttpStatusCode.BadRequest, "value-wrong", HttpMethod.Get, "api/zones?bbox=1,2,3");
    }

    /// <summary>Splits a zone that goes from 124 to 124.02 degrees east in the middle.</summary>
    private Task<System.Text.Json.JsonElement> SplitAsync(string code, DateTimeOffset? until)
    {
        var parts = new JsonArray(
            Planner.Feature(124, 40, 124.01, 40.01)["geometry"]!.DeepClone(),
            Planner.Feature(124.01, 40, 124.02, 40.01)["geometry"]!.DeepClone()
        );
        return StepAsync(
            "split",
            new JsonObject
            {
                ["reason"] = "分片管理",
                ["parts"] = parts,
                ["until"] = until,
            },
            code
        );
    }

    /// <summary>Begins a draft of a zone that there is, and submits it.</summary>
    private async Task<System.Text.Json.JsonElement> SubmitAsync(JsonObject feature)
    {
        var code = feature["properties"]!["code"]!.GetValue<string>();
        await _planner.DoAsync(
            HttpMethod.Put,
            $"api/zones/{code}/draft",
            feature.DeepClone(),
            Etag((await _planner.SendAsync(HttpMethod.Get, $"api/zones/{code}")).Body)
        );
        return await StepAsync("submit", new JsonObject(), code);
    }

    private async Task<(string?, string?)[]> StepsAsync(string code) =>
        [
            .. (await _planner.SendAsync(HttpMethod.Get, $"api/zones/{code}/versions"))
                .Body.GetProperty("steps")
                .EnumerateArray()
                .Select(step => (step.GetProperty("action").GetString(), step.GetProperty("reason").GetString())),
        ];

    private async Task<System.Text.Json.JsonElement> StepAsync(string step, JsonNode body, string code = "Z-1") =>
        await _planner.DoAsync(
            HttpMethod.Post,
            $"api/zones/{code}/{step}",
            body,
            Etag((await _planner.SendAsync(HttpMethod.Get, $"api/zones/{code}")).Body)
        );

    private async Task<string[]> InForceAsync(string query = "") =>
        [
            .. (await _planner.SendAsync(HttpMethod.Get, "api/zones" + query))
                .Body.GetProperty("zones")
                .EnumerateArray()
                .Select(zone =>
                    $"{zone.GetProperty("code").GetString()} {zone.GetProperty("level").GetString()} "
                    + $"{zone.GetProperty("version").GetInt32()}"
                ),
        ];

    private static string Etag(System.Text.Json.JsonElement zone) => zone.GetProperty("etag").GetString()!;
}
