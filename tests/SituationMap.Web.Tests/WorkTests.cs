using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>What is to be done, house by house.</summary>
[Collection(ViewerTests.Name)]
public sealed class WorkTests(Viewer viewer) : IDisposable
{
    private readonly Morning _morning = new();

    public void Dispose() => _morning.Dispose();

    [Fact]
    public async Task A_home_is_taken_and_given_back_by_keyboard_and_the_list_says_by_whom()
    {
        await using var database = await viewer.NewDatabaseAsync();
        await using var server = await TestServer.StartAsync(database, ("SituationMap:Demo", "true"));
        await using var page = await viewer.OpenAsync("/?lang=en#work=210682-004-03", server.Address);
        var (home, button) = (page.Page.Locator("#work .taking").First, page.Page.Locator("#work .taking button").First);
        await Expect(button).ToHaveTextAsync("Take");

        await button.FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");

        await Expect(home).ToContainTextAsync("taken by local");
        await Expect(button).ToHaveTextAsync("Release");
        await Expect(button).ToBeFocusedAsync();
        await page.Page.ReloadAsync();
        await Expect(home).ToContainTextAsync("taken by local");
        await page.PictureAsync("taking");
        (await page.ViolationsAsync()).ShouldBeEmpty();

        await button.FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");

        await Expect(button).ToHaveTextAsync("Take");
        await Expect(home).Not.ToContainTextAsync("taken");
        (await database.ReadAsync<long>("SELECT count(*) FROM fact WHERE kind = 'assignment'")).ShouldBe(2);
    }

