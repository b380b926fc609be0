using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Shouldly;
using SituationMap.Store.Access;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>What a PIN keeps from whoever finds the phone, and never from whoever knows it.</summary>
[Collection(ViewerTests.Name)]
public sealed class PinTests(Viewer viewer)
{
    private const string Grid = "210682-004-02";
    private const string Pin = "2580";
    private const string Password = "correct horse battery";

    /// <summary>Reports that somebody was met at the first homes, and gives their codes.</summary>
    private const string Visit = """
        async count => {
          const phone = situationMapRound;
          const doors = phone.doors.value.slice(0, count);
          for (const door of doors) await phone.report(door, [{ kind: 'visit', data: { outcome: 'met', by: 'door' } }]);
          return doors.map(({ home }) => home.household);
        }
        """;

    /// <summary>All that lies in the browser's store, as text.</summary>
    private const string Stored = """
        async () => {
          const asked = request => new Promise((resolve, reject) => {
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
          });
          const database = await asked(indexedDB.open('situationmap-rounds'));
          const text = bytes => new TextDecoder('latin1').decode(bytes);
          const all = {};
          for (const name of database.objectStoreNames) all[name] = await asked(database.transaction(name).objectStore(name).getAll());
          database.close();
          return JSON.stringify(all, (_, value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? text(value) : value);
        }
        """;

    [Theory]
    [InlineData("en")]
    [InlineData("zh-CN")]
    public async Task While_a_PIN_is_set_nothing_can_be_read_without_it_and_with_it_everything_is_sent(string language)
    {
        var isEnglish = language == "en";
        await using var phone = await Phone.OpenAsync(viewer.Server.Address, $"lang={language}&grid={Grid}");
        await phone.IsKeptAsync();
        var page = phone.Page;
        await phone.LooksWellAsync($"pin-offer-{language}");
        await page.Locator(".words a[href='#pin']").ClickAsync();
        await SetAsync(page);
        await page.EvaluateAsync("() => { location.hash = '#pin'; }");
        await Expect(page.Locator("article button")).ToHaveCountAsync(2);
        await phone.LooksWellAsync($"pin-set-{language}");
        await page.Locator("a.back").ClickAsync();
        await phone.Browser.SetOfflineAsync(true);
        var homes = await page.EvaluateAsync<string[]>(Visit, 2);
        var secrets = homes
            .Append(await page.EvaluateAsync<string>("() => situationMapRound.doors.value[0].address"))
            .Append("\"visit\"")
            .ToArray();
        await StoredAsync(page, secrets, isThere: false);

        await page.ReloadAsync();

        await Expect(page.Locator("article h2")).ToHaveTextAsync(isEnglish ? "Locked" : "已锁定");
        await Expect(page.Locator(".outbox")).ToContainTextAsync(isEnglish ? "2 not yet sent" : "2 条未发送");
        (await page.EvaluateAsync<int>("() => situationMapRound.doors.value.length + situationMapRound.outbox.all.value.length")).ShouldBe(
            0
        );
        await TryAsync(page, "0000");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync(isEnglish ? "That is not the PIN." : "PIN 码不正确。");
        await phone.LooksWellAsync($"pin-locked-{language}");
        await TryAsync(page, Pin);
        await Expect(page.Locator(".all")).ToBeVisibleAsync();
        await page.WaitForFunctionAsync(
            "homes => situationMapRound.outbox.waiting.value.map(({ fact }) => fact.household).join() === homes",
            string.Join(',', homes)
        );
        await phone.Browser.SetOfflineAsync(false);

        await Expect(page.Locator(".outbox")).ToHaveTextAsync(isEnglish ? "All sent" : "已全部发送");
        // without the PIN it lies there as before
        await page.EvaluateAsync("() => { location.hash = '#pin'; }");
        await page.GetByRole(AriaRole.Button, new() { Name = isEnglish ? "Remove the PIN" : "取消 PIN 码" }).ClickAsync();
        await Expect(page.Locator("form input[type=password]")).ToHaveCountAsync(2);
        await StoredAsync(page, secrets, isThere: true);
    }

