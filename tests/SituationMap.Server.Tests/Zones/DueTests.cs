using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;

namespace SituationMap.Server.Tests.Zones;

/// <summary>When a zone may be lowered, by what was reported in it.</summary>
public sealed class DueTests(PostgisCluster cluster)
{
    [Fact]
    public async Task Counts_from_the_declaration_and_anew_from_a_case_in_the_zone()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var planner = new Planner(demo.Server);
        var building = demo.Snapshot.City.Buildings.First(building => building.HouseholdCount > 0);
        var middle = building.Outline.InteriorPoint;
        await planner.PublishAsync(
            Planner.Feature(middle.X - 0.0003, middle.Y - 0.0003, middle.X + 0.0003, middle.Y + 0.0003, code: "D-1")
        );
        var household = await demo.Database.ReadAsync<string>(
            "SELECT h.code FROM household h JOIN building b ON b.id = h.building WHERE b.code = $1 ORDER BY h.id LIMIT 1",
            building.Code
        );

        var fresh = await DueAsync(0);
        fresh.GetProperty("isDue").GetBoolean().ShouldBeFalse();
        fresh.GetProperty("to").GetString().ShouldBe("low");
        fresh.GetProperty("resets")[0].GetProperty("zh-CN").GetString().ShouldBe("区内出现新病例或检测阳性，14 天重新计算");
        (await DueAsync(16)).GetProperty("isDue").GetBoolean().ShouldBeTrue();

        // tomorrow's clock counts from a case of this minute
        var id = Guid.NewGuid();
        var report = new JsonObject
        {
            ["id"] = id,
            ["kind"] = "case",
            ["household"] = household,
            ["at"] = DateTimeOffset.UtcNow,
            ["source"] = "grid:210682-004-01",
            ["data"] = new JsonObject
            {
                ["confirmed"] = true,
                ["isolated"] = true,
                ["spread"] = "possible",
            },
        };
        (await demo.PostFactsAsync(report.ToJsonString())).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var evidence = (await DueAsync(1)).GetProperty("evidence");
        evidence.GetProperty("start").GetString().ShouldBe("case");
        evidence.GetProperty("fact").GetGuid().ShouldBe(id);
        evidence.GetProperty("household").GetString().ShouldBe(household);
        // it was an error
        var wrong = new JsonObject
        {
            ["id"] = Guid.NewGuid(),
            ["kind"] = "retraction",
            ["household"] = household,
            ["at"] = DateTimeOffset.UtcNow,
            ["source"] = "grid:210682-004-01",
            ["data"] = new JsonObject { ["fact"] = id, ["reason"] = "误报" },
        };
        (await demo.PostFactsAsync(wrong.ToJsonString())).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await DueAsync(1)).GetProperty("evidence").GetProperty("start").GetString().ShouldBe("declared");

        (await demo.GetJsonAsync("api/zones/due"))
            .GetProperty("zones")
            .EnumerateArray()
            .Select(zone => zone.GetProperty("code").GetString())
            .ShouldContain("D-1");
        await planner.RefusedAsync(HttpStatusCode.BadRequest, "value-wrong", HttpMethod.Get, "api/zones/due?at=soon");

        async Task<JsonElement> DueAsync(int days) =>
            (await demo.GetJsonAsync($"api/zones/due?at={Uri.EscapeDataString(DateTimeOffset.UtcNow.AddDays(days).ToString("O"))}"))
                .GetProperty("zones")
                .EnumerateArray()
                .Single(zone => zone.GetProperty("code").GetString() == "D-1");
    }
}
