using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Server.Tests.Zones;

/// <summary>Zones that are split, and what becomes of their parts.</summary>
public sealed class SplitTests(PostgisCluster cluster) : PlanningTests(cluster)
{
    [Fact]
    public async Task Splits_for_a_time_and_is_whole_again_after_it()
    {
        await Planner.PublishAsync(Planner.Feature(124, 40, 124.02, 40.01, code: "Z-7"));
        var zone = (await Planner.SendAsync(HttpMethod.Get, "api/zones/Z-7")).Body;
        var (left, right) = (Planner.Feature(124, 40, 124.01, 40.01), Planner.Feature(124.01, 40, 124.02, 40.01));
        var until = DateTimeOffset.UtcNow.AddHours(2);
        await Planner.RefusedAsync(
            HttpStatusCode.BadRequest,
            "parts-wrong",
            HttpMethod.Post,
            "api/zones/Z-7/split",
            new JsonObject { ["reason"] = "x", ["parts"] = new JsonArray(left["geometry"]!.DeepClone(), left["geometry"]!.DeepClone()) },
            Planner.Etag(zone)
        );

        await Planner.DoAsync(
            HttpMethod.Post,
            "api/zones/Z-7/split",
            new JsonObject
            {
                ["reason"] = "分片管理",
                ["parts"] = new JsonArray(left["geometry"]!.DeepClone(), right["geometry"]!.DeepClone()),
                ["until"] = until,
            },
            Planner.Etag(zone)
        );

        (await Planner.InForceAsync()).ShouldBe(["Z-7-a high 1", "Z-7-b high 1"]);
        (await Planner.InForceAsync($"?at={Uri.EscapeDataString(until.ToString("O"))}")).ShouldBe(["Z-7 high 3"]);
        (await Planner.SendAsync(HttpMethod.Get, "api/zones/Z-7-a")).Body.GetProperty("parent").GetString().ShouldBe("Z-7");
    }

    [Fact]
    public async Task Going_back_to_before_a_split_ends_its_parts_unless_somebody_has_changed_one()
    {
        await Planner.PublishAsync(Planner.Feature(124, 40, 124.02, 40.01, code: "Z-8", name: "北片"));
        var parts = new JsonArray(
            Planner.Feature(124, 40, 124.01, 40.01)["geometry"]!.DeepClone(),
            Planner.Feature(124.01, 40, 124.02, 40.01)["geometry"]!.DeepClone()
        );
        var split = await Planner.StepAsync("split", new JsonObject { ["reason"] = "分片管理", ["parts"] = parts.DeepClone() }, "Z-8");
        split.GetProperty("parts").EnumerateArray().Select(part => part.GetString()).ShouldBe(["Z-8-a", "Z-8-b"]);
        (
            await Server.Database.ReadAsync<string>(
                "SELECT string_agg(name, ' ' ORDER BY name) FROM zone_version WHERE level IS NOT NULL AND name <> '北片'"
            )
        ).ShouldBe("北片-a 北片-b");

        var whole = await Planner.StepAsync("rollback", new JsonObject { ["reason"] = "不必分片", ["version"] = 1 }, "Z-8");
        (await Planner.InForceAsync()).ShouldBe(["Z-8 high 3"]);
        whole.GetProperty("parts").GetArrayLength().ShouldBe(0);
        (await StepsAsync("Z-8-a")).ShouldBe([("split", "分片管理"), ("ended", "不必分片")]);

        // split once more, and one part lowered by somebody: that is not taken back unseen
        await Planner.StepAsync("split", new JsonObject { ["reason"] = "分片管理", ["parts"] = parts.DeepClone() }, "Z-8");
        await Planner.StepAsync("lower", new JsonObject { ["reason"] = "无新增", ["level"] = "medium" }, "Z-8-b");
        var zone = (await Planner.SendAsync(HttpMethod.Get, "api/zones/Z-8")).Body;
        var refused = await Planner.RefusedAsync(
            HttpStatusCode.Conflict,
            "parts-changed",
            HttpMethod.Post,
            "api/zones/Z-8/rollback",
            new JsonObject { ["reason"] = "不必分片", ["version"] = 1 },
            Planner.Etag(zone)
        );
        refused.GetProperty("expected").GetString()!.ShouldEndWith(": Z-8-b");
        (await Planner.InForceAsync()).ShouldBe(["Z-8-a high 3", "Z-8-b medium 4"]);
        await Planner.StepAsync("end", new JsonObject { ["reason"] = "解除" }, "Z-8-b");
        await Planner.StepAsync("rollback", new JsonObject { ["reason"] = "不必分片", ["version"] = 1 }, "Z-8");
        (await Planner.InForceAsync()).ShouldBe(["Z-8 high 5"]);
    }

