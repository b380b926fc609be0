using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.IO.Compression;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Core;
using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Tiles;

namespace SituationMap.Server.Tests.Tiles;

public sealed class TileCacheTests(PostgisCluster cluster) : IAsyncLifetime
{
    private DemoServer _demo = null!;
    private MeterListener _meters = null!;
    private readonly ConcurrentDictionary<string, long> _counted = [];

    public async ValueTask InitializeAsync()
    {
        _demo = await DemoServer.StartAsync(cluster);
        var meter = Service<IMeterFactory>().Create("SituationMap");
        _meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == meter)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        _meters.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) =>
            {
                var name = instrument.Name["situationmap.tiles.".Length..] + (tags.Length > 0 ? $" {tags[0].Value}" : "");
                if (instrument.IsObservable)
                    _counted[name] = value;
                else
                    _counted.AddOrUpdate(name, value, (_, sum) => sum + value);
            }
        );
        _meters.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _meters.Dispose();
        await _demo.DisposeAsync();
    }

    [Fact]
    public async Task An_unchanged_tile_costs_neither_a_render_nor_a_body()
    {
        using var first = await GetAsync(TileOf("H-01-0001", 16));
        _counted["renders"].ShouldBe(1);

        // whatever else is in the list, and as a weak tag too
        foreach (var known in (string[])[first.Headers.ETag!.Tag, $"\"other\", W/{first.Headers.ETag.Tag}", "*"])
        {
            using var again = await GetAsync(TileOf("H-01-0001", 16), known: known);
            again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
            again.Headers.ETag.ShouldBe(first.Headers.ETag);
            (await again.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        }

        first.Headers.CacheControl!.NoCache.ShouldBeTrue();
        first.Headers.Vary.ShouldContain("Accept-Encoding");
        _counted["renders"].ShouldBe(1);
        _counted["requests unchanged"].ShouldBe(3);
    }

    [Fact]
    public async Task A_tile_has_a_new_version_when_it_changed_and_keeps_its_version_when_it_did_not()
    {
        var (here, there) = (TileOf("H-01-0001", 18), TileOf(_demo.Snapshot.City, _demo.Snapshot.City.Households.Length - 1, 18));
        here.ShouldNotBe(there);
        var before = (await ETagAsync(here), await ETagAsync(there));

        await ReportAsync("H-01-0001");
        var after = (await ETagAsync(here), await ETagAsync(there));
        after.Item1.ShouldNotBe(before.Item1);
        after.Item2.ShouldBe(before.Item2);

        // the same once more: worked out anew, and nothing comes of it
        await ReportAsync("H-01-0001");
        (await ETagAsync(here)).ShouldBe(after.Item1);
    }

    [Fact]
    public async Task A_change_is_of_the_layers_it_is_drawn_in()
    {
        var tile = TileOf("H-01-0001", 16);
        var before = await Task.WhenAll(ETagAsync(tile, "buildings"), ETagAsync(tile, "roads"), ETagAsync(tile, "zones"));

        await ReportAsync("H-01-0001");

        var after = await Task.WhenAll(ETagAsync(tile, "buildings"), ETagAsync(tile, "roads"), ETagAsync(tile, "zones"));
        after[0].ShouldNotBe(before[0]);
        after[1..].ShouldBe(before[1..]);
    }

    [Fact]
    public void Two_households_of_a_building_that_trade_statuses_are_drawn_anew()
    {
        var before = _demo.Snapshot;
        var city = before.City;
        var building = city.Buildings.First(building => building.HouseholdCount > 1);
        var (one, other) = (building.FirstHousehold, building.FirstHousehold + 1);
        before = before.With(
            [(one, new HouseholdState(Status.Observed, true)), (other, new HouseholdState(Status.Healthy, true))],
            before.Zones,
            before.Sequence + 2,
            before.AsOf
        );
        var after = before.With([(one, before.States[other]), (other, before.States[one])], before.Zones, before.Sequence + 4, before.AsOf);

        var layers = Service<LayerCatalog>();
        var touched = Service<TouchedTiles>().Between(before, after, [one, other], []);

        touched.ShouldNotBeEmpty();
        touched.Values.ShouldAllBe(bits => bits == layers.Bit(layers.Households));
        touched.Keys.ShouldAllBe(tile => tile.Z == TileId.MaxZoom);
    }

    [Fact]
    public async Task Any_number_of_requests_at_once_cost_one_render()
    {
        var tile = TileOf("H-01-0001", 14);
        var encodings = (string[])["gzip", "br", "identity"];

        var answers = await Task.WhenAll(Enumerable.Range(0, 90).Select(i => GetAsync(tile, encoding: encodings[i % 3])));

        _counted["renders"].ShouldBe(1);
        foreach (var same in answers.GroupBy(answer => answer.Headers.ETag))
            same.Count().ShouldBe(30);
    }

    [Fact]
    public async Task Every_coding_holds_the_same_bytes()
    {
        var tile = TileOf("H-01-0001", 14);
        using var plain = await GetAsync(tile, encoding: "identity");
        var bytes = await plain.Content.ReadAsByteArrayAsync();
        plain.Content.Headers.ContentEncoding.ShouldBeEmpty();
        bytes.Length.ShouldBeGreaterThan(1_000);

        foreach (
            var (accepted, coding) in ((string, string)[])
                [("gzip", "gzip"), ("br", "br"), ("gzip, deflate, br, zstd", "br"), ("br;q=0.5, gzip", "gzip"), ("br;q=0, *", "gzip")]
        )
        {
            using var packed = await GetAsync(tile, encoding: accepted);
            packed.Content.Headers.ContentEncoding.ShouldBe([coding], accepted);
            var body = await packed.Content.ReadAsByteArrayAsync();
            body.Length.ShouldBeLessThan(bytes.Length);
            Unpack(coding, body).ShouldBe(bytes);
        }
        using var none = await GetAsync(tile, encoding: "gzip;q=0");
        none.Content.Headers.ContentEncoding.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_tile_that_was_overtaken_is_answered_and_not_kept()
    {
        var (cache, versions, layers) = (Service<TileCache>(), Service<TileVersions>(), Service<LayerCatalog>());
        var (tile, tileset, snapshot) = (TileOf("H-01-0001", 16), layers.Tilesets["buildings"], _demo.Snapshot);
        var asked = new TileAsked(tileset, tile, null, ContentCoding.Identity);
        var current = await cache.GetAsync(snapshot, asked, CancellationToken.None);

        versions.Touch(new Dictionary<TileId, int> { [tile] = layers.Bit(layers.Buildings) }, snapshot.Sequence + 1);

        for (var time = 0; time < 2; time++)
        {
            var overtaken = await cache.GetAsync(snapshot, asked, CancellationToken.None);
            overtaken.ETag.ShouldBeNull();
            overtaken.Bytes.ShouldBe(current.Bytes);
        }
        _counted["renders"].ShouldBe(3);
        cache.ETagOf(snapshot, asked).ShouldBeNull();

        // the picture that the touch belongs to has a version again
        var next = snapshot.With([], snapshot.Zones, snapshot.Sequence + 1, snapshot.AsOf);
        var first = await cache.GetAsync(next, asked, CancellationToken.None);
        first.ETag.ShouldNotBeNull().ShouldNotBe(current.ETag);
        (await cache.GetAsync(next, asked, CancellationToken.None)).Bytes.ShouldBeSameAs(first.Bytes);
    }

    [Fact]
    public async Task One_who_leaves_leaves_the_others_their_tile()
    {
        var cache = Service<TileCache>();
        var situation = Service<LayerCatalog>().Tilesets["situation"];
        var asked = new TileAsked(situation, TileOf("H-01-0001", 14), null, ContentCoding.Brotli);
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(async () => await cache.GetAsync(_demo.Snapshot, asked, gone.Token));
        _counted.GetValueOrDefault("renders").ShouldBe(0);

        (await cache.GetAsync(_demo.Snapshot, asked, CancellationToken.None)).Bytes.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Made_tiles_take_no_more_memory_than_they_may()
    {
        await using var server = await TestServer.StartAsync(_demo.Database, ("SituationMap:TileCache", "1"));
        var (cache, layers, holder) = (
            server.Services.GetRequiredService<TileCache>(),
            server.Services.GetRequiredService<LayerCatalog>(),
            server.Services.GetRequiredService<SnapshotHolder>()
        );
        var asked = 0L;
        for (var zoom = 12; zoom <= 18; zoom++)
        {
            foreach (var household in holder.Current.City.Buildings.Select(building => building.FirstHousehold))
            {
                var tile = TileOf(holder.Current.City, household, zoom);
                asked += (
                    await cache.GetAsync(
                        holder.Current,
                        new TileAsked(layers.Tilesets["situation"], tile, null, ContentCoding.Gzip),
                        CancellationToken.None
                    )
                )
                    .Bytes
                    .Length;
            }
        }

        asked.ShouldBeGreaterThan(2 << 20);
        var size = 0L;
        using var listener = new MeterListener();
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => size = value);
        var meter = server.Services.GetRequiredService<IMeterFactory>().Create("SituationMap");
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter == meter && instrument.Name == "situationmap.tiles.cache.size")
                l.EnableMeasurementEvents(instrument);
        };
        listener.Start();
        listener.RecordObservableInstruments();
        size.ShouldBeInRange(1, 1 << 20);
    }

    private T Service<T>()
        where T : notnull => _demo.Server.Services.GetRequiredService<T>();

    private async Task ReportAsync(string household)
    {
        (await _demo.PostFactsAsync(DemoServer.Returned(household).ToJsonString())).IsSuccessStatusCode.ShouldBeTrue();
        await _demo.WaitUntilSettledAsync();
    }

    private TileId TileOf(string household, int zoom)
    {
        var city = _demo.Snapshot.City;
        return TileOf(city, Array.FindIndex(city.Households, found => found.Code == household), zoom);
    }

    /// <summary>The tile with the western, northern corner of the household's building.</summary>
    private static TileId TileOf(City city, int household, int zoom)
    {
        var box = city.Buildings[city.Households[household].Building].Shape.Box;
        return new TileId(zoom, box.MinX >> (World.Bits - zoom), box.MinY >> (World.Bits - zoom));
    }

    private async Task<string> ETagAsync(TileId tile, string tileset = "situation")
    {
        using var answer = await GetAsync(tile, tileset);
        return answer.Headers.ETag!.Tag;
    }

    private async Task<HttpResponseMessage> GetAsync(
        TileId tile,
        string tileset = "situation",
        string encoding = "identity",
        string? known = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"tiles/{tileset}/{tile}.mvt", UriKind.Relative));
        request.Headers.AcceptEncoding.ParseAdd(encoding);
        if (known is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", known);
        return await _demo.Client.SendAsync(request);
    }

    private static byte[] Unpack(string coding, byte[] body)
    {
        using var source = new MemoryStream(body);
        using Stream unpacking =
            coding == "br" ? new BrotliStream(source, CompressionMode.Decompress) : new GZipStream(source, CompressionMode.Decompress);
        using var plain = new MemoryStream();
        unpacking.CopyTo(plain);
        return plain.ToArray();
    }
}
