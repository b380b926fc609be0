using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Shouldly;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Tests.Zones;

/// <summary>Zones and the clock: at a set second, after a restart, taken back, and asked about around each border instant.</summary>
public sealed class BorderInstantTests(PostgisCluster cluster)
{
    private const string Statuses =
        "SELECT COALESCE(array_agg(concat_ws(' ', household, status, surveyed) ORDER BY household), '{}') FROM "
        + "household_status WHERE status <> 'healthy' OR surveyed";

    [Fact]
    public async Task Changes_households_from_its_second_on_also_when_the_server_was_down_then()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        DateTimeOffset starts;
        await using (var server = await TestServer.StartAsync(database))
        {
            starts = Whole(DateTimeOffset.UtcNow.AddSeconds(6));
            await new Planner(server).PublishAsync(await WholeAsync(database, "high", "Z-9", starts));
            // the worker wakes at that second, sooner than it would have looked by itself
            (await NextDueAsync(database, starts.AddSeconds(-1))).ShouldBe(starts);
            await DemoServer.WaitAsync(async () => await CountAsync(database) > 0);
            (await AppliedAsync(database)).ShouldBeGreaterThanOrEqualTo(starts);
            starts = Whole(DateTimeOffset.UtcNow.AddSeconds(2));
            await new Planner(server).PublishAsync(await WholeAsync(database, "medium", "Z-9", starts));
        }
        await DemoServer.WaitAsync(() => Task.FromResult(DateTimeOffset.UtcNow > starts));
        await using var again = await TestServer.StartAsync(database);
        await DemoServer.WaitAsync(() =>
            database.ReadAsync<bool>(
                "SELECT EXISTS (SELECT FROM zone_in_force f JOIN zone z ON z.id = f.zone WHERE z.code = 'Z-9' AND f.version = 2)"
            )
        );
        (await AppliedAsync(database)).ShouldBeGreaterThanOrEqualTo(starts);
        (await database.ReadAsync<string[]>(Statuses)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Rolling_back_restores_statuses_exactly_and_every_instant_finds_its_version()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var planner = new Planner(demo.Server);
        var point = demo.Snapshot.City.Buildings[0].Outline.InteriorPoint;
        await planner.PublishAsync(await WholeAsync(demo.Database, "medium", "Z-9", from: null));
        await demo.WaitUntilSettledAsync();
        var before = await demo.Database.ReadAsync<string[]>(Statuses);
        await planner.PublishAsync(await WholeAsync(demo.Database, "high", "Z-9", from: null));
        await demo.WaitUntilSettledAsync();
        (await demo.Database.ReadAsync<string[]>(Statuses)).ShouldNotBe(before);

        await StepAsync("rollback", new JsonObject { ["version"] = 1, ["reason"] = "误划" });
        await demo.WaitUntilSettledAsync();
        (await demo.Database.ReadAsync<string[]>(Statuses)).ShouldBe(before);
        await StepAsync("lower", new JsonObject { ["level"] = "low", ["reason"] = "十四天无新增" });
        await planner.DoAsync(
            HttpMethod.Put,
            "api/zones/Z-9/draft",
            await WholeAsync(demo.Database, "high", "Z-9", from: null),
            await TagAsync()
        ); // a draft is no version
        await StepAsync("rollback", new JsonObject { ["version"] = 2, ["reason"] = "又有新增" });
        await StepAsync("end", new JsonObject { ["reason"] = "解除" });

        var borders = await demo.Database.ReadRowsAsync(
            "SELECT f.version, f.recorded_at FROM feed f JOIN zone z ON z.id = f.subject WHERE f.kind = 'zone' AND z.code = "
                + "'Z-9' ORDER BY f.sequence",
            row => (Version: row.IsDBNull(0) ? null : (int?)row.GetInt32(0), At: new DateTimeOffset(row.GetDateTime(1), TimeSpan.Zero))
        );
        borders.Select(border => border.Version).ShouldBe([1, 2, 3, 4, 5, null]);
        for (var index = 0; index < borders.Count; index++)
        {
            (await VersionAsync(borders[index].At.AddMilliseconds(-1))).ShouldBe(index == 0 ? null : borders[index - 1].Version);
            (await VersionAsync(borders[index].At)).ShouldBe(borders[index].Version);
            (await VersionAsync(borders[index].At.AddMilliseconds(1))).ShouldBe(borders[index].Version);
        }
        // by a clock that is ahead of the server's the end was in two seconds, and it has ended all the same
        (await VersionAsync(DateTimeOffset.UtcNow.AddSeconds(2))).ShouldBeNull();

        async Task<string> TagAsync() => (await planner.SendAsync(HttpMethod.Get, "api/zones/Z-9")).Body.GetProperty("etag").GetString()!;

        async Task StepAsync(string step, JsonObject body) =>
            await planner.DoAsync(HttpMethod.Post, $"api/zones/Z-9/{step}", body, await TagAsync());

        async Task<int?> VersionAsync(DateTimeOffset at)
        {
            var answer = await demo.GetJsonAsync(
                FormattableString.Invariant($"api/lookup?lon={point.X}&lat={point.Y}&at={Uri.EscapeDataString(at.ToString("O"))}")
            );
            return answer
                .GetProperty("zones")
                .EnumerateArray()
                .Where(found => found.GetProperty("code").GetString() == "Z-9")
                .Select(found => (int?)found.GetProperty("version").GetInt32())
                .FirstOrDefault();
        }
    }