    [Fact]
    public async Task A_new_outline_of_a_split_zone_ends_its_parts_unless_somebody_has_changed_one()
    {
        await Planner.PublishAsync(Planner.Feature(124, 40, 124.02, 40.01, code: "Z-9"));
        var until = DateTimeOffset.UtcNow.AddHours(2);
        await SplitAsync("Z-9", until);
        var redrawn = Planner.Feature(124, 40, 124.03, 40.01, code: "Z-9", name: "扩大");
        var preview = (await Planner.SendAsync(HttpMethod.Post, "api/zones/preview", redrawn)).Body;
        preview.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("code").GetString()).ShouldBe(["Z-9-a", "Z-9-b"]);
        preview.GetProperty("zones").GetArrayLength().ShouldBe(0, "zones that are over by then");

        await Planner.PublishAsync(redrawn);

        (await Planner.InForceAsync()).ShouldBe(["Z-9 high 4"]);
        // the old outline does not come back when the split would have been over
        (await Planner.InForceAsync($"?at={Uri.EscapeDataString(until.ToString("O"))}")).ShouldBe(["Z-9 high 5"]);
        (await Server.Database.ReadAsync<bool>("SELECT bool_and(name = '扩大') FROM zone_version WHERE version >= 4")).ShouldBeTrue();
        (await StepsAsync("Z-9-b")).ShouldBe([("split", "分片管理"), ("ended", "试验")]);

        await Planner.PublishAsync(Planner.Feature(124, 40, 124.02, 40.01, code: "Z-9"));
        await SplitAsync("Z-9", until: null);
        await Planner.StepAsync("lower", new JsonObject { ["reason"] = "无新增", ["level"] = "medium" }, "Z-9-b");
        var submitted = await SubmitAsync(redrawn);
        var refused = await Planner.Planning.ApproveAsync("Z-9", Planner.Tag(submitted), Planner.As("second"), CancellationToken.None);
        (refused.Outcome, refused.Fault!.Code).ShouldBe((StepOutcome.Conflict, "parts-changed"));
        refused.Fault.Expected.ShouldEndWith(": Z-9-b");
        (await Planner.InForceAsync()).ShouldBe(["Z-9-a high 3", "Z-9-b medium 4"]);
    }

    [Fact]
    public async Task A_new_outline_that_takes_over_later_leaves_the_parts_until_then()
    {
        await Planner.PublishAsync(Planner.Feature(124, 40, 124.02, 40.01, code: "Z-10"));
        await SplitAsync("Z-10", until: null);
        var redrawn = Planner.Feature(124, 40, 124.03, 40.01, code: "Z-10");
        var from = DateTimeOffset.UtcNow.AddHours(1);
        redrawn["properties"]!["from"] = from;

        await Planner.PublishAsync(redrawn);

        (await Planner.InForceAsync()).ShouldBe(["Z-10-a high 1", "Z-10-b high 1"]);
        (await Planner.InForceAsync($"?at={Uri.EscapeDataString(from.AddSeconds(-1).ToString("O"))}")).ShouldBe([
            "Z-10-a high 1",
            "Z-10-b high 1",
        ]);
        (await Planner.InForceAsync($"?at={Uri.EscapeDataString(from.ToString("O"))}")).ShouldBe(["Z-10 high 3"]);
    }

    /// <summary>Splits a zone that goes from 124 to 124.02 degrees east in the middle.</summary>
    private Task<JsonElement> SplitAsync(string code, DateTimeOffset? until)
    {
        var parts = new JsonArray(
            Planner.Feature(124, 40, 124.01, 40.01)["geometry"]!.DeepClone(),
            Planner.Feature(124.01, 40, 124.02, 40.01)["geometry"]!.DeepClone()
        );
        return Planner.StepAsync(
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
    private async Task<JsonElement> SubmitAsync(JsonObject feature)
    {
        var code = feature["properties"]!["code"]!.GetValue<string>();
        await Planner.DoAsync(
            HttpMethod.Put,
            $"api/zones/{code}/draft",
            feature.DeepClone(),
            Planner.Etag((await Planner.SendAsync(HttpMethod.Get, $"api/zones/{code}")).Body)
        );
        return await Planner.StepAsync("submit", new JsonObject(), code);
    }

    private async Task<(string?, string?)[]> StepsAsync(string code) =>
        [
            .. (await Planner.SendAsync(HttpMethod.Get, $"api/zones/{code}/versions"))
                .Body.GetProperty("steps")
                .EnumerateArray()
                .Select(step => (step.GetProperty("action").GetString(), step.GetProperty("reason").GetString())),
        ];
}
