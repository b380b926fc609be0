using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using Shouldly;
using SituationMap.Geo.VectorTiles;
using SituationMap.Store;
using SituationMap.Store.Basemaps;

namespace SituationMap.Server.Tests.Tiles;

public sealed class BasemapTests(PostgisCluster cluster) : IAsyncLifetime
{
    private const string Attribution = "© the lake's surveyors";

    private readonly string _folder = Directory.CreateTempSubdirectory("situationmap-basemap-").FullName;
    private readonly Dictionary<TileId, byte[]> _tiles = [];

    private string Mb => Path.Combine(_folder, "lake.mbtiles");

    private string Pm => Path.Combine(_folder, "lake.pmtiles");

    /// <summary>GDAL makes the MBTiles; the PMTiles holds the same tiles.</summary>
    public async ValueTask InitializeAsync()
    {
        await Programs.EnsureAsync("ogr2ogr", "gdal-bin");
        var source = Path.Combine(_folder, "water.geojson");
        await File.WriteAllTextAsync(source,
            """
            { "type": "FeatureCollection", "features": [ { "type": "Feature", "properties": { "kind": "lake" }, "geometry":
              { "type": "Polygon", "coordinates": [[[124.0,40.4],[124.1,40.4],[124.1,40.5],[124.0,40.5],[124.0,40.4]]] } } ] }
            """);
        await Programs.RunAsync("ogr2ogr", "-f", "MVT", Mb, source, "-nln", "water", "-dsco", "MINZOOM=6", "-dsco", "MAXZOOM=14");
        using var made = new MbTiles(Mb);
        for (var z = 6; z <= 14; z++)
        {
            var (left, top) = At(z, 123.9, 40.6);
            var (right, bottom) = At(z, 124.2, 40.3);
            for (var x = left; x <= right; x++)
            {
                for (var y = top; y <= bottom; y++)
                {
                    if (made.Read(new TileId(z, x, y)) is { } tile)
                        _tiles.Add(new TileId(z, x, y), tile.Bytes);
                }
            }
        }
        PmTilesWriter.Write(Pm, _tiles, $$"""{ "name": "lake", "attribution": "{{Attribution}}", "vector_layers": [ { "id": "water", "fields": {} } ] }""", leafSize: 7);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(1, 0, 0, 1)]
    [InlineData(1, 0, 1, 2)]
    [InlineData(1, 1, 1, 3)]
    [InlineData(1, 1, 0, 4)]
    [InlineData(12, 3423, 1763, 19078479)] // as the specification's own reader has it
    public void Tiles_are_numbered_along_the_curve(int z, int x, int y, ulong id) => PmTiles.IdOf(new TileId(z, x, y)).ShouldBe(id);

