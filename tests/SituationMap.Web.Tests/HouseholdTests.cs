using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>What has to be done about a household, and by whom.</summary>
[Collection(ViewerTests.Name)]
public sealed class HouseholdTests(Viewer viewer)
{
    [Fact]
    public async Task An_override_takes_a_second_person_and_says_why()
    {
        await using var server = await TestServer.StartAsync(viewer.Database, ("SituationMap:LocalMode", "false"));
        var house = (await viewer.HealthyHousesAsync(1))[0];
        var path = $"/?lang=en#map=18/{house.Latitude}/{house.Longitude}&building={house.Building}&household={house.Household}";
        await using var mei = await viewer.SignedInAsync(server, "mei3", "reporter", path);
        await mei.ShowsAsync("#drawer .status-line", "Healthy");

        await mei.Page.Locator("[data-report=override]").ClickAsync();
        await mei.Page.Locator("#field-status").SelectOptionAsync("observed");
        await mei.Page.Locator(".form-slot .primary").ClickAsync();
        await mei.ShowsAsync("#field-reason-fault", "Please fill this in");
        await mei.Page.Locator("#field-reason").FillAsync("Seen without a mask at the market");
        await mei.Page.Locator(".form-slot .primary").ClickAsync();

        await mei.ShowsAsync("#notice", "once a second person has confirmed it");
        // it waits, without effect; whoever proposed it is told that it takes another person
        await mei.ShowsAsync("#drawer .pending", "once another person has signed in and confirmed it");
        await Expect(mei.Page.Locator("#drawer .pending [data-report=override]")).ToHaveCountAsync(0);
        await mei.ShowsAsync("#drawer .status-line", "Healthy");
        await mei.PictureAsync("override-own");
        // and the server refuses it to him, also under another's name
        var proposed = await viewer.Database.ReadAsync<Guid>(
            "SELECT f.id FROM fact f JOIN household h ON h.id = f.household WHERE f.kind = 'override' AND h.code = $1",
            house.Household
        );
        (await ConfirmAsync("person:mei3")).ShouldBe("422 same-source");
        (await ConfirmAsync("person:tao3")).ShouldBe("422 source-of-another");
        (await ConfirmAsync("grid:210682-004-01")).ShouldBe("422 source-of-another");

        await using var tao = await viewer.SignedInAsync(server, "tao3", "reporter", path);
        // what it says is read for a purpose: people write names there
        await tao.ShowsAsync("#drawer .pending", "(…)");
        await tao.Page.Locator("[data-key=members-show]").ClickAsync();
        await tao.Page.Locator(".members form .primary").ClickAsync();
        await tao.ShowsAsync("#drawer .members", "Seen without a mask at the market");
        var coloured = await mei.WatchAsync(house.Longitude, house.Latitude, Palette.Of("observed"));
        await tao.Page.Locator("#drawer .pending [data-report=override]").ClickAsync();
        await tao.PictureAsync("override-confirming");
        await tao.Page.Locator("#field-reason").FillAsync("I saw it, too");
        await tao.Page.Locator(".form-slot .primary").ClickAsync();

        await tao.ShowsAsync("#drawer .status-line", "Observed");
        await mei.ShowsAsync("#drawer .status-line", "Observed");
        await mei.ShowsAsync("#drawer .why", "by two people");
        await Expect(mei.Page.Locator("#drawer .pending")).ToHaveCountAsync(0);
        await coloured.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await tao.PictureAsync("override-confirmed");

        Task<string> ConfirmAsync(string source) =>
            mei.Page.EvaluateAsync<string>(
                """
                async ([household, confirms, source]) => {
                  const answer = await fetch('/api/facts', {
                    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({
                    id: crypto.randomUUID(), kind: 'override', household, at: new Date().toISOString(), source,
                      data: { status: 'observed', reason: 'Again', confirms } }) });
                  return `${answer.status} ${(await answer.json()).code}`;
                }
                """,
                new[] { house.Household, proposed.ToString(), source }
            );
    }

