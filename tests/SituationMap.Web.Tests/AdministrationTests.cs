using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>Accounts, keys, the record and webhooks over the map, each test with names of its own.</summary>
[Collection(ViewerTests.Name)]
public sealed class AdministrationTests(Viewer viewer)
{
    private const string Password = "lantern quarry ostrich 77";

    [Fact]
    public async Task An_account_is_found_by_its_grid_and_loses_a_role_only_once_that_is_sure()
    {
        foreach (var (name, grid) in ((string, string)[])[("adm-worker", "210682-004-02"), ("adm-other", "210682-004-03")])
        {
            await viewer.Database.ExecuteAsync("INSERT INTO account (name) VALUES ($1)", name);
            await viewer.Database.ExecuteAsync("INSERT INTO access_grant (account, role, grid) VALUES ($1, 'reporter', $2)", name, grid);
        }
        await using var page = await viewer.OpenAsync("/?lang=en");
        page.ExpectsErrors = true; // the browser reports the refusal as one
        var dialog = await OpenAsync(page, "Accounts");
        var worker = dialog.Locator("[data-account=adm-worker]");
        var other = dialog.Locator("[data-account=adm-other]");
        await dialog.GetByLabel("Find by name, role or grid").FillAsync("adm-");
        await Expect(other).ToBeVisibleAsync();

        await dialog.GetByLabel("With a role in").SelectOptionAsync("210682-004-02");
        await Expect(other).ToBeHiddenAsync();
        await Expect(worker).ToContainTextAsync("not signed in");
        await worker.Locator("summary").ClickAsync();
        await worker.GetByText("Revoke").ClickAsync();
        await worker.GetByText("Keep").ClickAsync();
        await worker.GetByText("Revoke").ClickAsync();
        await Expect(worker).ToContainTextAsync("adm-worker loses this at once");
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await page.PictureAsync("administration-accounts");
        await page.Page.Keyboard.PressAsync("Enter"); // the focus is on what was asked
        await Expect(worker).ToHaveCountAsync(0); // nothing in that grid any more
        await dialog.GetByLabel("With a role in").SelectOptionAsync("");
        await Expect(worker.Locator(".grants li")).ToHaveCountAsync(0);

        // until the end of a day of the deployment, and a password of its own
        await worker.Locator("summary").ClickAsync();
        await worker.Locator("[name=role]").SelectOptionAsync("planner");
        await worker.GetByLabel("Until the end of").FillAsync("2099-05-01");
        await worker.GetByText("Grant", new() { Exact = true }).ClickAsync();
        await Expect(worker.Locator(".grants")).ToContainTextAsync("Planner · all grids · until 1 May 2099, 23:59");
        // a guard has a checkpoint in place of a grid, and hours
        await worker.Locator("[name=role]").SelectOptionAsync("guard");
        await Expect(worker.Locator("[name=grid]")).ToHaveCountAsync(0);
        await worker.GetByLabel("Checkpoint", new() { Exact = true }).FillAsync("C-1");
        await worker.GetByLabel("Each day from").FillAsync("22:00");
        await worker.GetByLabel("To", new() { Exact = true }).FillAsync("06:00");
        await worker.GetByText("Grant", new() { Exact = true }).ClickAsync();
        await Expect(worker.Locator(".grants")).ToContainTextAsync("Guard · C-1, 22:00 to 06:00");
        await worker.GetByLabel("Password").FillAsync("password12");
        await worker.GetByText("Set a password").ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("too easy to guess");
        await worker.GetByLabel("Password").FillAsync(Password);
        await worker.GetByText("Set a password").ClickAsync();
        await Expect(worker.GetByText("Set a new password")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_key_reaches_no_further_than_it_is_made_for()
    {
        await viewer.Database.ExecuteAsync("INSERT INTO account (name) VALUES ('adm-machine')");
        await viewer.Database.ExecuteAsync(
            "INSERT INTO access_grant (account, role) VALUES ('adm-machine', 'viewer'), ('adm-machine', 'reporter')"
        );
        await using var page = await viewer.OpenAsync("/?lang=en");
        var dialog = await OpenAsync(page, "API keys");

        await dialog.Locator("[name=account]").SelectOptionAsync("adm-machine");
        await dialog.GetByLabel("What it is for").FillAsync("thermometers");
        await dialog.Locator("[name=role]").SelectOptionAsync("reporter");
        await dialog.Locator("[name=grid]").SelectOptionAsync("210682-004-01");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Make a key" }).ClickAsync();

        await Expect(dialog.Locator(".made code")).ToBeVisibleAsync();
        var made = dialog.Locator("li", new() { HasText = "thermometers" });
        await Expect(made).ToContainTextAsync("adm-machine · Grid worker · 第一网格 · until");
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await page.PictureAsync("administration-keys");
        await made.GetByText("Revoke").ClickAsync();
        await made.Locator(".primary").ClickAsync();
        await Expect(made).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_record_is_read_by_account_and_action_and_says_that_it_was_read()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        var dialog = await OpenAsync(page, "Record");
        await Expect(dialog.Locator(".row").First).ToBeVisibleAsync();

        await dialog.GetByLabel("Action").FillAsync("read audit record");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Show", Exact = true }).ClickAsync();

        await Expect(dialog.Locator(".row").First).ToContainTextAsync("read audit record");
        await page.BecomesAsync(
            "() => [...document.querySelectorAll('#administration .row')].every(row => row.textContent.includes('read audit record'))",
            true
        );
        await dialog.GetByLabel("Account").FillAsync("nobody-of-that-name");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(dialog).ToContainTextAsync("The record has nothing like that");
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await page.PictureAsync("administration-record");
    }

    [Fact]
    public async Task A_system_is_told_of_changes_and_what_it_did_not_take_is_sent_again()
    {
        const string url = "http://127.0.0.1:9/hook"; // where nobody listens
        await using var server = await TestServer.StartAsync(viewer.Database, ("SituationMap:Webhooks:AllowedHosts:0", "127.0.0.1"));
        await using var page = await viewer.OpenAsync("/?lang=en", server.Address);
        var dialog = await OpenAsync(page, "Webhooks");
        await dialog.GetByLabel("Address, https").FillAsync(url);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Have changes sent" }).ClickAsync();
        await Expect(dialog.Locator(".made code")).ToContainTextAsync("whsec_");
        var told = dialog.Locator($"[data-webhook='{url}']");
        await Expect(told).ToContainTextAsync("Statuses; Risk zones");
        await Expect(told).ToContainTextAsync("0 waiting, 0 given up");

        // as after a day of trying
        await viewer.Database.ExecuteAsync(
            """
            INSERT INTO delivery (subscription, event, kind, lane, body, made_at, state, attempts, next_at, ended_at, fault)
            SELECT id, 'ended', 'status', 'H-01-0001', '{}', now(), 'dead', 12, now(), now(), 'refused' FROM subscription WHERE url = $1
            """,
            url
        );
        await told.Locator("summary").ClickAsync();
        await Expect(told.Locator(".row")).ToContainTextAsync("H-01-0001");
        await page.Page.Keyboard.PressAsync("Escape");
        dialog = await OpenAsync(page, "Webhooks");
        await Expect(told).ToContainTextAsync("1 given up");
        await told.Locator("summary").ClickAsync();
        await page.PictureAsync("administration-webhooks");
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await told.GetByText("Send again what was given up").ClickAsync();
        await Expect(told).ToContainTextAsync("0 given up");
        await told.GetByText("Delete").ClickAsync();
        await told.Locator(".primary").ClickAsync();
        await Expect(told).ToHaveCountAsync(0);
    }

    private static async Task<ILocator> OpenAsync(ViewerPage page, string tab)
    {
        await page.Page.Locator(".menu [popovertarget]").ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Administration" }).ClickAsync();
        var dialog = page.Page.Locator("#administration");
        await dialog.GetByRole(AriaRole.Button, new() { Name = tab, Exact = true }).ClickAsync();
        return dialog;
    }
}
