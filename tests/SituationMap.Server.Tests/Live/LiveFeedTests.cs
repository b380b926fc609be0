using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Core;
using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;
using SituationMap.Server.Live;
using SituationMap.Server.Tests.Snapshots;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Tiles;
using SituationMap.Store.Zones;

namespace SituationMap.Server.Tests.Live;

public sealed class LiveFeedTests(PostgisCluster cluster)
{
    private sealed record LiveEvent(string Name, long? Id, JsonElement Data);

    [Fact]
    public async Task A_change_arrives_with_its_household_building_and_tiles()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var events = ListenAsync(demo, null, stop.Token).GetAsyncEnumerator(stop.Token);
        (await NextAsync(events)).Name.ShouldBe("hello");

        await demo.PostFactsAsync(DemoServer.Returned("H-01-0001").ToJsonString());

        var status = await NextAsync(events);
        status.Name.ShouldBe("status");
        status.Data.GetProperty("households")[0].GetProperty("household").GetString().ShouldBe("H-01-0001");
        status.Data.GetProperty("households")[0].GetProperty("status").GetString().ShouldBe("observed");
        status.Data.GetProperty("buildings")[0].GetProperty("observed").GetInt32().ShouldBeGreaterThan(0);
        var tiles = await NextAsync(events);
        tiles.Name.ShouldBe("tiles");
        tiles.Id.ShouldBe(demo.Snapshot.Sequence);
        tiles.Data.GetProperty("tiles").GetArrayLength().ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task Who_is_cut_off_and_resumes_ends_with_the_statuses_of_the_store()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var random = new Random(11);
        var seen = Enumerable
            .Range(0, demo.Snapshot.City.Households.Length)
            .ToDictionary(
                index => demo.Snapshot.City.Households[index].Code,
                index => StatusNames.Name(demo.Snapshot.States[index].Status)
            );
        long? last = demo.Snapshot.Sequence;

