using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Server.Tests.Zones;

/// <summary>The life of a zone over HTTP: draft, submitted, approved, lowered, ended, taken back.</summary>
public sealed class LifeTests(PostgisCluster cluster) : PlanningTests(cluster)
{
    [Fact]
    public async Task Goes_from_draft_to_force_by_two_persons_and_back_by_one_action()
    {
        var (response, drafted) = await Planner.SendAsync(HttpMethod.Post, "api/zones", Planner.Feature(124, 40, 124.01, 40.01));
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        response.Headers.Location!.ToString().ShouldBe("/api/zones/Z-1");
        drafted.GetProperty("state").GetString().ShouldBe("draft");
        (await Planner.InForceAsync()).ShouldBeEmpty();

        var submitted = await Planner.DoAsync(HttpMethod.Post, "api/zones/Z-1/submit", tag: Planner.Etag(drafted));
        await Planner.RefusedAsync(
            HttpStatusCode.Forbidden,
            "approver-is-author",
            HttpMethod.Post,
            "api/zones/Z-1/approve",
            tag: Planner.Etag(submitted)
        );
        await Planner.RefusedAsync(
            HttpStatusCode.Conflict,
            "state-wrong",
            HttpMethod.Put,
            "api/zones/Z-1/draft",
            Planner.Feature(124, 40, 124.02, 40.01),
            Planner.Etag(submitted)
        );
        var rejected = await Planner.DoAsync(
            HttpMethod.Post,
            "api/zones/Z-1/reject",
            new JsonObject { ["reason"] = "太小" },
            Planner.Etag(submitted)
        );
        rejected.GetProperty("draft").GetProperty("state").GetString().ShouldBe("rejected");
        var changed = await Planner.DoAsync(
            HttpMethod.Put,
            "api/zones/Z-1/draft",
            Planner.Feature(124, 40, 124.02, 40.01),
            Planner.Etag(rejected)
        );
        submitted = await Planner.DoAsync(HttpMethod.Post, "api/zones/Z-1/submit", tag: Planner.Etag(changed));
        (
            await Planner.Planning.ApproveAsync("Z-1", Planner.Tag(submitted), Planner.As("second"), CancellationToken.None)
        ).Fault.ShouldBeNull();
        (await Planner.InForceAsync()).ShouldBe(["Z-1 high 1"]);

        await Planner.PublishAsync(Planner.Feature(124, 40, 124.01, 40.01, "medium", "Z-1"));
        var lowered = await Planner.StepAsync("lower", new JsonObject { ["reason"] = "十四天无新增", ["level"] = "low" });
        (await Planner.InForceAsync()).ShouldBe(["Z-1 low 3"]);
        await Planner.RefusedAsync(
            HttpStatusCode.BadRequest,
            "level-unknown",
            HttpMethod.Post,
            "api/zones/Z-1/lower",
            new JsonObject { ["reason"] = "x", ["level"] = "high" },
            Planner.Etag(lowered)
        );
        await Planner.StepAsync("rollback", new JsonObject { ["reason"] = "误降", ["version"] = 1 });
        (await Planner.InForceAsync()).ShouldBe(["Z-1 high 4"]);
        await Planner.StepAsync("end", new JsonObject { ["reason"] = "解除" });
        (await Planner.InForceAsync()).ShouldBeEmpty();

        var history = (await Planner.SendAsync(HttpMethod.Get, "api/zones/Z-1/versions")).Body;
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
        second.GetProperty("added").ValueKind.ShouldBe(JsonValueKind.Null);
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
        var drafted = await Planner.DoAsync(HttpMethod.Post, "api/zones", Planner.Feature(124, 40, 124.01, 40.01, name: "一"));
        await Planner.RefusedAsync(
            HttpStatusCode.PreconditionRequired,
            "precondition-missing",
            HttpMethod.Put,
            "api/zones/Z-1/draft",
            Planner.Feature(124, 40, 124.01, 40.01)
        );
        await Planner.DoAsync(
            HttpMethod.Put,
            "api/zones/Z-1/draft",
            Planner.Feature(124, 40, 124.02, 40.01, name: "二"),
            Planner.Etag(drafted)
        );

        var stale = await Planner.RefusedAsync(
            HttpStatusCode.PreconditionFailed,
            "zone-changed",
            HttpMethod.Put,
            "api/zones/Z-1/draft",
            Planner.Feature(124, 40, 124.03, 40.01, name: "三"),
            Planner.Etag(drafted)
        );

        stale.GetProperty("base").GetProperty("name").GetString().ShouldBe("一");
        stale.GetProperty("current").GetProperty("draft").GetProperty("name").GetString().ShouldBe("二");
        stale.GetProperty("yours").GetProperty("name").GetString().ShouldBe("三");
        await Planner.DoAsync(
            HttpMethod.Put,
            "api/zones/Z-1/draft",
            Planner.Feature(124, 40, 124.03, 40.01, name: "三"),
            Planner.Etag(stale.GetProperty("current"))
        );
    }

