using System.Net.ServerSentEvents;
using Microsoft.Extensions.DependencyInjection;
using NetTopologySuite.Geometries;
using Shouldly;
using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;
using SituationMap.Server.Tests.Snapshots;
using SituationMap.Store.Zones;

namespace SituationMap.Server.Tests.Live;

/// <summary>A change that is drawn in more tiles than can be told one by one: the outline of a whole city.</summary>
public sealed class LargeChangesTests(PostgisCluster cluster)
{
    private const int Corners = 18_000;

    [Fact]
    public async Task An_outline_as_large_as_a_city_is_shown_soon_and_whoever_listened_starts_over()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var middle = demo.Snapshot.City.Buildings[0].Outline.Centroid.Coordinate;
        var tile = new TileId(14, World.X(middle.X) >> (World.Bits - 14), World.Y(middle.Y) >> (World.Bits - 14));
        var known = demo.Snapshot.Sequence;
        var zone = FollowingTests.RandomZone(demo.Snapshot, new Random(1)) with { Code = "Z-99", Level = "low", Outline = Around(middle) };
        (await ZonesAsync()).ShouldNotContain("Z-99");
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var listening = await demo.Client.GetAsync("api/live", HttpCompletionOption.ResponseHeadersRead, stop.Token);

        await demo.Server.Services.GetRequiredService<ZoneStore>().PublishAsync(zone, CancellationToken.None);

        // the feed lets everybody go, and says to whom comes back that he starts over
        await (await listening.Content.ReadAsStreamAsync(stop.Token)).CopyToAsync(Stream.Null, stop.Token);
        await demo.WaitUntilSettledAsync();
        (await ZonesAsync()).ShouldContain("Z-99");
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/live") { Headers = { { "Last-Event-ID", $"{known}" } } };
        using var again = await demo.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
        var first = await SseParser
            .Create(await again.Content.ReadAsStreamAsync(stop.Token))
            .EnumerateAsync(stop.Token)
            .FirstAsync(message => message.EventType != "hello", stop.Token);
        first.EventType.ShouldBe("reload");

        async Task<IEnumerable<object?>> ZonesAsync() =>
            VectorTile
                .Decode(await demo.Client.GetByteArrayAsync($"tiles/zones/{tile.Z}/{tile.X}/{tile.Y}.mvt"))
                .SelectMany(layer => layer.Features)
                .Select(feature => feature.Attributes.GetValueOrDefault("code"));
    }

    /// <summary>A jagged outline of a degree and a half around a place, as an administrative border is.</summary>
    private static MultiPolygon Around(Coordinate middle)
    {
        var ring = new Coordinate[Corners + 1];
        for (var corner = 0; corner < Corners; corner++)
        {
            var (angle, radius) = (2 * Math.PI * corner / Corners, corner % 2 == 0 ? 0.75 : 0.7495);
            ring[corner] = new Coordinate(middle.X + (radius * Math.Cos(angle)), middle.Y + (radius * Math.Sin(angle)));
        }
        ring[Corners] = ring[0];
        var factory = new GeometryFactory(new PrecisionModel(), 4326);
        return factory.CreateMultiPolygon([factory.CreatePolygon(ring)]);
    }
}
