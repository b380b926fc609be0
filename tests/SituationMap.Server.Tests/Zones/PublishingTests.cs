using NetTopologySuite.Geometries;
using Npgsql;
using Shouldly;
using SituationMap.Server.Tests.Statuses;
using SituationMap.Store.Zones;

namespace SituationMap.Server.Tests.Zones;

public sealed class PublishingTests(PostgisCluster cluster)
{
    private static readonly MultiPolygon Outline = new([
        new Polygon(new LinearRing([new(124.05, 40.45), new(124.06, 40.45), new(124.06, 40.46), new(124.05, 40.45)])),
    ])
    {
        SRID = 4326,
    };

    [Fact]
    public async Task Does_not_lock_out_whoever_is_just_announcing_the_zone()
    {
        await using var database = await cluster.CreateDatabaseAsync();
        var zones = new ZoneStore(database.DataSource, StatusStore.Demo, TimeProvider.System);
        await zones.PublishAsync(Draft("high"), CancellationToken.None);

        await using var announcer = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await announcer.BeginTransactionAsync();
        await ExecuteAsync(announcer, "LOCK TABLE zone_in_force IN SHARE ROW EXCLUSIVE MODE");
        var publishing = zones.PublishAsync(Draft("medium"), CancellationToken.None);
        await DemoServer.WaitAsync(() =>
            database.ReadAsync<bool>(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
            )
        );
        // what a foreign key asks for; if it had to wait, each would wait for the other
        await ExecuteAsync(announcer, "SET LOCAL lock_timeout = '5s'");
        await ExecuteAsync(announcer, "SELECT FROM zone FOR KEY SHARE");
        await transaction.RollbackAsync();

        (await publishing).ShouldBe(2);
    }

    [Fact]
    public async Task Numbers_versions_that_come_at_once_one_after_the_other()
    {
        await using var database = await cluster.CreateDatabaseAsync();
        var zones = new ZoneStore(database.DataSource, StatusStore.Demo, TimeProvider.System);

        var versions = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Task.Run(() => zones.PublishAsync(Draft("high"), CancellationToken.None)))
        );

        versions.Order().ShouldBe(Enumerable.Range(1, 20));
    }

    [Fact]
    public async Task Whoever_waits_to_announce_does_not_take_back_what_begins_meanwhile()
    {
        await using var database = await cluster.CreateDatabaseAsync();
        await using var publisher = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await publisher.BeginTransactionAsync();
        await ExecuteAsync(publisher, "LOCK TABLE zone_in_force IN SHARE ROW EXCLUSIVE MODE");
        var waiting = ZoneAnnouncer.AnnounceDueAsync(database.DataSource, TimeProvider.System, CancellationToken.None);
        await DemoServer.WaitAsync(() =>
            database.ReadAsync<bool>(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
            )
        );

        // the other one had the time before this zone's beginning
        var zone = await ZoneStore.LockAsync(publisher, "Z-1", CancellationToken.None);
        await ZoneStore.PublishAsync(
            publisher,
            StatusStore.Demo.Plan,
            zone,
            Draft("high"),
            "published",
            "test",
            DateTimeOffset.UtcNow,
            CancellationToken.None
        );
        await ZoneAnnouncer.AnnounceAsync(publisher, TimeProvider.System, CancellationToken.None);
        await transaction.CommitAsync();
        await waiting;

        (await database.ReadAsync<long>("SELECT count(*) FROM zone_in_force")).ShouldBe(1);
    }

    private static ZoneVersionDraft Draft(string level) => new("Z-1", "试验", level, Outline, DateTimeOffset.UtcNow, null, "test", "test");

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
