using System.IO.Compression;
using System.Net.Http.Json;
using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>A round with a phone: few taps a home, on small screens, for everybody.</summary>
[Collection(ViewerTests.Name)]
public sealed class RoundTests(Viewer viewer) : IDisposable
{
    private const string Grid = "210682-004-03";

    private readonly Morning _morning = new();

    public void Dispose() => _morning.Dispose();

    [Fact]
    public async Task Ten_homes_in_a_row_take_one_tap_each_when_all_are_well()
    {
        await using var database = await viewer.NewDatabaseAsync();
        await using var server = await MorningServerAsync(database);
        await using var phone = await Phone.OpenAsync(server.Address, $"lang=en&grid={Grid}");
        var page = phone.Page;
        await Expect(page.Locator(".progress")).ToContainTextAsync("homes to go to");
        await page.GetByRole(AriaRole.Button, new() { Name = "Begin the round" }).ClickAsync();

        var seen = new List<string>();
        while (seen.Count < 10)
        {
            var title = await page.Locator(".home h2").InnerTextAsync();
            var well = page.GetByRole(AriaRole.Button, new() { Name = "All well, 36.5" });
            // where nobody is known to live yet, there is nobody to be measured
            if (await well.CountAsync() == 0)
                well = page.GetByRole(AriaRole.Button, new() { Name = "Next home" });
            else
                seen.Add(title);
            await well.ClickAsync();
            await Expect(page.Locator(".home h2")).Not.ToHaveTextAsync(title);
        }

        seen.ShouldBeUnique();
        await Expect(page.Locator(".outbox")).ToContainTextAsync("All sent");
        (
            await database.ReadAsync<long>("SELECT count(DISTINCT household) FROM fact WHERE kind = 'temperature' AND account = 'local'")
        ).ShouldBe(10);
        (await database.ReadAsync<long>("SELECT count(*) FROM fact WHERE account = 'local' AND data <> '{\"celsius\": 36.5}'")).ShouldBe(0);
    }

