using System.Diagnostics;
using NetTopologySuite.Geometries;
using SituationMap.Store.Database;
using SituationMap.Store.Statuses;
using SituationMap.Store.Statuses.Recompute;
using SituationMap.Store.Zones;
using SituationMap.Testing;

namespace SituationMap.Benchmarks;

/// <summary>Working out statuses, ours against <c>floors/recompute.sql</c>.</summary>
internal sealed class RecomputeBenchmark(BenchmarkCity city, CancellationToken cancellation) : IDisposable
{
    private const int Workers = 2;
    private const int SomeHouseholds = 1_000;
    private const int ZoneHouseholds = 2_000;

    private readonly FullRecompute _full = new(city.Database, city.Protocols, city.Clock);
    private readonly StatusWorker _worker = new(city.Database, city.Protocols, city.Clock, Supervised.By(city.Clock));
    private readonly ZoneStore _zones = new(city.Database, city.Protocols, city.Clock);
    private readonly Random _random = new(1);

    public static async Task RunAsync(BenchmarkCity city, int rounds, CancellationToken cancellation)
    {
        await city.ExecuteAsync(BenchmarkCity.Sql("recompute.sql"), cancellation);
        using var benchmark = new RecomputeBenchmark(city, cancellation);
        var first = new Comparison("first computation of all", "1.5");
        var unchanged = new Comparison("all again, nothing changed", "1.0");
        var some = new Comparison("1,000 households with a new report", "1.5");
        var zone = new Comparison("a zone over 2,000 households, from publishing to the feed", "500 ms");
        for (var round = 0; round <= rounds; round++)
        {
            Console.Error.WriteLine(round == 0 ? "Warming up …" : $"Round {round} of {rounds} …");
            (Comparison Comparison, Func<Task<(double, double)>> Measure)[] all =
            [
                (first, benchmark.FirstAsync),
                (unchanged, benchmark.UnchangedAsync),
                (some, benchmark.SomeAsync),
                (zone, benchmark.ZoneAsync),
            ];
            foreach (var (comparison, measure) in all)
            {
                var (ours, floor) = await measure();
                Console.Error.WriteLine($"  {ours:N0} ms, floor {floor:N0} ms");
                if (round > 0)
                    comparison.Add(ours, floor);
            }
        }
        Comparison.Print([first, unchanged, some, zone]);
        using var process = Process.GetCurrentProcess();
        Console.WriteLine();
        Console.WriteLine($"Peak memory of the process: {process.PeakWorkingSet64 / 1048576:N0} MiB (allowed: 1,024)");
    }

    public void Dispose() => _worker.Dispose();

    private async Task<(double Ours, double Floor)> FirstAsync()
    {
        await city.ExecuteAsync(
            """
            BEGIN;
            -- a history is never forgotten, unless it is that of a benchmark: the triggers that refuse it sleep until the commit
            SET LOCAL session_replication_role = replica;
            TRUNCATE household_status, feed, zone_in_force, dirty_household;
            COMMIT;
            UPDATE feed_counter SET last = 0;
            TRUNCATE floor.household_status;
            UPDATE floor.building SET status = 0, households = 0, quarantined = 0, observed = 0, away = 0 WHERE households > 0;
            """,
            cancellation
        );
        await city.ExecuteAsync("VACUUM (ANALYZE) floor.building", cancellation);
        await city.ExecuteAsync("CHECKPOINT", cancellation);
        var ours = await Comparison.TimeAsync(() => _full.RunAsync(Workers, FullRecompute.DefaultPartSize, done: null, cancellation));
        await city.ExecuteAsync("CHECKPOINT", cancellation);
        var floor = await FloorAsync(null);
        // what autovacuum would do in the next minute
        await city.ExecuteAsync("VACUUM (ANALYZE) household_status, feed, floor.household_status, floor.building", cancellation);
        await city.ExecuteAsync("CHECKPOINT", cancellation);
        return (ours, floor);
    }

    private async Task<(double Ours, double Floor)> UnchangedAsync()
    {
        var before = await city.ReadAsync<long>("SELECT last FROM feed_counter", cancellation);
        var ours = await Comparison.TimeAsync(() => _full.RunAsync(Workers, FullRecompute.DefaultPartSize, done: null, cancellation));
        if (await city.ReadAsync<long>("SELECT last FROM feed_counter", cancellation) != before)
            throw new InvalidOperationException("A recompute that should change nothing did.");
        return (ours, await FloorAsync(null));
    }

    private async Task<(double Ours, double Floor)> SomeAsync()
    {
        var households = await ReportAsync();
        var ours = await Comparison.TimeAsync(async () =>
        {
            while (await _worker.RunBatchAsync(cancellation) > 0)
            {
                // until nothing is left to claim
            }
        });
        return (ours, await FloorAsync(households));
    }