    [Fact]
    public void Both_archives_give_the_same_tiles()
    {
        using var mb = Basemap.Open(Mb);
        using var pm = Basemap.Open(Pm);

        _tiles.Count.ShouldBeGreaterThan(50);
        foreach (var (tile, bytes) in _tiles)
        {
            pm.Read(tile)!.Value.Bytes.ShouldBe(bytes, tile.ToString());
            mb.Read(tile)!.Value.Encoding.ShouldBe("gzip");
        }
        foreach (var nothing in (TileId[])[new(0, 0, 0), new(6, 0, 0), new(14, 0, 0), new(15, 0, 0), new(18, 262143, 262143)])
        {
            pm.Read(nothing).ShouldBeNull(nothing.ToString());
            mb.Read(nothing).ShouldBeNull(nothing.ToString());
        }
        pm.Description.VectorLayers.ShouldBe(mb.Description.VectorLayers);
        (pm.Description.MinZoom, pm.Description.MaxZoom).ShouldBe((6, 14));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Is_served_and_drawn_below_everything_of_ours(bool pmtiles)
    {
        await using var server = await TestServer.StartAsync(cluster, ("SituationMap:Basemap", pmtiles ? Pm : Mb));

        var style = JsonNode.Parse(await server.Client.GetStringAsync(new Uri("/styles/situation.json", UriKind.Relative)))!;
        var layers = style["layers"]!.AsArray().Select(layer => (Id: layer!["id"]!.GetValue<string>(), Source: (string?)layer["source"])).ToList();
        layers[0].Id.ShouldBe("ground");
        layers.Where(layer => layer.Source == "basemap").Select(layer => layer.Id).ShouldBe(["basemap-water"]);
        layers[1].Id.ShouldBe("basemap-water");

        var tile = _tiles.Keys.First(tile => tile.Z == 12);
        var address = style["sources"]!["basemap"]!["tiles"]![0]!.GetValue<string>().Replace("{z}/{x}/{y}", tile.ToString(), StringComparison.Ordinal);
        using var packed = await GetAsync(server, address, "gzip");
        packed.Headers.CacheControl!.ToString().ShouldContain("immutable");
        packed.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        packed.Content.Headers.ContentType!.MediaType.ShouldBe("application/vnd.mapbox-vector-tile");
        (await packed.Content.ReadAsByteArrayAsync()).ShouldBe(_tiles[tile]);

        using var plain = await GetAsync(server, address, "identity");
        plain.Content.Headers.ContentEncoding.ShouldBeEmpty();
        (await plain.Content.ReadAsByteArrayAsync()).ShouldBe(Unpack(_tiles[tile]));

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
    [InlineData("bounds-empty.mbtiles", "image/png")]
    [InlineData("float-zoom.mbtiles", "image/png")]
    [InlineData("format-mime.mbtiles", "image/png")]
    [InlineData("format-upper.mbtiles", "image/png")]
    [InlineData("null-attribution.mbtiles", "image/png")]
    [InlineData("png-no-format.mbtiles", "image/png")]
    [InlineData("says-pbf-is-png.mbtiles", "image/png")] // its bytes can be nothing else
    [InlineData("bad-json.mbtiles", BasemapDescription.VectorTile)]
    [InlineData("zlib-pbf.mbtiles", BasemapDescription.VectorTile)]
    public void What_can_mean_only_one_thing_is_read(string name, string mediaType)
    {
        using var map = Basemap.Open(Foreign(name));

        map.Description.MediaType.ShouldBe(mediaType);
        (map.Description.MinZoom, map.Description.MaxZoom).ShouldBe((0, name == "float-zoom.mbtiles" ? 14 : 0));
        map.Description.Bounds.ShouldBe([-180, -85.0511, 180, 85.0511]);
        map.Read(new TileId(0, 0, 0)).ShouldNotBeNull().Encoding.ShouldBe(name switch { "zlib-pbf.mbtiles" => "deflate", "bad-json.mbtiles" => "gzip", _ => null });
    }

    [Theory]
    [InlineData("format", "JPEG ", "FFD8FFE000104A46", "image/jpeg")]
    [InlineData("format", ".webp", "524946460000000057454250", "image/webp")]
    [InlineData("format", "application/x-protobuf", "1F8B0800", BasemapDescription.VectorTile)]
    [InlineData("maxzoom", "99", "89504E470D0A1A0A", "image/png")]
    [InlineData("bounds", "124,40,125", "89504E470D0A1A0A", "image/png")]
    [InlineData("minzoom", "none", "89504E470D0A1A0A", "image/png")]
    [InlineData("format", "tiff", "49492A00", null)]
    [InlineData("format", "png", "49492A00", null)]
    [InlineData("name", "x", "3C68746D6C3E", null)]
    [InlineData("json", "[1, 2", "1F8B0800", null)]
    public async Task Metadata_with_licence_is_read_or_refused_by_name(string name, string value, string tile, string? mediaType)
    {
        var file = Path.Combine(_folder, "made.mbtiles");
        await using (var store = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=false"))
        {
            await store.OpenAsync();
            await using var command = store.CreateCommand();
            command.CommandText = "CREATE TABLE metadata (name text, value text); CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data blob); "
                + $"INSERT INTO metadata VALUES ('{name}', '{value}'); INSERT INTO tiles VALUES (3, 1, 1, x'{tile}')";
            await command.ExecuteNonQueryAsync();
        }
        if (mediaType is null)
        {
            Should.Throw<StartupException>(() => Basemap.Open(file)).Message.ShouldContain("cannot be used");
            return;
        }
        using var map = Basemap.Open(file);
        map.Description.MediaType.ShouldBe(mediaType);
        (map.Description.MinZoom, map.Description.MaxZoom).ShouldBe((3, 3));
    }

    [Theory]
    [InlineData("html.pmtiles")]
    [InlineData("zip.pmtiles")]
    [InlineData("missing.mbtiles")]
    [InlineData("cut.pmtiles")]
    public async Task One_that_cannot_be_used_costs_the_ground_and_not_the_map(string name)
    {
        var file = name == "cut.pmtiles" ? Path.Combine(_folder, name) : Foreign(name);
        if (name == "cut.pmtiles")
            await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(Pm))[..140]);
        await using var server = await TestServer.StartAsync(cluster, ("SituationMap:Basemap", file));

        using var map = await GetAsync(server, "/basemap.json", "identity");
        map.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var told = await map.Content.ReadAsStringAsync();
        told.ShouldContain(name);
        told.ShouldNotContain(Path.GetDirectoryName(file)!);
        JsonNode.Parse(await server.Client.GetStringAsync(new Uri("/styles/situation.json", UriKind.Relative)))!["sources"]!["basemap"].ShouldBeNull();
        (await server.Client.GetAsync(new Uri("/healthz/ready", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_tile_that_is_damaged_is_missing_and_no_fault_of_the_server()
    {
        // the tiles stand last: zeros in place of their bytes, and then none at all
        var file = Path.Combine(_folder, "holes.pmtiles");
        var whole = await File.ReadAllBytesAsync(Pm);
        var tiles = (int)BitConverter.ToUInt64(whole, 56);
        whole.AsSpan(tiles).Clear();
        await File.WriteAllBytesAsync(file, whole);
        await using var server = await TestServer.StartAsync(cluster, ("SituationMap:Basemap", file));
        var tile = _tiles.Keys.First(tile => tile.Z == 12);

        using var unpacked = await GetAsync(server, $"/basemap/{tile}", "identity");
        unpacked.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await using (var open = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            open.SetLength(tiles);
        using var gone = await GetAsync(server, $"/basemap/{tile}", "gzip");
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("broken.pmtiles", "PMTiles archive of version 3")]
    [InlineData("broken.mbtiles", "MBTiles archive of version 1.3")]
    [InlineData("broken.zip", ".pmtiles, .mbtiles")]
    [InlineData("missing.pmtiles", "missing.pmtiles")]
    public async Task A_file_that_is_none_is_told_at_the_start(string name, string told)
    {
        var file = Path.Combine(_folder, name);
        if (!name.StartsWith("missing", StringComparison.Ordinal))
            await File.WriteAllBytesAsync(file, new byte[500]);

        Should.Throw<StartupException>(() => Basemap.Open(file)).Message.ShouldContain(told);
    }

    [Fact]
    public async Task A_cut_archive_is_told_at_the_start()
    {
        var file = Path.Combine(_folder, "cut.pmtiles");
        await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(Pm))[..140]);

        Should.Throw<StartupException>(() => Basemap.Open(file)).Message.ShouldContain("damaged");
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

    private static (int X, int Y) At(int z, double longitude, double latitude) =>
        ((int)(Core.Projections.WebMercator.X(longitude) * (1 << z)), (int)(Core.Projections.WebMercator.Y(latitude) * (1 << z)));
}
