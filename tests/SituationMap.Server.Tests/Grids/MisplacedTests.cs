using System.Text.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Grids;

/// <summary>Households whose building does not stand in their grid.</summary>
public sealed class MisplacedTests(PostgisCluster cluster)
{
    [Fact]
    public async Task Households_outside_their_grid_are_counted_and_listed()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await demo.Database.ExecuteAsync("UPDATE building SET outline = ST_Translate(outline, 0.05, 0) WHERE code = 'B-0001'");
        var moved = await demo.Database.ReadRowsAsync(
            "SELECT h.code FROM household h JOIN building b ON b.id = h.building WHERE b.code = 'B-0001' ORDER BY h.id",
            row => row.GetString(0)
        );
        await DemoServer.WaitAsync(async () =>
            (await demo.GetJsonAsync("api/grids/210682-004/summary")).GetProperty("misplaced").GetInt32() == moved.Count
        );

        (await ListAsync("true")).ShouldBe(moved);
        (await ListAsync("false")).Intersect(moved).ShouldBeEmpty();
        (await demo.GetJsonAsync("api/households?misplaced=true&grid=210682-004-02"))
            .GetProperty("households")
            .GetArrayLength()
            .ShouldBe(0);
        using var refused = await demo.Client.GetAsync(new Uri("api/households?misplaced=perhaps", UriKind.Relative));
        JsonSerializer
            .Deserialize<JsonElement>(await refused.Content.ReadAsStringAsync())
            .GetProperty("field")
            .GetString()
            .ShouldBe("misplaced");

        async Task<IEnumerable<string>> ListAsync(string misplaced) =>
            (await demo.GetJsonAsync($"api/households?misplaced={misplaced}&limit=1000"))
                .GetProperty("households")
                .EnumerateArray()
                .Select(one => one.GetProperty("household").GetString()!);
    }
}