    [Fact]
    public async Task Readings_are_three_digits_each_and_what_was_met_at_a_door_is_one_tap()
    {
        await using var database = await viewer.NewDatabaseAsync();
        await using var server = await MorningServerAsync(database);
        await using var phone = await Phone.OpenAsync(server.Address, $"lang=en&grid={Grid}");
        var page = phone.Page;
        await page.WaitForFunctionAsync("() => situationMapRound.doors.value.length > 0");
        var home = await page.EvaluateAsync<string>(
            """
            () => situationMapRound.doors.value.find(door => situationMapRound.itemsOf(door)
              .filter(({ what, person }) => what === 'temperature' && person !== null).length >= 3).home.household
            """
        );
        await page.EvaluateAsync("home => { location.hash = `#home=${home}`; }", home);
        var pad = page.GetByRole(AriaRole.Group, new() { Name = "Number pad" });
        foreach (var key in "368" + "371" + "372")
            await pad.GetByRole(AriaRole.Button, new() { Name = $"{key}", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save 3 readings" }).ClickAsync();
        await Expect(page.Locator(".home h2")).ToBeFocusedAsync();
        await phone.AllSentAsync(3);
        (await ReadAsync("temperature", home)).ShouldBe(["""{"celsius": 36.8}""", """{"celsius": 37.1}""", """{"celsius": 37.2}"""]);

        // what is no temperature is said and stays
        await page.EvaluateAsync("home => { location.hash = `#home=${home}`; }", home);
        await Expect(page.Locator(".own")).ToContainTextAsync("Temperature");
        await page.Locator(".readings input").First.FillAsync("999");
        await page.Locator(".readings input").First.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Please give a number from 30 to 45.");

        await page.GetByRole(AriaRole.Button, new() { Name = "Call back" }).ClickAsync();
        await page.WaitForFunctionAsync(
            "() => situationMapRound.outbox.all.value.some(({ fact, sent }) => fact.kind === 'visit' && sent !== null)"
        );
        (await ReadAsync("visit", home)).Single().ShouldContain("\"outcome\": \"nobody\"");

        Task<IReadOnlyList<string>> ReadAsync(string kind, string household) =>
            database.ReadRowsAsync(
                $"SELECT data::text FROM fact JOIN household ON household.id = fact.household WHERE kind = '{kind}' AND account = 'local' "
                    + $"AND code = '{household}' ORDER BY 1",
                row => row.GetString(0)
            );
    }

    [Fact]
    public async Task Where_only_a_visit_is_due_one_tap_says_that_they_were_met()
    {
        await using var database = await viewer.NewDatabaseAsync();
        await using var server = await MorningServerAsync(database);
        var home = await database.ReadAsync<string>(
            """
            SELECT household.code FROM household JOIN household_status ON household_status.household = household.id
            WHERE household.grid = '210682.004.03' AND status = 'healthy' AND surveyed AND EXISTS (
              SELECT FROM person WHERE person.household = household.id)
            ORDER BY household.code LIMIT 1
            """
        );
        using var told = await server.Client.PostAsJsonAsync(
            "/api/facts",
            new
            {
                id = Guid.NewGuid(),
                kind = "circumstance",
                household = home,
                at = DateTimeOffset.UtcNow,
                source = "system:test",
                data = new { what = "childAlone" },
            }
        );
        told.EnsureSuccessStatusCode();
        await using var phone = await Phone.OpenAsync(server.Address, $"lang=en&grid={Grid}");
        var page = phone.Page;
        await page.WaitForFunctionAsync(
            "home => situationMapRound.itemsOf(situationMapRound.doorOf(home) ?? { home: { items: [] } }).length > 0",
            home
        );
        await page.EvaluateAsync("home => { location.hash = `#home=${home}`; }", home);
        await Expect(page.Locator("button.primary")).ToHaveTextAsync("Met");
        await phone.LooksWellAsync("to-meet");

        await page.Locator("button.primary").ClickAsync();

        await phone.AllSentAsync(1);
        await page.WaitForFunctionAsync(
            """
            home => {
              const phone = situationMapRound, door = phone.doorOf(home);
              return phone.itemsOf(door).length === 0 && !phone.isUndone(door);
            }
            """,
            home
        );
        (
            await database.ReadAsync<string>(
                "SELECT data->>'outcome' FROM fact JOIN household ON household.id = fact.household "
                    + $"WHERE code = '{home}' AND kind = 'visit'"
            )
        ).ShouldBe("met");
    }

    [Fact]
    public async Task What_is_seldom_reported_is_there_too()
    {
        await using var phone = await Phone.OpenAsync(viewer.Server.Address, $"lang=en&grid={Grid}");
        var page = phone.Page;
        await page.WaitForFunctionAsync("() => situationMapRound.doors.value.length > 0");
        var home = await page.EvaluateAsync<string>("() => situationMapRound.doors.value[42].home.household");
        await page.EvaluateAsync("home => { location.hash = `#home=${home}`; }", home);
        await page.Locator("summary").ClickAsync();
        await page.Locator("[data-report=need]").ClickAsync();
        await page.Locator("#field-what").SelectOptionAsync("medicine");
        await page.Locator("#field-note").FillAsync("Insulin");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await phone.AllSentAsync(1);

        (
            await viewer.Database.ReadAsync<long>(
                "SELECT count(*) FROM fact JOIN household ON household.id = fact.household "
                    + $"WHERE code = '{home}' AND kind = 'need' AND data->>'what' = 'medicine' AND data->>'note' <> 'Insulin'"
            )
        ).ShouldBe(1);
        // all of the drawer's that are reported at a door
        (
            await page.EvaluateAsync<string[]>(
                """
                home => {
                  location.hash = `#home=${home}`;
                  return situationMapRound.keeper.kept.value.pack.kinds.map(({ kind }) => kind)
                    .filter(kind => !['assignment', 'crossing', 'pass', 'passEnd', 'retraction', 'served', 'temperature', 'visit']
                      .includes(kind));
                }
                """,
                home
            )
        ).Length.ShouldBe(await CountAsync());

        async Task<int> CountAsync()
        {
            await Expect(page.Locator("[data-report=need]")).ToHaveCountAsync(1);
            return await page.EvaluateAsync<int>(
                "() => new Set([...document.querySelectorAll('[data-report]')].map(one => one.dataset.report)).size"
            );
        }
    }

    [Theory]
    [InlineData("zh-CN")]
    [InlineData("en")]
    public async Task It_fits_a_narrow_phone_and_large_letters_and_everybody_can_use_it(string language)
    {
        await using var database = await viewer.NewDatabaseAsync();
        await using var server = await MorningServerAsync(database);
        await using var phone = await Phone.OpenAsync(server.Address, $"lang={language}&grid={Grid}");
        var page = phone.Page;
        await Expect(page.Locator(".door").First).ToBeVisibleAsync();
        await phone.LooksWellAsync($"list-{language}");
        await page.Locator(".door").First.ClickAsync();
        await Expect(page.Locator(".home h2")).ToBeFocusedAsync();
        await phone.LooksWellAsync($"home-{language}");
        await page.Locator("[data-report=returned]").ClickAsync();
        await Expect(page.Locator("form.fact")).ToBeVisibleAsync();
        await phone.LooksWellAsync($"form-{language}");
        await page.GetByRole(AriaRole.Button, new() { Name = language == "en" ? "Cancel" : "取消" }).ClickAsync();
        await page.Locator("summary").ClickAsync();
        await phone.LooksWellAsync($"further-{language}");
    }

    [Theory]
    [InlineData("m", 150_000)]
    [InlineData("g", 120_000)]
    public void What_a_page_for_phones_loads_is_small(string page, int mostPacked)
    {
        var dist = Path.Combine(WebFolder.Path, "dist");
        var kept = File.ReadAllText(Path.Combine(dist, $"{page}-sw.js"))
            .Split("url:\"")
            .Skip(1)
            .Select(part => part[..part.IndexOf('"', StringComparison.Ordinal)])
            .ToList();
        kept.ShouldContain($"{page}.html");
        kept.Count(file => file.EndsWith(".js", StringComparison.Ordinal)).ShouldBeGreaterThan(1);

        kept.Append($"{page}-sw.js").Sum(file => Packed(Path.Combine(dist, file))).ShouldBeLessThanOrEqualTo(mostPacked);

        static long Packed(string file)
        {
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
                gzip.Write(File.ReadAllBytes(file));
            return packed.Length;
        }
    }

    private Task<TestServer> MorningServerAsync(TestDatabase database) =>
        TestServer.StartAsync(database, ("SituationMap:Demo", "true"), ("SituationMap:Protocols", _morning.Protocols));
}
