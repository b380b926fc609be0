using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Shouldly;
using SituationMap.Store.Files;

namespace SituationMap.Store.Tests.Importing;

/// <summary>Files made to reach what is not theirs, or to take all there is.</summary>
public sealed class HostileTests(PostgisCluster cluster) : ImportingTests(cluster)
{
    [Theory]
    [InlineData("away.geojson", "/vsicurl/{0}/x.geojson")]
    [InlineData(
        "virtual.geojson",
        "<OGRVRTDataSource><OGRVRTLayer name=\"x\"><SrcDataSource>/vsicurl/{0}/x.geojson</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )]
    [InlineData("link.json", "{0}/x.geojson")]
    [InlineData(
        "esri.json",
        "{{\"type\":\"FeatureCollection\",\"crs\":{{\"type\":\"link\",\"properties\":{{\"href\":\"{0}/crs\","
            + "\"type\":\"ogcwkt\"}}}},\"features\":[]}}"
    )]
    [InlineData(
        "virtual.dxf",
        "<OGRVRTDataSource><OGRVRTLayer name=\"x\"><SrcDataSource>/vsicurl/{0}/x.dxf</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )]
    public async Task Nothing_in_a_file_reaches_the_network(string name, string content)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await File.WriteAllTextAsync(
            Store.PathOf(name),
            string.Format(null, content, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}")
        );

        // it is no map at all, or one without buildings
        try
        {
            (await Store.ImportAsync("buildings", Store.PathOf(name))).Outcome.ShouldBe("refused");
        }
        catch (ImportRefusedException refused)
        {
            refused.Fault.Code.ShouldBe("file-unreadable");
        }

        listener.Pending().ShouldBeFalse();
    }

    [Fact]
    public async Task A_geopackage_with_a_table_over_a_file_of_ours_reads_none_of_it()
    {
        await Programs.EnsureAsync("python3", "python3");
        await File.WriteAllTextAsync(Store.PathOf("secret.csv"), "code,name,level\nZ-1,a secret,high\n");
        await File.WriteAllTextAsync(Store.PathOf("one.csv"), ImportStore.Buildings(1));
        var file = Store.PathOf("made.gpkg");
        await Programs.RunAsync(
            "ogr2ogr",
            "-f",
            "GPKG",
            "-oo",
            "GEOM_POSSIBLE_NAMES=wkt",
            "-a_srs",
            "EPSG:4326",
            file,
            Store.PathOf("one.csv")
        );
        await Programs.RunAsync(
            "python3",
            "-c",
            """
            import sqlite3, sys
            store = sqlite3.connect(sys.argv[1])
            store.execute("PRAGMA writable_schema = ON")
            store.execute("INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES ('table', 'stolen', 'stolen', 0, ?)",
                          (f"CREATE VIRTUAL TABLE stolen USING VirtualText('{sys.argv[2]}', 'UTF-8', 1, POINT, DOUBLEQUOTE, ',')",))
            store.execute("INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('stolen', 'attributes', 'stolen')")
            store.commit()
            """,
            file,
            Store.PathOf("secret.csv")
        );

        var refusal = await Should.ThrowAsync<ImportRefusedException>(async () =>
        {
            var report = await Store.ImportAsync("households", file, order =>
                order with
                {
                    Layer = "stolen",
                    Map = ["code:=H-{row}", "building=name", "room:=1"],
                }
            );
            throw new ImportRefusedException(
                "read",
                "file",
                string.Join(", ", report.Columns.Concat(report.Rejections.Select(row => row.Expected)))
            );
        });

        refusal.Message.ShouldNotContain("secret");
        refusal.Message.ShouldNotContain("level");
    }

    [Theory]
    [InlineData("bomb.zip", "rows.csv")]
    [InlineData("bomb.xlsx", "xl/worksheets/sheet1.xml")]
    public async Task A_bomb_is_refused_before_it_has_grown(string name, string entry)
    {
        var before = await Store.ChecksumAsync();
        await using (var zip = await ZipFile.OpenAsync(Store.PathOf(name), ZipArchiveMode.Create))
        await using (var content = await zip.CreateEntry(entry).OpenAsync())
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 200; i++)
                await content.WriteAsync(zeros);
        }

        (await Should.ThrowAsync<ImportRefusedException>(() => Store.ImportAsync("buildings", Store.PathOf(name)))).Fault.Code.ShouldBe(
            "file-too-large"
        );

        (await Store.ChecksumAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task JSON_without_an_end_to_its_depth_is_refused()
    {
        var text = new StringBuilder("{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"code\":");
        text.Append('[', 1_000_000).Append(']', 1_000_000).Append("},\"geometry\":null}]}");
        await File.WriteAllTextAsync(Store.PathOf("deep.geojson"), text.ToString());

        await Should.ThrowAsync<ImportRefusedException>(() => Store.ImportAsync("buildings", Store.PathOf("deep.geojson")));
    }

    [Fact]
    public async Task A_zip_of_links_and_many_files_is_refused()
    {
        await using (var zip = await ZipFile.OpenAsync(Store.PathOf("many.zip"), ZipArchiveMode.Create))
        {
            for (var i = 0; i < 201; i++)
                zip.CreateEntry($"{i}/rows.csv");
        }
        (
            await Should.ThrowAsync<ImportRefusedException>(() => Store.ImportAsync("buildings", Store.PathOf("many.zip")))
        ).Fault.Code.ShouldBe("zip-too-large");

        await using (var zip = await ZipFile.OpenAsync(Store.PathOf("link.zip"), ZipArchiveMode.Create))
        {
            var link = zip.CreateEntry("rows.csv");
            link.ExternalAttributes = unchecked((int)0xA1FF0000); // a symbolic link, as Unix writes it
            await using var target = await link.OpenAsync();
            await target.WriteAsync(Encoding.UTF8.GetBytes("/etc/passwd"));
        }
        // its text is the file: nothing of the one that it names
        (await Store.ImportAsync("checkpoints", Store.PathOf("link.zip"))).Columns.ShouldBe(["/etc/passwd"]);
    }
}
