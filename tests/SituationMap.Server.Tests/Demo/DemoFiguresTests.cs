using Shouldly;

namespace SituationMap.Server.Tests.Demo;

/// <summary>Every figure of the published case study, counted in the store by SQL.</summary>
public sealed class DemoFiguresTests(DemoStore demo) : IClassFixture<DemoStore>
{
    // the source of a sweep's facts is grid:<code>/sweep-<1|2>/<worker>
    private const string First = "source LIKE 'grid:%/sweep-1/%'",
        Second = "source LIKE 'grid:%/sweep-2/%'";

    public static TheoryData<string, int, string> Figures =>
        new()
        {
            { "grids of working groups", 3, "SELECT count(*) FROM grid WHERE level = 'grid' AND parent = '210682.004'" },
            {
                "people in them",
                67,
                $"SELECT count(DISTINCT (split_part(source, '/', 1), split_part(source, '/', 3))) FROM fact WHERE {First} OR {Second}"
            },
            { "first sweep: households", 1071, $"SELECT count(DISTINCT household) FROM fact WHERE kind = 'survey' AND {First}" },
            { "first sweep: persons", 2417, $"SELECT sum((data->>'members')::int) FROM fact WHERE kind = 'survey' AND {First}" },
            { "first sweep: returnees", 47, $"SELECT count(*) FROM fact WHERE kind = 'returned' AND {First}" },
            {
                "of these from Wuhan, a high-risk area",
                1,
                $"SELECT count(*) FROM fact WHERE kind = 'returned' AND {First} AND data @> '{{\"from\": \"420100\", \"risk\": \"high\"}}'"
            },
            { "from Wuhan altogether", 1, "SELECT count(*) FROM fact WHERE kind = 'returned' AND data->>'from' = '420100'" },
            { "of these from Zhejiang", 2, $"SELECT count(*) FROM fact WHERE kind = 'returned' AND {First} AND data->>'from' LIKE '33%'" },
            { "households with passes", 1475, "SELECT count(*) FROM household WHERE pass_issued_at IS NOT NULL" },
            {
                "persons with passes",
                3459,
                "SELECT count(*) FROM person p JOIN household h ON h.id = p.household WHERE h.pass_issued_at IS NOT NULL"
            },
            { "second sweep: households", 1655, $"SELECT count(DISTINCT household) FROM fact WHERE kind = 'survey' AND {Second}" },
            { "second sweep: persons", 3812, $"SELECT sum((data->>'members')::int) FROM fact WHERE kind = 'survey' AND {Second}" },
            { "known persons", 3812, "SELECT count(*) FROM person" },
            { "let homes", 128, "SELECT count(*) FROM household WHERE tenure = 'let'" },
            { "persons in let homes", 294, "SELECT count(*) FROM person p JOIN household h ON h.id = p.household WHERE h.tenure = 'let'" },
            { "second sweep: returnees", 4, $"SELECT count(*) FROM fact WHERE kind = 'returned' AND {Second}" },
            { "checkpoints manned round the clock", 3, "SELECT count(*) FROM checkpoint WHERE manned" },
            { "posts with a poster", 5, "SELECT count(*) FROM checkpoint" },
            // an alley mouth is an end of a lane that lies on a street
            {
                "alley mouths",
                13,
                """
                    SELECT count(*) FROM road lane CROSS JOIN ST_Dump(ST_Boundary(lane.line)) mouth
                    WHERE lane.class = 'lane' AND EXISTS (SELECT FROM road street WHERE street.class = 'street'
                      AND ST_Intersects(street.line, mouth.geom))
                    """
            },
            { "building units", 29, "SELECT sum(units) FROM building WHERE kind = 'slab'" },
            { "shops", 57, "SELECT count(*) FROM building WHERE kind = 'shop' AND units = 0" },
            // of households that came back more than 15 days ago: on how many of the days after that day anyone's temperature was taken
            {
                "days of observation",
                14,
                """
                    SELECT max(days) FROM (
                      SELECT count(DISTINCT (r.at AT TIME ZONE 'Asia/Shanghai')::date)
                           FILTER (WHERE (r.at AT TIME ZONE 'Asia/Shanghai')::date > (b.at AT TIME ZONE 'Asia/Shanghai')::date) AS days
                      FROM fact b JOIN fact r USING (household)
                      WHERE b.kind = 'returned' AND b.person IS NULL AND b.at < $1 - interval '15 days' AND r.kind = 'temperature'
                      GROUP BY b.id) watched
                    """
            },
            {
                "readings a day",
                2,
                """
                    SELECT mode() WITHIN GROUP (ORDER BY readings) FROM (
                      SELECT count(*) AS readings FROM fact WHERE kind = 'temperature'
                        GROUP BY person, (at AT TIME ZONE 'Asia/Shanghai')::date) daily
                    """
            },
            // not in the case study: doors that nobody has opened yet, so that there is something left to survey
            {
                "dwellings nobody has opened",
                37,
                """
                    SELECT count(*) FROM household h WHERE NOT EXISTS (SELECT FROM person p WHERE p.household = h.id)
                      AND NOT EXISTS (SELECT FROM fact f WHERE f.household = h.id)
                    """
            },
            { "dwellings", 1692, "SELECT count(*) FROM household" },
        };

    [Theory]
    [MemberData(nameof(Figures))]
    public async Task Is_as_published(string figure, int expected, string sql)
    {
        object[] values = sql.Contains("$1", StringComparison.Ordinal) ? [DemoStore.Now.UtcDateTime] : [];
        (await demo.Database.ReadAsync<long>(sql, values)).ShouldBe(expected, figure);
    }

    [Fact]
    public async Task Area_is_1_97_square_kilometres() =>
        (await demo.Database.ReadAsync<double>("SELECT ST_Area(outline::geography) / 1e6 FROM grid WHERE code = '210682-004'")).ShouldBe(
            1.97,
            0.005
        );
}