    [Fact]
    public async Task Readings_that_are_due_or_overdue_are_reported_where_they_are_said_and_are_gone()
    {
        var (household, building) = await viewer.Database.ReadRowAsync(
            """
            SELECT h.code, b.code FROM household h JOIN building b ON b.id = h.building JOIN household_status s ON s.household = h.id
            WHERE s.status = 'healthy' AND s.surveyed AND (SELECT count(*) FROM person p WHERE p.household = h.id) = 2
              AND NOT EXISTS (SELECT FROM fact f WHERE f.household = h.id AND f.kind <> 'survey')
            ORDER BY md5(h.code) LIMIT 1
            """,
            row => (row.GetString(0), row.GetString(1))
        );
        var ordered = new
        {
            id = Guid.NewGuid(),
            kind = "order",
            household,
            at = DateTimeOffset.UtcNow.AddDays(-3),
            source = "system:viewer-test",
            data = new { measure = "observation", days = 14 },
        };
        (
            await viewer.Server.Client.PostAsJsonAsync("/api/facts", ordered, TestContext.Current.CancellationToken)
        ).EnsureSuccessStatusCode();
        await using var page = await viewer.OpenAsync($"/?lang=en#building={building}&household={household}");
        await page.ShowsAsync("#drawer .status-line", "Observed");
        var items = page.Page.Locator("#drawer .overdue li");
        await Expect(items).ToHaveCountAsync(4); // two readings of the last day, of both members
        await Expect(items.First).ToContainTextAsync("The temperature due by");
        await Expect(items.First).ToContainTextAsync("Member 1: ");
        await page.PictureAsync("overdue");

        // one of now does not make up for it, and the form says what would
        await items.First.GetByRole(AriaRole.Button).ClickAsync();
        await page.Page.Locator("#field-celsius").FillAsync("36.6");
        await page.Page.Locator("#field-at").FillAsync(InShanghai(DateTimeOffset.UtcNow));
        await page.Page.Locator(".form-slot .primary").ClickAsync();
        await page.ShowsAsync("#field-at-fault", "Please give a time from");
        await page.PictureAsync("overdue-fault");
        await page.Page.Locator(".form-slot .quiet").ClickAsync();

        for (var left = 4; left > 0; left--)
        {
            var due = (await StatusAsync()).GetProperty("overdue")[0];
            await items.First.GetByRole(AriaRole.Button).ClickAsync();
            await Expect(page.Page.Locator("#field-person")).ToHaveValueAsync(due.GetProperty("person").GetString()!);
            await page.Page.Locator("#field-celsius").FillAsync("36.6");
            await page.Page.Locator("#field-at").FillAsync(InShanghai(due.GetProperty("from").GetDateTimeOffset().AddHours(1)));
            await page.Page.Locator(".form-slot .primary").ClickAsync();
            await Expect(items).ToHaveCountAsync(left - 1);
        }
        await Expect(page.Page.Locator("#drawer .overdue")).ToHaveCountAsync(0);
        await page.ShowsAsync("#drawer .status-line", "Observed");

        // those of the next day; what can be done already has a button, which at night nothing has
        var upcoming = page.Page.Locator("#drawer .due li");
        await Expect(upcoming).ToHaveCountAsync(4);
        await Expect(upcoming.First).ToContainTextAsync("Member 1: A temperature reading is due by");
        var open = (await StatusAsync())
            .GetProperty("due")
            .EnumerateArray()
            .Count(item => item.GetProperty("from").GetDateTimeOffset() <= DateTimeOffset.UtcNow);
        await Expect(upcoming.GetByRole(AriaRole.Button)).ToHaveCountAsync(open);
        for (var left = open; left > 0; left--)
        {
            await upcoming.First.GetByRole(AriaRole.Button).ClickAsync();
            await page.Page.Locator("#field-celsius").FillAsync("36.6");
            await page.Page.Locator(".form-slot .primary").ClickAsync();
            await Expect(upcoming).ToHaveCountAsync(4 - open + left - 1);
        }

        async Task<JsonElement> StatusAsync() =>
            JsonDocument
                .Parse(
                    await viewer.Server.Client.GetStringAsync(
                        new Uri($"/api/households/{household}/status", UriKind.Relative),
                        TestContext.Current.CancellationToken
                    )
                )
                .RootElement;
    }

    /// <summary>What the clock on the wall there shows, as a field for times has it; the browser is in another zone.</summary>
    private static string InShanghai(DateTimeOffset at) =>
        TimeZoneInfo
            .ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"))
            .ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
}
