using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;

namespace SituationMap.Web.Tests;

/// <summary>A tower of sixty floors is read by what on it is not healthy.</summary>
[Collection(ViewerTests.Name)]
public sealed class TowerTests(Viewer viewer)
{
    [Fact]
    public async Task Sixty_floors_fold_into_those_on_which_something_is_not_healthy_and_add_up()
    {
        await using var database = await viewer.NewDatabaseAsync();
        await using var server = await TestServer.StartAsync(database, ("SituationMap:Demo", "true"));
        await database.ExecuteAsync(
            """
            INSERT INTO building (grid, code, address, kind, floors, units, outline)
            SELECT grid, 'B-TOWER', 'Tower', 'tower', 60, 2, ST_Multi(ST_MakeEnvelope(124.0600, 40.4700, 124.0605, 40.4703, 4326))
            FROM building WHERE code = 'B-0001'
            """
        );
        await database.ExecuteAsync(
            """
            INSERT INTO household (grid, code, building, floor, unit, room)
            SELECT b.grid, format('H-T-%s-%s-%s', unit, floor, room), b.id, floor, unit, room
            FROM building b, generate_series(1, 60) floor, generate_series(1, 2) unit, generate_series(1, 3) room
            WHERE b.code = 'B-TOWER'
            """
        );
        var homes = (
            from floor in Enumerable.Range(1, 60)
            from unit in new[] { 1, 2 }
            from room in new[] { 1, 2, 3 }
            select $"H-T-{unit}-{floor}-{room}"
        ).Except(["H-T-2-40-3"]);
        var surveys = homes.Select(home => Fact("survey", home, new { members = 2, present = 2 }));
        var order = Fact("order", "H-T-1-33-2", new { measure = "quarantine", days = 14 });
        (await server.Client.PostAsJsonAsync("/api/facts", surveys.Append(order))).EnsureSuccessStatusCode();
        await using var page = await viewer.OpenAsync("/?lang=en#building=B-TOWER", server.Address);
        await page.ShowsAsync("#drawer .tally", "Quarantined 1");
        await page.ShowsAsync("#drawer .tally", "Not visited 1");
        await page.ShowsAsync("#drawer .tally", "Healthy 358");
        await Assertions.Expect(page.Page.Locator("#drawer .cell")).ToHaveCountAsync(360);
        await page.PictureAsync("tower");

        await page.Page.GetByLabel("Only what is not healthy").CheckAsync();

        await Assertions.Expect(page.Page.Locator("#drawer .cell")).ToHaveCountAsync(12);
        await Assertions.Expect(page.Page.Locator("#drawer .matrix tbody th")).ToHaveTextAsync(["41–60", "40", "34–39", "33", "1–32"]);
        await Assertions
            .Expect(page.Page.Locator("#drawer .matrix .folded td"))
            .ToHaveTextAsync(["all healthy, 120 households", "all healthy, 36 households", "all healthy, 192 households"]);
        // what of each entrance, and of each floor, is not healthy
        (
            await page.Page.Locator("#drawer .matrix thead .sums > span").EvaluateAllAsync<string[]>("sums => sums.map(sum => sum.title)")
        ).ShouldBe(["Quarantined 1 household", "Not visited 1 household"]);
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await page.PictureAsync("tower-exceptions");

        // the arrow keys go over what is folded
        var cell = page.Page.Locator("#drawer .cell[data-key='H-T-2-40-3']");
        await Assertions
            .Expect(cell)
            .ToHaveAttributeAsync("aria-label", new Regex("Not visited", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await cell.FocusAsync();
        await cell.PressAsync("ArrowDown");
        await Assertions.Expect(page.Page.Locator("#drawer .cell[data-key='H-T-2-33-3']")).ToBeFocusedAsync();

        static object Fact(string kind, string household, object data) =>
            new
            {
                id = Guid.NewGuid(),
                kind,
                household,
                at = DateTimeOffset.UtcNow.AddMinutes(-1),
                source = "system:tower-test",
                data,
            };
    }
}
