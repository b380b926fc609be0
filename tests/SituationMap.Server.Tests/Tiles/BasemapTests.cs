using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using Shouldly;

namespace SituationMap.Server.Tests.Tiles;

public sealed class BasemapTests(LakeBasemap lake, PostgisCluster cluster) : IClassFixture<LakeBasemap>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Is_served_and_drawn_below_everything_of_ours(bool pmtiles)
    {
        await using var server = await TestServer.StartAsync(cluster, ("SituationMap:Basemap", pmtiles ? lake.Pm : lake.Mb));

        var style = JsonNode.Parse(await server.Client.GetStringAsync(new Uri("/styles/situation.json", UriKind.Relative)))!;
        var layers = style["layers"]!
            .AsArray()
            .Select(layer => (Id: layer!["id"]!.GetValue<string>(), Source: (string?)layer["source"]))
            .ToList();
        layers[0].Id.ShouldBe("ground");
        layers.Where(layer => layer.Source == "basemap").Select(layer => layer.Id).ShouldBe(["basemap-water"]);
        layers[1].Id.ShouldBe("basemap-water");

        var tile = lake.Tiles.Keys.First(tile => tile.Z == 12);
        var address = style["sources"]!["basemap"]!["tiles"]![0]!
            .GetValue<string>()
            .Replace("{z}/{x}/{y}", tile.ToString(), StringComparison.Ordinal);
        using var packed = await GetAsync(server, address, "gzip");
        packed.Headers.CacheControl!.ToString().ShouldContain("immutable");
        packed.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        packed.Content.Headers.ContentType!.MediaType.ShouldBe("application/vnd.mapbox-vector-tile");
        (await packed.Content.ReadAsByteArrayAsync()).ShouldBe(lake.Tiles[tile]);

        using var plain = await GetAsync(server, address, "identity");
        plain.Content.Headers.ContentEncoding.ShouldBeEmpty();
        (await plain.Content.ReadAsByteArrayAsync()).ShouldBe(Unpack(lake.Tiles[tile]));

        using var nothing = await GetAsync(server, "/basemap/12/0/0", "gzip");
        nothing.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var wrong = await GetAsync(server, "/basemap/1/2/0", "gzip");
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Without_one_the_map_draws_its_own_ground()
    {
        await using var server = await TestServer.StartAsync(cluster);

        var style = JsonNode.Parse(await server.Client.GetStringAsync(new Uri("/styles/situation.json", UriKind.Relative)))!;
        style["sources"]!.AsObject().Select(source => source.Key).ShouldBe(["situation"]);
        using var missing = await GetAsync(server, "/basemap.json", "gzip");
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("html.pmtiles")]
    [InlineData("zip.pmtiles")]
    [InlineData("missing.mbtiles")]
    [InlineData("cut.pmtiles")]
    public async Task One_that_cannot_be_used_costs_the_ground_and_not_the_map(string name)
    {
        var file = name == "cut.pmtiles" ? await lake.CutAsync() : Foreign(name);
        await using var server = await TestServer.StartAsync(cluster, ("SituationMap:Basemap", file));

        using var map = await GetAsync(server, "/basemap.json", "identity");
        map.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var body = await map.Content.ReadAsStringAsync();
        body.ShouldContain(name);
        body.ShouldNotContain(Path.GetDirectoryName(file)!);
        JsonNode.Parse(await server.Client.GetStringAsync(new Uri("/styles/situation.json", UriKind.Relative)))!["sources"]!
            ["basemap"]
            .ShouldBeNull();
        (await server.Client.GetAsync(new Uri("/healthz/ready", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_tile_that_is_damaged_is_missing_and_no_fault_of_the_server()
    {
        // the tiles stand last: zeros in place of their bytes, and then none at all
        var file = lake.PathOf("holes.pmtiles");
        var whole = await File.ReadAllBytesAsync(lake.Pm);
        var tiles = (int)BitConverter.ToUInt64(whole, 56);
        whole.AsSpan(tiles).Clear();
        await File.WriteAllBytesAsync(file, whole);
        await using var server = await TestServer.StartAsync(cluster, ("SituationMap:Basemap", file));
        var tile = lake.Tiles.Keys.First(tile => tile.Z == 12);

        using var unpacked = await GetAsync(server, $"/basemap/{tile}", "identity");
        unpacked.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await using (var open = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            open.SetLength(tiles);
        using var gone = await GetAsync(server, $"/basemap/{tile}", "gzip");
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static string Foreign(string name) => Path.Combine(AppContext.BaseDirectory, "Files", "basemaps", name);

    private static async Task<HttpResponseMessage> GetAsync(TestServer server, string address, string encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, UriKind.RelativeOrAbsolute));
        request.Headers.AcceptEncoding.ParseAdd(encoding);
        return await server.Client.SendAsync(request);
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var plain = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
