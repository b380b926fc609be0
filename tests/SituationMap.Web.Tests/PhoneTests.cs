using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Shouldly;
using SituationMap.Store.Access;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>What is reported with a phone arrives once, whatever happens to network, clock, account and browser.</summary>
[Collection(ViewerTests.Name)]
public sealed class PhoneTests(Viewer viewer)
{
    private const string Grid = "210682-004-03";

    /// <summary>Reports the temperatures of homes from one on, as a form does, until there are so many; gives how many there are.</summary>
    private const string Queue = """
        async ([from, count]) => {
          const phone = situationMapRound;
          let queued = 0;
          for (const door of phone.doors.value.slice(from)) {
            const members = door.home.members.slice(0, count - queued);
            await phone.report(door, members.map(person => ({ kind: 'temperature', person, data: { celsius: 36.6 } })));
            queued += members.length;
            if (queued === count) break;
          }
          return queued;
        }
        """;

    [Fact]
    public async Task Five_hundred_facts_of_a_day_without_a_network_arrive_once_after_two_reloads_and_a_killed_browser()
    {
        await using var phone = await Phone.OpenAsync(viewer.Server.Address, $"lang=en&grid=210682-004");
        await phone.IsKeptAsync();
        await phone.Browser.SetOfflineAsync(true);
        (await phone.Page.EvaluateAsync<int>(Queue, new[] { 0, 200 })).ShouldBe(200);
        await phone.Page.ReloadAsync();
        await Expect(phone.Page.Locator(".outbox")).ToContainTextAsync("200 not yet sent");
        (await phone.Page.EvaluateAsync<int>(Queue, new[] { 300, 200 })).ShouldBe(200);
        await phone.Page.ReloadAsync();
        await Expect(phone.Page.Locator(".outbox")).ToContainTextAsync("400 not yet sent");
        (await phone.Page.EvaluateAsync<int>(Queue, new[] { 600, 100 })).ShouldBe(100);
        var facts = await phone.Page.EvaluateAsync<string[]>(
            "() => situationMapRound.outbox.waiting.value.map(({ fact }) => JSON.stringify(fact))"
        );
        facts.Length.ShouldBe(500);
        (await StoredAsync(facts)).ShouldBe(0);

        await phone.KillAsync();
        await phone.StartAsync("lang=en");

        await Expect(phone.Page.Locator(".outbox")).ToContainTextAsync("All sent", new() { Timeout = 60_000 });
        (await StoredAsync(facts)).ShouldBe(500);
        (await phone.Page.EvaluateAsync<int>("() => situationMapRound.outbox.refused.value.length")).ShouldBe(0);

        // and once more, as a phone does that did not hear the answer
        using var again = await viewer.Server.Client.PostAsync(
            new Uri("/api/facts", UriKind.Relative),
            new StringContent(string.Join('\n', facts), Encoding.UTF8, "application/x-ndjson")
        );
        var answer = JsonSerializer.Deserialize<JsonElement>(await again.Content.ReadAsStringAsync());
        (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("duplicate").GetInt32()).ShouldBe((0, 500));

        async Task<long> StoredAsync(string[] facts) =>
            await viewer.Database.ReadAsync<long>(
                "SELECT count(*) FROM fact WHERE id IN ('"
                    + string.Join("','", facts.Select(fact => JsonDocument.Parse(fact).RootElement.GetProperty("id").GetGuid()))
                    + "')"
            );
    }

    [Fact]
    public async Task It_opens_without_a_network_and_caches_keep_nothing_of_the_homes()
    {
        await using var phone = await Phone.OpenAsync(viewer.Server.Address, $"lang=en&grid={Grid}");
        await phone.IsKeptAsync();
        var doors = await phone.Page.EvaluateAsync<int>("() => situationMapRound.doors.value.length");
        await phone.Browser.SetOfflineAsync(true);

        await phone.Page.GotoAsync(new Uri(viewer.Server.Address, "/m?lang=en").AbsoluteUri);

        await phone.Page.ShowsAsync(".words", "No network: this is how it was at");
        await phone.Page.ShowsAsync(".all", $"Show all {doors} homes");
        var cached = await phone.Page.EvaluateAsync<string[]>(
            """
            async () => {
              const found = [];
              for (const name of await caches.keys())
                for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
              return found;
            }
            """
        );
        cached.ShouldContain("/m.html");
        cached.ShouldAllBe(path => path.StartsWith("/assets/", StringComparison.Ordinal) || path.Count(letter => letter == '/') == 1);
    }

