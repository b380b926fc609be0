using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using NetTopologySuite.Geometries;
using Shouldly;
using SituationMap.Store.Files;

namespace SituationMap.Store.Tests.Importing;

/// <summary>Files as others made them: cut short, of parts that do not belong together, with places that are none.</summary>
public sealed partial class ForeignFilesTests(PostgisCluster cluster) : ImportingTests(cluster)
{
    private const string Squares =
        "code,grid,wkt\nA-1,210682-004-01,\"POLYGON ((124.01 40.01, 124.012 40.01, 124.012 40.012, 124.01 40.012, 124.01 40.01))\"\n"
        + "A-2,210682-004-01,\"POLYGON ((124.013 40.01, 124.0135 40.01, 124.0135 40.0105, 124.013 40.0105, 124.013 40.01))\"\n"
        + "A-3,210682-004-01,\"POLYGON ((124.014 40.01, 124.0145 40.01, 124.0145 40.0105, 124.0142 40.011, 124.014 40.0105, "
        + "124.014 40.01))\"\n";

    [Fact]
    public async Task A_point_that_is_no_number_rejects_its_row()
    {
        var before = await Store.ChecksumAsync();

        var report = await Store.ImportAsync("checkpoints", Of("nan-point.csv"));

        (report.Outcome, report.Rejected).ShouldBe(("refused", 3));
        report
            .Rejections.Select(row => (row.Code, row.Field, row.Fault))
            .ShouldBe([
                ("WN-2", "wkt", "geometry-unreadable"),
                ("WN-3", "wkt", "geometry-missing"),
                ("WN-4", "wkt", "geometry-unreadable"),
            ]);
        (await Store.ChecksumAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("POINT (Infinity 40.01)", "geometry-unreadable")]
    [InlineData("POINT (124.01 -Inf)", "geometry-unreadable")]
    [InlineData("POINT (124.01 1e999)", "geometry-unreadable")]
    [InlineData("POINT (1e300 40.01)", "outside-area")]
    [InlineData("POINT (124.01 1e15)", "outside-area")]
    [InlineData("MULTIPOINT ((NaN NaN))", "geometry-unreadable")]
    [InlineData("POINT Z (124.01 NaN 3)", "geometry-unreadable")]
    [InlineData("SRID=4326;POINT (NaN 40.01)", "geometry-unreadable")]
    [InlineData("POINT (124.01 40.01", "geometry-unreadable")]
    [InlineData("POINT (124.01)", "geometry-unreadable")]
    [InlineData("点 (124.01 40.01)", "geometry-unreadable")]
    [InlineData("0101000000000000000000F87F000000000000F87F", "geometry-unreadable")]
    public async Task A_place_that_is_none_rejects_its_row_alone(string wkt, string fault)
    {
        var report = await Store.ImportTextAsync(
            "checkpoints",
            $"code,grid,wkt\nC-1,210682-004-01,{wkt}\nC-2,210682-004-01,POINT (124.01 40.01)\nC-3,210682-004-01,POINT (124.011 40.01)\n",
            with: order => order with { SkipRejected = true }
        );

        (report.Outcome, report.Added).ShouldBe(("imported", 2));
        report
            .Rejections.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(row => row.Row.ShouldBe(1), row => row.Field.ShouldBe("wkt"), row => row.Fault.ShouldBe(fault));
    }

    [Fact]
    public async Task A_table_with_a_zero_byte_is_no_text_and_refused_whole() =>
        (
            await Should.ThrowAsync<ImportRefusedException>(() =>
                Store.ImportTextAsync("checkpoints", "code,grid,wkt\nC-1,210682-004-01,POINT\u0000(124.01 40.01)\n")
            )
        ).Fault.Field.ShouldBe("file");

    [Fact]
    public async Task Brackets_without_an_end_reject_their_row()
    {
        foreach (
            var opening in (string[])
                ["GEOMETRYCOLLECTION(", "MULTIPOLYGON(", "(", "SRID=4326;GEOMETRYCOLLECTION(", "GEOMETRYCOLLECTION Z (", "MULTISURFACE("]
        )
        {
            var deep = string.Concat(Enumerable.Repeat(opening, 100_000));
            var report = await Store.ImportTextAsync("checkpoints", $"code,grid,wkt\nC-1,210682-004-01,\"{deep}\"\n");
            report.Rejections.ShouldHaveSingleItem().Expected.ShouldContain("deep");
        }
    }

    [Theory]
    [InlineData("MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)), ((2 2, 4 2, 4 4, 2 4, 2 2)))", 96)]
    [InlineData("MULTIPOLYGON (((2 2, 4 2, 4 4, 2 4, 2 2)), ((0 0, 10 0, 10 10, 0 10, 0 0)))", 96)] // the courtyard first
    [InlineData("MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)), ((2 2, 2 4, 4 4, 4 2, 2 2)))", 96)] // the other way round
    // two courtyards
    [InlineData("MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)), ((1 1, 2 1, 2 2, 1 2, 1 1)), ((5 5, 6 5, 6 6, 5 6, 5 5)))", 98)]
    // a pavilion in the courtyard
    [InlineData("MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)), ((1 1, 9 1, 9 9, 1 9, 1 1)), ((4 4, 6 4, 6 6, 4 6, 4 4)))", 40)]
    [InlineData("MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)), ((0 4, 2 4, 2 6, 0 6, 0 4)))", 96)] // it reaches the wall
    // as drawings have them
    [InlineData("GEOMETRYCOLLECTION (LINESTRING (0 0, 10 0, 10 10, 0 10, 0 0), LINESTRING (2 2, 4 2, 4 4, 2 4, 2 2))", 96)]
    [InlineData("POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 4 2, 4 4, 2 4, 2 2))", 96)] // as it should be
    [InlineData("MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)), ((10 4, 14 4, 14 6, 10 6, 10 4)))", 108)] // a wing, not a courtyard
    public async Task A_courtyard_stays_one(string wkt, double area)
    {
        // metres or so, near Dandong
        var placed = PairOfNumbers()
            .Replace(wkt, at =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{124.01 + (int.Parse(at.Groups["x"].Value, null) * 1e-4):0.####} "
                        + $"{40.01 + (int.Parse(at.Groups["y"].Value, null) * 1e-4):0.####}"
                )
            );

        var report = await Store.ImportTextAsync("buildings", $"code,grid,wkt\nO-1,210682-004-01,\"{placed}\"\n");

        report.Outcome.ShouldBe("imported");
        (await Store.Database.ReadAsync<Geometry>("SELECT outline FROM building")).Area.ShouldBe(area * 1e-8, 1e-12);
    }

    [Fact]
    public async Task A_courtyard_whose_ring_runs_the_wrong_way_is_not_filled()
    {
        await Store.ImportTextAsync(
            "grids",
            "code,name,level,wkt\n210682-005,x,community,\"POLYGON ((124.04 40.44, 124.06 40.44, 124.06 40.46, 124.04 40.46, "
                + "124.04 40.44))\"\n"
                + "210682-005-01,y,grid,\"POLYGON ((124.04 40.44, 124.06 40.44, 124.06 40.46, 124.04 40.46, 124.04 40.44))\"\n"
        );

        var report = await Store.ImportAsync("buildings", Of("orient.shp"), order => order with { Map = ["grid:=210682-005-01"] });

        report.Outcome.ShouldBe("imported");
        report.Mended.ShouldHaveSingleItem();
        (
            await Store.Database.ReadAsync<bool>("SELECT ST_Covers(outline, 'SRID=4326;POINT(124.0503 40.4503)') FROM building")
        ).ShouldBeFalse();
        (
            await Store.Database.ReadAsync<bool>("SELECT ST_Covers(outline, 'SRID=4326;POINT(124.0508 40.4508)') FROM building")
        ).ShouldBeTrue();
    }

    [Fact]
    public async Task Shapes_without_a_record_are_refused() =>
        (await RefusedAsync(Of("short.shp"))).Message.ShouldContain("3 shapes and the .dbf 2 records");

    [Theory]
    [InlineData(".dbf", -20)]
    [InlineData(".dbf", -1_000_000)]
    [InlineData(".shp", -30)]
    [InlineData(".shx", -4)]
    [InlineData(".shp", -1_000_000)]
    public async Task A_part_that_is_cut_short_is_refused(string part, int bytes)
    {
        var shp = await MakeAsync("cut.shp");
        var whole = await File.ReadAllBytesAsync(Path.ChangeExtension(shp, part));
        await File.WriteAllBytesAsync(Path.ChangeExtension(shp, part), whole[..Math.Max(0, whole.Length + bytes)]);

        (await RefusedAsync(shp)).Message.ShouldContain($"a {part} that is whole");
    }

    [Theory]
    [InlineData(".shp")]
    [InlineData(".shx")]
    [InlineData(".dbf")]
    public async Task A_part_of_another_drawing_is_refused(string part)
    {
        var (shp, other) = (await MakeAsync("one.shp"), await MakeAsync("other.shp", string.Join('\n', Squares.Split('\n')[..3]) + "\n"));
        File.Copy(Path.ChangeExtension(other, part), Path.ChangeExtension(shp, part), overwrite: true);

        (await RefusedAsync(shp)).Fault.Code.ShouldBe("parts-differ");
    }

    [Fact]
    public async Task An_index_of_as_many_shapes_elsewhere_is_refused()
    {
        var shp = await MakeAsync("one.shp");
        var index = await File.ReadAllBytesAsync(Path.ChangeExtension(shp, ".shx"));
        BinaryPrimitives.WriteInt32BigEndian(index.AsSpan(108), BinaryPrimitives.ReadInt32BigEndian(index.AsSpan(108)) + 4);
        await File.WriteAllBytesAsync(Path.ChangeExtension(shp, ".shx"), index);

        (await RefusedAsync(shp)).Fault.Code.ShouldBe("parts-differ");
    }

    [Theory]
    [InlineData("one.gpkg")]
    [InlineData("one.xlsx")]
    [InlineData("one.geojson")]
    [InlineData("one.dxf")]
    [InlineData("one.shp")]
    public async Task A_file_that_is_cut_or_is_none_is_refused_with_a_sentence(string name)
    {
        var file = await MakeAsync(name);
        var whole = await File.ReadAllBytesAsync(file);
        (
            await Store.ImportAsync("buildings", file, order =>
                order with
                {
                    DryRun = true,
                    Map = name == "one.dxf" ? ["code:=D-{row}"] : [],
                }
            )
        ).Rows.ShouldBe(3);
        foreach (
            var bad in (byte[][])
                [
                    whole[..(whole.Length / 2)],
                    whole[..(whole.Length * 9 / 10)],
                    whole[..40],
                    "<html>404</html>"u8.ToArray(),
                    [.. Enumerable.Repeat((byte)0, 5_000)],
                ]
        )
        {
            await File.WriteAllBytesAsync(file, bad);
            (await RefusedAsync(file)).Message.Length.ShouldBeGreaterThan(15);
        }
    }

    [Fact]
    public async Task A_program_that_reads_a_foreign_file_reaches_nothing_else()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can become somebody else");
        using var folder = new ImportFolder();
        await folder.AddAsync(new FileInfo(Of("nan-point.csv")), CancellationToken.None);
        using var other = new ImportFolder();
        await other.AddAsync(new FileInfo(Of("nan-point.csv")), CancellationToken.None);
        await other.LendAsync(CancellationToken.None);
        var user = await folder.LendAsync(CancellationToken.None);
        await File.WriteAllTextAsync(Store.PathOf("secret"), "ours");

        (await CanAsync("cat", folder.Main)).ShouldBeTrue();
        (await CanAsync("touch", folder.MadeOf("table.csv"))).ShouldBeTrue();
        (await CanAsync("cat", Store.PathOf("secret"))).ShouldBeFalse();
        (await CanAsync("cat", other.Main)).ShouldBeFalse();
        (await CanAsync("touch", folder.Main)).ShouldBeFalse();
        (await CanAsync("touch", folder.PathOf("source.prj"))).ShouldBeFalse();
        (await CanAsync("touch", other.MadeOf("table.csv"))).ShouldBeFalse();
        (await CanAsync("cat", "/etc/shadow")).ShouldBeFalse();

        async Task<bool> CanAsync(string program, string file)
        {
            var (path, arguments) = user.As(program, [file]);
            return (await SituationMap.Store.Database.Shell.RunAsync(path, arguments)).Succeeded;
        }
    }

