using System.IO.Compression;
using Microsoft.Data.Sqlite;
using Shouldly;

namespace SituationMap.Store.Tests.Importing;

/// <summary>A GeoPackage that another program still has open: what that wrote last is in a file beside it.</summary>
public sealed class OpenGeoPackageTests(PostgisCluster cluster) : ImportingTests(cluster)
{
    [Theory]
    [InlineData("both in a folder")]
    [InlineData("both in a zip")]
    public async Task With_the_file_beside_it_all_its_rows_come(string how)
    {
        var copy = await CopyOpenAsync();

        var report = await Store.ImportAsync("checkpoints", how == "both in a zip" ? Zip(copy, withLog: true) : copy);

        report.Outcome.ShouldBe("imported", string.Join("; ", report.Rejections.Concat<object>(report.Findings)));
        report.Rows.ShouldBe(3);
        report.Findings.ShouldNotContain(finding => finding.Code == "file-open");
    }

    [Fact]
    public async Task Without_it_that_is_told()
    {
        var copy = await CopyOpenAsync();

        var report = await Store.ImportAsync("checkpoints", Zip(copy, withLog: false));

        report.Findings.ShouldContain(finding => finding.Code == "file-open");
        report.Rows.ShouldBe(2);
    }

    [Fact]
    public async Task With_one_that_belongs_to_another_file_that_is_told()
    {
        var copy = await CopyOpenAsync();
        var log = await File.ReadAllBytesAsync(copy + "-wal");
        // the salt with which each of its pages is signed
        log[17] ^= 0x55;
        await File.WriteAllBytesAsync(copy + "-wal", log);

        var report = await Store.ImportAsync("checkpoints", Zip(copy, withLog: true));

        report.Findings.ShouldContain(finding => finding.Code == "file-open");
        report.Rows.ShouldBe(2);
    }

    [Fact]
    public async Task One_without_a_GeoPackage_is_no_file_to_import()
    {
        var copy = await CopyOpenAsync();
        var zip = Store.PathOf("log.zip");
        await using (var archive = await ZipFile.OpenAsync(zip, ZipArchiveMode.Create))
            await archive.CreateEntryFromFileAsync(copy + "-wal", "points.gpkg-wal");

        (await ImportStore.OutcomeAsync(() => Store.ImportAsync("checkpoints", zip))).ShouldBe("refused file-kind-unknown");
    }

    /// <summary>Two checkpoints, and a third that is only in the file beside it.</summary>
    private async Task<string> CopyOpenAsync()
    {
        await File.WriteAllTextAsync(Store.PathOf("points.csv"), "code,name,lon,lat\nG-1,一,124.01,40.01\nG-2,二,124.011,40.01\n");
        var file = Store.PathOf("points.gpkg");
        await Programs.RunAsync(
            "ogr2ogr",
            "-oo",
            "X_POSSIBLE_NAMES=lon",
            "-oo",
            "Y_POSSIBLE_NAMES=lat",
            "-a_srs",
            "EPSG:4326",
            file,
            Store.PathOf("points.csv")
        );
        await using var open = new SqliteConnection($"Data Source={file};Pooling=False");
        await open.OpenAsync();
        foreach (
            var sql in (string[])
                [
                    "PRAGMA journal_mode = WAL",
                    "PRAGMA wal_autocheckpoint = 0",
                    "CREATE TEMP TABLE added AS SELECT * FROM points WHERE code = 'G-1'",
                ]
        )
        {
            await using var command = open.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync();
        }
        await using (var drop = open.CreateCommand())
        {
            drop.CommandText = "SELECT 'DROP TRIGGER \"' || name || '\"' FROM sqlite_master WHERE type = 'trigger'";
            var drops = new List<string>();
            await using (var reader = await drop.ExecuteReaderAsync())
            {
                while (await reader.ReadAsync())
                    drops.Add(reader.GetString(0));
            }
            // the triggers of a GeoPackage keep its index of places, by functions that only GDAL has
            foreach (var sql in drops.Append("UPDATE added SET fid = 3, code = 'G-3'").Append("INSERT INTO points SELECT * FROM added"))
            {
                await using var command = open.CreateCommand();
                command.CommandText = sql;
                await command.ExecuteNonQueryAsync();
            }
        }
        var copy = Store.PathOf("copy.gpkg");
        File.Copy(file, copy);
        File.Copy(file + "-wal", copy + "-wal");
        return copy;
    }

    private string Zip(string gpkg, bool withLog)
    {
        var zip = Store.PathOf("copy.zip");
        using var archive = ZipFile.Open(zip, ZipArchiveMode.Create);
        archive.CreateEntryFromFile(gpkg, "points.gpkg");
        if (withLog)
            archive.CreateEntryFromFile(gpkg + "-wal", "points.gpkg-wal");
        return zip;
    }
}
