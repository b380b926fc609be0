using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Store.Access;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>The page of whoever stands at a gate.</summary>
[Collection(ViewerTests.Name)]
public sealed class GatePageTests(Viewer viewer)
{
    private const string IsKept =
        "() => navigator.serviceWorker.controller !== null && situationMapGate.keeper.kept.value?.pack.checkpoint === 'C-1'";

    [Fact]
    public async Task A_pass_that_a_scanner_types_is_decided_and_recorded_without_a_network_and_sent_once()
    {
        var (household, token) = await GiveAsync();
        await using var phone = await Phone.OpenAsync(viewer.Server.Address, "lang=en&checkpoint=C-1", path: "g");
        var page = phone.Page;
        await page.WaitForFunctionAsync(IsKept);
        await phone.Browser.SetOfflineAsync(true);
        await page.ReloadAsync();
        await page.Locator(".scan input").WaitForAsync();
        // wherever the focus is
        await page.EvaluateAsync("() => document.activeElement.blur()");
        await page.Keyboard.TypeAsync(token);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".answer[data-decision=go] [data-rule=on-duty]")).ToHaveTextAsync("To work, or to look after somebody");
        await page.Locator(".person .record").ClickAsync();
        await Expect(page.Locator(".outbox")).ToContainTextAsync("1 not yet sent");
        var id = Guid.Parse(await page.EvaluateAsync<string>("() => situationMapGate.outbox.waiting.value[0].fact.id"));
        (await StoredAsync(id)).ShouldBe(0);

        // one that was signed by nobody is refused
        await page.Keyboard.TypeAsync($"{token[..60]}{(token[60] == 'A' ? 'B' : 'A')}{token[61..]}");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".answer[data-decision=stop] [data-rule^=pass-]")).ToBeVisibleAsync();
        await Expect(page.Locator(".person .record")).ToHaveCountAsync(0);

        await phone.Browser.SetOfflineAsync(false);
        await page.WaitForFunctionAsync("() => situationMapGate.outbox.all.value.every(({ sent }) => sent !== null)");
        (await StoredAsync(id)).ShouldBe(1);
        (
            await viewer.Database.ReadAsync<string>(
                "SELECT h.code FROM fact f JOIN household h ON h.id = f.household WHERE f.id = $1 AND f.kind = 'passage'",
                id
            )
        ).ShouldBe(household);
    }

    [Theory]
    [InlineData("zh-CN")]
    [InlineData("en")]
    public async Task It_fits_a_narrow_phone_and_large_letters_and_everybody_can_use_it(string language)
    {
        var (_, token) = await GiveAsync();
        await using var phone = await Phone.OpenAsync(viewer.Server.Address, $"lang={language}&checkpoint=C-1", path: "g");
        var page = phone.Page;
        await page.Locator(".scan input").FillAsync(token);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".answer[data-decision=go]")).ToBeVisibleAsync();
        await phone.LooksWellAsync($"gate-go-{language}");
        foreach (var key in (string[])["3", "8", "5"])
            await page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = key, Exact = true }).ClickAsync();
        await Expect(page.Locator(".answer[data-decision=refer]")).ToBeVisibleAsync();
        await phone.LooksWellAsync($"gate-refer-{language}");
        await page.Locator("[data-who=visitor]").ClickAsync();
        await Expect(page.Locator(".outcomes [data-decision=stop]")).ToBeVisibleAsync();
        await phone.LooksWellAsync($"gate-visitor-{language}");
    }

    [Fact]
    public async Task Whoever_guards_another_checkpoint_or_none_is_told_whom_to_ask()
    {
        var accounts = viewer.Server.Services.GetRequiredService<AccountStore>();
        foreach (var name in (string[])["gate-none", "gate-other"])
            await accounts.AddAsync(name, "correct horse battery", AuditEntry.OfConsole("add account", name), default);
        await accounts.GrantAsync(
            "gate-other",
            Role.Find("guard")!,
            null,
            null,
            AuditEntry.OfConsole("grant", "gate-other"),
            default,
            new GuardedCheckpoint("C-2")
        );

        await SaysAsync("gate-none", "Ask your community's administrator for the role of a guard");
        await SaysAsync("gate-other", "You do not guard this checkpoint at this hour");

        async Task SaysAsync(string name, string words)
        {
            await using var phone = await Phone.OpenAsync(viewer.Server.Address, "lang=en&checkpoint=C-1", isUser: false, path: "g");
            await phone.Page.GetByLabel("Account").FillAsync(name);
            await phone.Page.GetByLabel("Password").FillAsync("correct horse battery");
            await phone.Page.Keyboard.PressAsync("Enter");
            await Expect(phone.Page.Locator("main")).ToContainTextAsync(words);
        }
    }

    [Theory]
    [InlineData("g", "camera=(self), geolocation=()")]
    [InlineData("m", "camera=(), geolocation=(self)")]
    [InlineData("", "camera=(), geolocation=()")]
    public async Task It_alone_may_use_the_camera(string path, string policy)
    {
        using var answer = await viewer.Server.Client.GetAsync(new Uri(path, UriKind.Relative));

        answer.Headers.GetValues("Permissions-Policy").ShouldHaveSingleItem().ShouldStartWith(policy);
    }

    private Task<long> StoredAsync(Guid fact) => viewer.Database.ReadAsync<long>("SELECT count(*) FROM fact WHERE id = $1", fact);

    /// <summary>A pass for work of a household of which nobody has to stay.</summary>
    private async Task<(string Household, string Token)> GiveAsync()
    {
        var household = (await viewer.HealthyHousesAsync(3))[2].Household;
        var today = $"{DateTimeOffset.UtcNow.ToOffset(TimeSpan.FromHours(8)):yyyy-MM-dd}";
        var pass = new
        {
            id = Guid.NewGuid(),
            household,
            kind = "worker",
            from = today,
            to = $"{DateTimeOffset.UtcNow.AddDays(2):yyyy-MM-dd}",
        };
        using var answer = await viewer.Server.Client.PostAsJsonAsync("api/passes", new { passes = new[] { pass } });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        var given = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("passes")[0];
        return (household, given.GetProperty("token").GetString()!);
    }
}
