using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Tests.Snapshots;

/// <summary>What somebody put into the store behind its own checks.</summary>
public sealed class LeftOutTests(PostgisCluster cluster)
{
    private const string WithoutChecks = """
        DO $$
        DECLARE c record;
        BEGIN
          FOR c IN SELECT conrelid::regclass AS tab, conname FROM pg_constraint WHERE contype = 'c'
            AND pg_get_constraintdef(oid) LIKE '%is_mappable%' LOOP
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.tab, c.conname);
            COMMIT; -- one lock at a time: who reads several tables may hold the next
          END LOOP;
        END $$
        """;

    [Theory]
    [InlineData(
        "UPDATE checkpoint SET location = ST_SetSRID(ST_MakePoint('NaN', 'NaN'), 4326) WHERE id = (SELECT min(id) FROM checkpoint)",
        "checkpoints"
    )]
    [InlineData(
        "UPDATE checkpoint SET location = ST_SetSRID(ST_MakePoint(124.05, 'NaN'), 4326) WHERE id = (SELECT min(id) FROM checkpoint)",
        "checkpoints"
    )]
    [InlineData(
        "UPDATE checkpoint SET location = ST_SetSRID(ST_MakePoint('Infinity', 40), 4326) WHERE id = (SELECT min(id) FROM checkpoint)",
        "checkpoints"
    )]
    [InlineData("UPDATE checkpoint SET location = 'SRID=4326;POINT EMPTY' WHERE id = (SELECT min(id) FROM checkpoint)", "checkpoints")]
    [InlineData("UPDATE checkpoint SET location = 'SRID=4326;POINT(1e300 40)' WHERE id = (SELECT min(id) FROM checkpoint)", "checkpoints")]
    [InlineData("UPDATE building SET outline = ST_Multi(ST_MakeEnvelope(-180, -80, 180, 80, 4326)) WHERE code = 'B-0001'", "buildings")]
    [InlineData("UPDATE building SET outline = ST_Multi(ST_MakeEnvelope(124, 40, 1e200, 41, 4326)) WHERE code = 'B-0001'", "buildings")]
    [InlineData(
        "UPDATE road SET line = ST_SetSRID(ST_Multi(ST_MakeLine(ST_MakePoint(124, 40), ST_MakePoint('NaN', 41))), 4326) WHERE "
            + "id = (SELECT min(id) FROM road)",
        "roads"
    )]
    public async Task Is_left_out_of_the_picture_and_told_while_all_else_is_drawn(string statement, string missing)
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var before = demo.Snapshot.City;
        await demo.Database.ExecuteAsync(WithoutChecks);

        await demo.Database.ExecuteAsync(statement);
        await demo.Database.ExecuteAsync("UPDATE checkpoint SET name = 'the last change' WHERE id = (SELECT max(id) FROM checkpoint)");

        await DemoServer.WaitAsync(() => Task.FromResult(demo.Snapshot.City.Checkpoints[^1].Name == "the last change"));
        Shortfall(before, demo.Snapshot.City)
            .ShouldBe((missing == "buildings" ? 1 : 0, missing == "checkpoints" ? 1 : 0, missing == "roads" ? 1 : 0));
        var fresh = await demo.Server.Services.GetRequiredService<SnapshotLoader>().LoadAsync(CancellationToken.None);
        Shortfall(before, fresh.City).ShouldBe(Shortfall(before, demo.Snapshot.City));
        (await demo.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative))).ShouldContain($"situationmap_snapshot_left_out_total");
        (await demo.GetJsonAsync("/api/nearest?of=checkpoints&lon=124.05&lat=40.45"))
            .GetProperty("items")
            .GetArrayLength()
            .ShouldBeGreaterThan(0);
        (await demo.GetJsonAsync("/api/within?of=buildings&bbox=123,39,125,41"))
            .GetProperty("matched")
            .GetInt32()
            .ShouldBe(demo.Snapshot.City.Buildings.Length);
    }

    [Fact]
    public async Task A_grid_without_a_place_stays_in_the_tree_with_all_that_hangs_there()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var before = demo.Snapshot.City;
        await demo.Database.ExecuteAsync(WithoutChecks);

        await demo.Database.ExecuteAsync(
            "UPDATE grid SET outline = ST_SetSRID(ST_Multi(ST_MakePolygon(ST_MakeLine(ARRAY[ST_MakePoint(124, 40), "
                + "ST_MakePoint(124.1, 40), ST_MakePoint('NaN', 40.1), ST_MakePoint(124, 40)]))), 4326) WHERE id = (SELECT min(id) "
                + "FROM grid)"
        );

        await DemoServer.WaitAsync(() => Task.FromResult(demo.Snapshot.City.Grids.Any(grid => grid.Outline.IsEmpty)));
        demo.Snapshot.City.Grids.Length.ShouldBe(before.Grids.Length);
        demo.Snapshot.City.Households.Length.ShouldBe(before.Households.Length);
        for (var z = 6; z <= 16; z += 2)
        {
            var (x, y) = ((int)((124.05 + 180) / 360 * (1 << z)), (int)(Core.Projections.WebMercator.Y(40.45) * (1 << z)));
            using var tile = await demo.Client.GetAsync(new Uri($"/tiles/situation/{z}/{x}/{y}.mvt", UriKind.Relative));
            tile.IsSuccessStatusCode.ShouldBeTrue($"{z}/{x}/{y}");
        }
    }

    private static (int Buildings, int Checkpoints, int Roads) Shortfall(City before, City after) =>
        (
            before.Buildings.Length - after.Buildings.Length,
            before.Checkpoints.Length - after.Checkpoints.Length,
            before.Roads.Length - after.Roads.Length
        );
}
