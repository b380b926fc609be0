using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>What calls, how, and until when.</summary>
[Collection(ViewerTests.Name)]
public sealed class AlarmsTests(Viewer viewer, ITestOutputHelper output)
{
    /// <summary>Counts the notes that are played, and keeps the notifications that are shown, as if they were allowed.</summary>
    private const string Witness = """
        () => {
          window.notes = 0;
          const start = AudioScheduledSourceNode.prototype.start;
          AudioScheduledSourceNode.prototype.start = function (...at) { window.notes++; return start.apply(this, at); };
          window.shown = [];
          window.Notification = class {
            static permission = 'default';
            static requestPermission = async () => (window.Notification.permission = 'granted');
            constructor(title, { body }) { window.shown.push(body); }
          };
        }
        """;

    [Fact]
    public async Task A_confirmed_case_is_an_alarm_without_any_setting_until_somebody_acknowledges_it_with_his_name()
    {
        await using var server = await TestServer.StartAsync(viewer.Database, ("SituationMap:LocalMode", "false"));
        await using var desk = await viewer.SignedInAsync(server, "wang.fang", "reporter");
        await using var other = await viewer.SignedInAsync(server, "visitor", "viewer", "/?lang=en#changes=1");
        await AcknowledgeAllAsync();
        await desk.Page.WaitForFunctionAsync("() => !document.title.startsWith('(')");

        var household = await NewCaseAsync();

        await desk.Page.WaitForFunctionAsync("() => document.title.startsWith('(1) ')");
        await desk.ShowsAsync(".menu", "Alarms 1");
        await desk.Page.Keyboard.PressAsync("a");
        var row = desk.Page.Locator("#alarms .changed li");
        await Expect(row).ToHaveCountAsync(1);
        await Expect(row).ToContainTextAsync("Quarantined");
        await Expect(other.Page.Locator("#changes .changed li").First).ToContainTextAsync("Quarantined");
        await Expect(other.Page.Locator("#changes .acknowledge")).ToHaveCountAsync(0);
        (await desk.ViolationsAsync()).ShouldBeEmpty();
        await desk.PictureAsync("alarms");

        await row.Locator("[data-sequence]").ClickAsync();
        await desk.ShowsAsync("#drawer .status-line", "Quarantined");
        await desk.AddressContainsAsync($"household={household}");
        await desk.Page.Locator("#drawer .close").ClickAsync();
        await row.Locator(".acknowledge").ClickAsync();

        await desk.ShowsAsync("#alarms", "There is no alarm");
        await desk.Page.WaitForFunctionAsync("() => !document.title.startsWith('(')");
        await Expect(other.Page.Locator("#changes .changed li").First).ToContainTextAsync("Acknowledged by wang.fang");
        await other.PictureAsync("acknowledged");
    }

    [Fact]
    public async Task A_sound_that_was_chosen_is_heard_once_however_many_cases_come()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        await page.Page.EvaluateAsync(Witness);
        await page.Page.Keyboard.PressAsync("a");
        var sound = page.Page.Locator("#alarms .rules").GetByLabel("Sound");
        await Expect(sound).Not.ToBeCheckedAsync();
        await page.Page.Locator("#alarms").GetByText("Play the sound").ClickAsync();
        await page.BecomesAsync("() => window.notes", 2);
        await sound.CheckAsync();
        await page.Page.EvaluateAsync("() => { window.notes = 0 }");
        var before = await page.Page.Locator("#alarms .changed li").CountAsync();

        await Task.WhenAll((await viewer.HealthyHousesAsync(3)).Select(house => CaseAsync(house.Household)));

