using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Importing;

public sealed class ExportTests(PostgisCluster cluster)
{
    [Fact]
    public async Task What_is_exported_changes_nothing_when_it_is_imported_again()
    {
        await Programs.EnsureAsync("ogr2ogr", "gdal-bin");
        await using var demo = await DemoServer.StartAsync(cluster);
        await using var store = ImportStore.Over(demo.Database);

        foreach (var collection in (string[])["grids", "buildings", "households", "persons", "checkpoints", "zones"])
        {
            var bytes = await demo.Client.GetByteArrayAsync(new Uri($"api/exports/{collection}?purpose=supplies", UriKind.Relative));
            bytes[..3].ShouldBe(Encoding.UTF8.GetPreamble(), "Excel takes it for GBK otherwise");
            var report = await store.ImportTextAsync(collection, Encoding.UTF8.GetString(bytes[3..]));
            (report.Added, report.Changed, report.Rejected).ShouldBe((0, 0, 0), collection + string.Join("; ", report.Rejections.Take(2)));
            report.Unchanged.ShouldBeGreaterThan(0);
        }
        foreach (
            var (collection, format) in ((string, string)[])
                [("zones", "geojson"), ("zones", "gpkg"), ("zones", "xlsx"), ("checkpoints", "geojson"), ("buildings", "xlsx")]
        )
        {
            var file = store.PathOf($"{collection}.{format}");
            await File.WriteAllBytesAsync(
                file,
                await demo.Client.GetByteArrayAsync(new Uri($"api/exports/{collection}?format={format}", UriKind.Relative))
            );
            var report = await store.ImportAsync(collection, file);
            (report.Added, report.Changed, report.Rejected).ShouldBe(
                (0, 0, 0),
                $"{collection} {format} " + string.Join("; ", report.Rejections.Take(2))
            );
            report.Unchanged.ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public async Task Instants_come_in_as_map_files_keep_them()
    {
        await using var store = await ImportStore.MakeAsync(cluster);
        await File.WriteAllTextAsync(
            store.PathOf("zones.csv"),
            "code,name,level,from,wkt\nZ-1,x,high,2020-02-05T09:00:00+08:00,\"POLYGON ((124.0 40.0, 124.01 40.0, 124.01 40.01, "
                + "124.0 40.01, 124.0 40.0))\"\n"
        );
        await File.WriteAllTextAsync(store.PathOf("zones.csvt"), "String,String,String,DateTime,String\n");
        await Programs.RunAsync(
            "ogr2ogr",
            "-f",
            "GPKG",
            "-oo",
            "GEOM_POSSIBLE_NAMES=wkt",
            "-a_srs",
            "EPSG:4326",
            store.PathOf("zones.gpkg"),
            store.PathOf("zones.csv")
        );

        (await store.ImportAsync("zones", store.PathOf("zones.gpkg"))).Added.ShouldBe(1);

        (await store.Database.ReadAsync<bool>("SELECT effective_from = '2020-02-05T01:00:00Z' FROM zone_version")).ShouldBeTrue();
    }

    [Fact]
    public async Task Every_collection_and_ledger_comes_in_every_format()
    {
        await Programs.EnsureAsync("ogr2ogr", "gdal-bin");
        await using var demo = await DemoServer.StartAsync(cluster);
        await using var store = ImportStore.Over(demo.Database);

        foreach (var collection in Store.Exports.ExportCollection.All)
        {
            using var json = JsonDocument.Parse(
                await demo.Client.GetStreamAsync(
                    new Uri($"api/exports/{collection.Name}?format=geojson&purpose=supplies", UriKind.Relative)
                )
            );
            var features = json.RootElement.GetProperty("features").GetArrayLength();
            features.ShouldBeGreaterThan(0, collection.Name);
            foreach (var format in (string[])["xlsx", "gpkg"])
            {
                var file = store.PathOf($"{collection.Name}.{format}");
                await File.WriteAllBytesAsync(
                    file,
                    await demo.Client.GetByteArrayAsync(
                        new Uri($"api/exports/{collection.Name}?format={format}&purpose=supplies", UriKind.Relative)
                    )
                );
                (
                    await Programs.RunAsync(
                        "ogrinfo",
                        ["-ro", "-so", "-al", .. format == "xlsx" ? (string[])["--config", "OGR_XLSX_HEADERS", "FORCE"] : [], file]
                    )
                ).ShouldContain($"Feature Count: {features}\n", Case.Sensitive, file);
            }
        }
    }

    [Fact]
    public async Task A_cell_is_never_a_formula()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await using var store = ImportStore.Over(demo.Database);
        string[] formulas = ["=1+1,\"x\"", "+1", "-1", "@SUM(1)", "\t=1"];
        for (var i = 0; i < formulas.Length; i++)
        {
            await demo.Database.ReadAsync<int>(
                "UPDATE checkpoint SET name = $1 WHERE id = (SELECT id FROM checkpoint ORDER BY id OFFSET $2 LIMIT 1) RETURNING id",
                formulas[i],
                i
            );
        }

        var csv = await demo.Client.GetStringAsync(new Uri("api/exports/checkpoints?mark=false", UriKind.Relative));

        foreach (var formula in formulas)
            csv.ShouldContain($"'{formula.Replace("\"", "\"\"", StringComparison.Ordinal)}");
        csv.ShouldNotMatch("(?m)(^|,)\"?[=+\\-@\\t]");
        (await store.ImportTextAsync("checkpoints", csv)).Changed.ShouldBe(0, "the apostrophe is ours and goes again");
        using var unasked = await demo.Client.GetAsync(new Uri("api/exports/returnees", UriKind.Relative));
        unasked.StatusCode.ShouldBe(HttpStatusCode.BadRequest, "it is about persons, and nobody said what for");
        using var wrong = await demo.Client.GetAsync(new Uri("api/exports/checkpoints?format=exe", UriKind.Relative));
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }
}