        for (var round = 0; round < 20; round++)
        {
            var posting = demo.PostFactsAsync(
                new JsonArray([.. Enumerable.Range(0, 30).Select(_ => FollowingTests.RandomFact(demo.Snapshot, random))]).ToJsonString()
            );
            // cut off after some events, or after a moment without any
            using var cut = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(20, 200)));
            last = await TakeInAsync(demo, last, seen, int.MaxValue, cut.Token);
            (await posting).IsSuccessStatusCode.ShouldBeTrue();
        }
        await demo.WaitUntilSettledAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (last < demo.Snapshot.Sequence)
            last = await TakeInAsync(demo, last, seen, 1, limit.Token);

        var stored = await demo.Database.ReadRowsAsync(
            "SELECT h.code, COALESCE(s.status, 'healthy')::text FROM household h LEFT JOIN household_status s ON s.household = h.id",
            row => (Household: row.GetString(0), Status: row.GetString(1))
        );
        foreach (var (household, status) in stored)
            seen[household].ShouldBe(status, household);
    }

    [Fact]
    public async Task Who_resumes_from_what_never_was_is_told_to_reload()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var events = ListenAsync(demo, 999_999_999L, stop.Token).GetAsyncEnumerator(stop.Token);

        await NextAsync(events);
        (await NextAsync(events)).Name.ShouldBe("reload");
    }

    [Fact]
    public async Task Who_resumes_after_a_restart_is_told_what_was_missed_from_the_store()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var before = demo.Snapshot.Sequence;
        await demo.PostFactsAsync(DemoServer.Returned("H-01-0001").ToJsonString());
        await demo.WaitUntilSettledAsync();
        await using var again = await TestServer.StartAsync(demo.Database);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var events = ListenAsync(again.Client, "", before, stop.Token).GetAsyncEnumerator(stop.Token);

        (await NextAsync(events)).Name.ShouldBe("hello");
        HouseholdsOf(await NextAsync(events)).ShouldContain("H-01-0001");
        (await NextAsync(events)).Id.ShouldBe(demo.Snapshot.Sequence);
    }

    [Theory]
    [InlineData("grid")]
    [InlineData("bbox")]
    public async Task Who_follows_a_part_of_the_map_hears_of_nothing_else(string part)
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var city = demo.Snapshot.City;
        var here = city.Buildings[city.Households[city.IndexOfHousehold(await IdOfAsync(demo, "H-01-0001"))].Building];
        var box = here.Outline.EnvelopeInternal;
        var elsewhere = city.Households.First(household =>
            city.Buildings[household.Building].Grid != here.Grid
            && !city.Buildings[household.Building].Outline.EnvelopeInternal.Intersects(box)
        );
        var query =
            part == "grid"
                ? $"?grid={city.Grids[here.Grid].Code}"
                : FormattableString.Invariant($"?bbox={box.MinX},{box.MinY},{box.MaxX},{box.MaxY}");
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var events = ListenAsync(demo.Client, query, null, stop.Token).GetAsyncEnumerator(stop.Token);
        (await NextAsync(events)).Name.ShouldBe("hello");

        foreach (var household in (string[])[elsewhere.Code, "H-01-0001"])
        {
            await demo.PostFactsAsync(DemoServer.Returned(household).ToJsonString());
            await demo.WaitUntilSettledAsync();
        }

        LiveEvent heard;
        do
        {
            heard = await NextAsync(events);
            if (heard.Name == "status")
                HouseholdsOf(heard).ShouldBe(["H-01-0001"]);
        } while (heard.Id != demo.Snapshot.Sequence);
    }

    [Theory]
    [InlineData("bbox=1,2,3", "bbox")]
    [InlineData("bbox=124.1,40.4,124.0,40.5", "bbox")]
    [InlineData("bbox=124.0,40.4,124.1,91", "bbox")]
    [InlineData("bbox=124.0,40.4,124.1,NaN", "bbox")]
    [InlineData("grid=nowhere", "grid")]
    [InlineData("since=yesterday", "since")]
    public async Task What_cannot_be_followed_is_refused(string query, string field)
    {
        await using var demo = await DemoServer.StartAsync(cluster);

        using var answer = await demo.Client.GetAsync(new Uri($"api/live?{query}", UriKind.Relative));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).GetProperty("field").GetString().ShouldBe(field);
    }

    [Fact]
    public async Task The_tiles_told_are_all_that_differ_and_hardly_any_more()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var (encoder, layers) = (
            demo.Server.Services.GetRequiredService<TileEncoder>(),
            demo.Server.Services.GetRequiredService<LayerCatalog>()
        );
        var zones = demo.Server.Services.GetRequiredService<ZoneStore>();
        var random = new Random(5);
        var everywhere = TilesOf(demo.Snapshot).ToArray();
        var (announced, differ) = (0, 0);
        for (var round = 0; round < 50; round++)
        {
            var before = demo.Snapshot;
            if (round % 5 == 3)
                await FollowingTests.EditAsync(demo, random);
            else if (round % 5 == 4)
                await zones.PublishAsync(FollowingTests.RandomZone(before, random), CancellationToken.None);
            else
                (await demo.PostFactsAsync(FollowingTests.RandomFact(before, random).ToJsonString())).IsSuccessStatusCode.ShouldBeTrue();
            await demo.WaitUntilSettledAsync();
            var after = demo.Snapshot;
            var rows = await FeedReader.ReadAsync(
                demo.Database.DataSource,
                before.Sequence,
                after.Sequence,
                int.MaxValue,
                CancellationToken.None
            );
            var touched = SnapshotChange.Describe(rows, before, after, demo.Server.Services.GetRequiredService<TouchedTiles>())!.Tiles;
            var different = everywhere
                .AsParallel()
                .SelectMany(tile =>
                    layers
                        .All.Where(layer =>
                            !encoder.Encode(before, tile, [layer]).AsSpan().SequenceEqual(encoder.Encode(after, tile, [layer]))
                        )
                        .Select(layer => (tile, layer.Id))
                )
                .ToHashSet();
            var announcedNow = touched
                .SelectMany(tile => layers.All.Where(layer => (tile.Value & layers.Bit(layer)) != 0).Select(layer => (tile.Key, layer.Id)))
                .ToHashSet();

            different.Except(announcedNow).ShouldBeEmpty($"round {round}: layers of tiles that differ and were not told");
            announced += announcedNow.Count;
            differ += different.Count;
        }

        differ.ShouldBeGreaterThan(100);
        (announced / (double)differ).ShouldBeLessThanOrEqualTo(1.2);
    }

    private static IEnumerable<TileId> TilesOf(Snapshot snapshot)
    {
        var box = snapshot.City.Grids.Where(grid => grid.Level == "community").Select(grid => grid.Shape.Box).First();
        for (var zoom = 0; zoom <= TileId.MaxZoom; zoom++)
        {
            // one tile more on every side: buffers reach over, and the city's outline is larger than the community's
            var (shift, last) = (World.Bits - zoom, (1 << zoom) - 1);
            for (var x = Math.Max((box.MinX >> shift) - 1, 0); x <= Math.Min((box.MaxX >> shift) + 1, last); x++)
            {
                for (var y = Math.Max((box.MinY >> shift) - 1, 0); y <= Math.Min((box.MaxY >> shift) + 1, last); y++)
                    yield return new TileId(zoom, x, y);
            }
        }
    }

    private static async Task<long?> TakeInAsync(
        DemoServer demo,
        long? since,
        Dictionary<string, string> seen,
        int advances,
        CancellationToken cut
    )
    {
        try
        {
            await foreach (var message in ListenAsync(demo, since, cut))
            {
                message.Name.ShouldNotBe("reload");
                if (message.Name == "status")
                {
                    foreach (var household in message.Data.GetProperty("households").EnumerateArray())
                        seen[household.GetProperty("household").GetString()!] = household.GetProperty("status").GetString()!;
                }
                if (message.Id is { } id)
                {
                    id.ShouldBeGreaterThan(since!.Value);
                    since = id;
                    if (--advances == 0)
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (cut.IsCancellationRequested)
        {
            // that is the cut
        }
        return since;
    }

    private static IAsyncEnumerable<LiveEvent> ListenAsync(DemoServer demo, long? since, CancellationToken cancellation) =>
        ListenAsync(demo.Client, "", since, cancellation);

    private static async IAsyncEnumerable<LiveEvent> ListenAsync(
        HttpClient client,
        string query,
        long? since,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/live" + query);
        if (since is not null)
            request.Headers.Add("Last-Event-ID", since.Value.ToString());
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(cancellation)).EnumerateAsync(cancellation))
            yield return new LiveEvent(
                item.EventType,
                item.EventId is { Length: > 0 } id ? long.Parse(id) : null,
                JsonSerializer.Deserialize<JsonElement>(item.Data)
            );
    }

    private static string[] HouseholdsOf(LiveEvent status) =>
        [.. status.Data.GetProperty("households").EnumerateArray().Select(household => household.GetProperty("household").GetString()!)];

    private static Task<int> IdOfAsync(DemoServer demo, string household) =>
        demo.Database.ReadAsync<int>("SELECT id FROM household WHERE code = $1", household);

    private static async Task<LiveEvent> NextAsync(IAsyncEnumerator<LiveEvent> events)
    {
        do
        {
            (await events.MoveNextAsync()).ShouldBeTrue();
        } while (events.Current.Name == "heartbeat");
        return events.Current;
    }
}
