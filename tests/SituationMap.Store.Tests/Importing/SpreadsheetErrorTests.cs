using System.IO.Compression;
using System.Security;
using Shouldly;

namespace SituationMap.Store.Tests.Importing;

/// <summary>Cells in which a formula has failed: they look blank to whoever only reads values.</summary>
public sealed class SpreadsheetErrorTests(PostgisCluster cluster) : ImportingTests(cluster)
{
    private static readonly string[] Errors = ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"];

    [Fact]
    public async Task Where_a_value_may_be_missing_the_row_is_taken_and_each_error_told_with_its_sheet_and_cell()
    {
        var file = await WriteAsync(
            "卡口",
            ["code", "name", "lon", "lat"],
            [.. Errors.Select((error, index) => new[] { $"C-{index}", error, "124.01", "40.01" })]
        );

        var report = await Store.ImportAsync("checkpoints", file);

        report.Outcome.ShouldBe("imported", string.Join("; ", report.Rejections));
        var told = report.Findings.Single(finding => finding.Code == "cells-failed");
        told.Words.ShouldContain("卡口!B2 #N/A");
        told.Words.ShouldContain("卡口!B3 #REF!");
        told.Words.ShouldContain("卡口!B4 #DIV/0!");
        told.Details.ShouldBe("卡口!B2 #N/A, 卡口!B3 #REF!, 卡口!B4 #DIV/0!, 卡口!B5 #VALUE!, 卡口!B6 #NAME?, … (7)");
        // as of a blank cell
        (await Store.Database.ReadAsync<string>("SELECT name FROM checkpoint WHERE code = 'C-0'")).ShouldBe("C-0");
    }

    [Fact]
    public async Task Where_a_value_has_to_be_the_row_is_refused()
    {
        var file = await WriteAsync(
            "卡口",
            ["code", "name", "lon", "lat"],
            [
                ["C-1", "北门", "#REF!", "40.01"],
                ["#N/A", "南门", "124.01", "40.01"],
                ["#N/A", "#N/A", "#N/A", "#N/A"],
                ["C-4", "东门", "124.01", "40.01"],
            ]
        );

        var report = await Store.ImportAsync("checkpoints", file);

        (report.Outcome, report.Rows, report.Rejected).ShouldBe(("refused", 4, 3));
        report.Rejections.Select(row => (row.Row, row.Field)).ShouldBe([(1, "wkt"), (2, "code"), (3, "code")]);
        report.Findings.Single(finding => finding.Code == "cells-failed").Words.ShouldContain("卡口!C2 #REF!");
    }

    /// <summary>A workbook in which whatever begins with # is a cell that failed.</summary>
    private async Task<string> WriteAsync(string sheet, string[] heading, string[][] rows)
    {
        var file = Store.PathOf("errors.xlsx");
        await using var zip = await ZipFile.OpenAsync(file, ZipArchiveMode.Create);
        await AddAsync(
            "[Content_Types].xml",
            """
            <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
              <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
              <Default Extension="xml" ContentType="application/xml"/>
              <Override PartName="/xl/workbook.xml"
                ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
              <Override PartName="/xl/worksheets/sheet1.xml"
                ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
            </Types>
            """
        );
        const string relations = "http://schemas.openxmlformats.org/package/2006/relationships";
        const string kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        await AddAsync(
            "_rels/.rels",
            $"""
            <Relationships xmlns="{relations}">
              <Relationship Id="r1" Type="{kinds}/officeDocument" Target="xl/workbook.xml"/>
            </Relationships>
            """
        );
        await AddAsync(
            "xl/_rels/workbook.xml.rels",
            $"""
            <Relationships xmlns="{relations}">
              <Relationship Id="r1" Type="{kinds}/worksheet" Target="worksheets/sheet1.xml"/>
            </Relationships>
            """
        );
        const string main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        await AddAsync(
            "xl/workbook.xml",
            $"""
            <workbook xmlns="{main}" xmlns:r="{kinds}"><sheets><sheet name="{sheet}" sheetId="1" r:id="r1"/></sheets></workbook>
            """
        );
        var lines = rows.Prepend(heading)
            .Select(
                (row, index) => $"<row r=\"{index + 1}\">{string.Concat(row.Select((cell, column) => Cell(cell, index, column)))}</row>"
            );
        await AddAsync(
            "xl/worksheets/sheet1.xml",
            $"""<worksheet xmlns="{main}"><sheetData>{string.Concat(lines)}</sheetData></worksheet>"""
        );
        return file;

        async Task AddAsync(string name, string xml)
        {
            await using var entry = await zip.CreateEntry(name).OpenAsync();
            await entry.WriteAsync(System.Text.Encoding.UTF8.GetBytes(xml));
        }

        static string Cell(string text, int row, int column) =>
            (text[0] == '#' ? $"""<c r="{(char)('A' + column)}{row + 1}" t="e"><f>1/0</f><v>{text}</v></c>""" : null)
            ?? $"""<c r="{(char)('A' + column)}{row + 1}" t="inlineStr"><is><t>{SecurityElement.Escape(text)}</t></is></c>""";
    }
}
