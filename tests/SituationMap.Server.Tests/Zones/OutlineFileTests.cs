using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Shouldly;
using SituationMap.Core.Projections;

namespace SituationMap.Server.Tests.Zones;

/// <summary>Outlines that planners bring in a file: whatever its format and coordinate system, the same ground.</summary>
public sealed class OutlineFileTests(PostgisCluster cluster) : IAsyncLifetime
{
    private const double West = 124.0500,
        South = 40.4500,
        East = 124.0530,
        North = 40.4520;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("situationmap-outlines-");
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        await Programs.EnsureAsync("ogr2ogr", "gdal-bin");
        _server = await TestServer.StartAsync(cluster);
        await File.WriteAllTextAsync(
            PathOf("made.geojson"),
            Feature("北片", (West, South), (East, South), (East, North), (West, North), (West, South))
        );
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return _server.DisposeAsync();
    }

    [Fact]
    public async Task A_zipped_shapefile_in_a_zone_of_three_degrees_lies_where_it_is()
    {
        var shape = Directory.CreateDirectory(PathOf("shape"));
        await Programs.RunAsync(
            "ogr2ogr",
            "-f",
            "ESRI Shapefile",
            "-lco",
            "ENCODING=UTF-8",
            "-s_srs",
            "EPSG:4490",
            "-t_srs",
            "EPSG:4529",
            Path.Combine(shape.FullName, "made.shp"),
            PathOf("made.geojson")
        );
        await ZipFile.CreateFromDirectoryAsync(shape.FullName, PathOf("made.zip"));

        var read = await ReadAsync("made.zip");

        read.GetProperty("crs").GetString().ShouldBe("EPSG:4529");
        read.GetProperty("findings").GetArrayLength().ShouldBe(0);
        var outline = read.GetProperty("outlines")[0];
        outline.GetProperty("name").GetString().ShouldBe("北片");
        outline.GetProperty("squareMetres").GetDouble().ShouldBeInRange(56_000, 57_000);
        ShouldLieThere(outline, 2e-7);
    }

    [Fact]
    public async Task What_a_file_says_wrongly_of_its_system_is_told_with_what_would_be_right()
    {
        await Programs.RunAsync(
            "ogr2ogr",
            "-f",
            "GPKG",
            "-s_srs",
            "EPSG:4490",
            "-t_srs",
            "EPSG:4529",
            PathOf("right.gpkg"),
            PathOf("made.geojson")
        );
        await Programs.RunAsync("ogr2ogr", "-f", "GPKG", "-a_srs", "EPSG:4550", PathOf("wrong.gpkg"), PathOf("right.gpkg"));

        var refused = await ReadAsync("wrong.gpkg");

        var finding = refused.GetProperty("findings")[0];
        finding.GetProperty("code").GetString().ShouldBe("crs-zone-prefixed");
        finding.GetProperty("crs").GetString().ShouldBe("EPSG:4529");
        refused.GetProperty("outlines").GetArrayLength().ShouldBe(0);
        refused.GetProperty("systems").EnumerateArray().ShouldContain(system => system.GetProperty("code").GetString() == "EPSG:4529");
        ShouldLieThere((await ReadAsync("wrong.gpkg", ("crs", "EPSG:4529"))).GetProperty("outlines")[0], 2e-7);

        await Programs.RunAsync("ogr2ogr", "-f", "GPKG", "-a_srs", "EPSG:4214", PathOf("beijing.gpkg"), PathOf("made.geojson"));
        (await ReadAsync("beijing.gpkg")).GetProperty("findings")[0].GetProperty("code").GetString().ShouldBe("crs-unknown");
    }

    [Fact]
    public async Task Shifted_degrees_are_put_back_and_what_is_no_outline_is_told_row_by_row()
    {
        var corners = ((double, double)[])[(West, South), (East, South), (East, North), (West, North), (West, South)];
        var lines = corners
            .Select(at => ChineseOffsets.ToGcj02(at.Item1, at.Item2))
            .Select(at => FormattableString.Invariant($"{at.Item1:0.00000000} {at.Item2:0.00000000}"));
        await File.WriteAllTextAsync(
            PathOf("amap.csv"),
            $"名称,wkt\n北片,\"POLYGON (({string.Join(", ", lines)}))\"\n卡口,POINT (124.05 40.45)\n小,\"POLYGON ((124.05 40.45, "
                + "124.05001 40.45, 124.05001 40.45001, 124.05 40.45))\"\n"
        );

        var read = await ReadAsync("amap.csv", ("crs", "GCJ02"));

        read.GetProperty("rows").GetInt32().ShouldBe(3);
        ShouldLieThere(read.GetProperty("outlines").EnumerateArray().ShouldHaveSingleItem(), 3e-7);
        read.GetProperty("rejections")
            .EnumerateArray()
            .Select(row => (row.GetProperty("row").GetInt32(), row.GetProperty("fault").GetString()))
            .ShouldBe([(2, "geometry-wrong"), (3, "area-too-small")]);
    }

    [Fact]
    public async Task What_is_no_file_of_a_map_is_refused_and_nothing_is_stored()
    {
        await File.WriteAllTextAsync(
            PathOf("virtual.geojson"),
            "<OGRVRTDataSource><OGRVRTLayer name=\"a\"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
        );
        using var wrong = await SendAsync("virtual.geojson");
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonSerializer
            .Deserialize<JsonElement>(await wrong.Content.ReadAsStringAsync())
            .GetProperty("code")
            .GetString()
            .ShouldBe("file-unreadable");
        using var flag = await SendAsync("made.geojson", ("swapAxes", "perhaps"));
        flag.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        await ReadAsync("made.geojson");
        (await _server.Database.ReadAsync<long>("SELECT count(*) FROM zone")).ShouldBe(0);
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private async Task<JsonElement> ReadAsync(string name, params (string Name, string Value)[] fields)
    {
        using var answer = await SendAsync(name, fields);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private async Task<HttpResponseMessage> SendAsync(string name, params (string Name, string Value)[] fields)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (field, value) in fields)
            form.Add(new StringContent(value), field);
        var file = new ByteArrayContent(await File.ReadAllBytesAsync(PathOf(name)));
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(file, "file", name);
        return await _server.Client.PostAsync(new Uri("api/zones/outlines", UriKind.Relative), form);
    }

    private static void ShouldLieThere(JsonElement outline, double degrees)
    {
        var ring = outline
            .GetProperty("outline")
            .GetProperty("coordinates")[0]
            .EnumerateArray()
            .Select(at => (Lon: at[0].GetDouble(), Lat: at[1].GetDouble()))
            .ToList();
        ring.Count.ShouldBe(5);
        ring.Min(at => at.Lon).ShouldBe(West, degrees);
        ring.Max(at => at.Lon).ShouldBe(East, degrees);
        ring.Min(at => at.Lat).ShouldBe(South, degrees);
        ring.Max(at => at.Lat).ShouldBe(North, degrees);
    }

    private static string Feature(string name, params (double Lon, double Lat)[] ring) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$$"""
            {"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"{{{name}}}"},
            "geometry":{"type":"Polygon",
            "coordinates":[[{{{string.Join(",", ring.Select(at => FormattableString.Invariant($"[{at.Lon},{at.Lat}]")))}}}]]}}]}
            """
        );
}
