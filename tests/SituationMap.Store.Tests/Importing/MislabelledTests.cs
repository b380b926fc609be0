using System.IO.Compression;
using System.Text;
using Shouldly;
using SituationMap.Core.Projections;
using SituationMap.Store.Files;
using SituationMap.Store.Imports;

namespace SituationMap.Store.Tests.Importing;

/// <summary>Files that say they are something else than they are: each is recognised, named, and leaves the store as it was.</summary>
public sealed class MislabelledTests(PostgisCluster cluster) : ImportingTests(cluster)
{
    [Fact]
    public async Task Shifted_degrees_said_to_be_WGS_84()
    {
        await Store.ImportTextAsync("buildings", ImportStore.Buildings(200));
        var before = await Store.ChecksumAsync();

        // the same buildings under other codes, and the same codes
        foreach (var prefix in (string[])["N", "B"])
        {
            var finding = await RefusedAsync(ImportStore.Buildings(200, ChineseOffsets.ToGcj02, prefix: prefix));
            (finding.Code, finding.Crs).ShouldBe(("crs-shifted", "GCJ02"));
        }
        (await RefusedAsync(ImportStore.Buildings(200, ChineseOffsets.ToBd09))).Crs.ShouldBe("BD09");
        (await Store.ChecksumAsync()).ShouldBe(before);

        var right = await Store.ImportTextAsync("buildings", ImportStore.Buildings(200, ChineseOffsets.ToGcj02), with: order =>
            order with
            {
                Crs = "GCJ02",
            }
        );
        right.Outcome.ShouldBe("imported");
        (
            await Store.Database.ReadAsync<double>(
                "SELECT max(abs(ST_XMin(outline) - (124.001 + 0.0004 * (substr(code, 3)::int % 90)))) FROM building"
            )
        ).ShouldBeLessThan(1e-8);
    }

    [Theory]
    [InlineData("EPSG:4550")]
    [InlineData("EPSG:4527")]
    [InlineData("CRS84")]
    public async Task Eastings_with_their_zone_said_to_be_without(string declared)
    {
        var before = await Store.ChecksumAsync();
        var zone41 = ImportStore.Systems.Find("EPSG:4529")!; // 123° east

        var finding = await RefusedAsync(ImportStore.Buildings(20, zone41.FromLonLat), order => order with { Crs = declared });

        (finding.Code, finding.Crs).ShouldBe(("crs-zone-prefixed", "EPSG:4529"));
        (await Store.ChecksumAsync()).ShouldBe(before);
        (
            await Store.ImportTextAsync("buildings", ImportStore.Buildings(20, zone41.FromLonLat), with: order =>
                order with
                {
                    Crs = finding.Crs,
                }
            )
        ).Outcome.ShouldBe("imported");
        (await Store.Database.ReadAsync<double>("SELECT max(abs(ST_YMin(outline) - 40.001)) FROM building")).ShouldBeLessThan(1e-8);
    }

    [Fact]
    public async Task Axes_the_other_way_round()
    {
        var before = await Store.ChecksumAsync();

        (await RefusedAsync(ImportStore.Buildings(20, (lon, lat) => (lat, lon)))).Code.ShouldBe("axes-swapped");

        (await Store.ChecksumAsync()).ShouldBe(before);
        (
            await Store.ImportTextAsync("buildings", ImportStore.Buildings(20, (lon, lat) => (lat, lon)), with: order =>
                order with
                {
                    SwapAxes = true,
                }
            )
        ).Outcome.ShouldBe("imported");
    }

    [Fact]
    public async Task A_table_and_a_dbf_in_GBK()
    {
        var table = await Store.ImportTextAsync("buildings", ImportStore.Buildings(5), TextEncodings.Chinese);
        table.Findings.ShouldHaveSingleItem().Code.ShouldBe("text-gbk");

        await File.WriteAllTextAsync(Store.PathOf("five.csv"), ImportStore.Buildings(5, prefix: "S"));
        await Programs.RunAsync(
            "ogr2ogr",
            "-f",
            "ESRI Shapefile",
            "-lco",
            "ENCODING=GBK",
            "-oo",
            "GEOM_POSSIBLE_NAMES=wkt",
            "-a_srs",
            "EPSG:4490",
            "-sql",
            "SELECT \"楼栋编码\" AS code, \"地址\" AS addr FROM five",
            Store.PathOf("five.shp"),
            Store.PathOf("five.csv")
        );
        // as such files come: without the word that would tell
        File.Delete(Store.PathOf("five.cpg"));
        await using (var dbf = File.OpenWrite(Store.PathOf("five.dbf")))
        {
            dbf.Position = 29;
            dbf.WriteByte(0x57);
        }
        var shape = await Store.ImportAsync("buildings", Store.PathOf("five.shp"));

        shape.Outcome.ShouldBe("imported", string.Join("; ", shape.Rejections.Concat<object>(shape.Findings)));
        shape.Crs.ShouldBe("EPSG:4490");
        shape.Findings.ShouldHaveSingleItem().Code.ShouldBe("text-gbk");
        (await Store.Database.ReadAsync<string>("SELECT string_agg(DISTINCT address, ' ' ORDER BY address) FROM building")).ShouldBe(
            "江城路0号 江城路1号 江城路2号 江城路3号 江城路4号"
        );
    }

