using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>What people come to the map for, in as few actions as src/docs/tour.md says: an action is a click, a key or a choice.</summary>
[Collection(ViewerTests.Name)]
public sealed class TourTests(Viewer viewer)
{
    [Fact]
    public async Task A_command_post_sees_what_changed_in_the_last_hour_with_one_action()
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await viewer.ReportReturnAsync(house.Household);
        await using var page = await viewer.OpenAsync("/?lang=en");
        var actions = new Actions(page);

        await actions.PressAsync("c");

        await Expect(page.Page.Locator("#changes .choices [aria-pressed=true]")).ToHaveTextAsync("Last hour");
        await Expect(page.Page.Locator("#changes .changed [data-sequence]").First).ToBeVisibleAsync();
        await page.BecomesAsync("() => situationMap.map.querySourceFeatures('changes').length > 0", true);
        actions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_command_post_sees_who_is_overdue_with_what_with_two()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        var actions = new Actions(page);

        await actions.ClickAsync(page.Page.Locator(".menu button", new() { HasText = "Situation" }));
        await actions.ClickAsync(page.Page.Locator("#situation [data-list=overdue]"));

        await Expect(page.Page.Locator("#table tbody tr[data-household]").First).ToContainTextAsync(", due ");
        (await page.Page.Locator("#table th[data-column=overdue]").CountAsync()).ShouldBe(1);
        actions.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_planner_takes_those_behind_a_number_away_as_a_file_with_two()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        var actions = new Actions(page);

        await actions.ClickAsync(page.Page.Locator("#card tr[data-status=quarantined] button"));
        var file = await page.Page.RunAndWaitForDownloadAsync(() =>
            actions.ClickAsync(page.Page.Locator("#table a", new() { HasText = "CSV" }))
        );

        var lines = await File.ReadAllLinesAsync((await file.PathAsync())!, TestContext.Current.CancellationToken);
        lines.Length.ShouldBeGreaterThan(1);
        lines.Skip(1).ShouldAllBe(line => line.Contains("quarantined", StringComparison.Ordinal));
        actions.Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_approver_sees_whom_a_zone_hits_with_two_and_has_approved_it_with_four()
    {
        await using var server = await TestServer.StartAsync(viewer.Database, ("SituationMap:LocalMode", "false"));
        await viewer.Database.ExecuteAsync(
            """
            WITH made AS (INSERT INTO zone (code) VALUES ('Z-TOUR') RETURNING id), draft AS (
              INSERT INTO zone_draft (zone, state, base, name, level, outline, authors, reason)
              SELECT id, 'submitted', 0, 'Tour', 'high', ST_Multi(ST_MakeEnvelope(124.3, 40.6, 124.301, 40.601, 4326)), '{han}', 'A case'
              FROM made RETURNING zone, name, level, outline
            )
            INSERT INTO zone_step (zone, step, action, actor, reason, at, name, level, outline)
            SELECT zone, 1, 'drafted', 'han', 'A case', now(), name, level, outline FROM draft
            """
        );
        await using var page = await viewer.SignedInAsync(server, "tour-approver", "approver");
        await page.HurryDecisionsAsync();
        var actions = new Actions(page);

        await actions.ClickAsync(page.Page.Locator(".menu button", new() { HasText = "Zones" }));
        await actions.ClickAsync(page.Page.Locator("#zones .row", new() { HasText = "Tour" }));
        await page.ShowsAsync("#zones .signing", "Drafted by");
        await Expect(page.Page.Locator("#zones .signing .impact tbody tr").First).ToBeVisibleAsync();
        actions.Count.ShouldBe(2);

        await actions.ClickAsync(page.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" }));
        await page.ShowsAsync("#zones [role=alertdialog]", "Once approved");
        await actions.ClickAsync(page.Page.GetByRole(AriaRole.Button, new() { Name = "Approve now" }));
        await page.ShowsAsync("#zones .versions", "Version 1");
        actions.Count.ShouldBe(4);
        // other tests look at all zones in force
        await viewer.Database.ExecuteAsync(
            "INSERT INTO zone_version SELECT zone, 2, name, NULL, outline, now(), NULL, author, reason, now() FROM zone_version "
                + "WHERE zone = (SELECT id FROM zone WHERE code = 'Z-TOUR')"
        );
    }

    [Fact]
    public async Task An_administrator_sees_who_has_a_role_in_a_grid_with_three()
    {
        await viewer.Database.ExecuteAsync("INSERT INTO account (name) VALUES ('tour-worker')");
        await viewer.Database.ExecuteAsync(
            "INSERT INTO access_grant (account, role, grid) VALUES ('tour-worker', 'reporter', '210682-004-03')"
        );
        await using var page = await viewer.OpenAsync("/?lang=en");
        var actions = new Actions(page);

        await actions.ClickAsync(page.Page.Locator(".menu [popovertarget]"));
        await actions.ClickAsync(page.Page.GetByRole(AriaRole.Button, new() { Name = "Administration" }));
        await actions.ChooseAsync(page.Page.Locator("#administration").GetByLabel("With a role in"), "210682-004-03");

        await page.ShowsAsync("#administration [data-account=tour-worker]", "Grid worker");
        actions.Count.ShouldBe(3);
    }

    private sealed class Actions(ViewerPage page)
    {
        public int Count { get; private set; }

        public Task ClickAsync(ILocator what) => Counted(what.ClickAsync());

        public Task ChooseAsync(ILocator where, string what) => Counted(where.SelectOptionAsync(what));

        public Task PressAsync(string key) => Counted(page.Page.Keyboard.PressAsync(key));

        private Task Counted(Task action)
        {
            Count++;
            return action;
        }
    }
}
