using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Importing;

public sealed class ExportTests(PostgisCluster cluster)
{
    [Fact]
    public async Task What_is_exported_as_CSV_changes_nothing_when_it_is_imported_again()
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
    }

    [Fact]
    public async Task Every_collection_and_ledger_comes_in_every_format()
    {
        await Programs.EnsureAsync("ogr2ogr", "gdal-bin");
        await using var demo = await DemoServer.StartAsync(cluster);
        await using var store = ImportStore.Over(demo.Database);

        foreach (var collection in Exports.ExportCollection.All)
        {
            using var json = JsonDocument.Parse(await demo.Client.GetStreamAsync(new Uri($"api/exports/{collection.Name}?format=geojson&purpose=supplies", UriKind.Relative)));
            var features = json.RootElement.GetProperty("features").GetArrayLength();
            features.ShouldBeGreaterThan(0, collection.Name);
            foreach (var format in (string[])["xlsx", "gpkg"])
            {
                var file = store.PathOf($"{collection.Name}.{format}");
                await File.WriteAllBytesAsync(file, await demo.Client.GetByteArrayAsync(new Uri($"api/exports/{collection.Name}?format={format}&purpose=supplies", UriKind.Relative)));
                (await Programs.RunAsync("ogrinfo", ["-ro", "-so", "-al", .. format == "xlsx" ? (string[])["--config", "OGR_XLSX_HEADERS", "FORCE"] : [], file])).ShouldContain($"Feature Count: {features}\n", Case.Sensitive, file);
            }
        }
    }

    [Fact]
    public async Task A_cell_is_never_a_formula()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await using var store = ImportStore.Over(demo.Database);
        await demo.Database.ExecuteAsync("UPDATE checkpoint SET name = '=1+1,\"x\"' WHERE id = (SELECT min(id) FROM checkpoint)");

        var csv = await demo.Client.GetStringAsync(new Uri("api/exports/checkpoints?mark=false", UriKind.Relative));

        csv.ShouldContain("\"'=1+1,\"\"x\"\"\"");
        (await store.ImportTextAsync("checkpoints", csv)).Changed.ShouldBe(0, "the apostrophe is ours and goes again");
        using var unasked = await demo.Client.GetAsync(new Uri("api/exports/returnees", UriKind.Relative));
        unasked.StatusCode.ShouldBe(HttpStatusCode.BadRequest, "it is about persons, and nobody said what for");
        using var wrong = await demo.Client.GetAsync(new Uri("api/exports/checkpoints?format=exe", UriKind.Relative));
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }
}
