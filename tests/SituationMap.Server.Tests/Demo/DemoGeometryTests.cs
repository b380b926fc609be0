using Shouldly;

namespace SituationMap.Server.Tests.Demo;

/// <summary>The community could be built: nothing overlaps, nothing is outside, and the grids fit together.</summary>
public sealed class DemoGeometryTests(DemoStore demo) : IClassFixture<DemoStore>
{
    public static TheoryData<string, string> Impossible =>
        new()
        {
            {
                "buildings that touch one another",
                "SELECT count(*) FROM building a JOIN building b ON a.id < b.id AND ST_Intersects(a.outline, b.outline)"
            },
            {
                "buildings within 2 m of a road's middle",
                "SELECT count(*) FROM building b JOIN road r ON b.outline && ST_Expand(r.line::geometry, 0.0001) AND "
                    + "ST_DWithin(b.outline::geography, r.line::geography, 2)"
            },
            {
                "buildings not inside their grid",
                "SELECT count(*) FROM building b JOIN grid g ON g.path = b.grid WHERE NOT ST_Within(b.outline, g.outline)"
            },
            {
                "buildings inside two grids",
                "SELECT count(*) FROM (SELECT FROM building b JOIN grid g ON g.level = 'grid' AND ST_Intersects(b.outline, "
                    + "g.outline) GROUP BY b.id HAVING count(*) > 1) twice"
            },
            {
                "checkpoints not inside their grid",
                "SELECT count(*) FROM checkpoint c JOIN grid g ON g.path = c.grid WHERE NOT ST_Within(c.location, g.outline)"
            },
            {
                "roads that leave the community",
                "SELECT count(*) FROM road r JOIN grid g ON g.level = 'community' WHERE NOT ST_DWithin(r.line::geography, "
                    + "g.outline::geography, 0) OR ST_Length(ST_Difference(r.line, g.outline)::geography) > 1"
            },
            {
                "communities outside their city",
                "SELECT count(*) FROM grid c JOIN grid g ON g.path = c.parent WHERE c.level = 'community' AND NOT "
                    + "ST_Within(c.outline, g.outline)"
            },
            {
                "buildings cut by the zone",
                "SELECT count(*) FROM zone_version z JOIN building b ON ST_Intersects(ST_Boundary(z.outline), b.outline)"
            },
            {
                "households above the roof or without a door",
                "SELECT count(*) FROM household h JOIN building b ON b.id = h.building WHERE h.floor NOT BETWEEN 1 AND "
                    + "b.floors OR h.unit > b.units"
            },
            {
                "grid borders with a corner on one side only",
                """
                    SELECT count(*) FROM (
                      -- inside the community every corner of a border belongs to two grids, where three meet to three
                      SELECT corner.geom FROM grid g CROSS JOIN ST_DumpPoints(g.outline) corner JOIN grid c ON c.level = 'community'
                      WHERE g.level = 'grid' AND ST_Contains(c.outline, corner.geom)
                      GROUP BY corner.geom HAVING count(DISTINCT g.id) < 2) lonely
                    """
            },
        };

    [Theory]
    [MemberData(nameof(Impossible))]
    public async Task There_are_no(string what, string sql) => (await demo.Database.ReadAsync<long>(sql)).ShouldBe(0, what);

    [Fact]
    public async Task The_grids_tile_the_community() =>
        (
            await demo.Database.ReadAsync<bool>(
                """
                SELECT ST_Equals(ST_Union(g.outline), (SELECT outline FROM grid WHERE level = 'community'))
                   AND abs(sum(ST_Area(g.outline::geography)) - (SELECT ST_Area(outline::geography) FROM grid
                     WHERE level = 'community')) < 0.01
                FROM grid g WHERE g.level = 'grid'
                """
            )
        ).ShouldBeTrue();

    [Fact]
    public async Task Low_houses_hold_one_household_each() =>
        (
            await demo.Database.ReadAsync<long>(
                "SELECT count(*) FROM (SELECT count(h.id) AS homes FROM building b LEFT JOIN household h ON h.building = b.id "
                    + "WHERE b.kind = 'house' GROUP BY b.id) house WHERE homes <> 1"
            )
        ).ShouldBe(0);
}
