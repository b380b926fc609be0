using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

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
        await page.AddressContainsAsync($"building={code}");

        await page.Page.Locator("#drawer .cell.observed, #drawer .cell.quarantined").First.ClickAsync();
        await page.ShowsAsync("#drawer .why", why);
        await Expect(page.Page.Locator("#drawer .why .words").First).ToHaveTextAsync(ViewerPage.SomeWords);
        await page.Page.Locator("#drawer .why summary").First.ClickAsync();
        await page.ShowsAsync("#drawer .why details", evidence);
        await page.ShowsAsync("#drawer .why details", "2020-02");
        await Expect(page.Page.Locator("#drawer .history li").First).ToBeAttachedAsync();

        await page.Page.Locator("#drawer .back").ClickAsync();
        await page.ShowsAsync("#drawer .matrix", entrance);
        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(page.Page.Locator("#drawer")).ToBeHiddenAsync();
        await page.AddressLacksAsync("building=");
    }

    [Fact]
    public async Task Homes_of_two_doors_are_as_wide_as_both_where_nobody_lives_is_nothing_to_press_and_the_numbers_add_up()
    {
        var code = await viewer.Database.ReadAsync<string>(
            """
            SELECT b.code FROM building b JOIN household h ON h.building = b.id
            GROUP BY b.code HAVING bool_or(h.doors = 2 AND h.unit = 1 AND h.floor > 1) ORDER BY count(*) DESC, b.code LIMIT 1
            """
        );
        var homes = await viewer.Database.ReadRowsAsync(
            "SELECT h.code, h.floor, h.unit, h.room, h.doors FROM household h JOIN building b ON b.id = h.building WHERE b.code = $1",
            row => (Code: row.GetString(0), Floor: row.GetInt16(1), Unit: row.GetInt16(2), Room: row.GetInt16(3), Doors: row.GetInt16(4)),
            code
        );
        await using var page = await viewer.OpenAsync($"/?lang=en#building={code}");
        await page.Page.Locator("#drawer .matrix").WaitForAsync();
        await page.PictureAsync("matrix");

        // every cell of the matrix is somebody's door or nobody's
        var cells =
            homes.Select(home => home.Floor).Distinct().Count()
            * homes.SelectMany(home => Enumerable.Range(home.Room, home.Doors).Select(room => (home.Unit, room))).Distinct().Count();
        var missing = page.Page.Locator("#drawer .matrix .missing");
        await Expect(page.Page.Locator("#drawer .matrix .cell")).ToHaveCountAsync(homes.Count);
        await Expect(missing).ToHaveCountAsync(cells - homes.Sum(home => home.Doors));
        await Expect(missing.First).ToBeAttachedAsync();

        // the building's counts are those of its cells
        await page.ShowsAsync("#drawer .total", $"{homes.Count} households");
        var tally = await page.Page.Locator("#drawer .tally li b").AllInnerTextsAsync();
        foreach (var (status, counted) in Palette.Statuses.Zip(tally))
            (await page.Page.Locator($"#drawer .matrix .cell.{status}").CountAsync()).ShouldBe(
                int.Parse(counted.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)
            );

        // a home of two doors reaches from the left of its first one to the right of its second one
        foreach (var joined in homes.Where(home => home.Doors == 2))
        {
            var (wide, narrow) = (await BoxAsync(joined.Code), await BoxAsync(homes.First(home => home.Doors == 1).Code));
            wide.Width.ShouldBeGreaterThan(2 * narrow.Width);
            wide.Height.ShouldBe(narrow.Height);
            if (
                homes.FirstOrDefault(home => home.Unit == joined.Unit && home.Room == joined.Room && home.Doors == 1) is { Code: { } above }
            )
                (await BoxAsync(above)).X.ShouldBe(wide.X, 0.5);
            if (homes.FirstOrDefault(home => home.Unit == joined.Unit && home.Room == joined.Room + 1) is { Code: { } beside })
                ((await BoxAsync(beside)) is var box ? box.X + box.Width : 0).ShouldBe(wide.X + wide.Width, 0.5);
        }

        // where nobody lives there is nothing to press, to reach or to read
        var empty = missing.First;
        (await empty.InnerTextAsync()).ShouldBeEmpty();
        await Expect(empty.Locator("button, [tabindex]")).ToHaveCountAsync(0);
        await empty.ClickAsync();
        await Expect(page.Page.Locator("#drawer .matrix")).ToBeVisibleAsync();
        await page.AddressLacksAsync("household=");

        // the arrows take one step over both doors, and one from the floor below leads back
        var wanted = homes.First(home => home.Doors == 2 && home.Unit == 1 && home.Floor > 1);
        var below = homes
            .Where(home =>
                home.Unit == 1 && home.Room <= wanted.Room + 1 && home.Room + home.Doors > wanted.Room + 1 && home.Floor < wanted.Floor
            )
            .MaxBy(home => home.Floor);
        var onward = homes
            .Where(home => home.Floor == wanted.Floor && (home.Unit > 1 || home.Room > wanted.Room))
            .MinBy(home => (home.Unit, home.Room));
        if (below.Code is not null)
        {
            await Cell(below.Code).FocusAsync();
            await page.Page.Keyboard.PressAsync("ArrowUp");
            await Expect(Cell(wanted.Code)).ToBeFocusedAsync();
        }
        await Cell(wanted.Code).FocusAsync();
        await page.Page.Keyboard.PressAsync("ArrowRight");
        await Expect(Cell(onward.Code)).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("ArrowLeft");
        await Expect(Cell(wanted.Code)).ToBeFocusedAsync();
        (await Cell(wanted.Code).GetAttributeAsync("aria-label"))!.ShouldContain("2 doors made into one home");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.Locator("#drawer .status-line").WaitForAsync();

        ILocator Cell(string household) => page.Page.Locator($"#drawer .cell[data-key='{household}']");
        async Task<LocatorBoundingBoxResult> BoxAsync(string household) => (await Cell(household).BoundingBoxAsync())!;
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
        await Expect(page.Page.Locator("#drawer .matrix")).ToHaveCountAsync(0);
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
            "([lon, lat]) => situationMap.map.getContainer().getBoundingClientRect().left + situationMap.map.project([lon, lat]).x < "
                + "document.getElementById('drawer').getBoundingClientRect().left",
            new[] { house.Longitude, house.Latitude }
        );
    }

    [Fact]
    public async Task The_address_opens_the_same_household_again()
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var page = await viewer.OpenAsync(
            $"/?lang=en#map=17/{house.Latitude}/{house.Longitude}&building={house.Building}&household={house.Household}"
        );

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
        for (
            var step = 0;
            step < 20 && !await page.Page.EvaluateAsync<bool>("() => document.activeElement === situationMap.map.getCanvas()");
            step++
        )
            await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Enter");
        await page.Page.Locator("#drawer .matrix").WaitForAsync();
        // from the title, which has the focus now, over the close button to the first household, and down one floor
        await Expect(page.Page.Locator("#drawer h2")).ToBeFocusedAsync();
        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Tab");
        await Expect(page.Page.Locator("#drawer .cell").First).ToBeFocusedAsync();
        await keyboard.PressAsync("ArrowDown");
        await keyboard.PressAsync("Enter");

        await page.Page.Locator("#drawer .status-line").WaitForAsync();
        await keyboard.PressAsync("Escape");
        await Expect(page.Page.Locator("#drawer")).ToBeHiddenAsync();
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
            """
        );
        await using var reader = await command.ExecuteReaderAsync();
        (await reader.ReadAsync()).ShouldBeTrue("the demo has blocks with observed households");
        return (reader.GetDouble(0), reader.GetDouble(1), reader.GetString(2));
    }
}
