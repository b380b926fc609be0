using NetTopologySuite.Geometries;
using Shouldly;
using SituationMap.Core;
using SituationMap.Store.Files;
using SituationMap.Store.Imports;

namespace SituationMap.Store.Tests.Importing;

public sealed class ImportTests(PostgisCluster cluster) : ImportingTests(cluster)
{
    [Fact]
    public async Task The_whole_community_comes_in_and_the_same_again_changes_nothing()
    {
        const string households = "户编码,楼栋,单元,房号,租住\nH-1,B-00000,1,302,自住\nH-2,B-00000,1,301,租\nH-3,B-00001,2,101,自住\n";
        const string persons = "人员编码,户编码,出生日期,性别,姓名,手机号\nP-1,H-1,1980-02-03,女,某某,13800000000\nP-2,H-1,2012,男,,\n";
        const string checkpoints = "code,name,lon,lat\nC-1,东门,124.0201,40.0201\n";
        const string zones =
            "code,name,level,reason,wkt\nZ-1,东区,high,新发病例,\"POLYGON ((124.0 40.0, 124.01 40.0, 124.01 40.01, 124.0 40.01, 124.0 40.0))\"\n";

        (string, string, int)[] files =
        [
            ("buildings", ImportStore.Buildings(100), 100),
            ("households", households, 3),
            ("persons", persons, 2),
            ("checkpoints", checkpoints, 1),
            ("zones", zones, 1),
        ];
        foreach (var (collection, csv, count) in files)
        {
            var report = await Store.ImportTextAsync(collection, csv);
            report.Outcome.ShouldBe("imported", string.Join("; ", report.Rejections));
            (report.Added, report.Changed, report.Unchanged, report.Rejected).ShouldBe((count, 0, 0, 0));
        }

        (
            await Store.Database.ReadAsync<int>(
                "SELECT count(*)::int FROM building WHERE grid = '210682.004.01' AND floors = 6 AND units = 2"
            )
        ).ShouldBeInRange(40, 60);
        (
            await Store.Database.ReadRowAsync("SELECT floor, room, tenure FROM household WHERE code = 'H-1'", row =>
                (row.GetInt16(0), row.GetInt16(1), row.GetString(2))
            )
        ).ShouldBe(((short)3, (short)2, "owned"));
        (
            await Store.Database.ReadRowAsync("SELECT born, sex FROM person WHERE code = 'P-1'", row => (row.GetInt16(0), row.GetString(1)))
        ).ShouldBe(((short)1980, "female"));
        // every household is to be worked out, and the feed has each thing once, without a gap
        (await Store.Database.ReadAsync<long>("SELECT count(DISTINCT household) FROM dirty_household")).ShouldBe(3);
        (
            await Store.Database.ReadAsync<bool>(
                "SELECT count(*) = max(sequence) AND max(sequence) = (SELECT last FROM feed_counter) FROM feed"
            )
        ).ShouldBeTrue();
        (
            await Store.Database.ReadAsync<long>(
                "SELECT count(*) FROM feed WHERE kind = 'building' AND subject = (SELECT id FROM building WHERE code = 'B-00050')"
            )
        ).ShouldBe(1);
        (await Store.Database.ReadAsync<long>("SELECT count(*) FROM zone_in_force")).ShouldBe(1);

        var before = await Store.ChecksumAsync();
        foreach (var (collection, csv, count) in files)
            (await Store.ImportTextAsync(collection, csv)).Unchanged.ShouldBe(count);
        (await Store.ImportTextAsync("grids", ImportStore.Grids)).Unchanged.ShouldBe(4);
        (await Store.ChecksumAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task What_changed_is_brought_up_to_date_and_told_with_its_old_and_new_place()
    {
        await Store.ImportTextAsync("buildings", ImportStore.Buildings(3));
        await Store.ImportTextAsync("households", "code,building,room\nH-1,B-00001,1\n");
        await Store.Database.ExecuteAsync("DELETE FROM dirty_household");
        var last = await Store.Database.ReadAsync<long>("SELECT last FROM feed_counter");

        var moved = await Store.ImportTextAsync("buildings", ImportStore.Buildings(2, (lon, lat) => (lon, lat + 0.001)), with: order =>
            order with
            {
                Map = ["code:=B-0000{row}"],
            }
        );

        (moved.Added, moved.Changed).ShouldBe((0, 2), "B-00001 and B-00002 are where the first two rows say");
        (await Store.Database.ReadAsync<long>("SELECT count(*) FROM feed WHERE sequence > $1", last)).ShouldBe(2);
        (
            await Store.Database.ReadAsync<bool>(
                "SELECT ST_YMax(touched) - ST_YMin(touched) > 0.001 FROM feed WHERE sequence > $1 AND subject = (SELECT id "
                    + "FROM building WHERE code = 'B-00001')",
                last
            )
        ).ShouldBeTrue();
        (await Store.Database.ReadAsync<long>("SELECT count(DISTINCT household) FROM dirty_household")).ShouldBe(1);
    }

    [Fact]
    public async Task Each_rejected_row_has_its_reason_and_nothing_is_written()
    {
        await Store.ImportTextAsync("buildings", ImportStore.Buildings(2));
        var before = await Store.ChecksumAsync();

        var report = await Store.ImportTextAsync(
            "buildings",
            """
            code,floors,grid,wkt
            X-1,6,,"POLYGON ((124.01 40.01, 124.0101 40.01, 124.0101 40.0101, 124.01 40.0101, 124.01 40.01))"
            X-2,many,,"POLYGON ((124.01 40.01, 124.0101 40.01, 124.0101 40.0101, 124.01 40.0101, 124.01 40.01))"
            X-3,6,,"POLYGON ((124.2 40.2, 124.2001 40.2, 124.2001 40.2001, 124.2 40.2001, 124.2 40.2))"
            X-4,6,210682-009,"POLYGON ((124.01 40.01, 124.0101 40.01, 124.0101 40.0101, 124.01 40.0101, 124.01 40.01))"
            X-5,6,,"POLYGON ((124.01 40.01, 124.0101 40.01"
            X-6,6,,"POINT (124.01 40.01)"
            X-1,6,,"POLYGON ((124.01 40.01, 124.0101 40.01, 124.0101 40.0101, 124.01 40.0101, 124.01 40.01))"
            ,6,,"POLYGON ((124.01 40.01, 124.0101 40.01, 124.0101 40.0101, 124.01 40.0101, 124.01 40.01))"
            X-9,6,,"POLYGON ((124.01 40.01, 124.012 40.012, 124.012 40.01, 124.01 40.012, 124.01 40.01))"
            X-10,6,210682-004,"POLYGON ((124.01 40.01, 124.0101 40.01, 124.0101 40.0101, 124.01 40.0101, 124.01 40.01))"
            """
        );

        report.Outcome.ShouldBe("refused");
        report
            .Rejections.Select(row => (row.Row, row.Fault))
            .ShouldBe([
                (2, "value-wrong"),
                (3, "grid-none"),
                (4, "grid-unknown"),
                (5, "geometry-unreadable"),
                (6, "geometry-wrong"),
                (7, "code-repeated"),
                (8, "field-missing"),
                (9, "geometry-invalid"),
                (10, "grid-not-lowest"),
            ]);
        report.Rejections.ShouldAllBe(row => row.Expected.Length > 5);
        report.Rejections[7].Expected.ShouldContain("124.011", Case.Sensitive, "where the outline crosses itself");
        (await Store.ChecksumAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_ring_with_a_slip_is_mended_and_shown()
    {
        // a spike to the east, of no width
        var report = await Store.ImportTextAsync(
            "buildings",
            "code,wkt\nS-1,\"POLYGON ((124.01 40.01, 124.0104 40.01, 124.0104 40.0102, 124.0106 40.0102, "
                + "124.0104 40.0102, 124.0104 40.0104, 124.01 40.0104, 124.01 40.01))\"\n"
        );

        report.Outcome.ShouldBe("imported");
        report.Mended.ShouldHaveSingleItem().What.ShouldContain("40.0102");
        (await Store.Database.ReadAsync<Geometry>("SELECT outline FROM building")).Area.ShouldBe(0.0004 * 0.0004, 1e-12);
    }

    [Fact]
    public async Task A_dry_run_tells_what_would_happen_and_does_nothing()
    {
        var before = await Store.ChecksumAsync();

        var report = await Store.ImportTextAsync("buildings", ImportStore.Buildings(500), with: order => order with { DryRun = true });

        (report.Outcome, report.Added).ShouldBe(("ready", 500));
        report
            .Mapping.Select(field => (field.Field, field.Column))
            .ShouldBe([("code", "楼栋编码"), ("address", "地址"), ("floors", "层数"), ("units", "单元数"), ("wkt", "wkt")]);
        (await Store.ChecksumAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Rejected_rows_are_left_out_only_where_that_is_said()
    {
        const string csv = "code,name,lon,lat\nC-1,东门,124.01,40.01\nC-2,西门,121.0,40.01\n";

        (await Store.ImportTextAsync("checkpoints", csv)).Outcome.ShouldBe("refused");
        var report = await Store.ImportTextAsync("checkpoints", csv, with: order => order with { SkipRejected = true });

        (report.Outcome, report.Added, report.Rejected).ShouldBe(("imported", 1, 1));
    }

    [Fact]
    public async Task What_is_referred_to_by_facts_stays_where_it_is()
    {
        await Store.AddTestedPersonAsync();
        var before = await Store.ChecksumAsync();

        (await Store.ImportTextAsync("households", "code,building,room\nH-1,B-00059,1\n"))
            .Rejections.ShouldHaveSingleItem()
            .Fault.ShouldBe("grid-fixed");
        (await Store.ImportTextAsync("persons", "code,household\nP-1,H-2\n"))
            .Rejections.ShouldHaveSingleItem()
            .Fault.ShouldBe("household-fixed");
        (await Store.ImportTextAsync("households", "code,building,room\nH-3,B-00000,1\n"))
            .Rejections.ShouldHaveSingleItem()
            .Fault.ShouldBe("door-taken");
        (
            await Store.ImportTextAsync(
                "buildings",
                "code,grid,wkt\nB-00000,210682-004-02,\"POLYGON ((124.03 40.01, 124.0301 40.01, 124.0301 40.0101, 124.03 40.01))\"\n"
            )
        )
            .Rejections.ShouldHaveSingleItem()
            .Fault.ShouldBe("grid-fixed");
        (await Store.ChecksumAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_home_of_two_doors_takes_both()
    {
        await Store.AddTestedPersonAsync();

        (await Store.ImportTextAsync("households", "code,building,room,doors\nH-2,B-00001,1,2\nH-3,B-00001,3,1\n")).Rejected.ShouldBe(0);

        (await Store.ImportTextAsync("households", "code,building,room\nH-4,B-00001,2\n"))
            .Rejections.ShouldHaveSingleItem()
            .Fault.ShouldBe("door-taken");
        (await Store.ImportTextAsync("households", "code,building,room,doors\nH-5,B-00002,1,3\nH-6,B-00002,3,1\n"))
            .Rejections.Select(one => one.Fault)
            .ShouldBe(["door-repeated", "door-repeated"]);
        (await Store.ImportTextAsync("households", "code,building,room,doors\nH-7,B-00003,1,11\n"))
            .Rejections.ShouldHaveSingleItem()
            .Fault.ShouldBe("value-wrong");
        // a file that does not say how many leaves them as they are
        (await Store.ImportTextAsync("households", "code,building,room\nH-2,B-00001,1\n")).Unchanged.ShouldBe(1);
    }

    [Fact]
    public async Task Many_buildings_come_in_with_progress_and_one_run_of_sequences()
    {
        await File.WriteAllTextAsync(Store.PathOf("many.csv"), ImportStore.Buildings(4_000, size: 0.0001));
        var steps = new List<ImportProgress>();

        var report = await Store.ImportAsync(
            "buildings",
            Store.PathOf("many.csv"),
            progress: new ImmediateProgress<ImportProgress>(steps.Add)
        );

        report.Added.ShouldBe(4_000, string.Join("; ", report.Rejections.Take(3)));
        steps.Select(step => step.Share).ShouldBe(steps.Select(step => step.Share).Order());
        steps.Count.ShouldBeGreaterThan(8);
        // the counter was drawn from once, not once a building
        (await Store.Database.ReadAsync<long>("SELECT count(*) FROM feed WHERE kind = 'building' AND sequence > 4")).ShouldBe(4_000);
    }

    [Fact]
    public async Task Zones_come_into_force_together_or_not_at_all()
    {
        const string outline = "\"POLYGON ((124.0 40.0, 124.01 40.0, 124.01 40.01, 124.0 40.01, 124.0 40.0))\"";
        var csv = $"code,name,level,wkt\nZ-2,二区,medium,{outline}\nZ-1,一区,high,{outline}\nZ-3,三区,low,{outline}\n";
        // the last of them cannot be written
        await Store.Database.ExecuteAsync(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE foreign_key_violation; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON zone_version FOR EACH ROW WHEN (NEW.name = '三区') EXECUTE FUNCTION refuse();
            """
        );
        var before = await Store.ChecksumAsync(withCounters: false);

        (await Should.ThrowAsync<ImportRefusedException>(() => Store.ImportTextAsync("zones", csv))).Fault.Code.ShouldBe("conflict");

        (await Store.ChecksumAsync(withCounters: false)).ShouldBe(before);
        await Store.Database.ExecuteAsync("DROP TRIGGER refuse ON zone_version; DROP FUNCTION refuse");
        (await Store.ImportTextAsync("zones", csv)).Added.ShouldBe(3);
        (await Store.Database.ReadAsync<long>("SELECT count(*) FROM zone_in_force")).ShouldBe(3);
        (await Store.Database.ReadAsync<long>("SELECT count(DISTINCT recorded_at) FROM feed WHERE kind = 'zone'")).ShouldBe(1);
    }
}
