using Microsoft.Playwright;
using Shouldly;

namespace SituationMap.Web.Tests;

[Collection(ViewerTests.Name)]
public sealed class PanelTests(Viewer viewer)
{
    [Theory]
    [InlineData("zh-CN", "单元", "为什么", "依据")]
    [InlineData("en", "Entrance", "Why", "Evidence")]
    public async Task From_a_block_to_a_household_and_why(string language, string entrance, string why, string evidence)
    {
        var (longitude, latitude, code) = await BlockWithObservedAsync();
        await using var page = await viewer.OpenAsync($"/?lang={language}");
        await page.LookAtAsync(longitude, latitude, 17.5);

        await page.ClickAsync(longitude, latitude);
        await page.ShowsAsync("#drawer .matrix", entrance);
        (await page.Page.EvaluateAsync<string>("() => location.hash")).ShouldContain($"building={code}");

        await page.Page.Locator("#drawer .cell.observed, #drawer .cell.quarantined").First.ClickAsync();
        await page.ShowsAsync("#drawer .why", why);
        (await page.Page.Locator("#drawer .why .words").First.InnerTextAsync()).Length.ShouldBeGreaterThan(8);
        await page.Page.Locator("#drawer .why summary").First.ClickAsync();
        await page.ShowsAsync("#drawer .why details", evidence);
        await page.ShowsAsync("#drawer .why details", "2020-02");
        (await page.Page.Locator("#drawer .history li").CountAsync()).ShouldBePositive();

        await page.Page.Locator("#drawer .back").ClickAsync();
        await page.ShowsAsync("#drawer .matrix", entrance);
        await page.Page.Keyboard.PressAsync("Escape");
        (await page.Page.Locator("#drawer").IsVisibleAsync()).ShouldBeFalse();
        (await page.Page.EvaluateAsync<string>("() => location.hash")).ShouldNotContain("building=");
    }

    [Fact]
    public async Task A_house_of_one_household_opens_that_household()
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var page = await viewer.OpenAsync();
        await page.LookAtAsync(house.Longitude, house.Latitude, 17.5);

        await page.ClickAsync(house.Longitude, house.Latitude);

        await page.ShowsAsync("#drawer .status-line", "健康");
        await page.ShowsAsync("#drawer .why", "没有任何情况限制这一户");
        (await page.Page.Locator("#drawer .matrix").CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Keeps_the_selected_building_clear_of_the_drawer()
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var page = await viewer.OpenAsync();
        await page.LookAtAsync(house.Longitude, house.Latitude, 17.5);
        // to where the drawer is going to be
        await page.Page.EvaluateAsync("() => { situationMap.map.panBy([-500, 0], { duration: 0 }); }");
        await page.Page.WaitForFunctionAsync("() => situationMap.map.areTilesLoaded()");

        await page.ClickAsync(house.Longitude, house.Latitude);

        await page.ShowsAsync("#drawer .status-line", "健康");
        await page.Page.WaitForFunctionAsync(
            "([lon, lat]) => situationMap.map.project([lon, lat]).x < document.getElementById('drawer').getBoundingClientRect().left", new[] { house.Longitude, house.Latitude });
    }

    [Fact]
    public async Task The_address_opens_the_same_household_again()
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var page = await viewer.OpenAsync($"/?lang=en#map=17/{house.Latitude}/{house.Longitude}&building={house.Building}&household={house.Household}");

        await page.ShowsAsync("#drawer .status-line", "Healthy");
        (await page.Page.EvaluateAsync<double>("() => situationMap.map.getZoom()")).ShouldBe(17, 0.01);
    }

    [Fact]
    public async Task Works_by_keyboard_alone()
    {
        var (longitude, latitude, _) = await BlockWithObservedAsync();
        await using var page = await viewer.OpenAsync();
        await page.LookAtAsync(longitude, latitude, 17.5);
        var keyboard = page.Page.Keyboard;

        // Tab until the map has the focus
        for (var step = 0; step < 20 && !await page.Page.EvaluateAsync<bool>("() => document.activeElement === situationMap.map.getCanvas()"); step++)
            await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Enter");
        await page.Page.Locator("#drawer .matrix").WaitForAsync();
        // from the title, which has the focus now, over the close button to the first household, and down one floor
        await Assertions.Expect(page.Page.Locator("#drawer h2")).ToBeFocusedAsync();
        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Tab");
        await Assertions.Expect(page.Page.Locator("#drawer .cell").First).ToBeFocusedAsync();
        await keyboard.PressAsync("ArrowDown");
        await keyboard.PressAsync("Enter");

        await page.Page.Locator("#drawer .status-line").WaitForAsync();
        await keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Page.Locator("#drawer")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Says_what_to_do_when_a_building_is_not_there()
    {
        await using var page = await viewer.OpenAsync("/?lang=en#building=B-none");
        page.ExpectsErrors = true;

        await page.ShowsAsync("#drawer .trouble", "Please select it on the map again");
    }

    /// <summary>A block with a matrix that has someone observed or quarantined in it.</summary>
    private async Task<(double Longitude, double Latitude, string Code)> BlockWithObservedAsync()
    {
        await using var command = viewer.Database.DataSource.CreateCommand(
            """
            SELECT ST_X(building.point), ST_Y(building.point), building.code
            FROM building
            WHERE building.units > 1
              AND EXISTS (SELECT FROM household JOIN household_status ON household_status.household = household.id
                          WHERE household.building = building.id AND household_status.status IN ('observed', 'quarantined'))
            ORDER BY building.id LIMIT 1
            """);
        await using var reader = await command.ExecuteReaderAsync();
        (await reader.ReadAsync()).ShouldBeTrue("the demo has blocks with observed households");
        return (reader.GetDouble(0), reader.GetDouble(1), reader.GetString(2));
    }
}