    [GeneratedRegex(@"(?<x>\d+) (?<y>\d+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PairOfNumbers();

    private static string Of(string name) => Path.Combine(AppContext.BaseDirectory, "Files", "foreign", name);

    private async Task<string> MakeAsync(string name, string rows = Squares)
    {
        var (csv, file) = (Store.PathOf(name + ".csv"), Store.PathOf(name));
        await File.WriteAllTextAsync(csv, rows);
        string[] how = Path.GetExtension(name) switch
        {
            ".xlsx" => ["-oo", "KEEP_GEOM_COLUMNS=YES"],
            ".dxf" => ["-oo", "KEEP_GEOM_COLUMNS=NO", "-select", "", "-nlt", "LINESTRING"],
            _ => ["-oo", "KEEP_GEOM_COLUMNS=NO", "-a_srs", "EPSG:4326"],
        };
        await Programs.RunAsync("ogr2ogr", ["-oo", "GEOM_POSSIBLE_NAMES=wkt", .. how, file, csv]);
        return file;
    }

    private async Task<ImportRefusedException> RefusedAsync(string file)
    {
        var before = await Store.ChecksumAsync();
        var refused = await Should.ThrowAsync<ImportRefusedException>(async () =>
        {
            var report = await Store.ImportAsync("buildings", file, order => order with { SkipRejected = true });
            throw new InvalidOperationException(
                $"{report.Outcome}: {report.Rows} rows, {report.Added} added, "
                    + $"{string.Join("; ", report.Findings.Select(finding => finding.Words))}"
            );
        });
        (await Store.ChecksumAsync()).ShouldBe(before);
        return refused;
    }
}