    [Fact]
    public async Task Tells_everybody_of_a_zone_without_author_reason_or_script()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var feature = await WholeAsync(demo.Database, "high", "Z-9", from: null);
        feature["properties"]!["name"] = "<b>一\u000b";
        feature["properties"]!["reason"] = "张三确诊";
        await new Planner(demo.Server).PublishAsync(feature);

        var page = await demo.Client.GetStringAsync(new Uri("api/zones/Z-9/notice", UriKind.Relative));
        page.ShouldContain("&lt;b&gt;一");
        page.ShouldNotContain("<script");
        page.ShouldNotContain("style=");
        var collection = await demo.Client.GetStringAsync(new Uri("api/zones/notices.geojson", UriKind.Relative));
        JsonSerializer
            .Deserialize<JsonElement>(collection)
            .GetProperty("features")
            .EnumerateArray()
            .Select(notice => notice.GetProperty("properties").GetProperty("levelName").GetProperty("en").GetString())
            .ShouldBe(["high risk", "medium risk"]);
        page.ShouldContain("class=\"street\"");
        page.ShouldContain(">铁南街</text>");
        var feed = await demo.Client.GetStringAsync(new Uri("api/zones/notices.atom", UriKind.Relative));
        var entries = XDocument.Parse(feed).Root!.Elements(XName.Get("entry", "http://www.w3.org/2005/Atom")).ToArray();
        entries
            .Select(entry => entry.Element(XName.Get("title", "http://www.w3.org/2005/Atom"))!.Value)
            .ShouldBe(["<b>一", "铁南十巷、十一巷"]);
        entries[0].Element(XName.Get("summary", "http://www.w3.org/2005/Atom"))!.Value.ShouldEndWith("until further notice.");
        foreach (var text in new[] { page, collection, feed })
            (text.Contains("张三", StringComparison.Ordinal) || text.Contains("local", StringComparison.Ordinal)).ShouldBeFalse();
    }

    /// <summary>All of the community, as a draft.</summary>
    private static async Task<JsonObject> WholeAsync(TestDatabase database, string level, string code, DateTimeOffset? from)
    {
        var box = await database.ReadAsync<double[]>(
            "SELECT ARRAY[ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b)] FROM (SELECT ST_Extent(outline) AS b FROM building) e"
        );
        var feature = Planner.Feature(box[0], box[1], box[2], box[3], level, code);
        if (from is { } start)
            feature["properties"]!["from"] = start;
        return feature;
    }

    private static DateTimeOffset Whole(DateTimeOffset at) => DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());

    private static async Task<DateTimeOffset> NextDueAsync(TestDatabase database, DateTimeOffset now)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        return await StatusWorker.NextDueAsync(connection, now, [], CancellationToken.None);
    }

    private static Task<long> CountAsync(TestDatabase database) =>
        database.ReadAsync<long>("SELECT count(*) FROM feed f JOIN zone z ON z.id = f.subject WHERE f.kind = 'zone' AND z.code = 'Z-9'");

    /// <summary>When the last status was changed by the zone.</summary>
    private static async Task<DateTimeOffset> AppliedAsync(TestDatabase database)
    {
        await DemoServer.WaitAsync(async () => await database.ReadAsync<long>("SELECT count(*) FROM dirty_household") == 0);
        return new DateTimeOffset(await database.ReadAsync<DateTime>("SELECT max(recorded_at) FROM feed"), TimeSpan.Zero);
    }
}
