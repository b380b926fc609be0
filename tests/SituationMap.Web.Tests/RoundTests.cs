using System.IO.Compression;
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
        await Expect(page.Locator(".outbox")).ToContainTextAsync("All sent");
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
        await LooksWellAsync("list");
        await page.Locator(".door").First.ClickAsync();
        await Expect(page.Locator(".home h2")).ToBeFocusedAsync();
        await LooksWellAsync("home");
        await page.Locator("[data-report=returned]").ClickAsync();
        await Expect(page.Locator("form.fact")).ToBeVisibleAsync();
        await LooksWellAsync("form");

        async Task LooksWellAsync(string name)
        {
            await phone.PictureAsync($"{name}-{language}");
            (await page.ViolationsAsync()).ShouldBeEmpty();
            (
                await page.EvaluateAsync<string[]>(
                    """
                    () => [...document.querySelectorAll('button, select, input:not([type=checkbox]), .door, .top a, .back, .all')]
                      .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 47.5)
                      .map(one => one.outerHTML.slice(0, 80))
                    """
                )
            ).ShouldBeEmpty("targets of a thumb");
            foreach (var (width, size) in ((int, string)[])[(320, "100%"), (390, "200%")])
            {
                await page.SetViewportSizeAsync(width, 844);
                await page.EvaluateAsync("size => { document.documentElement.style.fontSize = size; }", size);
                await page.WaitForFunctionAsync("width => innerWidth === width", width);
                (await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(
                    width,
                    $"{name} {size}"
                );
            }
            await page.EvaluateAsync("() => { document.documentElement.style.fontSize = ''; }");
            await page.SetViewportSizeAsync(390, 844);
        }
    }

    [Fact]
    public void What_it_loads_is_at_most_150_KB_packed()
    {
        var dist = Path.Combine(WebFolder.Path, "dist");
        var kept = File.ReadAllText(Path.Combine(dist, "m-sw.js"))
            .Split("url:\"")
            .Skip(1)
            .Select(part => part[..part.IndexOf('"', StringComparison.Ordinal)])
            .ToList();
        kept.ShouldContain("m.html");
        kept.Count(file => file.EndsWith(".js", StringComparison.Ordinal)).ShouldBeGreaterThan(1);

        kept.Append("m-sw.js").Sum(file => Packed(Path.Combine(dist, file))).ShouldBeLessThanOrEqualTo(150_000);

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
