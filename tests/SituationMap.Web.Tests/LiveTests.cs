using System.Net.Http.Json;
using Microsoft.Playwright;
using Shouldly;

namespace SituationMap.Web.Tests;

[Collection(ViewerTests.Name)]
public sealed class LiveTests(Viewer viewer, ITestOutputHelper output)
{
    [Fact]
    public async Task A_reported_fact_changes_the_colour_the_counts_and_the_open_household()
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var page = await viewer.OpenAsync();
        await page.LookAtAsync(house.Longitude, house.Latitude, 17);
        await page.ShowsColourAsync(house.Longitude, house.Latitude, Palette.Of("healthy"));
        await page.ClickAsync(house.Longitude, house.Latitude);
        await page.ShowsAsync("#drawer .status-line", "健康");
        var before = int.Parse(await page.Page.Locator("tr[data-status=observed] b").InnerTextAsync());

        await viewer.ReportReturnAsync(house.Household);

        await page.ShowsAsync("#drawer .status-line", "观察");
        await page.ShowsAsync("tr[data-status=observed] b", $"{before + 1}");
        // the colour stays when the tile says it and what the feed said has been dropped
        await page.Page.WaitForFunctionAsync(
            "id => situationMap.map.areTilesLoaded() && !situationMap.map.getFeatureState({ source: 'situation', sourceLayer: "
                + "'buildings', id }).status",
            house.BuildingId
        );
        // beside the letter, which stands in the middle
        await page.ShowsPixelsAsync(Palette.Of("observed"), 1);
        await page.BecomesAsync(
            "() => situationMap.map.queryRenderedFeatures({ layers: ['buildings'], filter: ['==', ['id'], "
                + $"{house.BuildingId}] }})[0]?.properties.status ?? 'none'",
            "observed"
        );
    }

    [Fact]
    public async Task Fifty_facts_one_by_one_from_report_to_pixel()
    {
        const int count = 50;
        var houses = await viewer.HealthyHousesAsync(count);
        houses.Count.ShouldBe(count);
        await using var page = await viewer.OpenAsync();
        var observed = Palette.Of("observed");
        var milliseconds = new List<double>(count);

        foreach (var house in houses)
        {
            (await page.ColourAtAsync(house.Longitude, house.Latitude)).ShouldNotBe(observed);
            var seen = await page.WatchAsync(house.Longitude, house.Latitude, observed);
            var reported = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;
            await viewer.ReportReturnAsync(house.Household);
            milliseconds.Add(await seen.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken) - reported);
        }

        milliseconds.Sort();
        var summary =
            $"POST to pixel, {count} facts: p50 {milliseconds[count / 2]:0} ms, p95 {milliseconds[(count * 95 / 100) - 1]:0} "
            + $"ms, maximum {milliseconds[^1]:0} ms";
        output.WriteLine(summary);
        TestContext.Current.SendDiagnosticMessage(summary);
        milliseconds.ShouldAllBe(time => time > 0);
    }

    [Fact]
    public async Task A_lost_connection_is_shown_and_a_restarted_server_found_again()
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var relay = new Relay(viewer.Server.Address);
        await using var page = await viewer.OpenAsync("/?lang=en", relay.Address);
        page.ExpectsErrors = true;
        await page.LookAtAsync(house.Longitude, house.Latitude, 17);

        relay.Cut();
        await Assertions.Expect(page.Page.Locator(".connection")).ToHaveAttributeAsync("data-state", "stale");
        await page.ShowsAsync("#notice", "The connection to the server was lost");
        (await page.ColourAtAsync(house.Longitude, house.Latitude)).ShouldBe(Palette.Of("healthy"), "what was shown stays");

        // meanwhile the server is started anew, and something happens
        await viewer.RestartServerAsync();
        await viewer.ReportReturnAsync(house.Household);
        var seen = await page.WatchAsync(house.Longitude, house.Latitude, Palette.Of("observed"));
        relay.Mend(viewer.Server.Address);

        await Assertions.Expect(page.Page.Locator(".connection")).ToHaveAttributeAsync("data-state", "live");
        await page.Page.WaitForFunctionAsync(
            "id => situationMap.map.areTilesLoaded() && situationMap.map.queryRenderedFeatures({ layers: ['buildings'], "
                + "filter: ['==', ['id'], id] })[0]?.properties.status === 'observed'",
            house.BuildingId
        );
        await page.Page.EvaluateAsync("() => { situationMap.map.jumpTo({ zoom: 15.4 }); }"); // below this zoom no letter covers the place
        await seen.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var total = await viewer.Database.ReadAsync<long>("SELECT count(*) FROM household_status WHERE status = 'observed'");
        await page.ShowsAsync("tr[data-status=observed] b", $"{total}");
    }

    [Fact]
    public async Task Without_a_network_the_map_stays_and_says_so_and_the_present_comes_back_by_itself()
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var relay = new Relay(viewer.Server.Address);
        await using var page = await viewer.OpenAsync("/?lang=en", relay.Address);
        page.ExpectsErrors = true;
        await page.LookAtAsync(house.Longitude, house.Latitude, 15.4); // from where no letter covers the place

        await page.Page.Context.SetOfflineAsync(true);
        relay.Cut();
        var state = page.Page.Locator(".connection");
        await Assertions.Expect(state).ToHaveAttributeAsync("data-state", "offline");
        await page.ShowsAsync("#notice", "please check the network");
        (await page.ColourAtAsync(house.Longitude, house.Latitude)).ShouldBe(Palette.Of("healthy"), "what was shown stays");
        // also where it is moved, and among what there is to be read
        await page.LookAtAsync(house.Longitude + 0.0005, house.Latitude, 15.4);
        await page.ShowsColourAsync(house.Longitude, house.Latitude, Palette.Of("healthy"));
        await page.Page.Keyboard.PressAsync("s");
        await page.ShowsAsync("#situation .trouble", "The server could not be reached");

        await viewer.ReportReturnAsync(house.Household);
        var seen = await page.WatchAsync(house.Longitude, house.Latitude, Palette.Of("observed"));
        relay.Mend(viewer.Server.Address);
        await page.Page.Context.SetOfflineAsync(false);

        await Assertions.Expect(state).ToHaveAttributeAsync("data-state", "live");
        await seen.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var total = await viewer.Database.ReadAsync<long>("SELECT count(*) FROM household_status WHERE status = 'observed'");
        await page.ShowsAsync("tr[data-status=observed] b", $"{total}");
        await Assertions.Expect(page.Page.Locator("#situation .children tfoot")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Eight_tabs_of_one_browser_show_a_change()
    {
        var house = (await viewer.HealthyHousesAsync(1))[0];
        await using var first = await viewer.OpenAsync();
        var before = int.Parse(await first.Page.Locator("tr[data-status=observed] b").InnerTextAsync());
        var tabs = new List<IPage> { first.Page };
        while (tabs.Count < 8) // a browser opens no more than six connections to a server without HTTP/2
        {
            var tab = await first.Page.Context.NewPageAsync();
            await tab.GotoAsync(viewer.Server.Address.AbsoluteUri);
            await Assertions.Expect(tab.Locator("tr[data-status=observed] b")).ToHaveTextAsync($"{before}");
            await Assertions.Expect(tab.Locator(".connection")).ToHaveAttributeAsync("data-state", "live");
            tabs.Add(tab);
        }

        await viewer.ReportReturnAsync(house.Household);

        foreach (var tab in tabs)
            await Assertions.Expect(tab.Locator("tr[data-status=observed] b")).ToHaveTextAsync($"{before + 1}");
        (await viewer.Server.Client.GetStringAsync("/metrics")).ShouldMatch(
            @"(?m)^situationmap_live_clients(\{.*\})? 1\b",
            "one connection for all"
        );
    }

    [Fact]
    public async Task A_silent_connection_is_shown_within_five_seconds()
    {
        await using var relay = new Relay(viewer.Server.Address);
        await using var page = await viewer.OpenAsync("/", relay.Address);
        page.ExpectsErrors = true;

        relay.Mute();

        await Assertions.Expect(page.Page.Locator(".connection")).ToHaveAttributeAsync("data-state", "stale");
    }

    [Fact]
    public async Task The_arrow_of_a_checkpoint_turns_when_somebody_passes_the_other_way()
    {
        await using var page = await viewer.OpenAsync("/#map=15/40.4529/124.0522");
        const string Passage =
            "() => situationMap.map.queryRenderedFeatures({ layers: ['checkpoints-passages'] }).find(feature => "
            + "feature.properties.code === 'C-1')?.properties.passage";
        await page.Page.WaitForFunctionAsync(Passage);
        var other = await page.Page.EvaluateAsync<string>(Passage) == "in" ? "out" : "in";

        using var answer = await viewer.Server.Client.PostAsJsonAsync(
            "/api/facts",
            new
            {
                id = Guid.NewGuid(),
                kind = "passage",
                household = "H-02-0001",
                at = DateTimeOffset.UtcNow,
                source = "checkpoint:C-1",
                data = new { checkpoint = "C-1", direction = other },
            }
        );

        answer.EnsureSuccessStatusCode();
        await page.Page.WaitForFunctionAsync($"other => ({Passage})() === other", other);
    }
}