    [Fact]
    public async Task Temperatures_that_are_due_are_reported_one_after_the_other_where_they_stand()
    {
        await using var database = await viewer.NewDatabaseAsync();
        await using var server = await TestServer.StartAsync(
            database,
            ("SituationMap:Demo", "true"),
            ("SituationMap:Protocols", _morning.Protocols)
        );
        await using var page = await viewer.OpenAsync("/?lang=en", server.Address);
        await page.Page.Keyboard.PressAsync("w");
        await page.ShowsAsync("#work h2", "To be done");
        // of the community, and grid by grid, each of which is one click
        await Expect(page.Page.Locator("#work .progress tbody tr")).ToHaveCountAsync(4);
        await page.Page.Locator("#work .progress tr[data-grid='210682-004-03'] button").ClickAsync();
        await Expect(page.Page.GetByLabel("Grid of the round")).ToHaveValueAsync("210682-004-03");
        await Expect(page.Page.Locator("#work .progress tbody tr")).ToHaveCountAsync(1);
        // with a ring around each building
        await page.BecomesAsync("() => situationMap.map.querySourceFeatures('work').length > 0", true);
        var done = page.Page.Locator("#work .progress [data-count=done]");
        var before = await DoneAsync();
        await Expect(done).ToHaveTextAsync(before.ToString("N0", CultureInfo.InvariantCulture));
        var readings = page.Page.Locator("#work form");
        await Expect(readings.First).ToContainTextAsync("by 12:00");
        var (household, due) = await FirstDueAsync();
        await page.PictureAsync("work");
        (await page.ViolationsAsync()).ShouldBeEmpty();

        // what is no temperature is said beside it and not sent
        var input = readings.First.Locator("input");
        await input.FillAsync("3");
        await input.PressAsync("Enter");
        await Expect(readings.First.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Please give a number from 30 to 45.");
        (await FirstDueAsync()).ShouldBe((household, due));

        // a number and Enter, and the next one has the focus
        for (var reading = 0; reading < 3; reading++)
        {
            await Expect(readings.Nth(reading).Locator("input")).ToBeFocusedAsync();
            await page.Page.Keyboard.PressAsync("Control+A");
            await page.Page.Keyboard.TypeAsync("36,5");
            await page.Page.Keyboard.PressAsync("Enter");
            await Expect(readings.Nth(reading)).ToContainTextAsync("Stored");
        }
        await page.ShowsAsync("#work header", "3 stored");
        await Expect(done).ToHaveTextAsync((before + 3).ToString("N0", CultureInfo.InvariantCulture));
        (
            await database.ReadAsync<long>(
                "SELECT count(*) FROM fact WHERE kind = 'temperature' AND data = '{\"celsius\": 36.5}' AND account = 'local'"
            )
        ).ShouldBe(3);
        (await FirstDueAsync()).ShouldNotBe((household, due));

        // on paper: a row a household, and boxes to tick
        await page.Page.EvaluateAsync(
            """
            () => { window.print = () => {
              const rows = document.querySelectorAll('#round tbody tr'), boxes = document.querySelectorAll('#round .box');
              window.printed = [document.documentElement.dataset.prints, rows.length, boxes.length].join(' ');
            }; }
            """
        );
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Print the round" }).ClickAsync();
        var (households, items) = await CountAsync();
        await page.Page.WaitForFunctionAsync("printed => window.printed === printed", $"round {households} {items}");
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { } folder)
        {
            await page.Page.EvaluateAsync("() => { window.print = () => { throw new Error('stays'); }; }");
            page.ExpectsErrors = true;
            await page.Page.GetByRole(AriaRole.Button, new() { Name = "Print the round" }).ClickAsync();
            await Expect(page.Page.Locator("#round")).ToBeAttachedAsync();
            await page.Page.PdfAsync(new() { Path = Path.Combine(folder, "round.pdf"), PreferCSSPageSize = true });
        }

        // the same by a link, on a telephone
        await page.Page.SetViewportSizeAsync(390, 844);
        await page.Page.GotoAsync(new Uri(server.Address, "/?lang=zh-CN#work=210682-004-03").AbsoluteUri);
        await page.Page.ReloadAsync();
        await page.ShowsAsync("#work h2", "今日待办");
        await Expect(readings.First.Locator("input")).ToBeVisibleAsync();
        (await readings.First.Locator("input").BoundingBoxAsync())!.Height.ShouldBeGreaterThanOrEqualTo(48);
        await page.PictureAsync("work-phone");

        // the door leads to the household
        await page.Page.Locator("#work .door").First.ClickAsync();
        await Expect(page.Page.Locator("#drawer .household")).ToBeVisibleAsync();

        async Task<(int Households, int Items)> CountAsync()
        {
            var answer = await server.Client.GetStringAsync(
                new Uri("/api/work?grid=210682-004-03&limit=1000", UriKind.Relative),
                TestContext.Current.CancellationToken
            );
            var listed = JsonDocument
                .Parse(answer)
                .RootElement.GetProperty("buildings")
                .EnumerateArray()
                .SelectMany(building => building.GetProperty("households").EnumerateArray())
                .ToList();
            // a reading that was missed cannot be made up for
            var toDo = listed.ConvertAll(household =>
                household
                    .GetProperty("items")
                    .EnumerateArray()
                    .Count(item => item.GetProperty("state").GetString() == "due" || item.GetProperty("what").GetString() != "temperature")
            );
            return (toDo.Count(items => items > 0), toDo.Sum());
        }

        async Task<int> DoneAsync() =>
            JsonDocument
                .Parse(
                    await server.Client.GetStringAsync(
                        new Uri("/api/work/counts?grid=210682-004-03", UriKind.Relative),
                        TestContext.Current.CancellationToken
                    )
                )
                .RootElement.GetProperty("grids")[0]
                .GetProperty("done")
                .GetInt32();

        // the first that is due now: some who come before have been measured for noon already
        async Task<(string Household, string Due)> FirstDueAsync()
        {
            var answer = await server.Client.GetStringAsync(
                new Uri("/api/work?grid=210682-004-03&state=due&kind=temperature&limit=1000", UriKind.Relative),
                TestContext.Current.CancellationToken
            );
            var listed = JsonDocument.Parse(answer).RootElement;
            var asOf = listed.GetProperty("asOf").GetDateTimeOffset();
            // whoever is back since this morning owes nothing before the evening
            return (
                from building in listed.GetProperty("buildings").EnumerateArray()
                from household in building.GetProperty("households").EnumerateArray()
                from item in household.GetProperty("items").EnumerateArray()
                where item.GetProperty("from").GetDateTimeOffset() <= asOf
                select (household.GetProperty("household").GetString()!, item.GetRawText())
            ).First();
        }
    }
}
