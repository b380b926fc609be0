using System.Globalization;
using Shouldly;
using SituationMap.Store.Files;
using SituationMap.Store.Imports;

namespace SituationMap.Store.Tests.Importing;

/// <summary>Values as spreadsheets and people write them: read as what they mean, or refused with what was expected.</summary>
public sealed class ValueTests(PostgisCluster cluster) : ImportingTests(cluster)
{
    private const string Outline = "\"POLYGON ((124.0 40.0, 124.01 40.0, 124.01 40.01, 124.0 40.01, 124.0 40.0))\"";

    [Fact]
    public async Task A_number_that_a_spreadsheet_has_rounded_is_no_code_and_no_identity()
    {
        await Store.AddHomesAsync();
        var before = await Store.ChecksumAsync();
        (string Collection, string File, string[] Fields)[] cases =
        [
            ("persons", "03-scientific-id/persons.csv", ["number", "number", "number"]),
            ("persons", "03-scientific-id/persons2.xlsx", ["number", "number"]),
            ("persons", "03-scientific-id/persons3.xlsx", ["phone"]),
            ("persons", "code,household,phone\nP-1,H-01-0001,1.38E+10\n", ["phone"]),
            ("persons", "code,household,number\nP-1,H-01-0001,1.10105194912e+17\n", ["number"]),
            ("persons", "code,household\nP-1,1.23457E+15\n", ["household"]),
            ("persons", "code,household,name\nP-1,H-01-0001,2.1E+04\n", ["name"]),
            ("checkpoints", "code,lon,lat\n3.70105E+11,124.01,40.01\n", ["code"]),
            ("checkpoints", "code,grid,lon,lat\nC-1,2.10682E+11,124.01,40.01\n", ["grid"]),
        ];

        foreach (var (collection, file, fields) in cases)
        {
            var report = file.Contains('\n')
                ? await Store.ImportTextAsync(collection, file)
                : await Store.ImportCaseAsync(collection, file);
            report.Outcome.ShouldBe("refused", file);
            report.Rejections.Select(row => row.Field).ShouldBe(fields, file);
            if (!file.Contains("persons3"))
                report.Rejections.ShouldAllBe(row => row.Expected.Contains("a spreadsheet has rounded this number"), file);
        }
        (await Store.ChecksumAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("12-geojson/code-mixed.geojson", "checkpoint", new[] { "1001", "1002.5", "9007199254740993" })]
    [InlineData("17-shapefile/arcgis.shp", "building", new[] { "1001", "1002" })]
    [InlineData(
        """
            {"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":1e3,"name":7},
            "geometry":{"type":"Point","coordinates":[124.01,40.01]}},{"type":"Feature","properties":{"code":"007",
            "name":"a"},"geometry":{"type":"Point","coordinates":[124.01,40.01]}},{"type":"Feature",
            "properties":{"code":12.0,"name":null},"geometry":{"type":"Point","coordinates":[124.01,40.01]}}]}
            """,
        "checkpoint",
        new[] { "1000", "007", "12" }
    )]
    [InlineData("code,lon,lat\n1001.0,124.01,40.01\n0012,124.01,40.01\n", "checkpoint", new[] { "1001", "0012" })]
    public async Task A_code_is_the_same_text_through_every_format(string file, string table, string[] codes)
    {
        if (file[0] == '{')
            await File.WriteAllTextAsync(Store.PathOf("rows.geojson"), file);

        var report =
            file[0] == '{' ? await Store.ImportAsync("checkpoints", Store.PathOf("rows.geojson"))
            : file.Contains('\n') ? await Store.ImportTextAsync("checkpoints", file)
            // the third shape has no geometry
            : await Store.ImportCaseAsync($"{table}s", file, order => order with { SkipRejected = true });

        report.Outcome.ShouldBe("imported", string.Join("; ", report.Rejections.Concat<object>(report.Findings)));
        var kept = await Store.Database.ReadRowsAsync($"SELECT code FROM {table}", row => row.GetString(0));
        kept.ShouldBe(codes, ignoreOrder: true);
    }

    [Theory]
    [InlineData("GPKG", "rows.gpkg")]
    [InlineData("ESRI Shapefile", "rows.shp")]
    public async Task Numbers_in_columns_of_fractions_are_whole_codes_or_refused(string format, string name)
    {
        await File.WriteAllTextAsync(
            Store.PathOf("real.csv"),
            "code,name,wkt\n1001,a,POINT (124.01 40.01)\n9007199254740993,b,POINT (124.01 40.01)\n"
        );
        await File.WriteAllTextAsync(Store.PathOf("real.csvt"), "Real,String,String\n");
        await Programs.RunAsync(
            "ogr2ogr",
            "-f",
            format,
            "-oo",
            "GEOM_POSSIBLE_NAMES=wkt",
            "-oo",
            "KEEP_GEOM_COLUMNS=NO",
            "-a_srs",
            "EPSG:4490",
            Store.PathOf(name),
            Store.PathOf("real.csv")
        );

        var report = await Store.ImportAsync("checkpoints", Store.PathOf(name), order => order with { SkipRejected = true });

        report.Rejections.ShouldHaveSingleItem().Expected.ShouldContain("rounded");
        (await Store.Database.ReadAsync<string>("SELECT string_agg(code, ' ') FROM checkpoint")).ShouldBe("1001");
    }

    [Theory]
    [InlineData("15-unicode/zwsp.csv", "refused 2:code:code-repeated")]
    [InlineData("code,lon,lat\nC-1,124.01,40.01\nＣ－１,124.01,40.01\n", "refused 2:code:code-repeated")]
    [InlineData("code,lon,lat\nC-1,124.01,40.01\nC\u00AD-1,124.01,40.01\n", "refused 2:code:code-repeated")]
    [InlineData("code,lon,lat\nC-1,124.01,40.01\n\uFEFFC-1,124.01,40.01\n", "refused 2:code:code-repeated")]
    [InlineData("code,lon,lat\nC-1,124.01,40.01\nC\u20111,124.01,40.01\n", "refused 2:code:code-repeated")]
    [InlineData("code,grid,lon,lat\nC-1,２１０６８２-004\u200B-01,124.01,40.01\n", "imported")]
    public async Task What_nobody_sees_makes_no_other_code(string file, string outcome) =>
        (
            await ImportStore.OutcomeAsync(() =>
                file.Contains('\n') ? Store.ImportTextAsync("checkpoints", file) : Store.ImportCaseAsync("checkpoints", file)
            )
        ).ShouldBe(outcome);

    [Fact]
    public async Task Codes_that_differ_by_case_alone_are_told()
    {
        (await ImportStore.OutcomeAsync(() => Store.ImportCaseAsync("checkpoints", "15-unicode/case.csv"))).ShouldBe(
            "refused 3:code:code-repeated"
        );
        await Store.ImportTextAsync("checkpoints", "code,lon,lat\nun-2,124.01,40.01\n");

        var report = await Store.ImportTextAsync("checkpoints", "code,lon,lat\nUN-2,124.01,40.01\n");

        report.Findings.ShouldHaveSingleItem().Words.ShouldContain("UN-2 is new, and differs from un-2 only by its case");
    }

    [Fact]
    public async Task A_local_date_is_read_in_the_plans_time_zone_and_told()
    {
        foreach (
            var (name, from) in ((string, string?)[])
                [
                    ("zone0.csv", "2022-04-04T16:00Z"),
                    ("zone1.csv", null),
                    ("zone2.csv", "2022-04-04T16:00Z"),
                    ("zone3.csv", "2022-04-04T16:00Z"),
                    ("zone4.csv", "2022-04-05T00:00Z"),
                    ("zone5.csv", "2022-04-05T00:00Z"),
                    ("zone6.csv", "2022-04-05T00:00Z"),
                    ("zone7.csv", "2022-04-05T08:00Z"),
                ]
        )
            await CheckAsync(
                await Store.ImportCaseAsync("zones", $"08-dates/{name}"),
                $"DA-{name[4]}",
                from,
                name is not ("zone6.csv" or "zone7.csv")
            );
        var book = await Store.ImportCaseAsync("zones", "08-dates/zones.xlsx");
        book.Outcome.ShouldBe("imported", string.Join("; ", book.Rejections.Concat<object>(book.Findings)));
        (await FromAsync("DX-1")).ShouldBe(Utc("2022-04-04T16:00Z"));
        (await FromAsync("DX-2")).ShouldBe(Utc("2022-04-05T01:00Z"));
        foreach (
            var (text, from) in ((string, string?)[])
                [
                    ("２０２２年４月５日", "2022-04-04T16:00Z"),
                    ("2022.4.5", "2022-04-04T16:00Z"),
                    ("20220405", "2022-04-04T16:00Z"),
                    ("2022-04-05 08:00:00+08:00", "2022-04-05T00:00Z"),
                    ("2022年4月5日8时30分", "2022-04-05T00:30Z"),
                    ("2022-04-05T08:00", "2022-04-05T00:00Z"),
                    ("4/5/2022", null),
                    ("5.4.22", null),
                    ("2022-02-30", null),
                    ("2022-04-05 25:00", null),
                    ("2022", null),
                    ("44656.375", null),
                    ("明天", null),
                ]
        )
            await CheckAsync(
                await Store.ImportTextAsync("zones", $"code,name,level,from,wkt\nT-{text},x,high,{text},{Outline}\n"),
                $"T-{(text.StartsWith('２') ? "2022年4月5日" : text)}",
                from,
                !text.EndsWith("08:00", StringComparison.Ordinal) || text.Contains('T')
            );

        async Task CheckAsync(ImportReport report, string code, string? from, bool isLocal)
        {
            if (from is null)
            {
                var refused = report.Rejections.ShouldHaveSingleItem(code);
                var isNumber = refused.Expected.Contains("a spreadsheet's number of a day, perhaps 2022-04-05");
                (refused.Field, isNumber).ShouldBe(("from", code.Contains("DA-1") || code.Contains("44656")), code);
                return;
            }
            report.Outcome.ShouldBe("imported", code + string.Join("; ", report.Rejections.Concat<object>(report.Findings)));
            (await FromAsync(code)).ShouldBe(Utc(from), code);
            report.Findings.Exists("times-local").ShouldBe(isLocal, code);
        }

        static DateTime Utc(string time) => DateTime.Parse(time, null, DateTimeStyles.AdjustToUniversal);

        Task<DateTime> FromAsync(string code) =>
            Store.Database.ReadAsync<DateTime>("SELECT effective_from FROM zone_version JOIN zone ON id = zone WHERE code = $1", code);
    }

    [Fact]
    public async Task A_birth_is_a_year_or_a_date_that_there_was()
    {
        await Store.AddHomesAsync();
        (string Text, int? Born)[] births =
        [
            ("1955-02-04", 1955),
            ("1955/2/4", 1955),
            ("19550204", 1955),
            ("1955", 1955),
            ("1955年2月", 1955),
            ("20123", null),
            ("195502", 1955),
            ("2/4/1955", 1955),
            ("04.02.1955", 1955),
            ("2062-01-01", null),
            ("1955.2", 1955),
            ("55", null),
            ("１９５５", 1955),
            ("1955-13-45", null),
            ("19551345", null),
            ("1880", 1880),
            ("2199", null),
            ("1955.0", 1955),
            ("1955年", 1955),
            ("1955-02-30", null),
            ("31/31/1955", null),
            ("29.2.1957", null),
            ("1955-02-04 00:00:00", 1955),
            ("1700", null),
            ("21990101", null),
            ("0", null),
        ];

        foreach (var (i, (text, born)) in births.Index())
        {
            var report = await Store.ImportTextAsync("persons", $"code,household,出生日期\nBO-{i},H-01-0001,{text}\n");
            (
                report.Outcome == "imported"
                    ? await Store.Database.ReadAsync<int?>("SELECT born::int FROM person WHERE code = $1", $"BO-{i}")
                    : null
            ).ShouldBe(born, text);
            if (born is null)
                report.Rejections.ShouldHaveSingleItem(text).Field.ShouldBe("born");
        }
    }

    [Fact]
    public async Task A_door_is_read_as_people_write_it()
    {
        await Store.AddHomesAsync();
        (string Room, string Door)[] doors =
        [
            ("15", "1/1/15"),
            ("负一楼", ""),
            ("1-2-301", ""),
            ("301室", "1/3/1"),
            ("B101", ""),
            ("-101", ""),
            ("３０２", "1/3/2"),
            ("3.03E+2", "1/3/3"),
            ("10A", ""),
            ("304号", "1/3/4"),
            ("2单元305", "2/3/5"),
            ("3楼6号", "1/3/6"),
            (" 307 室", "1/3/7"),
            ("1.3E+03", ""),
            ("301.5", ""),
            ("0", ""),
            ("300", ""),
            ("4层505", ""),
            ("１２０１房间", "1/12/1"),
        ];

        foreach (var (i, (room, door)) in doors.Index())
        {
            var report = await Store.ImportTextAsync("households", $"code,building,room\nRM-{i},B-0001,{room}\n");
            (
                report.Outcome == "imported"
                    ? await Store.Database.ReadAsync<string>(
                        "SELECT concat_ws('/', unit, floor, room) FROM household WHERE code = $1",
                        $"RM-{i}"
                    )
                    : ""
            ).ShouldBe(door, room);
            if (door.Length == 0)
                report.Rejections.ShouldHaveSingleItem(room).Expected.ShouldContain("302室");
            report.Findings.Exists("floors-assumed").ShouldBe(room == "15", room);
        }
        (
            await ImportStore.OutcomeAsync(() => Store.ImportTextAsync("households", "code,building,unit,room\nX,B-0001,1,2单元309\n"))
        ).ShouldBe("refused 1:room:value-wrong");
    }
}

file static class Findings
{
    public static bool Exists(this IReadOnlyList<Finding> findings, string code) => findings.Any(finding => finding.Code == code);
}