    [Theory]
    [InlineData(-20)]
    [InlineData(20)]
    public async Task A_phone_whose_clock_is_wrong_reports_the_true_time(int minutes)
    {
        await using var phone = await Phone.OpenAsync(viewer.Server.Address, $"lang=en&grid={Grid}", script: MovedClock.OfPhone(minutes));
        await phone.IsKeptAsync();
        await phone.Browser.SetOfflineAsync(true);
        await phone.Page.EvaluateAsync<int>(Queue, new[] { minutes > 0 ? 10 : 20, 1 });
        var saved = await phone.Page.EvaluateAsync<JsonElement>("() => situationMapRound.outbox.waiting.value[0]");
        await phone.Browser.SetOfflineAsync(false);

        await phone.AllSentAsync(1);
        var id = saved.GetProperty("fact").GetProperty("id").GetGuid();
        var off = await viewer.Database.ReadAsync<double>($"SELECT extract(epoch FROM now() - at)::float8 FROM fact WHERE id = '{id}'");
        off.ShouldBeInRange(-5, 60);
        // what the phone said is kept beside it
        var clock = await viewer.Database.ReadAsync<double>(
            $"SELECT extract(epoch FROM clock - at)::float8 / 60 FROM fact WHERE id = '{id}'"
        );
        clock.ShouldBe(minutes, tolerance: 0.1);
    }

    [Fact]
    public async Task The_address_with_the_token_lets_in_also_once_the_page_opens_without_a_network()
    {
        await using var phone = await Phone.OpenAsync(viewer.Server.Address, $"lang=en&grid={Grid}", isUser: false);
        var page = phone.Page;
        await page.ShowsAsync(".words", "You are signed out");
        await page.WaitForFunctionAsync("() => navigator.serviceWorker.controller !== null");

        await page.GotoAsync($"{viewer.Server.Address}m?token={TestServer.LocalToken}&lang=en&grid={Grid}");

        await Expect(page.Locator(".all")).ToBeVisibleAsync();
        await Expect(page).ToHaveURLAsync(new Uri(viewer.Server.Address, $"/m?lang=en&grid={Grid}").AbsoluteUri);
        (await page.EvaluateAsync<string>("() => document.referrer + document.cookie")).ShouldNotContain(TestServer.LocalToken);
    }

