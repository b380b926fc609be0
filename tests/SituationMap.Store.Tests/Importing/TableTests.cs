using System.Text;
using Shouldly;
using SituationMap.Store.Files;
using SituationMap.Store.Imports;

namespace SituationMap.Store.Tests.Importing;

/// <summary>Tables whose rows or columns are not where they seem to be: nothing of them comes in at another place.</summary>
public sealed class TableTests(PostgisCluster cluster) : ImportingTests(cluster)
{
    private const string Grid = "210682-004-01";

    [Theory]
    [InlineData("02-stray-quote/checkpoints.csv", 4)]
    [InlineData("code,name,lon,lat\nC-1,\"东门,124.01,40.01\nC-2,西\"门,124.01,40.01\n", 1)]
    [InlineData("code,name,lon,lat\nC-1,东\"门,124.01,40.01\n", 1)]
    [InlineData("code,name,lon,lat\nC-1,东门,124.01,40.01\nC-2,\"西门\"\",124.01,40.01\n", 2)]
    [InlineData("code,lon,lat,name\nC-1,124.01,40.01,\"东门\nC-2,124.01,40.01,西门\nC-3,124.01,40.01,\"\n", 1)]
    [InlineData("code,lon,lat,note\nC-1,124.01,40.01,\"a\nC-2,124.01,40.01,b\nC-3,124.01,40.01,c\"\n", 1)]
    [InlineData("code;lon;lat;name\nC-1;124.01;40.01;\"东门\" x\n", 1)]
    public async Task A_quote_astray_refuses_the_file_and_names_the_row(string file, int row)
    {
        var before = await Store.ChecksumAsync();

        var report = await ReadAsync("checkpoints", file, order => order with { SkipRejected = true });

        report.Outcome.ShouldBe("refused");
        report.Rejections.ShouldHaveSingleItem().Row.ShouldBe(row);
        report.Findings.ShouldContain(finding => finding.Refuses && finding.Words.Contains($"Row {row}:"));
        (await Store.ChecksumAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("checkpoints", "code,name,lon,lat\nC-1,\"东\n门\",124.01,40.01\n", "refused 1:name:value-wrong")]
    [InlineData("checkpoints", "code,lon,lat,note\nC-1,124.01,40.01,\"two\nlines\"\n", "imported")]
    [InlineData("checkpoints", "code,lon,lat,name\nC-1,124.01,40.01,\"a \"\"quoted\"\" name\"\n", "imported")]
    [InlineData(
        "buildings",
        "code,wkt\nB-1,\"POLYGON ((124.01 40.01,\n124.0101 40.01,\n124.0101 40.0101,\n124.01 40.0101,\n124.01 40.01))\"\n",
        "imported"
    )]
    public async Task A_line_break_stays_within_its_cell_and_out_of_names(string collection, string text, string outcome) =>
        (await ImportStore.OutcomeAsync(() => Store.ImportTextAsync(collection, text))).ShouldBe(outcome);

    [Theory]
    [InlineData("buildings", "01-long-rows/buildings2.csv", 1)]
    [InlineData("households", "01-long-rows/households.csv", 1)]
    [InlineData("persons", "01-long-rows/persons.csv", 1)]
    [InlineData("checkpoints", "code,name,lon,lat\nC-1,东门,124.01,40.01\nC-2,西,门,124.01,40.01\n", 2)]
    [InlineData("checkpoints", "code\tname\tlon\tlat\nC-1\t东门\tx\t124.01\t40.01\n", 1)]
    [InlineData("buildings", "code,wkt\nB-1,POLYGON ((124.01 40.01, 124.0101 40.01, 124.0101 40.0101, 124.01 40.01))\n", 1)]
    public async Task A_row_with_more_values_than_columns_is_refused(string collection, string file, int row)
    {
        await Store.AddHomesAsync();
        var before = await Store.ChecksumAsync();

        var report = await ReadAsync(collection, file);

        report.Outcome.ShouldBe("refused");
        report.Rejections.Select(one => (one.Row, one.Fault)).ShouldBe([(row, "columns-too-many")]);
        (await Store.ChecksumAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Rows_too_short_and_blank_ones_are_told()
    {
        await Store.AddHomesAsync();

        var blank = await Store.ImportCaseAsync("persons", "04-blank-rows/persons.csv");
        var between = await Store.ImportTextAsync(
            "checkpoints",
            "code,lon,lat,name,manned\nC-1,124.01,40.01,东门,是,\n\n , ,,,\nC-2,124.01,40.01\n"
        );

        (blank.Outcome, blank.Rows, blank.Added).ShouldBe(("imported", 1, 1));
        blank.Findings.ShouldHaveSingleItem().Words.ShouldContain("2 (row 2, 3)");
        (between.Outcome, between.Added).ShouldBe(("imported", 2));
        between.Findings.Select(finding => finding.Code).ShouldBe(["rows-blank", "rows-short"]);
        between.Findings[1].Words.ShouldContain("1 (row 4)");
    }

    [Theory]
    [InlineData("05-first-line/sep.csv", "FL-1", "")]
    [InlineData("05-first-line/title.csv", "FL-2", "某社区卡口登记表")]
    [InlineData("05-first-line/blank.csv", "FL-3", "")]
    [InlineData("05-first-line/title.xlsx", "FL-4", "某社区卡口登记表")]
    [InlineData("05-first-line/fullwidth.csv", "FL-5", "")]
    [InlineData("登记表\n填报单位：某社区,日期：2022年4月\n\n卡口编码,名称,经度,纬度\nC-1,东门,124.01,40.01\n", "C-1", "填报单位")]
    [InlineData("\"sep=|\"\ncode|lon|lat|name\nC-1|124.01|40.01|a,b\n", "C-1", "")]
    [InlineData("sep=\t\n\ncode\tlon\tlat\nC-1\t124.01\t40.01\n", "C-1", "")]
    [InlineData(",,,\n,,,\ncode,lon,lat,name\nC-1,124.01,40.01,x\n", "C-1", "")]
    [InlineData("what,lon,lat\nC-1,124.01,40.01\n", "C-1", "")]
    public async Task What_stands_above_the_heading_is_passed_over_and_told(string file, string code, string passed)
    {
        var report = await ReadAsync("checkpoints", file, order =>
            file.StartsWith("what", StringComparison.Ordinal) ? order with { Map = ["code=what"] } : order
        );

        (report.Outcome, report.Added).ShouldBe(("imported", 1), string.Join("; ", report.Findings));
        (await Store.Database.ReadAsync<string>("SELECT code FROM checkpoint")).ShouldBe(code);
        if (passed.Length > 0)
            report.Findings.ShouldContain(finding => finding.Code == "lines-above" && finding.Words.Contains(passed));
        else
            report.Findings.ShouldNotContain(finding => finding.Code == "lines-above");
    }

    [Theory]
    [InlineData("buildings", "06-duplicate-columns/buildings.csv")]
    [InlineData("persons", "06-duplicate-columns/persons.csv")]
    [InlineData("checkpoints", "code,lon,lat,name, Name \nC-1,124.01,40.01,a,b\n")]
    [InlineData("checkpoints", "code,code,lon,lat\nC-1,C-2,124.01,40.01\n")]
    [InlineData("checkpoints", "code,lon,lat,lat\nC-1,124.01,40.01,40.02\n")]
    public async Task Two_columns_of_one_name_are_refused(string collection, string file)
    {
        await Store.AddHomesAsync();
        var before = await Store.ChecksumAsync();

        (await ImportStore.OutcomeAsync(() => ReadAsync(collection, file))).ShouldBe("refused columns-same");

        (await Store.ChecksumAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("code,household,手机号,联系电话\nP-1,H-01-0001,,13800000009\n", "联系电话")]
    [InlineData("code,household,姓名,name\nP-1,H-01-0001,,甲\n", "姓名")]
    public async Task A_column_that_would_fit_as_well_is_named(string csv, string other)
    {
        await Store.AddHomesAsync();

        var report = await Store.ImportTextAsync("persons", csv);

        report.Findings.ShouldHaveSingleItem().Words.ShouldContain(other);
    }

    [Theory]
    [InlineData("07-encodings/big5.csv", "refused text-unclear", null)]
    [InlineData("07-encodings/utf8-one-bad-byte.csv", "refused text-unclear", null)]
    [InlineData("07-encodings/gbk.csv", "imported", "东门㙍")]
    [InlineData("07-encodings/gb18030-4byte.csv", "imported", null)]
    [InlineData("07-encodings/utf16le.csv", "imported", null)]
    [InlineData("07-encodings/bom-quoted.csv", "imported", "东门")]
    public async Task Text_is_read_in_its_encoding_or_asked_about(string file, string outcome, string? name)
    {
        (await ImportStore.OutcomeAsync(() => Store.ImportCaseAsync("checkpoints", file))).ShouldBe(outcome);

        if (name is not null)
            (await Store.Database.ReadAsync<string>("SELECT name FROM checkpoint")).ShouldBe(name);
    }

    [Theory]
    [InlineData("big5", "東門檢查站第一網格")]
    [InlineData("euc-kr", "서울시 종로구 검문소")]
    [InlineData("windows-1252", "Straße am Café")]
    [InlineData("windows-1251", "Москва, улица")]
    [InlineData("gb18030 cut", "东门")]
    [InlineData("utf-8 late", "东门")]
    [InlineData("utf-16 unmarked", "东门")]
    [InlineData("utf-16 cut", "东门")]
    public async Task Text_of_another_encoding_is_refused_and_not_guessed(string encoding, string name)
    {
        _ = TextEncodings.Chinese;
        var csv = $"code,lon,lat,name\nC-1,124.01,40.01,{name}";
        byte[] bytes = encoding switch
        {
            "gb18030 cut" => Encoding.GetEncoding("gb18030").GetBytes(csv)[..^1],
            "utf-8 late" =>
            [
                .. Encoding.UTF8.GetBytes(
                    csv + "\n" + string.Concat(Enumerable.Range(2, 80_000).Select(i => $"C-{i},124.01,40.01,{name}站名站名站名\n"))
                ),
                .. "C-0,124.01,40.01,\xE9\n"u8[..17],
                0xE9,
                0x0A,
            ],
            "utf-16 unmarked" => Encoding.Unicode.GetBytes(csv),
            "utf-16 cut" => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(csv)[..^1]],
            _ => Encoding.GetEncoding(encoding).GetBytes(csv),
        };
        await File.WriteAllBytesAsync(Store.PathOf("rows.csv"), bytes);

        (await ImportStore.OutcomeAsync(() => Store.ImportAsync("checkpoints", Store.PathOf("rows.csv")))).ShouldBe("refused text-unclear");
    }

    private Task<ImportReport> ReadAsync(string collection, string file, Func<ImportOrder, ImportOrder>? with = null) =>
        file.Contains('\n')
            ? Store.ImportTextAsync(collection, file.Replace("{grid}", Grid), with: with)
            : Store.ImportCaseAsync(collection, file, with);
}
