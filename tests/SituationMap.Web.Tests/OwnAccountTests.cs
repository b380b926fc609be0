using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using OtpNet;
using Shouldly;
using SituationMap.Store.Access;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>The panel of the own account.</summary>
[Collection(ViewerTests.Name)]
public sealed class OwnAccountTests(Viewer viewer)
{
    private const string Password = "correct horse battery";
    private const string Another = "nine purple umbrellas";

    [Fact]
    public async Task Somebody_changes_his_password_with_what_is_wrong_beside_its_field_and_ends_his_other_sessions()
    {
        await using var server = await LockedAsync();
        await using var page = await viewer.SignedInAsync(server, "own-password", "viewer");
        await SignInElsewhereAsync(server, "own-password");
        await SignInElsewhereAsync(server, "own-password");
        var panel = await OpenAsync(page);
        var sessions = panel.Locator("[data-session]");
        await Expect(sessions).ToHaveCountAsync(3);
        await Expect(sessions.First).ToContainTextAsync("Here");
        await page.PictureAsync("own-account");
        (await page.ViolationsAsync()).ShouldBeEmpty();

        await sessions.GetByText("End", new() { Exact = true }).First.ClickAsync();
        await Expect(sessions).ToHaveCountAsync(2);

        var form = panel.GetByRole(AriaRole.Region, new() { Name = "Password" });
        await ChangeAsync("not the password", Another);
        await SaysAsync(form, "Your password now", "That is not your password now.");
        await ChangeAsync(Password, "password123456");
        await SaysAsync(form, "New password", "Others could guess that password.");
        await page.PictureAsync("own-account-wrong");
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await ChangeAsync(Password, Another);

        await Expect(form.GetByRole(AriaRole.Status)).ToContainTextAsync("The password is changed");
        await Expect(form.GetByLabel("New password")).ToBeEmptyAsync();
        await Expect(sessions).ToHaveCountAsync(1);
        await Expect(panel).ToContainTextAsync("You are signed in nowhere else.");
        await SignInElsewhereAsync(server, "own-password", Another);
        await page.Page.ReloadAsync();
        panel = await OpenAsync(page);
        await panel.GetByText("End all others").ClickAsync();
        await Expect(panel.Locator("[data-session]")).ToHaveCountAsync(1);

        async Task ChangeAsync(string old, string wanted)
        {
            await form.GetByLabel("Your password now").FillAsync(old);
            await form.GetByLabel("New password").FillAsync(wanted);
            await page.Page.Keyboard.PressAsync("Enter");
        }
    }

