using Shouldly;
using SituationMap.Geo.Archives;
using SituationMap.Geo.VectorTiles;
using SituationMap.Store.Basemaps;

namespace SituationMap.Store.Tests.Basemaps;

/// <summary>What is read from archives of tiles, ours and others', and what is told of those that are none.</summary>
[Fast]
public sealed class BasemapTests(LakeBasemap lake) : IClassFixture<LakeBasemap>
{
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
        using var mb = BasemapFile.Open(lake.Mb);
        using var pm = BasemapFile.Open(lake.Pm);

        lake.Tiles.Count.ShouldBeGreaterThan(50);
        foreach (var (tile, bytes) in lake.Tiles)
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
    [InlineData("bounds-empty.mbtiles", "image/png")]
    [InlineData("float-zoom.mbtiles", "image/png")]
    [InlineData("format-mime.mbtiles", "image/png")]
    [InlineData("format-upper.mbtiles", "image/png")]
    [InlineData("null-attribution.mbtiles", "image/png")]
    [InlineData("png-no-format.mbtiles", "image/png")]
    [InlineData("says-pbf-is-png.mbtiles", "image/png")] // its bytes can be nothing else
    [InlineData("bad-json.mbtiles", ArchiveDescription.VectorTile)]
    [InlineData("zlib-pbf.mbtiles", ArchiveDescription.VectorTile)]
    public void What_can_mean_only_one_thing_is_read(string name, string mediaType)
    {
        using var map = BasemapFile.Open(Foreign(name));

        map.Description.MediaType.ShouldBe(mediaType);
        (map.Description.MinZoom, map.Description.MaxZoom).ShouldBe((0, name == "float-zoom.mbtiles" ? 14 : 0));
        map.Description.Bounds.ShouldBe([-180, -85.0511, 180, 85.0511]);
        map.Read(new TileId(0, 0, 0))
            .ShouldNotBeNull()
            .Encoding.ShouldBe(
                name switch
                {
                    "zlib-pbf.mbtiles" => "deflate",
                    "bad-json.mbtiles" => "gzip",
                    _ => null,
                }
            );
    }

    [Theory]
    [InlineData("format", "JPEG ", "FFD8FFE000104A46", "image/jpeg")]
    [InlineData("format", ".webp", "524946460000000057454250", "image/webp")]
    [InlineData("format", "application/x-protobuf", "1F8B0800", ArchiveDescription.VectorTile)]
    [InlineData("maxzoom", "99", "89504E470D0A1A0A", "image/png")]
    [InlineData("bounds", "124,40,125", "89504E470D0A1A0A", "image/png")]
    [InlineData("minzoom", "none", "89504E470D0A1A0A", "image/png")]
    [InlineData("format", "tiff", "49492A00", null)]
    [InlineData("format", "png", "49492A00", null)]
    [InlineData("name", "x", "3C68746D6C3E", null)]
    [InlineData("json", "[1, 2", "1F8B0800", null)]
    public async Task Metadata_with_licence_is_read_or_refused_by_name(string name, string value, string tile, string? mediaType)
    {
        var file = lake.PathOf($"{Guid.NewGuid():N}.mbtiles");
        await using (var store = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=false"))
        {
            await store.OpenAsync();
            await using var command = store.CreateCommand();
            command.CommandText =
                "CREATE TABLE metadata (name text, value text); CREATE TABLE tiles (zoom_level int, tile_column int, tile_row "
                + "int, tile_data blob); "
                + $"INSERT INTO metadata VALUES ('{name}', '{value}'); INSERT INTO tiles VALUES (3, 1, 1, x'{tile}')";
            await command.ExecuteNonQueryAsync();
        }
        if (mediaType is null)
        {
            Should.Throw<StartupException>(() => BasemapFile.Open(file)).Message.ShouldContain("cannot be used");
            return;
        }
        using var map = BasemapFile.Open(file);
        map.Description.MediaType.ShouldBe(mediaType);
        (map.Description.MinZoom, map.Description.MaxZoom).ShouldBe((3, 3));
    }

    [Theory]
    [InlineData("broken.pmtiles", "PMTiles archive of version 3")]
    [InlineData("broken.mbtiles", "MBTiles archive of version 1.3")]
    [InlineData("broken.zip", ".pmtiles, .mbtiles")]
    [InlineData("missing.pmtiles", "missing.pmtiles")]
    public async Task A_file_that_is_none_is_told_at_the_start(string name, string message)
    {
        var file = lake.PathOf(name);
        if (!name.StartsWith("missing", StringComparison.Ordinal))
            await File.WriteAllBytesAsync(file, new byte[500]);

        Should.Throw<StartupException>(() => BasemapFile.Open(file)).Message.ShouldContain(message);
    }

    [Fact]
    public async Task A_cut_archive_is_told_at_the_start()
    {
        var file = await lake.CutAsync();

        Should.Throw<StartupException>(() => BasemapFile.Open(file)).Message.ShouldContain("damaged");
    }

    private static string Foreign(string name) => Path.Combine(AppContext.BaseDirectory, "Files", "basemaps", name);
}