    [Fact]
    public async Task Loses_no_edit_of_twenty_planners_without_telling_its_author()
    {
        var drafted = await Planner.DoAsync(HttpMethod.Post, "api/zones", Planner.Feature(124, 40, 124.01, 40.01));
        var plan = (await Planner.Planning.ChangeAsync("Z-1", Planner.Tag(drafted), Plan("0"), Planner.As("p0"), CancellationToken.None))
            .Zone!
            .Draft!
            .Content;

        var accepted = await Task.WhenAll(
            Enumerable
                .Range(1, 20)
                .Select(number =>
                    Task.Run(async () =>
                    {
                        var names = new List<string>();
                        for (var edit = 0; edit < 10; edit++)
                        {
                            var seen = Planner.Tag((await Planner.SendAsync(HttpMethod.Get, "api/zones/Z-1")).Body);
                            var result = await Planner.Planning.ChangeAsync(
                                "Z-1",
                                seen,
                                plan with
                                {
                                    Name = $"{number}.{edit}",
                                },
                                Planner.As($"p{number}"),
                                CancellationToken.None
                            );
                            (result.Fault is null || result.Outcome == StepOutcome.Stale).ShouldBeTrue();
                            if (result.Fault is null)
                                names.Add($"{number}.{edit}");
                        }
                        return names;
                    })
                )
        );

        var kept = await Server.Database.ReadRowsAsync("SELECT name FROM zone_step WHERE action = 'changed' ORDER BY step", row =>
            row.GetString(0)
        );
        kept.Skip(1).Order().ShouldBe(accepted.SelectMany(names => names).Order());
        (await Server.Database.ReadAsync<bool>("SELECT max(step) = count(*) FROM zone_step")).ShouldBeTrue();
        (await Server.Database.ReadAsync<string>("SELECT name FROM zone_draft")).ShouldBe(kept[^1]);

        DraftContent Plan(string name) =>
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
    public async Task Lists_by_state_and_place()
    {
        await Planner.PublishAsync(Planner.Feature(124, 40, 124.01, 40.01, code: "A"));
        await Planner.DoAsync(HttpMethod.Post, "api/zones", Planner.Feature(125, 40, 125.01, 40.01, code: "B"));

        (await Planner.InForceAsync("?state=draft")).ShouldBe(["B high 0"]);
        (await Planner.InForceAsync("?state=all")).ShouldBe(["A high 1", "B high 0"]);
        (await Planner.InForceAsync("?state=all&bbox=124.5,39,126,41")).ShouldBe(["B high 0"]);
        (await Planner.InForceAsync("?state=ended")).ShouldBeEmpty();
        await Planner.RefusedAsync(HttpStatusCode.BadRequest, "value-wrong", HttpMethod.Get, "api/zones?bbox=1,2,3");
    }
}