    [Theory]
    [InlineData("GeoJSON", "made.geojson")]
    [InlineData("GPKG", "made.gpkg")]
    [InlineData("ESRI Shapefile", "made.shp")]
    [InlineData("DXF", "made.dxf")]
    public async Task Every_format_is_read_as_what_it_is(string format, string name)
    {
        await File.WriteAllTextAsync(Store.PathOf("many.csv"), ImportStore.Buildings(30));
        var isMetres = format is not "GeoJSON";
        await Programs.RunAsync(
            "ogr2ogr",
            [
                "-f",
                format,
                "-oo",
                "GEOM_POSSIBLE_NAMES=wkt",
                "-oo",
                "KEEP_GEOM_COLUMNS=NO",
                "-s_srs",
                "EPSG:4490",
                "-t_srs",
                isMetres ? "EPSG:4550" : "EPSG:4490",
                .. format == "DXF" ? [] : (string[])["-sql", "SELECT \"楼栋编码\" AS code, \"地址\" AS address FROM many"],
                Store.PathOf(name),
                Store.PathOf("many.csv"),
            ]
        );

        var report = await Store.ImportAsync("buildings", Store.PathOf(name), order =>
            format == "DXF" ? order with { Crs = "EPSG:4550" } : order
        );

        (report.Outcome, report.Added).ShouldBe(("imported", 30), string.Join("; ", report.Rejections.Concat<object>(report.Findings)));
        if (format != "DXF")
            report.Crs.ShouldBe(isMetres ? "EPSG:4550" : "EPSG:4490", "the .prj is ESRI's and has no code");
        (await Store.Database.ReadAsync<double>("SELECT max(ST_XMin(outline)) FROM building")).ShouldBe(124.001 + (29 * 0.0004), 1e-8);
    }

    [Theory]
    [InlineData(
        "virtual.geojson",
        "<OGRVRTDataSource><OGRVRTLayer name=\"a\"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
        "file-unreadable"
    )]
    [InlineData("away.geojson", "https://127.0.0.1:1/x.geojson", "file-unreadable")]
    [InlineData("passwd.gpkg", "root:x:0:0", "file-unreadable")]
    [InlineData("program.exe", "MZ", "file-kind-unknown")]
    [InlineData("empty.csv", "", "file-empty")]
    [InlineData("heading.csv", "code,wkt\n", "file-empty")]
    [InlineData("broken.zip", "PK", "file-unreadable")]
    public async Task Files_that_will_not_do_are_refused(string name, string content, string code)
    {
        await File.WriteAllTextAsync(Store.PathOf(name), content);
        var before = await Store.ChecksumAsync();

        var refused = await Should.ThrowAsync<ImportRefusedException>(() => Store.ImportAsync("buildings", Store.PathOf(name)));

        refused.Fault.Code.ShouldBe(code);
        refused.Message.ShouldNotContain("/tmp");
        (await Store.ChecksumAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task What_no_column_is_known_for_is_named_with_the_columns_there_are()
    {
        var report = await Store.ImportTextAsync("checkpoints", "a,name\n1,2\n");

        report.Outcome.ShouldBe("refused");
        report.Findings.Select(finding => (finding.Code, finding.Field)).ShouldBe([("field-unmapped", "code"), ("field-unmapped", "wkt")]);
        report.Columns.ShouldBe(["a", "name"]);
        report.Mapping.ShouldHaveSingleItem().Field.ShouldBe("name");
    }

    [Fact]
    public async Task A_file_of_several_layers_is_read_once_one_is_named()
    {
        await File.WriteAllTextAsync(Store.PathOf("many.csv"), ImportStore.Buildings(3));
        foreach (var layer in (string[])["first", "second"])
            await Programs.RunAsync(
                "ogr2ogr",
                "-update",
                "-append",
                "-f",
                "GPKG",
                "-nln",
                layer,
                "-oo",
                "GEOM_POSSIBLE_NAMES=wkt",
                "-a_srs",
                "EPSG:4490",
                Store.PathOf("many.gpkg"),
                Store.PathOf("many.csv")
            );

        var unsaid = await Store.ImportAsync("buildings", Store.PathOf("many.gpkg"));
        var said = await Store.ImportAsync("buildings", Store.PathOf("many.gpkg"), order =>
            order with
            {
                Layer = "second",
                Map = ["code=楼栋编码"],
            }
        );

        (unsaid.Outcome, unsaid.Findings.ShouldHaveSingleItem().Code).ShouldBe(("refused", "layer-unknown"));
        unsaid.Layers.ShouldBe(["first", "second"]);
        (said.Outcome, said.Layer, said.Added).ShouldBe(("imported", "second", 3));
    }

    [Fact]
    public async Task A_zip_gives_no_file_a_place_of_its_own()
    {
        await using (var zip = await ZipFile.OpenAsync(Store.PathOf("sent.zip"), ZipArchiveMode.Create))
        {
            await using var entry = await zip.CreateEntry("../../../../tmp/situationmap-escaped.csv").OpenAsync();
            await entry.WriteAsync(Encoding.UTF8.GetBytes(ImportStore.Buildings(3)));
        }

        (await Store.ImportAsync("buildings", Store.PathOf("sent.zip"))).Added.ShouldBe(3);

        File.Exists("/tmp/situationmap-escaped.csv").ShouldBeFalse();
    }

    private async Task<Finding> RefusedAsync(string csv, Func<ImportOrder, ImportOrder>? with = null)
    {
        var report = await Store.ImportTextAsync("buildings", csv, with: with);
        report.Outcome.ShouldBe("refused");
        return report.Findings.ShouldHaveSingleItem();
    }
}
