using System.Text.Json;
using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>What comes after long without a network, and of two who were at one door.</summary>
[Collection(ViewerTests.Name)]
public sealed class OfflineTests(Viewer viewer)
{
    private const string Grid = "210682-004-03";

    /// <summary>Reports one of each of the kinds that are reported at doors; gives the ids, and when it was by a right clock (ms since
    /// 1970).</summary>
    private const string Report = """
        async round => {
          const phone = situationMapRound;
          const door = phone.doors.value.filter(({ home }) => home.members.length > 0)[round];
          const person = door.home.members[0];
          const soon = phone.keeper.now() + 2 * 3600000;
          const before = phone.outbox.all.value.map(({ fact }) => fact.id);
          const ahead = Number(localStorage.getItem('test.ahead') ?? 0);
          const at = performance.timeOrigin + performance.now() + ahead;
          await phone.report(door, [
            { kind: 'temperature', person, data: { celsius: 36.6 } },
            { kind: 'test', person, data: { result: 'negative' } },
            { kind: 'visit', data: { outcome: 'nobody', by: 'door', next: new Date(soon).toISOString() } },
            { kind: 'survey', data: { members: door.home.members.length } },
            { kind: 'returned', person, data: { from: '330100', risk: 'low' } },
            { kind: 'departed', person, data: { to: '330100' } },
            { kind: 'need', data: { what: 'medicine', urgency: 'today' } },
            { kind: 'circumstance', data: { what: 'livesAlone', until: new Date(soon).toISOString() } },
            { kind: 'facility', person, data: { where: 'hospital', until: new Date(soon).toISOString() } },
          ]);
          return { at, ids: phone.outbox.all.value.map(({ fact }) => fact.id).filter(id => !before.includes(id)) };
        }
        """;

    [Theory]
    [InlineData(-20)]
    [InlineData(20)]
    public async Task After_36_hours_without_a_network_all_arrives_with_the_times_at_which_it_was_so_and_what_the_phone_said(int minutes)
    {
        await using var database = await viewer.NewDatabaseAsync();
        var clock = new MovedClock();
        await using var server = TestServer.Start(database, clock, ("SituationMap:Demo", "true"));
        await using var phone = await Phone.OpenAsync(server.Address, $"lang=en&grid={Grid}", script: MovedClock.OfPhone(minutes));
        await phone.IsKeptAsync();
        await phone.Browser.SetOfflineAsync(true);
        var made = new Dictionary<Guid, DateTimeOffset>();
        foreach (var (round, hours) in new[] { 0, 5, 13, 21, 29, 36 }.Index())
        {
            await MovedClock.MoveAsync(phone.Page, TimeSpan.FromHours(hours));
            await phone.Page.ReloadAsync();
            // the round and what was saved before are read one after the other
            await phone.Page.WaitForFunctionAsync(
                "saved => situationMapRound.doors.value.length > 0 && situationMapRound.outbox.all.value.length === saved",
                made.Count
            );
            var reported = await phone.Page.EvaluateAsync<JsonElement>(Report, round);
            var at = DateTimeOffset.FromUnixTimeMilliseconds((long)reported.GetProperty("at").GetDouble());
            foreach (var id in reported.GetProperty("ids").EnumerateArray())
                made.Add(id.GetGuid(), at);
        }
        made.Count.ShouldBe(6 * 9);
        await Expect(phone.Page.Locator(".outbox")).ToContainTextAsync($"{made.Count} not yet sent");
        clock.Ahead = TimeSpan.FromHours(36);

        await phone.Browser.SetOfflineAsync(false);

        await phone.AllSentAsync(made.Count);
        var stored = await database.ReadRowsAsync("SELECT id, at, clock FROM fact WHERE account = 'local'", row =>
            (Id: row.GetGuid(0), At: row.GetFieldValue<DateTimeOffset>(1), Clock: row.GetFieldValue<DateTimeOffset>(2))
        );
        stored.Select(fact => fact.Id).Order().ShouldBe(made.Keys.Order());
        foreach (var (id, at, said) in stored)
        {
            at.ShouldBe(made[id], TimeSpan.FromSeconds(3));
            (said - at).TotalMinutes.ShouldBe(minutes, tolerance: 0.05);
        }
    }

    [Fact]
    public async Task Of_two_at_one_door_both_reports_stand()
    {
        await using var one = await Phone.OpenAsync(viewer.Server.Address, $"lang=en&grid={Grid}");
        await using var other = await Phone.OpenAsync(viewer.Server.Address, $"lang=en&grid={Grid}");
        var said = new List<string>();
        foreach (var (phone, outcome) in new[] { (one, "nobody"), (other, "met") })
        {
            await phone.IsKeptAsync();
            await phone.Browser.SetOfflineAsync(true);
            said.Add(
                await phone.Page.EvaluateAsync<string>(
                    """
                    async outcome => {
                      const phone = situationMapRound;
                      await phone.report(phone.doors.value[40], [{ kind: 'visit', data: { outcome, by: 'door' } }]);
                      return phone.outbox.waiting.value[0].fact.id;
                    }
                    """,
                    outcome
                )
            );
        }

        foreach (var phone in new[] { one, other })
        {
            await phone.Browser.SetOfflineAsync(false);
            await phone.AllSentAsync(1);
        }

        (
            await viewer.Database.ReadRowsAsync(
                $"SELECT data->>'outcome' FROM fact WHERE id IN ('{string.Join("', '", said)}') ORDER BY 1",
                row => row.GetString(0)
            )
        ).ShouldBe(["met", "nobody"]);
    }

    [Fact]
    public async Task What_lies_ahead_because_the_clock_was_changed_on_the_way_is_mended_where_it_stands()
    {
        await using var phone = await Phone.OpenAsync(viewer.Server.Address, $"lang=en&grid={Grid}", script: MovedClock.OfPhone(0));
        await phone.IsKeptAsync();
        var page = phone.Page;
        await phone.Browser.SetOfflineAsync(true);
        await MovedClock.MoveAsync(page, TimeSpan.FromHours(1));
        var id = await page.EvaluateAsync<Guid>(
            """
            async () => {
              const phone = situationMapRound;
              await phone.report(phone.doors.value[41], [{ kind: 'visit', data: { outcome: 'met', by: 'door' } }]);
              return phone.outbox.waiting.value[0].fact.id;
            }
            """
        );
        await MovedClock.MoveAsync(page, TimeSpan.Zero);
        await phone.Browser.SetOfflineAsync(false);
        await Expect(page.Locator(".outbox")).ToHaveTextAsync("1 refused");
        await page.Locator(".outbox").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Mend" }).ClickAsync();
        var now = await page.EvaluateAsync<string>("() => situationMapRound.times.input(new Date().toISOString())");
        await page.Locator("#field-at").FillAsync(now);

        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Expect(page.Locator(".outbox")).ToHaveTextAsync("All sent");
        (await viewer.Database.ReadAsync<double>($"SELECT extract(epoch FROM clock - at)::float8 FROM fact WHERE id = '{id}'"))
        // the form takes whole minutes, and another one may have begun since the report
        .ShouldBeInRange(3600 - 120, 3661, "what the clock said stays beside what a person said");
    }
}
