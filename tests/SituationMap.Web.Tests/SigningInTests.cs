using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Shouldly;
using SituationMap.Store.Access;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

[Collection(ViewerTests.Name)]
public sealed class SigningInTests(Viewer viewer)
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task In_local_mode_the_page_says_so_and_one_may_sign_in_all_the_same()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");

        await page.ShowsAsync(".account h2", "Local mode");
        await page.Page.ClickAsync(".menu [popovertarget]");
        await Expect(page.Page.GetByLabel("Password")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Without_the_token_the_page_says_how_its_user_comes_in_and_the_printed_address_is_all_it_takes()
    {
        await using var page = await viewer.OpenAsync("/?lang=en", waitForMap: false, isUser: false);
        page.ExpectsErrors = true; // the browser reports the refusal as one
        var gate = page.Page.Locator("#gate");
        await Expect(gate).ToContainTextAsync("Open the address that it printed");
        await Expect(gate.GetByLabel("Password")).ToBeVisibleAsync();
        await Screenshot(page, "local-without-token");
        await page.Page.GotoAsync($"{viewer.Server.Address}?lang=zh-CN");
        await Expect(gate).ToContainTextAsync("请打开它启动时显示的地址");

        await page.Page.GotoAsync($"{viewer.Server.Address}?token={TestServer.LocalToken}&lang=en#map=17/40.4529/124.0522");

        await page.MapIsDrawnAsync();
        await page.ShowsAsync(".account h2", "Local mode");
        await page.AddressLacksAsync("token");
        await page.AddressContainsAsync("lang=en#map=17/");
        (await page.Page.EvaluateAsync<string>("() => document.referrer + document.cookie")).ShouldNotContain(TestServer.LocalToken);
        await page.Page.ReloadAsync();
        await page.MapIsDrawnAsync();
    }

    [Fact]
    public async Task Below_a_path_of_a_proxy_the_viewer_signs_in_draws_and_follows()
    {
        await using var server = await TestServer.StartAsync(
            viewer.Database,
            ("SituationMap:LocalMode", "false"),
            ("SituationMap:Proxies:0", "127.0.0.1")
        );
        await using var proxy = await ReverseProxy.StartAsync(
            "nginx",
            server.Address.Authority,
            $$"""
            location /city/ {
                proxy_pass http://{{server.Address.Authority}}/;
                proxy_set_header X-Forwarded-For $remote_addr;
                proxy_set_header X-Forwarded-Proto $scheme;
                proxy_set_header X-Forwarded-Host $http_host;
                proxy_set_header X-Forwarded-Prefix /city;
                proxy_buffering off;
            }
            """
        );

        await using var page = await viewer.SignedInAsync(server, "below-a-path", "viewer", "city/?lang=en", proxy.Address);

        await page.ShowsAsync(".account h2", "Signed in as below-a-path");
        var asked = await page.Page.EvaluateAsync<string[]>("() => performance.getEntriesByType('resource').map(one => one.name)");
        asked.Length.ShouldBeGreaterThan(10);
        asked.ShouldAllBe(address =>
            address.StartsWith($"{proxy.Address}city/") || address.StartsWith("blob:") || address.StartsWith("data:")
        );
    }

    [Fact]
    public async Task Locked_the_page_asks_to_sign_in_and_then_shows_the_map_and_an_administrator_adds_accounts()
    {
        await using var server = await TestServer.StartAsync(viewer.Database, ("SituationMap:LocalMode", "false"));
        var accounts = server.Services.GetRequiredService<AccountStore>();
        await accounts.AddAsync("root", Password, AuditEntry.OfConsole("add account", "root"), default);
        await accounts.GrantAsync("root", Role.Find("administrator")!, null, null, AuditEntry.OfConsole("grant", "root"), default);
        await using var page = await viewer.OpenAsync("/?lang=en", server.Address, waitForMap: false);
        page.ExpectsErrors = true; // the browser reports the refusal as one
        var form = page.Page.Locator("#gate");
        await Expect(form).ToBeVisibleAsync();
        (
            await page.Page.EvaluateAsync<bool>("() => performance.getEntriesByType('resource').some(one => one.name.includes('/tiles/'))")
        ).ShouldBeFalse();

        await SignInAsync("wrong horse battery");
        await Expect(form.GetByRole(AriaRole.Alert)).ToContainTextAsync("wrong");
        await Screenshot(page, "sign-in");
        await SignInAsync(Password);
        await page.MapIsDrawnAsync();
        await page.ShowsAsync(".account h2", "Signed in as root");

        await page.Page.ClickAsync(".menu [popovertarget]");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Administration" }).ClickAsync();
        var dialog = page.Page.Locator("#administration");
        var added = dialog.Locator("form", new() { HasText = "Add account" });
        await added.GetByLabel("Account").FillAsync("mei");
        await added.GetByLabel("Password").FillAsync(Password);
        await added.GetByRole(AriaRole.Button).ClickAsync();
        var mei = dialog.Locator("[data-account=mei]");
        await mei.Locator("summary").ClickAsync();
        await mei.Locator("[name=role]").SelectOptionAsync("reporter");
        await mei.Locator("[name=grid]").SelectOptionAsync("210682-004-01");
        await mei.GetByText("Grant", new() { Exact = true }).ClickAsync();
        await Expect(mei.Locator(".grants")).ToContainTextAsync("Grid worker · 第一网格");
        await Expect(mei).ToContainTextAsync("no second factor");
        var required = dialog.GetByRole(AriaRole.Group, new() { Name = "Roles that hold only with a second factor" });
        (await RequiredAfterAsync(() => required.GetByLabel("Planner").CheckAsync())).ShouldBe(["planner"]);
        await Expect(required.GetByLabel("Planner")).ToBeCheckedAsync();
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await Screenshot(page, "manage");
        (await RequiredAfterAsync(() => required.GetByLabel("Planner").UncheckAsync())).ShouldBeEmpty();
        (
            await viewer.Database.ReadAsync<string>(
                "SELECT details ->> 'grid' FROM audit WHERE action = 'grant' AND subject = 'mei' AND account = 'root'"
            )
        ).ShouldBe("210682-004-01");

        async Task<string[]> RequiredAfterAsync(Func<Task> change)
        {
            await page.Page.RunAndWaitForResponseAsync(change, answer => answer.Request.Method == "PUT" && answer.Ok);
            return await viewer.Database.ReadAsync<string[]>("SELECT ARRAY(SELECT role FROM second_factor_role)");
        }

        async Task SignInAsync(string password)
        {
            await form.GetByLabel("Account").FillAsync("root");
            await form.GetByLabel("Password").FillAsync(password);
            await form.GetByText("Sign in").ClickAsync();
        }
    }

    private static Task Screenshot(ViewerPage page, string name) =>
        Environment.GetEnvironmentVariable("SCREENSHOTS") is { } folder
            ? page.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") })
            : Task.CompletedTask;
}
