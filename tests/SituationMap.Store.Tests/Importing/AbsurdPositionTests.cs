using Shouldly;

namespace SituationMap.Store.Tests.Importing;

/// <summary>Positions that are numbers, and those of nothing that this map is of. The grid is named, so that nothing else finds them
/// out.</summary>
public sealed class AbsurdPositionTests(PostgisCluster cluster) : ImportingTests(cluster)
{
    [Theory]
    [InlineData("0,0")]
    [InlineData("0.0,0.0")]
    [InlineData("0.0000001,-0.0000001")]
    public async Task Zero_and_zero_is_no_position_but_what_programs_write_where_they_know_none(string nowhere)
    {
        var report = await Store.ImportTextAsync(
            "checkpoints",
            $"code,grid,lon,lat\nZ-1,210682-004-01,124.01,40.01\nZ-2,210682-004-01,{nowhere}\nZ-3,210682-004-01,124.012,40.01\n"
        );

        report.Outcome.ShouldBe("refused");
        var row = report.Rejections.ShouldHaveSingleItem();
        (row.Row, row.Fault).ShouldBe((2, "position-unknown"));
        row.Expected.ShouldContain("0, 0");
    }

    [Fact]
    public async Task All_at_zero_and_zero_are_refused_too()
    {
        var report = await Store.ImportTextAsync("checkpoints", "code,grid,lon,lat\nZ-1,210682-004-01,0,0\nZ-2,210682-004-01,0,0\n");

        (report.Outcome, report.Rejected).ShouldBe(("refused", 2));
    }

    [Fact]
    public async Task An_outline_around_zero_and_zero_is_refused()
    {
        var report = await Store.ImportTextAsync(
            "buildings",
            "code,grid,wkt\nZ-1,210682-004-01,\"POLYGON ((0 0, 0.0001 0, 0.0001 0.0001, 0 0.0001, 0 0))\"\n"
        );

        report.Rejections.ShouldHaveSingleItem().Fault.ShouldBe("position-unknown");
    }

    /// <summary>West of 90° east both orders are degrees.</summary>
    [Fact]
    public async Task Latitude_first_is_found_out_by_where_the_map_is_also_where_both_orders_can_be()
    {
        await Store.ImportTextAsync(
            "grids",
            "code,name,level,wkt\n650102,天山,city,\"POLYGON ((87.5 43.5, 87.9 43.5, 87.9 44, 87.5 44, 87.5 43.5))\"\n"
                + "650102-001,一社区,community,\"POLYGON ((87.6 43.7, 87.7 43.7, 87.7 43.8, 87.6 43.8, 87.6 43.7))\"\n"
        );

        var report = await Store.ImportTextAsync(
            "checkpoints",
            "code,grid,lon,lat\nS-1,650102-001,43.75,87.65\nS-2,650102-001,43.751,87.651\nS-3,650102-001,43.752,87.652\n"
        );

        report.Outcome.ShouldBe("refused");
        report.Findings.ShouldContain(finding => finding.Code == "axes-swapped" && finding.Refuses);
        (
            await Store.ImportTextAsync(
                "checkpoints",
                "code,grid,lon,lat\nS-1,650102-001,43.75,87.65\nS-2,650102-001,43.751,87.651\n",
                with: order => order with { SwapAxes = true }
            )
        ).Outcome.ShouldBe("imported");
    }

    [Theory]
    [InlineData("118.45,40.0")]
    [InlineData("-124.01,40.01")]
    [InlineData("124.01,-40.01")]
    [InlineData("12.401,40.01")]
    public async Task What_lies_far_from_all_that_the_map_is_of_is_told_by_its_rows(string far)
    {
        var report = await Store.ImportTextAsync(
            "checkpoints",
            $"code,grid,lon,lat\nF-1,210682-004-01,124.01,40.01\nF-2,210682-004-01,{far}\nF-3,210682-004-01,124.012,40.01\n"
        );

        report.Outcome.ShouldBe("imported");
        var told = report.Findings.Single(finding => finding.Code == "positions-far");
        told.Details.ShouldBe("2");
        told.Words.ShouldContain("row 2");
    }

    [Fact]
    public async Task What_lies_near_is_not_worth_a_word()
    {
        var report = await Store.ImportTextAsync("checkpoints", "code,grid,lon,lat\nN-1,210682-004-01,124.7,40.6\n");

        report.Findings.ShouldNotContain(finding => finding.Code == "positions-far");
    }
}
