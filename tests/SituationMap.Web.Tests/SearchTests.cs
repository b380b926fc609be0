namespace SituationMap.Web.Tests;

/// <summary>Finding households, buildings, grids and places.</summary>
[Collection(ViewerTests.Name)]
public sealed class SearchTests(Viewer viewer)
{
    [Fact]
    public async Task Finds_by_initials_and_by_household_with_the_keyboard()
    {
        await using var page = await viewer.OpenAsync();

        await page.Page.Keyboard.PressAsync("/");
        await page.Page.Keyboard.TypeAsync("tnsq");
        await page.ShowsAsync("#search-results", "铁南社区");
        await page.Page.Keyboard.PressAsync("ArrowDown");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.ShowsAsync("#situation h2", "铁南社区");

        await page.Page.Locator("#search-field").FillAsync("H-01-0001");
        await page.ShowsAsync("#search-results", "1-101");
        await page.Page.Keyboard.PressAsync("Enter");
        await page.ShowsAsync("#drawer h2", "1-101");

        await page.Page.Locator("#search-field").FillAsync("qqqq");
        await page.ShowsAsync("#search-results", "没有找到");
    }

    [Theory]
    [InlineData(
        "fsldk",
        "凤山路东口卡点",
        "() => situationMap.map.getCenter().toArray().every((part, axis) => Math.abs(part - [124.0594, 40.4499][axis]) < 0.01)"
    )]
    [InlineData(
        "铁南街 1 号楼",
        "铁南街 1 号楼",
        "() => document.querySelector('#drawer h2')?.textContent === '铁南街 1 号楼' && document.querySelector('#drawer .matrix')"
    )]
    [InlineData("B-0001", "铁南街 1 号楼", "() => location.hash.includes('building=B-0001')")]
    [InlineData("第二网格", "第二网格", "() => document.querySelector('#situation h2')?.textContent === '第二网格'")]
    public async Task What_is_searched_is_found_and_shown(string query, string found, string shown)
    {
        await using var page = await viewer.OpenAsync("/?theme=dark");

        await page.Page.Locator("#search-field").FillAsync(query);
        await page.Page.Locator("#search-results [role=option]", new() { HasText = found }).First.ClickAsync();

        await page.Page.WaitForFunctionAsync(shown);
    }
}