    [Fact]
    public async Task It_locks_itself_after_five_minutes_without_use()
    {
        await using var phone = await Phone.OpenAsync(viewer.Server.Address, $"lang=en&grid={Grid}", script: MovedClock.OfPhone(0));
        await phone.IsKeptAsync();
        await phone.Page.EvaluateAsync("() => { location.hash = '#pin'; }");
        await SetAsync(phone.Page);
        await MovedClock.MoveAsync(phone.Page, TimeSpan.FromMinutes(4));
        await phone.Page.EvaluateAsync("() => document.dispatchEvent(new Event('visibilitychange'))");
        (await phone.Page.EvaluateAsync<bool>("() => situationMapRound.vault.isLocked.value")).ShouldBeFalse();
        await phone.Page.Locator("h1").ClickAsync();
        await Expect(phone.Page.Locator(".all")).ToBeVisibleAsync();

        await MovedClock.MoveAsync(phone.Page, TimeSpan.FromMinutes(10));

        await Expect(phone.Page.Locator("article h2")).ToHaveTextAsync("Locked");
        await Expect(phone.Page.Locator(".all")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task After_ten_wrong_PINs_the_round_is_gone_and_the_account_signed_out_but_what_is_not_sent_waits_for_the_right_one()
    {
        await using var server = await TestServer.StartAsync(viewer.Database, ("SituationMap:LocalMode", "false"));
        var accounts = server.Services.GetRequiredService<AccountStore>();
        await accounts.AddAsync("pin", Password, AuditEntry.OfConsole("add account", "pin"), default);
        await accounts.GrantAsync("pin", Role.Find("reporter")!, Grid, null, AuditEntry.OfConsole("grant", "pin"), default);
        await using var phone = await Phone.OpenAsync(server.Address, "lang=en", isUser: false, MovedClock.OfPhone(0));
        var page = phone.Page;
        await SignInAsync();
        await phone.IsKeptAsync();
        await page.EvaluateAsync("() => { location.hash = '#pin'; }");
        await SetAsync(page);
        await phone.Browser.SetOfflineAsync(true);
        await page.EvaluateAsync<string[]>(Visit, 3);
        await page.EvaluateAsync("() => situationMapRound.lock()");
        await Expect(page.Locator("article h2")).ToHaveTextAsync("Locked");

        for (var wrong = 1; wrong <= 10; wrong++)
        {
            await TryAsync(page, $"{wrong:D4}");
            await page.WaitForFunctionAsync("wrong => situationMapRound.vault.lock.value.failures === wrong", wrong);
            if (wrong == 4)
            {
                await Expect(page.GetByRole(AriaRole.Timer)).ToContainTextAsync("The next try is possible in");
                await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Open" })).ToBeDisabledAsync();
                (await page.EvaluateAsync<bool>("pin => situationMapRound.unlock(pin)", Pin)).ShouldBeFalse("it is too early");
            }
            if (wrong >= 3)
                await MovedClock.MoveAsync(page, TimeSpan.FromMinutes(16 * wrong));
        }

        await Expect(page.Locator("article")).ToContainTextAsync("What is not yet sent (3) is still here, encrypted");
        await page.WaitForFunctionAsync($"async () => (await ({Stored})()).includes('\"kept\":[]')");
        await phone.LooksWellAsync("pin-wiped");
        await phone.Browser.SetOfflineAsync(false);
        await page.ShowsAsync(".words", "You are signed out");
        await TryAsync(page, Pin);
        await page.WaitForFunctionAsync("() => situationMapRound.outbox.waiting.value.length === 3");
        await SignInAsync();
        await TryAsync(page, Pin);
        await Expect(page.Locator(".outbox")).ToHaveTextAsync("All sent");
        (await viewer.Database.ReadAsync<long>("SELECT count(*) FROM fact WHERE account = 'pin'")).ShouldBe(3);
        await Expect(page.Locator(".all")).ToBeVisibleAsync();

        async Task SignInAsync()
        {
            await page.GetByLabel("Account").FillAsync("pin");
            await page.GetByLabel("Password").FillAsync(Password);
            await page.GetByLabel("Password").PressAsync("Enter");
            await Expect(page.GetByLabel("Password")).ToBeHiddenAsync();
        }
    }

    [Fact]
    public async Task A_round_that_is_three_days_old_is_gone_although_nobody_gives_the_PIN()
    {
        await using var phone = await Phone.OpenAsync(viewer.Server.Address, $"lang=en&grid={Grid}", script: MovedClock.OfPhone(0));
        await phone.IsKeptAsync();
        await phone.Page.EvaluateAsync("() => { location.hash = '#pin'; }");
        await SetAsync(phone.Page);
        await phone.Browser.SetOfflineAsync(true);
        await MovedClock.MoveAsync(phone.Page, TimeSpan.FromHours(71));
        await phone.Page.ReloadAsync();
        await Expect(phone.Page.Locator("article h2")).ToHaveTextAsync("Locked");
        (await phone.Page.EvaluateAsync<string>(Stored)).ShouldNotContain("\"kept\":[]");
        await MovedClock.MoveAsync(phone.Page, TimeSpan.FromHours(73));

        await phone.Page.ReloadAsync();

        await Expect(phone.Page.Locator("article h2")).ToHaveTextAsync("Locked");
        await phone.Page.WaitForFunctionAsync($"async () => (await ({Stored})()).includes('\"kept\":[]')");
    }

    private static async Task SetAsync(IPage page)
    {
        await page.Locator("form input[type=password]").First.FillAsync(Pin);
        await page.Locator("form input[type=password]").Last.FillAsync(Pin);
        await page.Locator("form [type=submit]").ClickAsync();
        await page.WaitForFunctionAsync("() => situationMapRound.vault.lock.value !== null");
        await page.EvaluateAsync("() => { location.hash = '#list'; }");
    }

    private static async Task TryAsync(IPage page, string pin)
    {
        await Expect(page.Locator("article form [type=submit]")).ToBeEnabledAsync();
        await page.GetByLabel("PIN").FillAsync(pin);
        await page.GetByLabel("PIN").PressAsync("Enter");
    }

    private static async Task StoredAsync(IPage page, string[] secrets, bool isThere)
    {
        var stored = await page.EvaluateAsync<string>(Stored);
        foreach (var secret in secrets)
            stored.Contains(secret, StringComparison.Ordinal).ShouldBe(isThere, secret);
    }
}
