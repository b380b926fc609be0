using NetTopologySuite.Geometries;
using Shouldly;
using SituationMap.Server.Tests.Statuses;
using SituationMap.Store.Zones;

namespace SituationMap.Server.Tests.Zones;

/// <summary>From when and where buildings that a zone cuts without covering their point count: as the edition in force says.</summary>
public sealed class TouchingEditionTests(PostgisCluster cluster)
{
    [Theory]
    [InlineData(0, false)] // from this instant on
    [InlineData(1, false)] // only in a second
    [InlineData(1, true)] // in a second, but in one grid already
    public async Task Count_from_the_edition_on_that_says_so_for_workers_and_full_recomputes_alike(int seconds, bool inOneGrid)
    {
        await using var store = await StatusStore.WithCityAsync(cluster);
        var overlaid = inOneGrid
            ? await store.Database.ReadAsync<string>(
                "SELECT replace(ltree2text(grid), '.', '-') FROM building WHERE units > 0 ORDER BY id LIMIT 1"
            )
            : null;
        using var folder = new TouchingFolder(
            overlaid,
            ("2020-02", TouchingFolder.LongAgo),
            ("touching", StatusStore.CityNow.AddSeconds(seconds))
        );
        var protocols = folder.Load();
        var zones = new ZoneStore(store.Database.DataSource, protocols, store.Clock);
        for (var number = 0; number < 12; number++)
        {
            // from a tenth of a building eastwards, some hundred metres wide
            var outline = await store.Database.ReadAsync<Geometry>(
                """
                SELECT ST_Multi(ST_MakeEnvelope(ST_XMax(outline) - (ST_XMax(outline) - ST_XMin(outline)) / 10, ST_YMin(outline) - 0.001,
                  ST_XMax(outline) + 0.002, ST_YMax(outline) + 0.001, 4326))
                FROM building WHERE units > 0 ORDER BY id OFFSET $1 LIMIT 1
                """,
                number * 3
            );
            await zones.PublishAsync(
                new ZoneVersionDraft(
                    $"T-{number}",
                    "试验",
                    "high",
                    (MultiPolygon)outline,
                    store.Clock.GetUtcNow().AddDays(-1),
                    null,
                    "test",
                    "test"
                ),
                CancellationToken.None
            );
        }
        await store.RunIncrementallyAsync(protocols);
        var incremental = await store.StatusesAsync();
        var everywhere = seconds <= 0;
        (await WrongAsync(everywhere, overlaid)).ShouldBe(0);
        (await WrongAsync(!everywhere, overlaid)).ShouldBeGreaterThan(10, "what the test is about");
        if (inOneGrid)
            (await WrongAsync(everywhere, null)).ShouldBeGreaterThan(10, "what the overlay is about");

        await store.ForgetAsync();
        await store.RecomputeAsync(protocols);

        await store.StatusesShouldBeAsync(incremental);

        // households without a report whose status is not that of the zones over them, by PostGIS alone
        Task<long> WrongAsync(bool countsOutlines, string? alsoIn) =>
            store.Database.ReadAsync<long>(
                """
                SELECT count(*)
                FROM household h JOIN building b ON b.id = h.building LEFT JOIN household_status s ON s.household = h.id
                WHERE NOT EXISTS (SELECT FROM fact f WHERE f.household = h.id)
                  AND (COALESCE(s.status, 'healthy') = 'quarantined') <> EXISTS (
                    SELECT FROM zone_period p
                    WHERE p.level = 'high' AND p.starts_at <= $1 AND (p.ends_at IS NULL OR p.ends_at > $1)
                      AND (ST_Covers(p.outline, b.point) OR (($2 OR b.grid <@ text2ltree(replace($3, '-', '.')))
                        AND ST_Intersects(p.outline, b.outline))))
                """,
                store.Clock.GetUtcNow().UtcDateTime,
                countsOutlines,
                alsoIn ?? "none"
            );
    }
}
