using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Shouldly;
using SituationMap.Store.Access;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>What the page says while there is nothing to see yet, nothing to be found, or nothing for whoever looks.</summary>
[Collection(ViewerTests.Name)]
public sealed class StatesTests(Viewer viewer)
{
    [Fact]
    public async Task Says_that_it_is_opening_while_the_server_takes_its_time()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        var answer = new TaskCompletionSource();
        await page.Page.RouteAsync("**/api/place", async route =>
        {
            await answer.Task;
            await route.ContinueAsync();
        });

        await page.Page.ReloadAsync(new() { WaitUntil = WaitUntilState.Commit });
        await page.ShowsAsync("#notice", "Opening the map");
        answer.SetResult();

        await page.MapIsDrawnAsync();
        await Expect(page.Page.Locator("#notice")).ToBeEmptyAsync();
    }

    [Fact]
    public async Task Says_what_to_try_where_nothing_is_found()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");

        await page.Page.Keyboard.PressAsync("/");
        await page.Page.Keyboard.TypeAsync("qqqq");

        await page.ShowsAsync("#search-results", "Try a part of an address");
    }

    [Fact]
    public async Task Cut_off_the_situation_says_so_and_comes_when_asked_again()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        page.ExpectsErrors = true;
        await page.Page.RouteAsync("**/api/grids/**", route => route.AbortAsync());

        await page.Page.Keyboard.PressAsync("s");
        await page.ShowsAsync("#situation .trouble", "The server could not be reached");
        await Expect(page.Page.Locator("#situation .household-list")).ToBeHiddenAsync();
        await page.Page.UnrouteAsync("**/api/grids/**");
        await page.Page.ClickAsync("#situation .trouble button");

        await Expect(page.Page.Locator("#situation .children tfoot")).ToBeVisibleAsync();
        await Expect(page.Page.Locator("#situation .household-list")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_tile_that_cannot_be_had_says_so_where_it_would_lie_until_it_comes()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        page.ExpectsErrors = true;
        await page.Page.RouteAsync("**/tiles/situation/**", route => route.FulfillAsync(new() { Status = 500 }));
        await page.Page.ReloadAsync();

        await page.ShowsAsync("#notice", "does not mean that nothing is there");
        await page.Page.WaitForFunctionAsync("() => situationMap.map.queryRenderedFeatures({ layers: ['missing-words'] }).length > 0");
        await page.PictureAsync("tiles-missing");
        await page.Page.UnrouteAsync("**/tiles/situation/**");

        await page.Page.WaitForFunctionAsync(
            "() => situationMap.map.queryRenderedFeatures({ layers: ['missing'] }).length === 0 "
                + "&& situationMap.map.queryRenderedFeatures({ layers: ['buildings'] }).length > 0"
        );
    }

    [Fact]
    public async Task What_goes_wrong_on_the_page_is_said()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        page.ExpectsErrors = true;

        foreach (var failure in (string[])["setTimeout(() => { throw new Error('broken') })", "void Promise.reject(new Error('broken'))"])
        {
            await page.Page.EvaluateAsync($"() => {{ {failure}; }}");
            await page.ShowsAsync("#notice", "Something on this page went wrong");
            await page.Page.EvaluateAsync("() => situationMap.viewer.notices.clear()");
        }
    }

    [Fact]
    public async Task A_grid_of_others_is_refused_and_ones_own_offered_and_an_account_without_a_role_is_told_whom_to_ask()
    {
        const string Password = "correct horse battery";
        await using var server = await TestServer.StartAsync(viewer.Database, ("SituationMap:LocalMode", "false"));
        var accounts = server.Services.GetRequiredService<AccountStore>();
        foreach (var name in (string[])["worker", "guest"])
            await accounts.AddAsync(name, Password, AuditEntry.OfConsole("add account", name), default);
        await accounts.GrantAsync(
            "worker",
            Role.Find("reporter")!,
            "210682-004-01",
            null,
            AuditEntry.OfConsole("grant", "worker"),
            default
        );

        await using (var page = await OpenAsync("worker", "/?lang=en#grid=210682-004-02"))
        {
            await page.ShowsAsync("#situation .trouble", "not among those that you may see");
            await Expect(page.Page.Locator("#situation .household-list")).ToBeHiddenAsync();
            await page.Page.ClickAsync("#situation .trouble button");
            await page.ShowsAsync("#situation h2", "第一网格");
            await Expect(page.Page.Locator("#situation .household-list [data-household]").First).ToBeVisibleAsync();
        }
        await using (var page = await OpenAsync("guest", "/?lang=en"))
        {
            await page.ShowsAsync("#gate", "Ask an administrator for a role");
            (
                await page.Page.EvaluateAsync<bool>(
                    "() => performance.getEntriesByType('resource').some(one => one.name.includes('/tiles/'))"
                )
            ).ShouldBeFalse();
        }

        async Task<ViewerPage> OpenAsync(string name, string path)
        {
            var page = await viewer.OpenAsync(path, server.Address, waitForMap: false);
            page.ExpectsErrors = true; // the browser reports the refusals as some
            var form = page.Page.Locator("#gate");
            await form.GetByLabel("Account").FillAsync(name);
            await form.GetByLabel("Password").FillAsync(Password);
            await form.GetByText("Sign in").ClickAsync();
            return page;
        }
    }
}
