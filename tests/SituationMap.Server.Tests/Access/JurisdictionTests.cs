using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Tests.Access;

/// <summary>What somebody with a grid sees of it, and that he sees nothing of the others.</summary>
public sealed class JurisdictionTests(LockedServer locked) : IClassFixture<LockedServer>
{
    [Fact]
    public async Task Tiles_show_the_own_grid_and_are_kept_apart_from_those_of_the_whole_city()
    {
        using var all = await locked.SignInAsync("tile-all", "viewer");
        using var part = await locked.SignInAsync("tile-part", "viewer", LockedServer.Inside);
        var city = locked.Server.Services.GetRequiredService<SnapshotHolder>().Current.City;
        var own = city
            .Buildings.Where(building => city.Grids[building.Grid].Code == LockedServer.Inside)
            .Select(building => (ulong)building.Id)
            .ToHashSet();
        var tiles = city
            .Buildings.Select(building => building.Outline.Centroid.Coordinate)
            .Select(at => TileAt(at.X, at.Y, 15))
            .Distinct()
            .ToList();
        var seen = new HashSet<ulong>();
        foreach (var tile in tiles)
        {
            // first the whole city's, so that it would be found in the cache
            using var whole = await all.GetAsync(new Uri(tile, UriKind.Relative));
            using var partial = await part.GetAsync(new Uri(tile, UriKind.Relative));
            partial.Headers.ETag.ShouldNotBe(whole.Headers.ETag);
            partial.Headers.CacheControl!.Private.ShouldBeTrue();
            foreach (var layer in VectorTile.Decode(await partial.Content.ReadAsByteArrayAsync()).Where(layer => layer.Name == "buildings"))
                seen.UnionWith(layer.Features.Select(feature => feature.Id));
            using var known = new HttpRequestMessage(HttpMethod.Get, new Uri(tile, UriKind.Relative));
            known.Headers.IfNoneMatch.Add(whole.Headers.ETag!);
            using var again = await part.SendAsync(known);
            again.StatusCode.ShouldNotBe(HttpStatusCode.NotModified);
        }

        seen.ShouldNotBeEmpty();
        seen.ShouldBeSubsetOf(own);
    }

    [Fact]
    public async Task Lists_on_the_map_and_as_files_are_of_the_own_grid_and_ages_are_for_those_who_may_see_members()
    {
        using var viewer = await locked.SignInAsync("list-viewer", "viewer", LockedServer.Inside);
        using var reporter = await locked.SignInAsync("list-reporter", "reporter", LockedServer.Inside);
        var own = (int)await locked.Database.ReadAsync<long>("SELECT count(*) FROM household WHERE grid = '210682.004.01'");

        (await LockedServer.GetAsync(viewer, "api/households?count=true&sort=overdue&limit=1"))
            .GetProperty("total")
            .GetInt32()
            .ShouldBe(own);
        (await LockedServer.GetAsync(viewer, "api/households-on-map")).GetProperty("total").GetInt32().ShouldBe(own);
        (await viewer.GetStringAsync(new Uri("api/exports/household-list?columns=household", UriKind.Relative)))
            .Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
            .Length.ShouldBe(own + 1);
        foreach (var path in (string[])["api/households", "api/households-on-map", "api/exports/household-list"])
        {
            using var refused = await viewer.GetAsync(new Uri($"{path}?age=80-", UriKind.Relative));
            refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("field").GetString().ShouldBe("age");
            using var answered = await reporter.GetAsync(new Uri($"{path}?age=80-", UriKind.Relative));
            answered.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Counts_and_lists_are_those_of_the_own_grid()
    {
        using var client = await locked.SignInAsync("lists", "viewer", LockedServer.Inside);

        (await LockedServer.GetAsync(client, "api/grids"))
            .GetProperty("grids")
            .EnumerateArray()
            .Select(grid => grid.GetProperty("code").GetString())
            .ShouldBe([LockedServer.Inside]);
        (await LockedServer.GetAsync(client, "api/place")).GetProperty("grid").GetString().ShouldBe(LockedServer.Inside);
        var listed = (await LockedServer.GetAsync(client, "api/households?limit=1000")).GetProperty("households").EnumerateArray().ToList();
        listed.Count.ShouldBe((int)await locked.Database.ReadAsync<long>("SELECT count(*) FROM household WHERE grid = '210682.004.01'"));
        listed.ShouldAllBe(household => household.GetProperty("grid").GetString() == LockedServer.Inside);
    }

    [Fact]
    public async Task A_report_about_a_household_elsewhere_is_about_none_that_is_known()
    {
        using var client = await locked.WithKeyAsync("gate-in", "reporter", LockedServer.Inside);
        var own = await locked.Database.ReadAsync<string>("SELECT code FROM household WHERE grid = '210682.004.01' ORDER BY id LIMIT 1");
        var other = await locked.Database.ReadAsync<string>("SELECT code FROM household WHERE grid = '210682.004.02' ORDER BY id LIMIT 1");

        (await client.PostAsJsonAsync("api/facts", DemoServer.Returned(own))).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var refused = await client.PostAsJsonAsync("api/facts", DemoServer.Returned(other));

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe("household-unknown");
    }

    [Fact]
    public async Task The_feed_tells_of_the_own_grid_only_and_ends_within_a_second_when_the_right_is_revoked()
    {
        using var client = await locked.SignInAsync("feed", "viewer", LockedServer.Inside);
        using var reporter = await locked.WithKeyAsync("feed-reporter", "reporter");
        using var answer = await client.GetAsync(new Uri("api/live", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var feed = new StreamReader(await answer.Content.ReadAsStreamAsync());
        (await feed.ReadLineAsync()).ShouldBe("event: hello");
        var own = await locked.Database.ReadAsync<string>(
            "SELECT code FROM household h WHERE grid = '210682.004.01' AND NOT EXISTS (SELECT FROM fact f WHERE f.household = "
                + "h.id) ORDER BY id LIMIT 1"
        );
        var other = await locked.Database.ReadAsync<string>(
            "SELECT code FROM household h WHERE grid = '210682.004.02' AND NOT EXISTS (SELECT FROM fact f WHERE f.household = "
                + "h.id) ORDER BY id LIMIT 1"
        );

        (await reporter.PostAsJsonAsync("api/facts", new[] { DemoServer.Returned(other) })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await reporter.PostAsJsonAsync("api/facts", new[] { DemoServer.Returned(own) })).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        var received = "";
        while (!received.Contains(own, StringComparison.Ordinal))
            received += await feed.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)) + "\n";
        received.ShouldNotContain(other);
        received.ShouldNotContain(LockedServer.Outside);

        await locked.Database.ExecuteAsync("DELETE FROM access_grant WHERE account = 'feed'");
        while (await feed.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(10)) is not null) { }
    }

    private static string TileAt(double longitude, double latitude, int zoom)
    {
        var tiles = Math.Pow(2, zoom);
        var x = (int)((longitude + 180) / 360 * tiles);
        var y = (int)((1 - (Math.Asinh(Math.Tan(latitude * Math.PI / 180)) / Math.PI)) / 2 * tiles);
        return FormattableString.Invariant($"tiles/situation/{zoom}/{x}/{y}.mvt");
    }
}
