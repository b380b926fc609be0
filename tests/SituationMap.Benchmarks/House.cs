using System.Globalization;

namespace SituationMap.Benchmarks;

/// <param name="Household">Its code.</param>
/// <param name="Longitude">Of a point inside its building, WGS 84.</param>
internal sealed record House(string Household, double Longitude, double Latitude)
{
    /// <summary>Healthy households that are alone in their building, in the middle of the city and so near each other that one view shows
    /// them.</summary>
    public static async Task<IReadOnlyList<House>> HealthyAsync(BenchmarkCity city, int count, CancellationToken cancellation)
    {
        var drawn = await city.ReadAsync<string[]>(
            """
            WITH healthy AS (
              SELECT min(h.code) AS code, b.point FROM building b JOIN household h ON h.building = b.id LEFT
                JOIN household_status s ON s.household = h.id
              GROUP BY b.id, b.point HAVING bool_and(s.status IS NULL OR s.status = 'healthy')
            ), middle AS (SELECT point FROM healthy ORDER BY point <-> (SELECT ST_SetSRID(ST_Centroid(ST_Extent(outline)::geometry),
              4326) FROM grid) LIMIT 1)
            SELECT array_agg(format('%s %s %s', code, ST_X(point), ST_Y(point))) FROM (
              SELECT healthy.* FROM healthy, middle
              -- some 280 m: what a small page shows, too
              WHERE ST_Expand(middle.point, 0.0025) ~ healthy.point ORDER BY healthy.point <-> middle.point LIMIT $1) near
            """,
            cancellation,
            count
        );
        return
        [
            .. drawn
                .Select(house => house.Split(' '))
                .Select(part => new House(
                    part[0],
                    double.Parse(part[1], CultureInfo.InvariantCulture),
                    double.Parse(part[2], CultureInfo.InvariantCulture)
                )),
        ];
    }
}
