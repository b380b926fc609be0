using SituationMap.Server.Demo.Community;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;
using SituationMap.Store.Settings;

namespace SituationMap.Testing;

internal static class DemoDatabases
{
    /// <summary>A database of one's own with the demo community, whose last report is of when the first was asked for.</summary>
    public static Task<TestDatabase> CreateDemoDatabaseAsync(this PostgisCluster cluster) =>
        cluster.CreateDatabaseAsync("template_demo", connection => LoadAsync(connection, DateTimeOffset.UtcNow));

    /// <summary>One whose last report is of <paramref name="now"/>: the same rows each time.</summary>
    public static Task<TestDatabase> CreateDemoDatabaseAsync(this PostgisCluster cluster, DateTimeOffset now) =>
        cluster.CreateDatabaseAsync($"template_demo_{now.ToUnixTimeSeconds()}", connection => LoadAsync(connection, now));

    private static async Task LoadAsync(string connectionString, DateTimeOffset now)
    {
        var protocols = ProtocolCatalog.Load(ProtocolCatalog.DataFolder, new SituationMapOptions());
        await using var database = Databases.Open(connectionString);
        await DemoCommunity.LoadAsync(database, protocols.Plan, now, progress: null, CancellationToken.None);
    }
}