    [Fact]
    public async Task Somebody_enrols_a_second_factor_by_the_keyboard_copies_its_recovery_codes_replaces_and_removes_it()
    {
        await using var server = await LockedAsync();
        await using var page = await viewer.SignedInAsync(server, "own-factor", "viewer");
        await page.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        var factor = (await OpenAsync(page)).GetByRole(AriaRole.Region, new() { Name = "Second factor" });

        await factor.GetByLabel("Your password now").FillAsync("not the password");
        await page.Page.Keyboard.PressAsync("Enter");
        await SaysAsync(factor, "Your password now", "That is not your password now.");
        var (codes, first) = await EnrolAsync(page, factor, isPictured: true);

        codes.Length.ShouldBe(10);
        await factor.GetByText("Copy the codes").ClickAsync();
        await Expect(factor.GetByRole(AriaRole.Status)).ToHaveTextAsync("Copied.");
        (await page.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()")).Split('\n').ShouldBe(codes);
        await factor.GetByText("I have kept them").ClickAsync();
        await Expect(factor).ToContainTextAsync("Recovery codes left: 10.");
        (await page.ViolationsAsync()).ShouldBeEmpty();

        await factor.GetByLabel("Code").FillAsync("000000");
        await page.Page.Keyboard.PressAsync("Enter");
        await SaysAsync(factor, "Code", "That code is not right");
        await factor.GetByText("Replace", new() { Exact = true }).ClickAsync();
        await Expect(factor).ToContainTextAsync("The one that you have counts until the new one is confirmed.");
        await Expect(factor.GetByLabel("Your password now")).ToBeFocusedAsync();
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await factor.GetByLabel("Code").FillAsync(codes[0]);
        var (renewed, second) = await EnrolAsync(page, factor);
        renewed.ShouldNotContain(codes[1]);
        second.ShouldNotBe(first);

        await factor.GetByText("I have kept them").ClickAsync();
        // as it is shown, in groups
        await factor.GetByLabel("Code").FillAsync(string.Join(' ', renewed[3].Chunk(4).Select(group => new string(group))));
        await factor.GetByText("Remove", new() { Exact = true }).ClickAsync();
        await Expect(factor.GetByText("Set up")).ToBeVisibleAsync();
        (await viewer.Database.ReadAsync<long>("SELECT count(*) FROM second_factor WHERE account = 'own-factor'")).ShouldBe(0);
    }

    [Fact]
    public async Task Whose_role_takes_a_second_factor_sets_it_up_before_the_map_and_then_has_it()
    {
        await using var server = await LockedAsync();
        var accounts = server.Services.GetRequiredService<AccountStore>();
        await accounts.AddAsync("own-needed", Password, AuditEntry.OfConsole("add account", "own-needed"), default);
        await accounts.GrantAsync("own-needed", Role.Find("planner")!, null, null, AuditEntry.OfConsole("grant", "own-needed"), default);
        await RequireAsync("planner");
        try
        {
            await using var page = await viewer.OpenAsync("/?lang=zh-CN", server.Address, waitForMap: false);
            page.ExpectsErrors = true; // the browser reports being asked to sign in as one
            var gate = page.Page.Locator("#gate");
            await gate.GetByLabel("账号").FillAsync("own-needed");
            await gate.GetByLabel("密码").FillAsync(Password);
            await page.Page.Keyboard.PressAsync("Enter");
            await Expect(gate).ToContainTextAsync("您的角色须启用第二重验证才有效");
            await gate.GetByText("我的账号", new() { Exact = true }).ClickAsync();
            var factor = page.Page.Locator("#own").GetByRole(AriaRole.Region, new() { Name = "第二重验证" });

            await factor.GetByLabel("现在的密码").FillAsync(Password);
            await page.Page.Keyboard.PressAsync("Enter");
            await factor.GetByLabel("验证码").FillAsync(CodeOf(await SecretAsync(factor)));
            await page.Page.Keyboard.PressAsync("Enter");
            await Expect(factor.Locator("li")).ToHaveCountAsync(10);
            (await page.ViolationsAsync()).ShouldBeEmpty();
            await page.Page.Locator("#own").GetByLabel("关闭").ClickAsync();

            await page.MapIsDrawnAsync();
        }
        finally
        {
            await RequireAsync();
        }

        Task RequireAsync(params string[] roles) =>
            accounts.RequireSecondFactorAsync(roles, AuditEntry.OfConsole("require second factor", "roles"), default);
    }

    private Task<TestServer> LockedAsync() => TestServer.StartAsync(viewer.Database, ("SituationMap:LocalMode", "false"));

    private static async Task<ILocator> OpenAsync(ViewerPage page)
    {
        await page.Page.ClickAsync(".menu [popovertarget]");
        await page.Page.GetByText("Your account", new() { Exact = true }).ClickAsync();
        return page.Page.Locator("#own");
    }

    /// <summary>From the password to the recovery codes, without the mouse; gives them, and the secret.</summary>
    private static async Task<(string[] Codes, string Secret)> EnrolAsync(ViewerPage page, ILocator factor, bool isPictured = false)
    {
        await factor.GetByLabel("Your password now").FillAsync(Password);
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(factor.GetByRole(AriaRole.Img)).ToBeVisibleAsync();
        await Expect(factor.GetByLabel("Code", new() { Exact = true })).ToBeFocusedAsync();
        if (isPictured)
        {
            await page.PictureAsync("own-factor");
            (await page.ViolationsAsync()).ShouldBeEmpty();
            await page.Page.Keyboard.TypeAsync("12345");
            await page.Page.Keyboard.PressAsync("Enter");
            await SaysAsync(factor, "Code", "That code is not right");
        }
        var secret = await SecretAsync(factor);
        await factor.GetByLabel("Code", new() { Exact = true }).FillAsync(CodeOf(secret));
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(factor.Locator("li")).ToHaveCountAsync(10);
        if (isPictured)
        {
            await page.PictureAsync("own-recovery");
            (await page.ViolationsAsync()).ShouldBeEmpty();
        }
        return ([.. (await factor.Locator("li").AllInnerTextsAsync()).Select(code => code.Replace(" ", ""))], secret);
    }

    /// <summary>What is wrong is said of the field: it is marked, described by the words, and has the focus.</summary>
    private static async Task SaysAsync(ILocator part, string label, string words)
    {
        var field = part.GetByLabel(label, new() { Exact = true });
        await Expect(field).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(field).ToHaveAccessibleDescriptionAsync(new Regex(Regex.Escape(words), RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Expect(field).ToBeFocusedAsync();
        await Expect(part.GetByRole(AriaRole.Alert).Filter(new() { HasText = words })).ToBeVisibleAsync();
    }

    /// <summary>In groups of four.</summary>
    private static async Task<string> SecretAsync(ILocator factor)
    {
        var shown = await factor.Locator("code").InnerTextAsync();
        shown.Split(' ').ShouldAllBe(group => group.Length == 4);
        return shown.Replace(" ", "");
    }

    private static string CodeOf(string secret) => new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp();

    private static async Task SignInElsewhereAsync(TestServer server, string name, string password = Password)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        (await client.PostAsJsonAsync("api/session", new { name, password })).EnsureSuccessStatusCode();
    }
}
