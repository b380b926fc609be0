using Shouldly;
using SituationMap.Core.Zones;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Store.Tests.Zones;

/// <summary>Which version of a zone holds when: one rule, whether it is asked in memory or in SQL.</summary>
public sealed class ZonePeriodsTests(PostgisCluster cluster) : IAsyncLifetime
{
    private const int Zones = 400;
    private const int Days = 7; // few, so that versions take over and end at the same instants

    private static readonly DateTimeOffset First = new(2020, 2, 1, 0, 0, 0, TimeSpan.Zero);

    private TestDatabase _database = null!;
    private Drawn[] _versions = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await cluster.CreateDatabaseAsync();
        _versions = [.. Generate(new Random(20200201))];
        await _database.ExecuteAsync("INSERT INTO zone (id, code) SELECT i, 'Z-' || i FROM generate_series(1, $1) i", Zones);
        await _database.ExecuteAsync(
            """
            INSERT INTO zone_version (zone, version, name, level, outline, effective_from, effective_to, author, reason, recorded_at)
            SELECT zone, version, 'z', NULLIF(level, ''), ST_Multi(ST_MakeEnvelope(124, 40, 124.001, 40.001, 4326)), starts,
                   CASE WHEN ends <> 'infinity' THEN ends END, 'a', 'r', recorded
            FROM unnest($1::int[], $2::int[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[]) AS v (zone, version,
              level, starts, ends, recorded)
            """,
            _versions.Select(version => version.Zone).ToArray(),
            _versions.Select(version => version.Times.Version).ToArray(),
            _versions.Select(version => version.Times.Level ?? "").ToArray(),
            _versions.Select(version => version.Times.From.UtcDateTime).ToArray(),
            _versions.Select(version => (version.Times.To ?? DateTimeOffset.MaxValue).UtcDateTime).ToArray(),
            _versions.Select(version => version.Recorded.UtcDateTime).ToArray()
        );
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task SQL_and_Core_give_every_version_the_same_times_whatever_was_known()
    {
        for (var known = 0; known <= Days; known++)
        {
            var then = First.AddDays(known);
            var expected = await PeriodsAsync(then);

            var found = _versions
                .Where(version => version.Recorded <= then)
                .GroupBy(version => version.Zone)
                .SelectMany(zone => ZoneVersions.Periods(zone.Key, zone.Select(version => version.Times).Reverse()));

            found.OrderBy(period => (period.Zone, period.From)).ToArray().ShouldBe(expected);
            expected.Length.ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public async Task A_planned_zone_stands_as_the_store_says_at_every_instant()
    {
        var periods = (await PeriodsAsync(DateTimeOffset.MaxValue)).ToLookup(period => period.Zone);
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        for (var id = 1; id <= Zones; id++)
        {
            var zone = (await ZoneRecords.ReadAsync(connection, $"Z-{id}", First, CancellationToken.None))!;
            for (var half = -1; half <= 2 * Days; half++)
            {
                var at = First.AddHours(12 * half);
                var coming = periods[id].Where(period => period.To is null || period.To > at).ToArray();
                var inForce = coming.Where(period => period.From <= at).Select(period => (int?)period.Version).SingleOrDefault();

                (zone.InForceAt(at)?.Version).ShouldBe(inForce, $"{zone.Code} at {at:O}");
                (zone.Standing(at)?.Version ?? 0).ShouldBe(
                    coming.Select(period => period.Version).FirstOrDefault(),
                    $"{zone.Code} at {at:O}"
                );
            }
        }
    }

    private async Task<ZonePeriod[]> PeriodsAsync(DateTimeOffset known) =>
        [
            .. await _database.ReadRowsAsync(
                "SELECT zone, version, level, starts_at, ends_at FROM zone_periods_known($1) ORDER BY zone, starts_at",
                row => new ZonePeriod(
                    row.GetInt32(0),
                    row.GetInt32(1),
                    row.GetString(2),
                    row.GetFieldValue<DateTimeOffset>(3),
                    row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4)
                ),
                known.UtcDateTime
            ),
        ];

    private static IEnumerable<Drawn> Generate(Random random)
    {
        for (var zone = 1; zone <= Zones; zone++)
        {
            var count = random.Next(1, 8);
            for (var version = 1; version <= count; version++)
            {
                var from = First.AddDays(random.Next(Days));
                yield return new Drawn(
                    zone,
                    First.AddDays(random.Next(Days)),
                    new ZoneVersionTimes(
                        version,
                        random.Next(4) switch
                        {
                            0 => null,
                            1 => "medium",
                            _ => "high",
                        },
                        from,
                        random.Next(3) == 0 ? from.AddDays(random.Next(1, 4)) : null
                    )
                );
            }
        }
    }

    private sealed record Drawn(int Zone, DateTimeOffset Recorded, ZoneVersionTimes Times);
}
