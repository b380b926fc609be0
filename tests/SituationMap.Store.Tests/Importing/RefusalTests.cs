using Shouldly;
using SituationMap.Store.Files;
using SituationMap.Store.Imports;

namespace SituationMap.Store.Tests.Importing;

/// <summary>Every reason for which rows are refused, one after the other over one full store, which stays as it was to the byte.</summary>
public sealed class RefusalTests(PostgisCluster cluster) : ImportingTests(cluster)
{
    private const string Square = "\"POLYGON ((124.01 40.01, 124.0101 40.01, 124.0101 40.0101, 124.01 40.0101, 124.01 40.01))\"";
    private const string Crossed = "\"POLYGON ((124.01 40.01, 124.012 40.012, 124.012 40.01, 124.01 40.012, 124.01 40.01))\"";

    private static readonly (string Fault, string Collection, string Rows)[] Cases =
    [
        ("value-wrong", "grids", $"code,name,wkt\n210682 004,x,{Square}"),
        ("field-missing", "grids", $"code,name,wkt\n210682-004-03,,{Square}"),
        ("geometry-missing", "grids", "code,name,wkt\n210682-004-03,x,"),
        ("geometry-unreadable", "grids", "code,name,wkt\n210682-004-03,x,POLYGON"),
        ("geometry-wrong", "grids", "code,name,wkt\n210682-004-03,x,POINT (124.01 40.01)"),
        ("geometry-invalid", "grids", $"code,name,wkt\n210682-004-03,x,{Crossed}"),
        ("code-repeated", "grids", $"code,name,wkt\n210682-004-03,x,{Square}\n210682-004-03,y,{Square}"),
        ("parent-unknown", "grids", $"code,name,wkt\n210682-009-01,x,{Square}"),
        ("parent-full", "grids", $"code,name,wkt\n210682-004-01-01,x,{Square}"),
        ("grid-unknown", "buildings", $"code,grid,wkt\nN-1,210682-009,{Square}"),
        ("grid-none", "buildings", "code,wkt\nN-1,\"POLYGON ((124.2 40.2, 124.2001 40.2, 124.2001 40.2001, 124.2 40.2))\""),
        ("grid-not-lowest", "buildings", $"code,grid,wkt\nN-1,210682-004,{Square}"),
        ("grid-fixed", "buildings", $"code,grid,wkt\nB-00000,210682-004-02,{Square}"),
        ("value-wrong", "buildings", $"code,floors,wkt\nN-1,121,{Square}"),
        ("building-unknown", "households", "code,building,room\nN-1,X-1,1"),
        ("door-taken", "households", "code,building,room\nN-1,B-00000,1"),
        ("door-repeated", "households", "code,building,room\nN-1,B-00001,5\nN-2,B-00001,5"),
        ("grid-fixed", "households", "code,building,room\nH-1,B-00059,1"),
        ("value-wrong", "households", "code,building,room\nN-1,B-00001,no"),
        ("personal-data", "households", "code,building,room\n13800138000,B-00001,7"),
        ("household-unknown", "persons", "code,household\nN-1,X-1"),
        ("household-fixed", "persons", "code,household\nP-1,H-2"),
        ("value-wrong", "persons", "code,household,born\nN-1,H-1,1700"),
        ("grid-unknown", "checkpoints", "code,grid,lon,lat\nN-1,X,124.01,40.01"),
        ("grid-none", "checkpoints", "code,lon,lat\nN-1,123.0,40.01"),
        ("value-wrong", "checkpoints", "code,lon,lat\nN-1,east,north"),
        ("outside-area", "checkpoints", "code,lon,lat\nN-1,124.01,40.01\nN-2,124.01,40.01\nN-3,124.01,95"),
        ("level-unknown", "zones", $"code,name,level,wkt\nN-1,x,purple,{Square}"),
        ("value-wrong", "zones", $"code,name,level,from,to,wkt\nN-1,x,high,2020-02-05T09:00+08:00,2020-02-04T09:00+08:00,{Square}"),
        ("geometry-invalid", "zones", $"code,name,level,wkt\nN-1,x,high,{Crossed}\nN-2,y,high,{Square}"),
    ];

    [Fact]
    public async Task Whatever_is_refused_leaves_the_store_as_it_was()
    {
        await Store.AddTestedPersonAsync();
        await Store.ImportTextAsync("zones", $"code,name,level,wkt\nZ-1,x,high,{Square}");
        var before = await Store.ChecksumAsync();

        foreach (var (fault, collection, rows) in Cases)
        {
            var report = await Store.ImportTextAsync(collection, rows + "\n");
            report.Outcome.ShouldBe("refused", $"{fault}: {rows}");
            report.Rejections.ShouldContain(row => row.Fault == fault, $"{rows}: {string.Join("; ", report.Rejections)}");
            (await Store.ChecksumAsync()).ShouldBe(before, $"{fault}: {rows}");
        }
        // a coordinate system that is none, a column that is none, a field that is none
        foreach (
            var with in (Func<ImportOrder, ImportOrder>[])
                [
                    order => order with { Crs = "EPSG:2334" },
                    order => order with { Map = ["code=nothing"] },
                    order => order with { Map = ["nothing=code"] },
                ]
        )
            await Should.ThrowAsync<ImportRefusedException>(() =>
                Store.ImportTextAsync("buildings", $"code,wkt\nN-1,{Square}\n", with: with)
            );
        (await Store.ChecksumAsync()).ShouldBe(before);
    }
}