    [Fact]
    public async Task What_the_server_refuses_stays_with_its_words_and_can_be_mended_or_discarded()
    {
        await using var phone = await Phone.OpenAsync(viewer.Server.Address, $"lang=en&grid={Grid}");
        await phone.IsKeptAsync();
        var page = phone.Page;
        var household = await page.EvaluateAsync<string>(
            """
            async () => {
              const phone = situationMapRound;
              const door = phone.doors.value.find(({ home }) => home.members.length > 1);
              const wrong = person => ({ kind: 'temperature', person, data: { celsius: 65 } });
              await phone.report(door, door.home.members.slice(0, 2).map(wrong));
              return door.home.household;
            }
            """
        );
        await Expect(page.Locator(".outbox")).ToContainTextAsync("2 refused");
        await page.Locator(".outbox").ClickAsync();
        await Expect(page.Locator(".saved .field-fault").First).ToContainTextAsync("Temperature (°C)");
        await Expect(page.Locator(".saved .field-fault").First).ToContainTextAsync("a number from 30 to 45");
        await phone.PictureAsync("refused");

        await page.GetByRole(AriaRole.Button, new() { Name = "Mend" }).First.ClickAsync();
        await Expect(page.Locator("#field-celsius")).ToHaveValueAsync("65");
        await page.Locator("#field-celsius").FillAsync("36.4");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator(".outbox")).ToHaveTextAsync("1 refused");
        await page.GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await Expect(page.Locator(".outbox")).ToHaveTextAsync("All sent");
        (
            await viewer.Database.ReadAsync<long>(
                "SELECT count(*) FROM fact JOIN household ON household.id = fact.household "
                    + $"WHERE code = '{household}' AND data = '{{\"celsius\": 36.4}}'"
            )
        ).ShouldBe(1);
    }

    [Fact]
    public async Task Whoever_is_signed_out_loses_nothing_and_sends_it_once_signed_in()
    {
        const string Password = "correct horse battery";
        await using var server = await TestServer.StartAsync(viewer.Database, ("SituationMap:LocalMode", "false"));
        var accounts = server.Services.GetRequiredService<AccountStore>();
        await accounts.AddAsync("rounds", Password, AuditEntry.OfConsole("add account", "rounds"), default);
        await accounts.GrantAsync("rounds", Role.Find("reporter")!, Grid, null, AuditEntry.OfConsole("grant", "rounds"), default);
        await using var phone = await Phone.OpenAsync(server.Address, "lang=en", isUser: false);
        var page = phone.Page;
        await SignInAsync();
        // the only grid that the account reports of
        await Expect(page.Locator(".all")).ToBeVisibleAsync();
        await phone.IsKeptAsync();
        (await page.EvaluateAsync<int>("() => fetch('api/session', { method: 'DELETE' }).then(answer => answer.status)")).ShouldBe(204);
        (await page.EvaluateAsync<int>(Queue, new[] { 0, 3 })).ShouldBe(3);
        await page.ShowsAsync(".words", "You are signed out. What you have entered is kept on this phone");
        await Expect(page.Locator(".outbox")).ToContainTextAsync("3 not yet sent");
        await phone.PictureAsync("signed-out");

        await SignInAsync();

        await phone.AllSentAsync(3);
        (await viewer.Database.ReadAsync<long>("SELECT count(*) FROM fact WHERE account = 'rounds' AND source = 'person:rounds'")).ShouldBe(
            3
        );

        async Task SignInAsync()
        {
            await page.GetByLabel("Account").FillAsync("rounds");
            await page.GetByLabel("Password").FillAsync(Password);
            await page.GetByLabel("Password").PressAsync("Enter");
        }
    }

    [Fact]
    public async Task Without_TLS_it_works_with_a_network_and_says_what_offline_use_needs()
    {
        await using var server = await TestServer.StartAsync(viewer.Database, ("SituationMap:LocalMode", "false"));
        var accounts = server.Services.GetRequiredService<AccountStore>();
        await accounts.AddAsync("plain", "correct horse battery", AuditEntry.OfConsole("add account", "plain"), default);
        await accounts.GrantAsync("plain", Role.Find("reporter")!, Grid, null, AuditEntry.OfConsole("grant", "plain"), default);
        var address = new UriBuilder(server.Address) { Host = "map.intranet" }.Uri;
        await using var phone = await Phone.OpenAsync(address, "lang=en", isUser: false);
        await phone.Page.ShowsAsync(".words", "For use offline, open it by https or on localhost");
        await phone.Page.EvaluateAsync("() => { location.hash = '#pin'; }");
        await phone.Page.ShowsAsync("article", "where browsers cannot encrypt: there is no PIN here");
        await Expect(phone.Page.Locator("article input")).ToHaveCountAsync(0);
        await phone.Page.EvaluateAsync("() => { location.hash = '#list'; }");
        await phone.Page.GetByLabel("Account").FillAsync("plain");
        await phone.Page.GetByLabel("Password").FillAsync("correct horse battery");
        await phone.Page.GetByLabel("Password").PressAsync("Enter");
        await Expect(phone.Page.Locator(".all")).ToBeVisibleAsync();

        (await phone.Page.EvaluateAsync<int>(Queue, new[] { 5, 2 })).ShouldBe(2);

        await phone.AllSentAsync(2);
        (await viewer.Database.ReadAsync<long>("SELECT count(*) FROM fact WHERE account = 'plain'")).ShouldBe(2);
    }
}