    private async Task<(double Ours, double Floor)> ZoneAsync()
    {
        var (outline, households) = await LargeOutlineAsync();
        var code = $"Z-B{_random.Next()}";
        await _worker.StartAsync(cancellation);
        // until the worker waits for a wake-up, as it does all day
        while (
            !await city.ReadAsync<bool>(
                $"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN {Channels.Dirty}')",
                cancellation
            )
        )
            await Task.Delay(TimeSpan.FromMilliseconds(10), cancellation);
        var ours = await Comparison.TimeAsync(async () =>
        {
            await _zones.PublishAsync(
                new ZoneVersionDraft(code, "benchmark", "high", outline, BenchmarkCity.Now, null, "benchmark", "benchmark"),
                cancellation
            );
            while (await city.ReadAsync<bool>("SELECT EXISTS (SELECT FROM dirty_household)", cancellation))
                await Task.Delay(TimeSpan.FromMilliseconds(1), cancellation);
        });
        await _worker.StopAsync(cancellation);
        // nobody is in it any more in the next round
        await _zones.PublishAsync(
            new ZoneVersionDraft(code, "benchmark", null, outline, BenchmarkCity.Now, null, "benchmark", "benchmark"),
            cancellation
        );
        while (await _worker.RunBatchAsync(cancellation) > 0)
        {
            // until nothing is left to claim
        }

        await city.ExecuteAsync(
            "INSERT INTO floor.zone SELECT max(id) + 1, 4, tstzrange($1, NULL), ST_Transform($2, 3857) FROM floor.zone",
            cancellation,
            BenchmarkCity.Now.UtcDateTime,
            outline
        );
        var floor = await FloorAsync(households);
        await city.ExecuteAsync("DELETE FROM floor.zone WHERE id = (SELECT max(id) FROM floor.zone)", cancellation);
        await FloorAsync(households);
        return (ours, floor);
    }

    /// <summary>The floor's statements: statuses, then the sums of the buildings.</summary>
    private Task<double> FloorAsync(int[]? households) =>
        Comparison.TimeAsync(async () =>
        {
            if (households is null)
                await city.ReadAsync<long>("SELECT floor.recompute_all($1)", cancellation, BenchmarkCity.Now.UtcDateTime);
            else
                await city.ReadAsync<long>("SELECT floor.recompute_some($1, $2)", cancellation, BenchmarkCity.Now.UtcDateTime, households);
            await city.ReadAsync<long>("SELECT floor.summarise($1::int[])", cancellation, (object?)households ?? DBNull.Value);
        });

    /// <summary>Reports the same of a thousand households to ours and to the floor: someone came back, hours ago.</summary>
    private async Task<int[]> ReportAsync()
    {
        var count = await city.ReadAsync<int>("SELECT max(id) FROM household", cancellation);
        var households = new HashSet<int>();
        while (households.Count < Math.Min(SomeHouseholds, count / 2))
            households.Add(1 + _random.Next(count));
        int[] all = [.. households];
        var at = BenchmarkCity.Now.AddMinutes(-_random.Next(60, 600)).UtcDateTime;
        await city.ExecuteAsync(
            """
            WITH reported AS (
              INSERT INTO fact (id, grid, household, kind, at, received_at, source, data)
              SELECT gen_random_uuid(), grid, id, 'returned', $2, $2, 'system:benchmark', '{"from":"420100","risk":"low"}'
                FROM household WHERE id = ANY ($1)
              RETURNING household
            ), told_floor AS (
              INSERT INTO floor.fact (id, kind, household_id, at)
              SELECT (SELECT max(id) FROM floor.fact) + row_number() OVER (), 5, household, $2 FROM reported
            )
            SELECT mark_dirty(array_agg(household), $2) FROM reported
            """,
            cancellation,
            all,
            at
        );
        return all;
    }

    /// <summary>A circle with some two thousand households in it, and who they are.</summary>
    private async Task<(MultiPolygon Outline, int[] Households)> LargeOutlineAsync()
    {
        await using var command = city.Database.CreateCommand(
            """
            WITH centre AS (
              SELECT point FROM building WHERE kind = 'tower' ORDER BY id OFFSET $1 LIMIT 1
            ), near AS (
              SELECT b.id, ST_Distance(b.point::geography, c.point::geography) AS metres
              FROM centre c CROSS JOIN LATERAL (SELECT id, point FROM building ORDER BY point <-> c.point LIMIT 3000) b
            ), reached AS (
              SELECT n.metres, sum(count(h.id)) OVER (ORDER BY n.metres) AS households
              FROM near n LEFT JOIN household h ON h.building = n.id GROUP BY n.id, n.metres
            ), circle AS (
              SELECT ST_Multi(ST_Buffer(c.point::geography, (SELECT min(metres) + 1 FROM reached
                WHERE households >= $2))::geometry) AS outline FROM centre c
            )
            SELECT c.outline, array_agg(h.id)
            FROM circle c JOIN building b ON ST_Covers(c.outline, b.point) JOIN household h ON h.building = b.id GROUP BY c.outline
            """
        );
        command.Parameters.Add(new() { Value = _random.Next(100) });
        command.Parameters.Add(
            new() { Value = Math.Min(ZoneHouseholds, await city.ReadAsync<int>("SELECT max(id) / 4 FROM household", cancellation)) }
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetFieldValue<MultiPolygon>(0), reader.GetFieldValue<int[]>(1));
    }
}