        await Expect(page.Page.Locator("#alarms .changed li")).ToHaveCountAsync(before + 3);
        await page.Page.WaitForFunctionAsync("() => window.notes > 0");
        await page.BecomesAsync("() => window.notes", 2);
        await page.Page.ReloadAsync();
        await page.MapIsDrawnAsync();
        await page.Page.Keyboard.PressAsync("a");
        await Expect(sound).ToBeCheckedAsync();
    }

    [Fact]
    public async Task A_notification_of_the_desktop_is_asked_for_where_it_is_chosen_and_names_the_grid_and_no_home()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        await page.Page.EvaluateAsync(Witness);
        await page.Page.Keyboard.PressAsync("a");
        await page.Page.Locator("#alarms .rules").GetByLabel("Desktop notification").ClickAsync();
        await Expect(page.Page.Locator("#alarms .rules").GetByLabel("Desktop notification")).ToBeCheckedAsync();

        var household = await NewCaseAsync();

        await page.Page.WaitForFunctionAsync("() => window.shown.length > 0");
        var body = await page.Page.EvaluateAsync<string>("() => window.shown[0]");
        var one = await viewer.Server.Client.GetFromJsonAsync<JsonElement>($"api/households/{household}");
        var grids = await viewer.Server.Client.GetFromJsonAsync<JsonElement>("api/grids");
        var name = grids
            .GetProperty("grids")
            .EnumerateArray()
            .Single(grid => grid.GetProperty("code").GetString() == one.GetProperty("grid").GetString())
            .GetProperty("name")
            .GetString()!;
        body.ShouldContain("Quarantined");
        body.ShouldContain(name);
        body.ShouldNotContain(one.GetProperty("address").GetString()!);
    }

    [Fact]
    public async Task A_rule_of_ones_own_calls_in_its_grid_alone_and_a_count_when_it_is_reached()
    {
        const string Grid = "210682-004-02";
        await using var page = await viewer.OpenAsync("/?lang=en");
        await page.Page.EvaluateAsync(Witness);
        await page.Page.Keyboard.PressAsync("a");
        await page.Page.Locator("#alarms .rules button.icon").ClickAsync();
        await page.ShowsAsync("#alarms", "There is no rule");
        await page.ShowsAsync("#alarms", "There is no alarm");
        var form = page.Page.Locator("#alarms form");
        var observed = (await viewer.Server.Client.GetFromJsonAsync<JsonElement>($"api/grids/{Grid}/summary"))
            .GetProperty("observed")
            .GetInt32();
        await form.GetByLabel("What").SelectOptionAsync("count");
        await form.GetByLabel("Which status").SelectOptionAsync("observed");
        await form.GetByLabel("From how many").FillAsync($"{observed + 1}");
        await form.GetByLabel("Where").SelectOptionAsync(Grid);
        // what is reached already when a rule is made is listed, and does not call
        await page.Page.RunAndWaitForResponseAsync(
            () => form.GetByRole(AriaRole.Button).ClickAsync(),
            answer => answer.Url.Contains($"{Grid}/summary", StringComparison.Ordinal)
        );
        await page.ShowsAsync("#alarms .rules", "Observed reaches");
        await page.Page.Locator("#alarms .rules").GetByLabel("Sound").CheckAsync();
        await page.ShowsAsync("#alarms", "There is no alarm");
        await page.PictureAsync("alarms-rule");

        await viewer.ReportReturnAsync(await HealthyInAsync("210682-004-01"));
        await viewer.ReportReturnAsync(await HealthyInAsync(Grid));

        await page.ShowsAsync("#alarms .reached", $"{observed + 1} households");
        await page.Page.WaitForFunctionAsync("() => window.notes === 2");
        await page.ShowsAsync(".menu", "Alarms 1");
        await page.Page.Locator("#alarms .changed .acknowledge").ClickAsync();
        await page.ShowsAsync("#alarms", "There is no alarm");
    }

    [Fact]
    public async Task Over_plain_HTTP_it_says_why_there_are_no_notifications_of_the_desktop()
    {
        await using var server = await TestServer.StartAsync(viewer.Database, ("SituationMap:LocalMode", "false"));
        var address = new UriBuilder(server.Address) { Host = "map.intranet" }.Uri;
        await using var page = await viewer.SignedInAsync(server, "plain", "viewer", "/?lang=en", address);

        await page.Page.Keyboard.PressAsync("a");

        await page.ShowsAsync("#alarms", "Desktop notifications need an https:// address");
        await Expect(page.Page.Locator("#alarms .rules").GetByLabel("Desktop notification")).ToBeDisabledAsync();
    }

    [Fact]
    public async Task On_a_wall_a_confirmed_case_is_seen_heard_and_listed()
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await AcknowledgeAllAsync();
        await using var wall = await viewer.OpenAsync("/?lang=en&kiosk=1&sound=1");
        await wall.Page.EvaluateAsync(Witness);
        await Expect(wall.Page.Locator("#wall-alarms li")).ToHaveCountAsync(0);
        var quarantined = Palette.Of("quarantined");
        var reported = Stopwatch.StartNew();
        var listed = wall
            .Page.Locator("#wall-alarms li")
            .WaitForAsync()
            .ContinueWith(_ => reported.ElapsedMilliseconds, TaskScheduler.Default);
        var heard = wall
            .Page.WaitForFunctionAsync("() => window.notes === 2")
            .ContinueWith(_ => reported.ElapsedMilliseconds, TaskScheduler.Default);
        var seen = await wall.WatchAsync(house.Longitude, house.Latitude, quarantined);
        var begun = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;
        reported.Restart();

        await CaseAsync(house.Household);

        var shown = await seen.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken) - begun;
        output.WriteLine($"seen after {shown:0} ms, heard after {await heard} ms, listed after {await listed} ms");
        await wall.ShowsAsync("#wall-alarms li", await AddressAsync(house.Household));
        await wall.PictureAsync("wall-alarms");
        await AcknowledgeAllAsync();
        await Expect(wall.Page.Locator("#wall-alarms li")).ToHaveCountAsync(0);
    }

    private async Task<string> AddressAsync(string household) =>
        (await viewer.Server.Client.GetFromJsonAsync<JsonElement>($"api/households/{household}")).GetProperty("address").GetString()!;

    private async Task<string> NewCaseAsync()
    {
        var household = (await viewer.HealthyHousesAsync(1))[0].Household;
        await CaseAsync(household);
        return household;
    }

    private Task CaseAsync(string household) => viewer.ReportAsync("case", household, new { confirmed = true });

    private async Task<string> HealthyInAsync(string grid) =>
        (await viewer.Server.Client.GetFromJsonAsync<JsonElement>($"api/households?status=healthy&grid={grid}"))
            .GetProperty("households")[0]
            .GetProperty("household")
            .GetString()!;

    private async Task AcknowledgeAllAsync()
    {
        var changes = (
            await viewer.Server.Client.GetFromJsonAsync<JsonElement>(
                $"api/changes?acknowledged=false&limit=1000&from={DateTimeOffset.UtcNow.AddHours(-25):yyyy-MM-ddTHH:mm:ssZ}"
            )
        )
            .GetProperty("changes")
            .EnumerateArray()
            .Select(change => change.GetProperty("sequence").GetInt64())
            .ToArray();
        if (changes.Length > 0)
            (await viewer.Server.Client.PostAsJsonAsync("api/changes/acknowledgements", new { changes })).EnsureSuccessStatusCode();
    }
}
