using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Store.Replay;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Tests.Replay;

/// <summary>The picture of a past instant is what the feed had recorded by then.</summary>
public sealed class PastSnapshotTests(PostgisCluster cluster) : PastTests(cluster)
{
    [Fact]
    public async Task The_picture_of_any_instant_is_that_of_the_feed_from_whichever_picture_it_was_made()
    {
        var past = Demo.Server.Services.GetRequiredService<PastSnapshots>();
        var (first, last) = await SpanAsync();
        var random = new Random(11);
        foreach (var instant in Enumerable.Range(0, 100).Select(_ => first + ((last - first) * random.NextDouble())))
        {
            var picture = await past.AtAsync(instant, CancellationToken.None);

            picture.AsOf.ShouldBe(instant);
            picture.Sequence.ShouldBe(
                await Demo.Database.ReadAsync<long>(
                    "SELECT COALESCE(max(sequence), 0) FROM feed WHERE recorded_at <= $1",
                    instant.UtcDateTime
                )
            );
            picture.City.ShouldBeSameAs(Demo.Snapshot.City);
            Describe(picture)
                .ShouldBe(
                    await Demo.Database.ReadAsync<string>(
                        """
                        WITH state AS (
                          SELECT DISTINCT ON (subject) subject, status, surveyed FROM feed
                          WHERE kind = 'status' AND recorded_at <= $1 ORDER BY subject, sequence DESC
                        ), zones AS (
                          SELECT DISTINCT ON (subject) subject, version FROM feed WHERE kind = 'zone'
                            AND recorded_at <= $1 ORDER BY subject, sequence DESC
                        ), passages AS (
                          SELECT DISTINCT ON (subject) subject, direction FROM feed WHERE kind = 'passage'
                            AND recorded_at <= $1 ORDER BY subject, sequence DESC
                        )
                        SELECT COALESCE((SELECT string_agg(subject || ' ' || status || ' ' || surveyed, ','
                          ORDER BY subject) FROM state WHERE status <> 'healthy' OR surveyed), '') || ';' ||
                               COALESCE((SELECT string_agg(subject || ' ' || version, ',' ORDER BY subject) FROM zones
                                 WHERE version IS NOT NULL), '') || ';' ||
                               COALESCE((SELECT string_agg(subject || ' ' || direction, ',' ORDER BY subject)
                                 FROM passages WHERE direction IS NOT NULL), '')
                        """,
                        instant.UtcDateTime
                    )
                );
        }
    }

    [Fact]
    public async Task What_was_recorded_last_counts_though_its_worker_took_the_time_first()
    {
        var (first, second) = (DateTimeOffset.UtcNow.AddSeconds(-2), DateTimeOffset.UtcNow.AddSeconds(-1));
        foreach (var at in new[] { second, first })
        {
            await Demo.Database.ExecuteAsync(
                """
                INSERT INTO feed (sequence, recorded_at, kind, grid, subject, was, status, surveyed, edition)
                SELECT (draw_sequences(1, $1)).first, $1, 'status', grid, id, 'healthy', 'out', true, '2020-02'
                FROM household ORDER BY id LIMIT 1
                """,
                at.UtcDateTime
            );
        }
        var last = await Demo.Database.ReadAsync<long>("SELECT last FROM feed_counter");
        var past = Demo.Server.Services.GetRequiredService<PastSnapshots>();

        (await past.AtAsync(DateTimeOffset.UtcNow, CancellationToken.None)).Sequence.ShouldBe(last);
        (await past.AtAsync(first, CancellationToken.None)).Sequence.ShouldBe(last);
        (await past.AtAsync(first.AddSeconds(-1), CancellationToken.None)).Sequence.ShouldBe(last - 2);
    }

    private static string Describe(Snapshot picture)
    {
        var states = picture
            .City.Households.Select((household, index) => (household.Id, State: picture.States[index]))
            .OrderBy(household => household.Id)
            .Where(household => household.State != default)
            .Select(household =>
                $"{household.Id} {household.State.Status.ToString().ToLowerInvariant()} {(household.State.Surveyed ? "true" : "false")}"
            );
        return string.Join(',', states)
            + ";"
            + string.Join(',', picture.Zones.Select(zone => $"{zone.Id} {zone.Version}"))
            + ";"
            + string.Join(',', picture.LastPassages.OrderBy(passage => passage.Key).Select(passage => $"{passage.Key} {passage.Value}"));
    }
}
