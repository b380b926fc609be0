using Npgsql;
using Shouldly;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Tests.Statuses;

/// <summary>After years of planning there are many versions of zones; working out some households still reads only those over
/// them.</summary>
public sealed class ManyVersionsTests(PostgisCluster cluster)
{
    private const int Versions = 3_000;
    private const int Households = 20;

    [Fact]
    public async Task A_batch_reads_only_versions_over_its_households()
    {
        await using var store = await StatusStore.WithCityAsync(cluster, households: 500);
        await PublishFarAwayAsync(store);
        var households = await store.Database.ReadAsync<int[]>(
            "SELECT array_agg(id) FROM (SELECT id FROM household ORDER BY id LIMIT $1) few",
            Households
        );

        await using var connection = await store.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        (
            await StatusBatch.LoadAsync(connection, StatusStore.Demo.Plan, households, DateTimeOffset.MaxValue, CancellationToken.None)
        ).Count.ShouldBe(Households);

        (await VersionsReadAsync(connection)).ShouldBeLessThan(Versions / 10);
    }

    [Fact]
    public async Task The_next_instant_at_which_a_zone_begins_or_ends_is_found_without_reading_all_versions()
    {
        await using var store = await StatusStore.WithCityAsync(cluster, households: 500);
        await PublishFarAwayAsync(store);

        await using var connection = await store.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await StatusWorker.NextDueAsync(connection, StatusStore.CityNow, [], CancellationToken.None);

        (await VersionsReadAsync(connection)).ShouldBeLessThan(Versions / 10);
    }

    /// <summary>Hourly versions of a zone where nobody lives, all in the past.</summary>
    private static Task PublishFarAwayAsync(StatusStore store) =>
        store.Database.ExecuteAsync(
            """
            WITH far AS (INSERT INTO zone (code) VALUES ('far-away') RETURNING id)
            INSERT INTO zone_version (zone, version, name, level, outline, effective_from, effective_to, author, reason, recorded_at)
            SELECT id, n, 'Far away', 'high', ST_Multi(ST_MakeEnvelope(80, 30, 80.01, 30.01, 4326)), $1 - n * interval '1 hour',
              $1 - n * interval '1 hour' + interval '30 minutes',
                   'test', 'test', $1 - n * interval '1 hour'
            FROM far, generate_series(1, $2) n;
            """,
            StatusStore.CityNow.UtcDateTime,
            Versions
        );

    private static async Task<long> VersionsReadAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(
            "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relid = 'zone_version'::regclass",
            connection
        );
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
