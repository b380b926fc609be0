using System.Globalization;
using System.Text;
using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

[Collection(ViewerTests.Name)]
public sealed class ImportsTests(Viewer viewer)
{
    /// <summary>Buildings beside one another, from a place to the east, north first; the last one has no floors that a building could
    /// have.</summary>
    private static string NorthFirst(double longitude, double latitude, string prefix)
    {
        var text = new StringBuilder("编号,地址,总层数,wkt\n");
        for (var i = 0; i < 6; i++)
        {
            var (west, south) = (longitude + (i * 0.0002), latitude);
            text.Append(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{prefix}-{i},新建路{i}号,{(i == 5 ? "很多" : "6")},\"POLYGON (({south} {west}, {south} {west + 0.00012}, "
                        + $"{south + 0.00012} {west + 0.00012}, {south + 0.00012} {west}, {south} {west}))\"\n"
                )
            );
        }
        return text.ToString();
    }

    [Fact]
    public async Task A_file_is_looked_at_on_the_map_put_right_and_imported()
    {
        var (longitude, latitude) = await MiddleAsync();
        await using var page = await viewer.OpenAsync("/?lang=en");
        await page.Page.Locator(".menu button", new() { HasText = "Data" }).ClickAsync();
        await ChooseAsync(page, "new-buildings.csv", NorthFirst(longitude, latitude, "NEW"));

        // the name has told what it holds; what is swapped is named, and one click puts it right
        await Expect(page.Page.Locator("#data input[value=buildings]")).ToBeCheckedAsync();
        await page.ShowsAsync("#data .finding.refuses", "look swapped");
        await Screenshot(page, "imports-swapped");
        await page.Page.Locator("#data .finding button").ClickAsync();
        await page.ShowsAsync("#data .faults", "“Floors” has to be a whole number from 1 to 120");
        await Expect(page.Page.Locator("#data [data-count=rejected]")).ToHaveTextAsync("1");
        await Expect(page.Page.Locator("#import-field-address")).ToHaveValueAsync("=地址");
        await page.Page.WaitForFunctionAsync("() => situationMap.map.queryRenderedFeatures({ layers: ['importing-line'] }).length >= 5");
        var list = await page.Page.RunAndWaitForDownloadAsync(() => page.Page.GetByText("Download the list").ClickAsync());
        (await File.ReadAllTextAsync(await list.PathAsync(), TestContext.Current.CancellationToken)).ShouldContain(
            "6,NEW-5,floors,value-wrong,"
        );
        (await viewer.Database.ReadAsync<long>("SELECT count(*) FROM building WHERE code LIKE 'NEW-%'")).ShouldBe(0);

        // a column taken away and given back, and the row that is wrong left out
        await page.Page.Locator("#data .reading summary").ClickAsync();
        await page.Page.Locator("#import-field-floors").SelectOptionAsync("");
        await Expect(page.Page.Locator("#data [data-count=rejected]")).ToHaveTextAsync("0");
        await page.Page.Locator("#import-field-floors").SelectOptionAsync("=总层数");
        await page.Page.GetByLabel("Leave the rejected rows out").CheckAsync();
        await Screenshot(page, "imports-checked");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Import 5 rows" }).ClickAsync();
        await page.ShowsAsync("#data [role=status]", "Imported.");
        await Expect(page.Page.Locator("#data [data-count=new]")).ToHaveTextAsync("5");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Show on the map" }).ClickAsync();
        await page.Page.WaitForFunctionAsync(
            "() => situationMap.map.queryRenderedFeatures({ layers: ['buildings'] }).some(({ properties }) => properties.code === 'NEW-0')"
        );
        await Screenshot(page, "imports-done");
        await viewer.Database.ExecuteAsync("DELETE FROM building WHERE code LIKE 'NEW-%'");
    }

    [Fact]
    public async Task What_is_taken_out_goes_in_again_unchanged()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        await page.Page.Locator(".menu button", new() { HasText = "Data" }).ClickAsync();
        await page.Page.Locator("#data .choice button", new() { HasText = "Export" }).ClickAsync();
        await page.Page.GetByLabel("What", new() { Exact = true }).SelectOptionAsync("persons");
        await Expect(page.Page.Locator("#data .buttons .primary")).ToBeDisabledAsync();
        await page.Page.GetByLabel("What for").SelectOptionAsync("correction");
        await page.Page.GetByLabel("Format").SelectOptionAsync("csv");
        await Screenshot(page, "exports");
        var persons = await page.Page.RunAndWaitForDownloadAsync(() => page.Page.GetByText("Download").ClickAsync());
        await page.Page.GetByLabel("What", new() { Exact = true }).SelectOptionAsync("checkpoints");
        await page.Page.GetByLabel("Format").SelectOptionAsync("geojson");
        var checkpoints = await page.Page.RunAndWaitForDownloadAsync(() => page.Page.GetByText("Download").ClickAsync());
        (
            await viewer.Database.ReadAsync<string>(
                "SELECT action FROM audit WHERE purpose = 'correction' AND subject = '/api/exports/persons'"
            )
        ).ShouldBe("export");

        await page.Page.Locator("#data .choice button", new() { HasText = "Import" }).ClickAsync();
        foreach (var (name, download) in ((string, IDownload)[])[("persons.csv", persons), ("checkpoints.geojson", checkpoints)])
        {
            await ChooseAsync(page, name, await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken));
            await page.ShowsAsync("#data .buttons", "there is nothing to import");
            await Expect(page.Page.Locator("#data [data-count=rows]"))
                .ToHaveTextAsync(await page.Page.Locator("#data [data-count=same]").InnerTextAsync());
        }
    }

    [Fact]
    public async Task An_empty_store_offers_the_first_import_and_shows_its_place()
    {
        await using var database = await viewer.NewDatabaseAsync();
        await using var server = await TestServer.StartAsync(database);
        await using var page = await viewer.OpenAsync("/?lang=en", server.Address, waitForMap: false);
        await Screenshot(page, "imports-empty");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Import the first grids" }).ClickAsync();
        await ChooseAsync(
            page,
            "grids.csv",
            "code,name,wkt\n210682,Fengcheng,\"POLYGON ((124 40, 124.1 40, 124.1 40.1, 124 40.1, 124 40))\"\n210682-001,East,"
                + "\"POLYGON ((124.05 40, 124.1 40, 124.1 40.1, 124.05 40.1, 124.05 40))\"\n210682-002,West,\"POLYGON ((124 40, "
                + "124.05 40, 124.05 40.1, 124 40.1, 124 40))\"\n"
        );
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Import 3 rows" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Open the map" }).ClickAsync();

        await page.ShowsAsync("#card h2", "Fengcheng");
        await page.MapIsDrawnAsync();
        // what cannot be read says why and leaves the way open
        await page.Page.Locator(".menu button", new() { HasText = "Data" }).ClickAsync();
        await ChooseAsync(page, "zones.geojson", "<OGRVRTDataSource/>");
        await page.ShowsAsync("#data .fault", "cannot be read as what its name says");
        await ChooseAsync(page, "zones.exe", "MZ");
        await page.ShowsAsync("#data .fault", "This kind of file is not known");
        page.ExpectsErrors = true; // the browser reports the refusal as one
    }

    [Theory]
    [InlineData("zh-CN")]
    [InlineData("en")]
    public async Task The_templates_are_a_community_when_imported_one_after_the_other(string language)
    {
        await using var database = await viewer.NewDatabaseAsync();
        await using var server = await TestServer.StartAsync(database);
        await using var page = await viewer.OpenAsync($"/?lang={language}", server.Address, waitForMap: false);
        await Expect(page.Page.Locator("#card .begin li")).ToHaveCountAsync(3);
        await page.Page.Locator("#card .begin button").ClickAsync();
        await Screenshot(page, $"imports-templates-{language}");
        var templates = new List<(string Name, string Text)>();
        var links = page.Page.Locator("#data .templates a");
        await Expect(links).ToHaveCountAsync(5);
        foreach (var link in await links.AllAsync())
        {
            var download = await page.Page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
            templates.Add(
                (download.SuggestedFilename, await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken))
            );
        }

        foreach (var (name, text) in templates)
        {
            await ChooseAsync(page, name, text);
            await Expect(page.Page.Locator("#data .kinds input:checked")).ToHaveCountAsync(1);
            await page.Page.Locator("#data [data-count=rejected]").WaitForAsync();
            (await page.Page.Locator("#data .faults li").AllInnerTextsAsync()).ShouldBeEmpty(name);
            await page.Page.Locator("#data .buttons .primary").ClickAsync();
            await Expect(page.Page.Locator("#data [data-change=new]")).ToHaveTextAsync(language == "en" ? "Added" : "已新增");
            await Expect(page.Page.Locator("#data [data-count=rejected]")).ToHaveTextAsync("0");
        }

        (await database.ReadAsync<long>("SELECT count(*) FROM household")).ShouldBe(4);
        (await database.ReadAsync<long>("SELECT count(*) FROM person")).ShouldBe(2);
        (await database.ReadAsync<long>("SELECT count(*) FROM checkpoint")).ShouldBe(1);
    }

    [Theory]
    [InlineData("/?theme=light")]
    [InlineData("/?theme=dark&lang=en")]
    public async Task Axe_finds_nothing_and_the_keyboard_is_enough(string path)
    {
        var (longitude, latitude) = await MiddleAsync();
        await using var page = await viewer.OpenAsync(path);
        var menu = page.Page.Locator(
            ".menu button",
            new() { HasText = path.Contains("lang=en", StringComparison.Ordinal) ? "Data" : "数据" }
        );
        await menu.FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.Locator("#data .drop").WaitForAsync();
        await page.Page.Keyboard.PressAsync("Tab");
        await page.BecomesAsync("() => document.getElementById('data').contains(document.activeElement)", true);
        (await ViolationsAsync(page)).ShouldBeEmpty();

        await ChooseAsync(page, "buildings.csv", NorthFirst(longitude, latitude, "AXE"));
        await page.Page.Locator("#data .finding button").FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.Locator("#data .faults li").First.WaitForAsync();
        (await ViolationsAsync(page)).ShouldBeEmpty();
        await Screenshot(page, $"imports-{(path.Contains("dark", StringComparison.Ordinal) ? "dark" : "light")}");
        await page.Page.Locator("#data .choice button").Last.ClickAsync();
        (await ViolationsAsync(page)).ShouldBeEmpty();
        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(page.Page.Locator("#data")).ToBeHiddenAsync();
    }

    /// <summary>West of the middle of the largest of the lowest grids.</summary>
    private Task<(double Longitude, double Latitude)> MiddleAsync() =>
        viewer.Database.ReadRowAsync(
            """
            SELECT ST_X(ST_Centroid(outline)) - 0.0006, ST_Y(ST_Centroid(outline)) FROM grid g
            WHERE NOT EXISTS (SELECT FROM grid below WHERE below.parent = g.path) ORDER BY ST_Area(outline) DESC LIMIT 1
            """,
            row => (row.GetDouble(0), row.GetDouble(1))
        );

    private static Task ChooseAsync(ViewerPage page, string name, string text) =>
        page
            .Page.Locator("#import-file")
            .SetInputFilesAsync(
                new FilePayload
                {
                    Name = name,
                    MimeType = "application/octet-stream",
                    Buffer = Encoding.UTF8.GetBytes(text),
                }
            );

    private static async Task<string[]> ViolationsAsync(ViewerPage page)
    {
        await page.Page.EvaluateAsync(
            await File.ReadAllTextAsync(
                Path.Combine(WebFolder.Path, "node_modules", "axe-core", "axe.min.js"),
                TestContext.Current.CancellationToken
            )
        );
        return await page.Page.EvaluateAsync<string[]>(
            "() => axe.run().then(result => result.violations.map(one => `${one.id}: ${one.nodes.map(node => node.target + ' ' "
                + "+ node.failureSummary).join('; ')}`))"
        );
    }

    private static Task Screenshot(ViewerPage page, string name) =>
        Environment.GetEnvironmentVariable("SCREENSHOTS") is { } folder
            ? page.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") })
            : Task.CompletedTask;
}
