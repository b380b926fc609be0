using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using SituationMap.Server.Demo.City;
using SituationMap.Server.Lookups;
using SituationMap.Store.Access;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Tests.Lookups;

/// <summary>What is found at thousands of points, many of them on corners and edges, beside what PostGIS finds there.</summary>
public sealed class ComparedWithPostgisTests(PostgisCluster cluster)
{
    [Fact]
    public async Task The_demo_community_to_the_last_point()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        await CompareAsync(
            demo.Database.DataSource,
            demo.Server.Services.GetRequiredService<Lookup>().Over(demo.Snapshot, Scope.WholeCity),
            10_000
        );
    }

    [Fact]
    public async Task A_small_city_to_the_last_point()
    {
        await using var database = await cluster.CreateDatabaseAsync();
        await CityLoader.LoadAsync(
            database.DataSource,
            new CityPlan(5_000, Seed: 3, DateTimeOffset.UtcNow),
            LineProgress.Unseen,
            CancellationToken.None
        );
        await using var server = await TestServer.StartAsync(database);
        var holder = server.Services.GetRequiredService<SnapshotHolder>();
        // the zones of a new city come into force when a server first looks
        var inForce = await database.ReadAsync<long>(
            "SELECT count(DISTINCT zone) FROM zone_period WHERE starts_at <= now() AND (ends_at IS NULL OR ends_at > now())"
        );
        await DemoServer.WaitAsync(() => Task.FromResult(holder.Current.Zones.Count == inForce));
        var snapshot = holder.Current;
        await CompareAsync(database.DataSource, server.Services.GetRequiredService<Lookup>().Over(snapshot, Scope.WholeCity), 10_000);
    }

    private static async Task CompareAsync(NpgsqlDataSource database, LookupView view, int count)
    {
        var differences = await LookupComparison.RunAsync(
            database,
            view,
            LookupComparison.Points(view.Snapshot, count, seed: 5),
            CancellationToken.None
        );
        differences.Descriptions.ShouldBeEmpty();
        differences.InBuildings.ShouldBeGreaterThan(count / 20);
        differences.InZones.ShouldBeGreaterThan(10);
        differences.OnBorders.ShouldBeGreaterThan(100);
    }
}
